import { resourceServers } from '../../core/collections.js'
import type { Ports } from '../../core/ports/ports.js'
import { insert, remove, replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { type ResourceServer, resourceServerKey } from '../../core/resource-server.js'
import { ensureSound } from '../../core/rules/finding.js'
import { resourceServerFindings } from '../../core/rules/resource-server.js'
import type { UserPool } from '../../core/user-pool.js'
import { conflict } from '../conflict.js'
import { resourceServersOf } from '../directory/directory.js'
import * as refusals from './administration-refusals.js'
import { ensureRoom } from './quotas.js'

/** The writer of resource servers. */

type Needs = Pick<Ports, 'store'>

export type NewResourceServer = Omit<ResourceServer, 'poolId'>

/** A resource server as it is stored. */
export const resourceServerRecord = (
  { id: poolId }: UserPool,
  { identifier, name, scopes }: NewResourceServer,
): ResourceServer => ({ poolId, identifier, name, scopes })

/** @throws Refusal when the pool has none of this identifier */
export async function storedResourceServer(
  { store }: Needs,
  pool: UserPool,
  identifier: string,
): Promise<Stored<ResourceServer>> {
  const found = await store.get(resourceServers, resourceServerKey(pool.id, identifier))
  ensure(found, () => refusals.resourceServerNotFound(identifier))
  return found
}

/** @throws Refusal when the pool has one of this identifier already, or a rule is broken */
export async function createResourceServer(
  { store }: Needs,
  pool: UserPool,
  given: NewResourceServer,
): Promise<ResourceServer> {
  ensureSound(resourceServerFindings({ Scopes: given.scopes }))
  const server = resourceServerRecord(pool, given)
  const others = (await resourceServersOf({ store }, pool)).filter(
    ({ identifier }) => identifier !== server.identifier,
  )
  ensureRoom('resource servers in a user pool', others.length, 'DeleteResourceServer')
  const isNew = await store.commit(
    insert(resourceServers, resourceServerKey(pool.id, server.identifier), server),
  )
  ensure(isNew, () => refusals.resourceServerExists(server.identifier, pool))
  return server
}

/** Replaces name and scopes: scopes that are left out are gone. */
export async function updateResourceServer(
  { store }: Needs,
  pool: UserPool,
  given: NewResourceServer,
): Promise<ResourceServer> {
  ensureSound(resourceServerFindings({ Scopes: given.scopes }))
  const before = await storedResourceServer({ store }, pool, given.identifier)
  const server = { ...before.record, name: given.name, scopes: given.scopes }
  ensure(await store.commit(replace(resourceServers, before, server)), conflict)
  return server
}

export async function deleteResourceServer(
  { store }: Needs,
  pool: UserPool,
  identifier: string,
): Promise<void> {
  await store.commit(remove(resourceServers, await storedResourceServer({ store }, pool, identifier)))
}
