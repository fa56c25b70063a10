import * as collections from '../../core/collections.js'
import { documentKey, type PoolDocument } from '../../core/pool-document.js'
import { remove } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import { type Replica, replicaValue } from '../../core/replica.js'
import { ensureSound } from '../../core/rules/finding.js'
import { replicaFindings } from '../../core/rules/replica.js'
import type { ReplicaStatus, UserPool } from '../../core/user-pool.js'
import { replicasOf } from '../directory/replicas.js'
import type { Service } from '../service.js'
import { keepDocument } from './documents.js'

/** The writer of secondary replicas: a pool in another region, with a few settings and perhaps a domain of its own there. */

/**
 * A new replica is INACTIVE: what it has of its own is set before it signs anybody in.
 * @throws Refusal when the pool cannot have a replica there, or has one already
 */
export async function createReplica(
  service: Service,
  pool: UserPool,
  region: string,
  tags: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  ensureSound(replicaFindings(pool, region))
  ensure((await replicasOf(service, pool)).length === 0, oneReplica)
  const settings = tags === undefined ? {} : { UserPoolTags: tags }
  await keepDocument(service, pool, 'replica', region, replicaValue({ status: 'INACTIVE', settings }))
}

/** @throws Refusal when the pool has no replica there */
export async function setReplicaStatus(
  service: Service,
  pool: UserPool,
  region: string,
  status: ReplicaStatus,
): Promise<void> {
  const replica = await replicaIn(service, pool, region)
  await keepDocument(service, pool, 'replica', region, replicaValue({ ...replica, status }))
}

/**
 * Deletes a replica with all that it has of its own.
 * @throws Refusal when the pool has no replica there
 */
export async function deleteReplica(service: Service, pool: UserPool, region: string): Promise<void> {
  const { store } = service
  await replicaIn(service, pool, region)
  const documents = await store.lookup(collections.documents, 'pool', pool.id)
  const own = documents.filter(({ record }) => record.region === region)
  await store.commit(
    remove(collections.documents, documentKey(pool.id, 'replica', region)),
    ...own.map(({ key }) => remove<PoolDocument>(collections.documents, key)),
  )
}

async function replicaIn(service: Service, pool: UserPool, region: string): Promise<Replica> {
  const found = (await replicasOf(service, pool)).find(replica => replica.region === region)
  ensure(found, () => replicaNotFound(pool.id, region))
  return found
}

// The service's words are not known.

const oneReplica = refusal('LimitExceededException', () => ({
  told: 'A user pool can have one secondary replica.',
  because: 'The pool has a secondary replica already.',
  remedy: 'Delete the other replica with DeleteUserPoolReplica first.',
}))

const replicaNotFound = refusal('ResourceNotFoundException', (pool: string, region: string) => ({
  told: `User pool ${pool} has no secondary replica in ${region}.`,
  because: `No replica of ${pool} was created in ${region}.`,
  remedy: 'Name a region that ListUserPoolReplicas shows, or create the replica first.',
}))
