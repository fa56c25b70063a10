import { type Addresses, domainUrl, issuerOf } from '../../core/addresses.js'
import type { Draft } from '../../core/rules/finding.js'
import { upstreamIssuer, upstreamMetadata } from '../../core/upstream-provider.js'
import type { IssuerMode } from '../../core/user-pool.js'
import { clientIdOf, clientSecretOf, poolIdOf } from './identifiers.js'
import type { Place } from './mistakes.js'
import { domainAddresses } from './prefixes.js'
import type { ClientSeed, PoolSeed } from './shape.js'
import type { UpstreamSeed } from './upstreams.js'
import type { Resolve } from './validate.js'

/**
 * References: `${base}`, `${pools.NAME.issuer}` (by name or id), `….domain`, `….id`, `….clients.NAME.id`, `….secret`, and
 * `${upstreams.NAME.issuer}`. They stand in for
 * what a seed cannot know (the base URL) or should not repeat.
 */

/** Everything that can be referred to; undefined is known to be absent. */
type References = ReadonlyMap<string, string | undefined>

/** Prepares the resolution of references to what these seeds hold, as they were read: nothing about it is certain. */
export function referencesTo(seeds: readonly unknown[], addresses: Addresses): Resolve {
  // Most texts refer to nothing, and many a seed does not at all: ids and secrets are derived when the first one asks.
  let references: References | undefined
  return (text, place) => {
    if (!text.includes(opening)) return text
    references ??= offered(seeds, addresses)
    return replaced(text, place, references)
  }
}

function offered(seeds: readonly unknown[], addresses: Addresses): References {
  const pools = seeds.flatMap(seed => listOf(seed, 'UserPools'))
  const domains = domainAddresses(pools.map(textsOf))
  return new Map([
    ['base', addresses.base],
    ...pools.flatMap((pool, index) => offeredBy(pool, domains[index], addresses)),
    ...seeds.flatMap(seed =>
      listOf(seed, 'UpstreamProviders').flatMap(upstream => issuerOffered(upstream, addresses)),
    ),
  ])
}

/** Whether a reference is anywhere in a seed. */
export const refersToSomething = (seed: object): boolean => JSON.stringify(seed).includes(opening)

const opening = '$' + '{'

function replaced(text: string, place: Place, references: References): string | undefined {
  let sound = true
  const result = text.replaceAll(/\$\{([^}]*)\}/g, (reference, name: string) => {
    const value = references.get(name)
    if (value !== undefined) return value
    sound = false
    if (references.has(name))
      place.wrong(`${reference} has no value: ${absences[name.split('.').at(-1) ?? '']}.`)
    else {
      const valid = [...references.keys()].map(known => `\${${known}}`)
      place.wrong(`${reference} refers to nothing in the seed.`, { meant: { given: reference, valid } })
    }
    return ''
  })
  return sound ? result : undefined
}

const absences: Record<string, string> = {
  domain: 'the pool has no Domain',
  secret: 'the client has no secret (GenerateSecret or ClientSecret)',
}

/** @param address how its domain is addressed */
function offeredBy(
  given: unknown,
  address: PoolSeed['DomainAddress'],
  addresses: Addresses,
): [string, string | undefined][] {
  const pool = { ...(textsOf(given) as Draft<PoolSeed>), ...(address && { DomainAddress: address }) }
  if (pool.PoolName === undefined) return []
  const id = poolIdOf(pool)
  return [pool.PoolName, id].flatMap(name => offeredAs(`pools.${name}`, id, pool, given, addresses))
}

/** The form of the issuer, as far as it is readable before the seed is known to be right. */
function issuerSettings(given: unknown): Pick<PoolSeed, 'IssuerConfiguration'> {
  const { Type } = Object(Reflect.get(Object(given), 'IssuerConfiguration')) as { Type?: unknown }
  return Type === 'UPDATED' ? { IssuerConfiguration: { Type } } : {}
}

/** What a pool offers under one of its names. */
function offeredAs(
  name: string,
  id: string,
  pool: Draft<PoolSeed>,
  given: unknown,
  addresses: Addresses,
): [string, string | undefined][] {
  const issuer = (pool.Issuer ?? 'local').replaceAll('$' + '{base}', addresses.base) as IssuerMode
  return [
    [`${name}.id`, id],
    [`${name}.issuer`, issuerOf(addresses, { id, issuer, settings: issuerSettings(given) })],
    [`${name}.domain`, pagesUrl(addresses, id, pool, Reflect.get(Object(given), 'CustomDomain'))],
    ...listOf(given, 'Clients').flatMap(member => {
      const client = textsOf(member) as Draft<ClientSeed>
      if (client.ClientName === undefined) return []
      const generate = Reflect.get(Object(member), 'GenerateSecret') === true
      return [
        [`${name}.clients.${client.ClientName}.id`, clientIdOf(pool, client)],
        [
          `${name}.clients.${client.ClientName}.secret`,
          clientSecretOf(pool, { ...client, GenerateSecret: generate }),
        ],
      ] as [string, string | undefined][]
    }),
  ]
}

function issuerOffered(given: unknown, { base }: Addresses): [string, string][] {
  const { Name } = textsOf(given) as Draft<UpstreamSeed>
  return Name === undefined
    ? []
    : [
        [`upstreams.${Name}.issuer`, upstreamIssuer(base, Name)],
        [`upstreams.${Name}.metadata`, upstreamMetadata(base, Name)],
      ]
}

/** The base of the pages: by the prefix, else by the custom domain. */
function pagesUrl(
  addresses: Addresses,
  id: string,
  { Domain, DomainAddress }: Draft<PoolSeed>,
  custom: unknown,
): string | undefined {
  if (Domain !== undefined)
    return domainUrl(addresses, {
      id,
      domain: Domain,
      ...(DomainAddress === 'regional' && { domainAddress: DomainAddress }),
    })
  const name: unknown = Reflect.get(Object(custom), 'Domain')
  if (typeof name !== 'string') return undefined
  return domainUrl(addresses, { id, customDomain: { name, certificateArn: '' } })
}

const listOf = (value: unknown, member: string): unknown[] => {
  const list: unknown = Reflect.get(Object(value), member)
  return Array.isArray(list) ? list : []
}

/** The members of a value that are texts: all that can be said of an input nobody has checked. */
const textsOf = (value: unknown): object =>
  Object.fromEntries(Object.entries(Object(value)).filter(([, member]) => typeof member === 'string'))
