import { type UpstreamPerson, upstreamPeople } from '../../core/collections.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { keyOf, put } from '../../core/ports/store.js'
import { type SocialType, socialKinds } from '../../core/social-provider.js'
import {
  type UpstreamClaims,
  type UpstreamProvider,
  type UpstreamUser,
  upstreamIssuer,
  upstreamMetadata,
} from '../../core/upstream-provider.js'
import { usersOf } from '../../core/upstream-users.js'
import type { Service } from '../service.js'

/** People who were added to a built-in provider while Rockpool runs: by a test, or at the control API. */

/** A person as added. */
export interface NewPerson {
  /** What they sign in as there; their e-mail address, if absent. */
  readonly username?: string | undefined
  /** What the provider says of them. Without `sub` the provider gives them one of its form. */
  readonly claims: UpstreamClaims
  /** Whether this person is signed in without a page from now on. */
  readonly withoutPage?: boolean | undefined
}

/** Adds a person, or puts one in the place of another of the same username. */
export async function addPerson(
  { store, clock }: Pick<Service, 'store' | 'clock'>,
  { name }: UpstreamProvider,
  { username, claims, withoutPage = false }: NewPerson,
): Promise<UpstreamUser> {
  const { sub, email } = claims
  const called = username ?? [email, sub].find(one => typeof one === 'string') ?? 'somebody'
  const user = {
    username: String(called),
    claims: {
      ...(email === undefined ? {} : { email_verified: true }),
      ...claims,
      sub: typeof sub === 'string' ? sub : String(called),
    },
  }
  const person: UpstreamPerson = { ...user, provider: name, withoutPage, addedAt: clock.now() }
  await store.commit(put(upstreamPeople, keyOf(name, user.username), person))
  return user
}

/** The people that were added to a provider, the newest first. */
export async function peopleAdded(
  { store }: Pick<Service, 'store'>,
  { name }: Pick<UpstreamProvider, 'name'>,
): Promise<readonly UpstreamPerson[]> {
  const added = await store.lookup(upstreamPeople, 'provider', name)
  return added.map(({ record }) => record).toSorted((one, other) => other.addedAt - one.addedAt)
}

/** The users of a provider: those who were added, the newest first, and those of the seed. */
export async function peopleOf(
  service: Pick<Service, 'store'>,
  provider: UpstreamProvider,
): Promise<readonly UpstreamUser[]> {
  const added = await peopleAdded(service, provider)
  const names = new Set(added.map(({ username }) => username))
  return [
    ...added.map(({ username, claims }) => ({ username, claims })),
    ...usersOf(provider).filter(({ username }) => !names.has(username)),
  ]
}

/** The built-in provider that a pool's provider leads to; undefined where that is another one. */
export const builtInBehind = (
  { base }: Pick<Service, 'base'>,
  { type, details }: IdentityProvider,
  upstreams: readonly UpstreamProvider[],
): UpstreamProvider | undefined => {
  if (type === 'OIDC')
    return upstreams.find(({ name }) => isBelow(details.oidc_issuer, upstreamIssuer(base, name)))
  if (type === 'SAML')
    return upstreams.find(({ name }) => details.MetadataURL === upstreamMetadata(base, name))
  return upstreams.find(({ kind }) => kind === socialKinds[type as SocialType])
}

/** An issuer may have a slash at its end. */
const isBelow = (url: string | undefined, issuer: string): boolean => url?.replace(/\/$/, '') === issuer
