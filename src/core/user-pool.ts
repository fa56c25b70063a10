import type { Infer } from '../lib/shape.js'
import type { createUserPoolDomain } from './shapes/domains.js'
import type { createUserPool } from './shapes/user-pools.js'
import type { SessionTracking } from './user-session.js'

/** The configuration of a pool, in the vocabulary of `CreateUserPool`. What is absent has Cognito's default. */
export type PoolSettings = Omit<Infer<typeof createUserPool>, 'PoolName' | 'Schema'>

/**
 * How the `iss` of a pool's tokens is chosen: `local` (below our base URL), `aws` (as in the cloud), `request` (by the
 * host that was asked), or a URL.
 */
export type IssuerMode = 'local' | 'aws' | 'request' | `http${string}`

export interface UserPool {
  readonly id: string
  readonly name: string
  readonly settings: PoolSettings
  /** Every attribute a user of this pool may have, standard ones first. */
  readonly schema: readonly SchemaAttribute[]
  /** The prefix of the user pool domain; a pool without one has no hosted pages. */
  readonly domain?: string
  /** Absent where the prefix alone names the domain in addresses. */
  readonly domainAddress?: 'regional'
  /** A host name of the owner's own, beside or in place of the prefix. */
  readonly customDomain?: CustomDomain
  /** Which pages the prefix domain shows: 1 for the classic ones, 2 for managed login. */
  readonly managedLoginVersion?: number
  /** How often a domain was switched between the versions of its pages: sessions at the pages end with that (fact P62). */
  readonly pagesSwitched?: number
  /** How the pool tracks its users' sessions, once that was set. */
  readonly sessions?: SessionTracking
  readonly issuer: IssuerMode
  /** Set where a secondary replica is meant, as `asServedBy` makes the pool of it. No stored record has it. */
  readonly servedBy?: { readonly region: string; readonly status: ReplicaStatus }
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
}

/** A domain under the owner's own host name. Its pages have a version of their own. */
export interface CustomDomain {
  readonly name: string
  readonly certificateArn: string
  readonly managedLoginVersion?: number
  /** The oldest TLS that the domain takes on AWS: kept, and given back. */
  readonly securityPolicy?: SecurityPolicy
  /** Where AWS leads browsers when the region fails: kept, and given back. */
  readonly routing?: Routing
}

type DomainInput = Infer<typeof createUserPoolDomain>
export type SecurityPolicy = NonNullable<NonNullable<DomainInput['CustomDomainConfig']>['SecurityPolicy']>
export type Routing = NonNullable<DomainInput['Routing']>

/** Whether the pool has hosted pages. */
export const hasDomain = ({ domain, customDomain }: Pick<UserPool, 'domain' | 'customDomain'>): boolean =>
  domain !== undefined || customDomain !== undefined

/**
 * Which pages a domain of the pool shows, if that was said: each has a version of its own
 * (docs/facts/hosted-pages.md §1).
 */
export const pagesVersionOf = (
  { managedLoginVersion, customDomain }: UserPool,
  domain: string,
): number | undefined =>
  customDomain?.name === domain ? customDomain.managedLoginVersion : managedLoginVersion

/** What a domain shows without being told: the classic pages, as with `CreateUserPoolDomain`. */
export const defaultPagesVersion = 1

/** One attribute of a pool's schema, with its full name (`custom:team`). Limits are texts on the wire, numbers here. */
export interface SchemaAttribute {
  readonly name: string
  readonly type: 'String' | 'Number' | 'DateTime' | 'Boolean'
  readonly mutable: boolean
  readonly required: boolean
  readonly developerOnly: boolean
  /** Of a String: its length; of a Number: its value. */
  readonly min?: number
  readonly max?: number
}

/** The region a pool lives in: the part of its id before the underscore. */
export const regionOf = (poolId: string): string => poolId.slice(0, poolId.lastIndexOf('_'))

/** How a secondary replica of a pool stands: one that is INACTIVE can be configured, and signs nobody in. */
export type ReplicaStatus = 'CREATING' | 'ACTIVE' | 'INACTIVE' | 'DELETING'

/** The region in which a request has found the pool: a replica's, or the pool's own. */
export const servingRegion = ({ id, servedBy }: Pick<UserPool, 'id' | 'servedBy'>): string =>
  servedBy?.region ?? regionOf(id)

/** Usernames and aliases are compared without regard to case unless the pool says otherwise. */
export const isCaseSensitive = (pool: UserPool): boolean =>
  pool.settings.UsernameConfiguration?.CaseSensitive ?? true

/** A username, or an alias, as it is compared in this pool. */
export const foldCase = (pool: UserPool, name: string): string =>
  isCaseSensitive(pool) ? name : name.toLowerCase()

/**
 * The group that the pool makes for the users of a provider (docs/facts/oauth-and-federation.md §8.6); it keeps the
 * case.
 */
export const providerGroupName = (pool: Pick<UserPool, 'id'>, providerName: string): string =>
  `${pool.id}_${providerName}`
