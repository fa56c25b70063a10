import type { UpstreamProvider, UpstreamUser } from '../core/upstream-provider.js'
import { allPools, providersOfAll } from '../flows/directory/directory.js'
import { addPerson, builtInBehind, type NewPerson, peopleOf } from '../flows/federation/upstream-people.js'
import type { Service } from '../flows/service.js'
import { poolNamed } from './named.js'
import { Unmet, unknown } from './unmet.js'

/** The users of the built-in identity providers, as tests make them. */

/** Where an operation looks for a provider: by the name that a pool has for it, or its own. */
export interface WhichProvider {
  /** The pool whose provider is meant, by name or id; any that has one of the name, if absent. */
  readonly pool?: string | undefined
}

type Upstreams = () => readonly UpstreamProvider[]

/** Adds a user. The next sign-in there offers this user first. */
export async function addUpstreamUser(
  service: Service,
  upstreams: Upstreams,
  name: string,
  { pool, ...person }: NewPerson & WhichProvider,
): Promise<UpstreamUser & { readonly provider: string }> {
  const upstream = await upstreamNamed(service, upstreams(), name, pool)
  return { provider: upstream.name, ...(await addPerson(service, upstream, person)) }
}

/** The users of a provider, the newest first. */
export async function upstreamUsers(
  service: Service,
  upstreams: Upstreams,
  name: string,
  { pool }: WhichProvider,
): Promise<{ readonly provider: string; readonly users: readonly UpstreamUser[] }> {
  const upstream = await upstreamNamed(service, upstreams(), name, pool)
  return { provider: upstream.name, users: await peopleOf(service, upstream) }
}

async function upstreamNamed(
  service: Service,
  upstreams: readonly UpstreamProvider[],
  name: string,
  ofPool: string | undefined,
): Promise<UpstreamProvider> {
  const pools = ofPool === undefined ? await allPools(service) : [await poolNamed(service, ofPool)]
  const all = await providersOfAll(service, pools)
  const meant = all.filter(provider => provider.name === name)
  const found = [...new Set(meant.map(provider => builtInBehind(service, provider, upstreams)))]
  const [upstream, ...others] = found
  if (others.length > 0)
    throw new Unmet(
      `Several pools have a provider ${JSON.stringify(name)}, and behind them are different ones. Say which pool.`,
    )
  if (upstream !== undefined) return upstream
  const ownName = upstreams.find(one => one.name === name)
  if (ownName !== undefined) return ownName
  const known = [...new Set([...all.map(provider => provider.name), ...upstreams.map(({ name }) => name)])]
  if (meant.length === 0) throw unknown('identity provider', name, known)
  throw new Unmet(
    `Behind ${name} is none of the built-in identity providers, so its users are made there: if it is another pool of this Rockpool, with createUser. Built in are: ${upstreams.map(({ name }) => name).join(', ')}.`,
  )
}
