import type { AppClient } from '../core/app-client.js'
import type { UserRecord } from '../core/collections.js'
import type { IdentityProvider } from '../core/identity-provider.js'
import type { Stored } from '../core/ports/store.js'
import { ensure } from '../core/refusal.js'
import { regionOf, type UserPool } from '../core/user-pool.js'
import type { Sender } from '../core/user-session.js'
import type { Imports } from '../flows/administration/import-jobs/run.js'
import { clientById, userBySub, userNamed } from '../flows/directory/directory.js'
import { poolInRegion } from '../flows/directory/replicas.js'
import type { Service } from '../flows/service.js'
import * as refusals from './refusals.js'

/** What an operation has at hand. */
export interface Scope {
  readonly service: Service
  /**
   * The region that the request was signed for; of requests that are not signed, the one whose host was asked, where the pool has a
   * replica there; undefined for all others.
   */
  readonly region: string | undefined
  /** The sender of the request. */
  readonly sender: Sender
  readonly accountId: string
  /** Finds the endpoints of an OIDC provider, and keeps them; throws a `Refusal` when nobody answers. */
  readonly discover: (provider: IdentityProvider) => Promise<void>
  /** The imports of users that go on beside the requests. */
  readonly imports: Imports
}

/** A pool as it is stored, or as its replica in the request's region serves it; one of another region does not exist here. */
export async function storedPool({ service, region }: Scope, id: string): Promise<Stored<UserPool>> {
  const found = await poolInRegion(service, id, region ?? regionOf(id))
  ensure(found, () => refusals.poolNotFound(id, region))
  return found
}

export const poolOf = async (scope: Scope, id: string): Promise<UserPool> =>
  (await storedPool(scope, id)).record

/** A client of the pool. */
export async function clientOf({ service }: Scope, pool: UserPool, id: string): Promise<AppClient> {
  const client = await clientById(service, id)
  ensure(client?.poolId === pool.id, () => refusals.clientNotFound(id))
  return client
}

/** A user by username, alias or `sub`, all of which administrators may say (docs/facts/user-pools-api.md §2.6). */
export async function userOf(
  { service }: Scope,
  pool: UserPool,
  username: string,
): Promise<Stored<UserRecord>> {
  const user = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  ensure(user, () => refusals.userNotFound(username, pool))
  return user
}

/** A time as the API writes it: seconds, with a fraction. */
export const timestamp = (milliseconds: number): number => milliseconds / 1000

/** @param region where a pool has replicas, each region has an ARN of its own */
export const poolArn = ({ accountId }: Scope, poolId: string, region = regionOf(poolId)): string =>
  `arn:aws:cognito-idp:${region}:${accountId}:userpool/${poolId}`
