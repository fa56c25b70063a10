import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import * as collections from '../../core/collections.js'
import type { Group } from '../../core/group.js'
import { type IdentityProvider, oidcEndpoints } from '../../core/identity-provider.js'
import type { MfaConfiguration } from '../../core/mfa.js'
import type { PoolDocument } from '../../core/pool-document.js'
import { allFiled } from '../../core/ports/all-filed.js'
import { keyOf, type Store } from '../../core/ports/store.js'
import type { ResourceServer } from '../../core/resource-server.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientsOf, groupsOf, providersOf, resourceServersOf } from './directory.js'

type From = { readonly store: Store }

/** A pool with all that was configured for it: what another Rockpool, or AWS, needs in order to have the same. */
export interface PoolBelongings {
  readonly pool: UserPool
  /** What was set by SetUserPoolMfaConfig; absent: nothing. */
  readonly mfa?: MfaConfiguration | undefined
  readonly clients: readonly AppClient[]
  /** Without the endpoints that discovery found: nobody configured those. */
  readonly providers: readonly IdentityProvider[]
  readonly resourceServers: readonly ResourceServer[]
  readonly groups: readonly Group[]
  readonly documents: readonly PoolDocument[]
  /** With the names of their groups; none unless they are asked for. */
  readonly users: readonly { readonly user: UserRecord; readonly groups: readonly string[] }[]
}

/** @param withUsers every user is read: as many as there are */
export async function belongingsOf(
  from: From,
  pool: UserPool,
  { withUsers = false }: { readonly withUsers?: boolean } = {},
): Promise<PoolBelongings> {
  const { store } = from
  const [mfa, clients, providers, resourceServers, groups, documents] = await Promise.all([
    store.get(collections.mfaConfigurations, pool.id),
    clientsOf(from, pool),
    providersOf(from, pool),
    resourceServersOf(from, pool),
    store.lookup(collections.groups, 'pool', pool.id),
    store.lookup(collections.documents, 'pool', pool.id),
  ])
  return {
    pool,
    ...(mfa === undefined ? {} : { mfa: mfa.record }),
    clients,
    providers: await Promise.all(providers.map(provider => asConfigured(from, provider))),
    resourceServers,
    groups: groups.map(({ record }) => record),
    documents: documents.flatMap(({ record }) => (record.region === undefined ? [record] : [])),
    users: withUsers ? await usersOf(from, pool) : [],
  }
}

async function usersOf(from: From, pool: UserPool): Promise<PoolBelongings['users']> {
  const users: PoolBelongings['users'][number][] = []
  for await (const piece of allFiled(from.store, collections.users, 'pool', pool.id))
    users.push(...(await Promise.all(piece.map(({ record }) => withGroups(from, pool, record)))))
  return users
}

async function withGroups(
  from: From,
  pool: UserPool,
  user: UserRecord,
): Promise<PoolBelongings['users'][number]> {
  return { user, groups: (await groupsOf(from, pool, user.sub)).map(({ name }) => name) }
}

/** A provider without the endpoints that discovery added to its details. */
export async function asConfigured(
  { store }: Pick<From, 'store'>,
  provider: IdentityProvider,
): Promise<IdentityProvider> {
  const key = keyOf(provider.poolId, provider.name)
  const found = (await store.get(collections.providerDiscoveries, key))?.record.endpoints
  if (found === undefined) return provider
  const details = Object.entries(provider.details).filter(
    ([name, value]) => !oidcEndpoints.some(endpoint => endpoint === name && found[endpoint] === value),
  )
  return { ...provider, details: Object.fromEntries(details) }
}
