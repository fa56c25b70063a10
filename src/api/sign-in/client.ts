import { createHmac } from 'node:crypto'
import type { AppClient } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { clientById, poolById } from '../../flows/directory/directory.js'
import { sameSecret } from '../../lib/secrets.js'
import { clientNotFound, invalidParameter, notAuthorized, poolNotFound } from '../refusals.js'
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
  const pool = await poolById(service, client.poolId)
  ensure(pool !== undefined && (region === undefined || regionOf(pool.id) === region), () =>
    poolNotFound(client.poolId, region),
  )
  return { pool, client }
}

/** Refuses a caller who does not know the client's secret (§3.14): both of two live secrets are good. */
export function ensureSecretHash(
  { id, secrets }: AppClient,
  username: string,
  hash: string | undefined,
): void {
  if (secrets.length === 0) return
  ensure(hash, () => notAuthorized(`Client ${id} is configured with secret but SECRET_HASH was not received`))
  const right = secrets.map(({ value }) =>
    sameSecret(hash, createHmac('sha256', value).update(`${username}${id}`).digest('base64')),
  )
  ensure(right.includes(true), () => notAuthorized(`Unable to verify secret hash for client ${id}`))
}

/** What flows and challenges are told, and say: texts. */
export type Parameters = Readonly<Record<string, string>>

/** A member of `AuthParameters` or `ChallengeResponses` that has to be there. */
export function parameter(parameters: Parameters | undefined, name: string): string {
  const value = parameters?.[name]
  ensure(value, () => invalidParameter(`Missing required parameter ${name}`))
  return value
}
