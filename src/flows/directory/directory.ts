import { readRegionalDomain } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import type { Person } from '../../core/claims.js'
import type { UserRecord } from '../../core/collections.js'
import * as collections from '../../core/collections.js'
import { type Group, groupKey } from '../../core/group.js'
import { type Identity, identityKey } from '../../core/identity.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { MfaConfiguration } from '../../core/mfa.js'
import { keyOf, type Store, type Stored } from '../../core/ports/store.js'
import type { ResourceServer } from '../../core/resource-server.js'
import { aliasKey, userKey } from '../../core/user.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { replicaOfPrefix } from './replicas.js'

/** How pools, clients and people are found. Each look-up touches a bounded number of records. */

type From = { readonly store: Store }

export const poolById = async ({ store }: From, id: string): Promise<UserPool | undefined> =>
  (await store.get(collections.pools, id))?.record

/** The pool of a domain by the name that addresses have of it (`domainNameOf`); every prefix is found by its region too. */
export async function poolOfDomain(from: From, name: string): Promise<UserPool | undefined> {
  const regional = readRegionalDomain(name)
  if (regional !== undefined) return poolOfPrefix(from, regional.prefix, regional.region)
  if (name.includes('.')) return poolOfCustomDomain(from, name)
  return (await poolsOfPrefix(from, name)).find(({ domainAddress }) => domainAddress === undefined)
}

/** The pool that has the prefix in a region, perhaps as its replica there has it: no other one there does. */
export const poolOfPrefix = async (
  from: From,
  prefix: string,
  region: string,
): Promise<UserPool | undefined> =>
  (await poolsOfPrefix(from, prefix)).find(({ id }) => regionOf(id) === region) ??
  replicaOfPrefix(from, prefix, region)

/** The pools that have a prefix: one a region. */
export const poolsOfPrefix = async ({ store }: From, prefix: string): Promise<UserPool[]> =>
  (await store.lookup(collections.pools, 'domain', prefix)).map(({ record }) => record)

/** The pool of a custom domain, which is unique in the world. */
export const poolOfCustomDomain = async ({ store }: From, name: string): Promise<UserPool | undefined> =>
  (await store.lookup(collections.pools, 'customDomain', name, { limit: 1 }))[0]?.record

export const clientById = async ({ store }: From, id: string): Promise<AppClient | undefined> =>
  (await store.get(collections.clients, id))?.record

/** Every pool, in the order of their ids: there are as many as a person configured. */
export const allPools = async ({ store }: From): Promise<UserPool[]> =>
  (await store.list(collections.pools, { limit: everything })).map(({ record }) => record)

export const clientsOf = async ({ store }: From, pool: UserPool): Promise<AppClient[]> =>
  (await store.lookup(collections.clients, 'pool', pool.id)).map(({ record }) => record)

export const providersOf = async ({ store }: From, pool: UserPool): Promise<IdentityProvider[]> =>
  (await store.lookup(collections.identityProviders, 'pool', pool.id)).map(({ record }) => record)

/** The providers of several pools. */
export const providersOfAll = async (from: From, pools: readonly UserPool[]): Promise<IdentityProvider[]> =>
  (await Promise.all(pools.map(pool => providersOf(from, pool)))).flat()

export const providerNamed = async (
  { store }: From,
  pool: UserPool,
  name: string,
): Promise<IdentityProvider | undefined> =>
  (await store.get(collections.identityProviders, keyOf(pool.id, name)))?.record

export const providerIdentifiedBy = async (
  { store }: From,
  pool: UserPool,
  identifier: string,
): Promise<IdentityProvider | undefined> =>
  (
    await store.lookup(collections.identityProviders, 'identifier', keyOf(pool.id, identifier), {
      limit: 1,
    })
  )[0]?.record

export const resourceServersOf = async ({ store }: From, pool: UserPool): Promise<ResourceServer[]> =>
  (await store.lookup(collections.resourceServers, 'pool', pool.id)).map(({ record }) => record)

