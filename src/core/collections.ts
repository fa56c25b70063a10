import type { AppClient } from './app-client.js'
import type { Device } from './device.js'
import type { Group, Membership } from './group.js'
import { identityKey } from './identity.js'
import type { IdentityProvider } from './identity-provider.js'
import type { ImportJob } from './import-job.js'
import type { MfaConfiguration } from './mfa.js'
import type { Passkey } from './passkey.js'
import type { PoolDocument } from './pool-document.js'
import { type Collection, keyOf } from './ports/store.js'
import type { ResourceServer } from './resource-server.js'
import type { User } from './user.js'
import type { UserPool } from './user-pool.js'

/** The records of Rockpool that describe pools and people, and what each can be looked up by. */

/** Key: the pool's id. */
export const pools: Collection<UserPool> = {
  name: 'pools',
  indexes: {
    domain: ({ domain }) => (domain === undefined ? [] : [domain]),
    customDomain: ({ customDomain }) => (customDomain === undefined ? [] : [customDomain.name]),
    name: ({ name }) => [name],
  },
}

/** Key: the client's id, which is unique across pools. */
export const clients: Collection<AppClient> = {
  name: 'clients',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: pool and name. */
export const identityProviders: Collection<IdentityProvider> = {
  name: 'identity-providers',
  indexes: {
    pool: ({ poolId }) => [poolId],
    identifier: ({ poolId, identifiers }) => identifiers.map(identifier => keyOf(poolId, identifier)),
  },
}

/** Key: pool and identifier. */
export const resourceServers: Collection<ResourceServer> = {
  name: 'resource-servers',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: pool and group name. */
export const groups: Collection<Group> = {
  name: 'groups',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: pool, user and group. */
export const memberships: Collection<Membership> = {
  name: 'memberships',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    group: ({ poolId, group }) => [keyOf(poolId, group)],
  },
}

/** Key: pool and credential id: one authenticator's credential is one user's. */
export const passkeys: Collection<Passkey> = {
  name: 'passkeys',
  indexes: { user: ({ poolId, sub }) => [keyOf(poolId, sub)] },
}

/** Key: pool and device key. Devices that are not confirmed are no one's to see. */
export const devices: Collection<Device> = {
  name: 'devices',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    confirmed: ({ poolId, sub, secret }) => (secret === undefined ? [] : [keyOf(poolId, sub)]),
  },
}

/** Key: the pool's id. */
export const mfaConfigurations: Collection<MfaConfiguration> = { name: 'mfa-configurations', indexes: {} }

/** Key: pool, kind and id. */
export const documents: Collection<PoolDocument> = {
  name: 'pool-documents',
  indexes: { pool: ({ poolId }) => [poolId], kind: ({ poolId, kind }) => [keyOf(poolId, kind)] },
}

/** Key: pool, the time the job was made (newest first), and id. */
export const importJobs: Collection<ImportJob> = {
  name: 'user-import-jobs',
  indexes: {
    pool: ({ poolId }) => [poolId],
    id: ({ poolId, id }) => [keyOf(poolId, id), id],
  },
}

/** The one job of a pool that is under way. Key: the pool's id. */
export const runningImports: Collection<{ readonly jobId: string }> = {
  name: 'running-user-imports',
  indexes: {},
}

/** A piece of the text of a file of users. Key: the file's id and a number. */
export const importPieces: Collection<{ readonly text: string }> = { name: 'user-import-pieces', indexes: {} }

/** A user together with the aliases that the pool's settings make of their attributes. */
export interface UserRecord extends User {
  /** As `aliasesOf` computes them when the record is written. */
  readonly aliases: readonly string[]
}

/** The attributes that users are searched by (user-pools-api.md §4.6), besides username, `sub` and status. */
export const searchable = [
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
] as const

/** How the index files a searchable value: without regard to case. */
export const searchKey = (poolId: string, attribute: string, value: string): string =>
  keyOf(poolId, attribute, value.toLowerCase())

const searchKeys = ({ poolId, status, enabled, attributes }: UserRecord): string[] => [
  searchKey(poolId, 'cognito:user_status', status),
  searchKey(poolId, 'status', enabled ? 'Enabled' : 'Disabled'),
  ...searchable.flatMap(name => (attributes[name] ? [searchKey(poolId, name, attributes[name])] : [])),
]

/** Key: pool and username, as the pool compares usernames. */
export const users: Collection<UserRecord> = {
  name: 'users',
  indexes: {
    pool: ({ poolId }) => [poolId],
    sub: ({ poolId, sub }) => [keyOf(poolId, sub)],
    alias: ({ aliases }) => aliases,
    search: user => searchKeys(user),
    identity: ({ poolId, identities }) =>
      identities.map(({ providerName, userId }) => identityKey(poolId, providerName, userId)),
  },
}
