import type { AppClient } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { clientById } from '../../flows/directory/directory.js'
import { poolInRegion } from '../../flows/directory/replicas.js'
import { clientNotFound, poolNotFound } from '../refusals.js'
import type { Scope } from '../scope.js'

/** The pool and the client that a request names: by the client alone, or by both. */
export async function poolAndClient(
  { service, region }: Scope,
  clientId: string,
  poolId?: string,
): Promise<{ pool: UserPool; client: AppClient }> {
  const client = await clientById(service, clientId)
  ensure(client !== undefined && (poolId === undefined || client.poolId === poolId), () =>
    clientNotFound(clientId),
  )
  const pool = await poolInRegion(service, client.poolId, region ?? regionOf(client.poolId))
  ensure(pool !== undefined, () => poolNotFound(client.poolId, region))
  return { pool: pool.record, client }
}
