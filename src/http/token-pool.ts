import type { FastifyRequest } from 'fastify'
import type { UserPool } from '../core/user-pool.js'
import { clientById, poolById } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { unverifiedClaims } from '../tokens/jwt.js'

/** The pool that the bearer token of a request says it comes from, where the address names none. */
export async function poolOfToken(
  service: Pick<Service, 'store'>,
  { headers }: FastifyRequest,
): Promise<UserPool | undefined> {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const { iss, client_id: clientId } = unverifiedClaims(token) ?? {}
  const client = typeof iss === 'string' ? await clientById(service, String(clientId)) : undefined
  return client && poolById(service, client.poolId)
}
