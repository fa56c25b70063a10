import { ensure, refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { replicaFindings } from '../../core/rules/replica.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { documentOf, documentsOf, dropDocument, keepDocument } from './documents.js'

/**
 * The writer of replicas of a pool in other regions. They are kept and given back, under the conditions that the service
 * sets; no second region is served.
 */

export type ReplicaStatus = 'CREATING' | 'ACTIVE' | 'INACTIVE' | 'DELETING'

export interface Replica {
  readonly region: string
  readonly status: ReplicaStatus
}

/** The secondary replicas of a pool. */
export const replicasOf = async (service: Service, pool: UserPool): Promise<Replica[]> =>
  (await documentsOf(service, pool, 'replica')).map(({ id, value }) => ({
    region: id,
    status: value.Status as ReplicaStatus,
  }))

/** @throws Refusal when the pool cannot have a replica there, or has one already */
export async function createReplica(
  service: Service,
  pool: UserPool,
  region: string,
  tags: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  ensureSound(replicaFindings(pool, region))
  ensure((await replicasOf(service, pool)).length === 0, oneReplica)
  await keepDocument(service, pool, 'replica', region, {
    Status: 'INACTIVE',
    ...(tags === undefined ? {} : { UserPoolTags: tags }),
  })
}

/** @throws Refusal when the pool has no replica there */
export async function setReplicaStatus(
  service: Service,
  pool: UserPool,
  region: string,
  status: ReplicaStatus,
): Promise<void> {
  const { value } = await replicaIn(service, pool, region)
  await keepDocument(service, pool, 'replica', region, { ...value, Status: status })
}

/** @throws Refusal when the pool has no replica there */
export async function deleteReplica(service: Service, pool: UserPool, region: string): Promise<void> {
  await replicaIn(service, pool, region)
  await dropDocument(service, pool, 'replica', region)
}

async function replicaIn(service: Service, pool: UserPool, region: string) {
  const found = await documentOf(service, pool, 'replica', region)
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