/** A pool's MFA configuration: what was set last, by whichever operation. */
export async function mfaConfigurationOf(
  { store }: From,
  pool: UserPool,
): Promise<MfaConfiguration & { readonly MfaConfiguration: 'ON' | 'OFF' | 'OPTIONAL' }> {
  const stored = (await store.get(collections.mfaConfigurations, pool.id))?.record
  const set = pool.servedBy === undefined ? stored : withOwnSender(stored, pool)
  return { ...set, MfaConfiguration: set?.MfaConfiguration ?? pool.settings.MfaConfiguration ?? 'OFF' }
}

/** A replica sends text messages by the settings of its own region. */
const withOwnSender = (
  { SmsMfaConfiguration: sms, ...others }: MfaConfiguration = {},
  { settings: { SmsConfiguration } }: UserPool,
): MfaConfiguration => ({
  ...others,
  ...(sms && { SmsMfaConfiguration: { ...sms, ...(SmsConfiguration && { SmsConfiguration }) } }),
})

/** The user with this username, or else the one who has it as an alias (docs/facts/user-pools-api.md §4.1). */
export async function userNamed(
  { store }: From,
  pool: UserPool,
  name: string,
): Promise<Stored<UserRecord> | undefined> {
  return (
    (await store.get(collections.users, userKey(pool, name))) ??
    (await store.lookup(collections.users, 'alias', aliasKey(pool, name), { limit: 1 }))[0]
  )
}

export const userBySub = async (
  { store }: From,
  pool: UserPool,
  sub: string,
): Promise<Stored<UserRecord> | undefined> =>
  (await store.lookup(collections.users, 'sub', keyOf(pool.id, sub), { limit: 1 }))[0]

/** An account at another provider: by its subject, or by the value of a pool's attribute that links. */
export type IdentitySought = Pick<Identity, 'providerName' | 'userId'> & {
  readonly linkedBy?: string | undefined
}

/** The user that an account at another provider leads to. */
export const userOfIdentity = async (
  from: From,
  pool: UserPool,
  sought: IdentitySought,
): Promise<Stored<UserRecord> | undefined> =>
  (await filedUnder(from, pool, sought.providerName, sought.userId)).find(({ record }) =>
    record.identities.some(isIdentity(sought)),
  )

/** Whether an identity is the one that is sought. */
export const isIdentity =
  (sought: IdentitySought) =>
  ({ providerName, userId, linkedBy }: Identity): boolean =>
    providerName === sought.providerName && userId === sought.userId && linkedBy === sought.linkedBy

/** Whether a user of the pool was linked to this account, but in another case (fact N14). */
export async function isLinkedInOtherCase(
  from: From,
  pool: UserPool,
  { providerName, userId }: IdentitySought,
): Promise<boolean> {
  const folded = userId.toLowerCase()
  const isSame = (identity: Identity) =>
    identity.providerName === providerName &&
    identity.userId.toLowerCase() === folded &&
    identity.linkedBy === undefined &&
    !identity.primary
  return (await filedUnder(from, pool, providerName, folded)).some(({ record }) =>
    record.identities.some(isSame),
  )
}

const filedUnder = ({ store }: From, pool: UserPool, providerName: string, userId: string) =>
  store.lookup(collections.users, 'identity', identityKey(pool.id, providerName, userId))

/** The groups a user is in: at most a hundred (Cognito's quota). */
export async function groupsOf({ store }: From, pool: UserPool, sub: string): Promise<Group[]> {
  const memberships = await store.lookup(collections.memberships, 'user', keyOf(pool.id, sub))
  const groups = await Promise.all(
    memberships.map(({ record }) => store.get(collections.groups, groupKey(pool.id, record.group))),
  )
  return groups.flatMap(group => (group === undefined ? [] : [group.record]))
}

/** A user with their groups, as tokens describe them; undefined when there is none, or they are disabled. */
export async function personBySub(from: From, pool: UserPool, sub: string): Promise<Person | undefined> {
  const user = (await userBySub(from, pool, sub))?.record
  return user?.enabled ? { user, groups: await groupsOf(from, pool, sub) } : undefined
}

const everything = Number.MAX_SAFE_INTEGER
