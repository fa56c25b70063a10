import { regionOfHost } from '../core/addresses.js'
import { ensure, refusal } from '../core/refusal.js'
import { servesOperation } from '../core/replica.js'
import { regionOf, servingRegion, type UserPool } from '../core/user-pool.js'
import { clientById } from '../flows/directory/directory.js'
import { poolInRegion } from '../flows/directory/replicas.js'
import type { Service } from '../flows/service.js'
import { unverifiedClaims } from '../tokens/jwt.js'

/** Which region a request was sent to. */
export interface Sent {
  /** Of a signed request: the region of its credential scope. */
  readonly signedFor: string | undefined
  /** The host of the request. An unsigned request names its region by the host, or not at all. */
  readonly hostname: string
}

/**
 * The region that answers a request; undefined where only the pool itself can.
 * @throws Refusal when the pool has a secondary replica there that does not serve the operation
 */
export async function regionFor(
  service: Service,
  operation: string,
  { signedFor, hostname }: Sent,
  input: object,
): Promise<string | undefined> {
  const region = signedFor ?? regionOfHost(hostname)
  if (region === undefined) return undefined
  const id = await poolIdIn(service, input)
  if (id === undefined || regionOf(id) === region) return signedFor
  const pool = (await poolInRegion(service, id, region))?.record
  if (pool?.servedBy === undefined) return signedFor
  const { status } = pool.servedBy
  ensure(servesOperation(status, operation), () => notServed(operation, pool))
  return region
}

/** The id of the pool that a request is about, if the request names one. */
async function poolIdIn(service: Service, input: object): Promise<string | undefined> {
  const said = input as { readonly [member: string]: unknown }
  const { UserPoolId: id, ResourceArn: arn, AccessToken: token } = said
  if (typeof id === 'string') return id
  if (typeof arn === 'string') return arn.slice(arn.lastIndexOf('/') + 1)
  const clientId =
    said.ClientId ?? (typeof token === 'string' ? unverifiedClaims(token)?.client_id : undefined)
  return typeof clientId === 'string' ? (await clientById(service, clientId))?.poolId : undefined
}

const notServed = refusal('OperationNotEnabledException', (operation: string, pool: UserPool) => {
  const { region, status } = { status: pool.servedBy?.status, region: servingRegion(pool) }
  const isDormant = status !== 'ACTIVE' && servesOperation('ACTIVE', operation)
  return {
    // The service's words are not known.
    told: `${operation} is not enabled for user pool ${pool.id} in ${region}.`,
    because: isDormant
      ? `The replica of ${pool.name} in ${region} is ${status}: it can be configured, and signs nobody in.`
      : `A secondary replica has no ${operation}: that is for the primary of ${pool.name}, in ${regionOf(pool.id)}.`,
    remedy: isDormant
      ? `Make the replica ACTIVE with UpdateUserPoolReplica, RegionName ${region}.`
      : `Send the request to ${regionOf(pool.id)}.`,
  }
})
