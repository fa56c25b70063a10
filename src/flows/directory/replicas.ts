import * as collections from '../../core/collections.js'
import { documentKey } from '../../core/pool-document.js'
import { keyOf, type Store, type Stored } from '../../core/ports/store.js'
import { asServedBy, type Replica, replicaOf } from '../../core/replica.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'

/** How pools are found in the regions of their secondary replicas. */

type From = { readonly store: Store }

/**
 * A pool as a region has it: the pool itself in its own region, else as its replica there serves it. Key and version are
 * those of what the region writes: the pool's record, or the replica's.
 */
export async function poolInRegion(
  from: From,
  id: string,
  region: string,
): Promise<Stored<UserPool> | undefined> {
  const stored = await from.store.get(collections.pools, id)
  if (stored === undefined || regionOf(id) === region) return stored
  const replica = await from.store.get(collections.documents, documentKey(id, 'replica', region))
  if (replica === undefined) return undefined
  return { ...replica, record: asServedBy(stored.record, replicaOf(replica.record)) }
}

/** The secondary replicas of a pool. */
export const replicasOf = async ({ store }: From, { id }: Pick<UserPool, 'id'>): Promise<Replica[]> =>
  (await store.lookup(collections.documents, 'kind', keyOf(id, 'replica'))).map(({ record }) =>
    replicaOf(record),
  )

/** The ids of the pools that have a secondary replica in a region. */
export const poolsReplicatedTo = async ({ store }: From, region: string): Promise<ReadonlySet<string>> =>
  new Set((await store.lookup(collections.documents, 'replicaIn', region)).map(({ record }) => record.poolId))

/** The pool whose replica in a region has a prefix, as the replica serves it. */
export async function replicaOfPrefix(
  from: From,
  prefix: string,
  region: string,
): Promise<UserPool | undefined> {
  const page = { limit: 1 }
  const [found] = await from.store.lookup(collections.documents, 'replicaDomain', keyOf(region, prefix), page)
  return found && (await poolInRegion(from, found.record.poolId, region))?.record
}
