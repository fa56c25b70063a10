import { isIssuerOf } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import type { TokenClaims } from '../../core/claims.js'
import type { UserRecord } from '../../core/collections.js'
import { epochSeconds } from '../../core/ports/clock.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { unverifiedClaims, verifiedClaims } from '../../tokens/jwt.js'
import { userDisabled } from '../account/account-refusals.js'
import { userNotFound } from '../administration/administration-refusals.js'
import { clientById, poolById, userBySub } from '../directory/directory.js'
import { grantById } from '../grants/grants.js'
import { isFromBeforeSignOut } from '../grants/sign-out.js'
import { isEnded } from '../grants/user-sessions.js'
import type { Service } from '../service.js'
import * as refusals from './access-token-refusals.js'
import { apiScope } from './api-tokens.js'

/** A user who changes their own account, by an access token. */
export interface TokenOwner {
  readonly pool: UserPool
  /** The client that the token was given to. */
  readonly client: AppClient
  readonly user: Stored<UserRecord>
  /** The refresh token's grant; undefined where the token says none. */
  readonly grantId: string | undefined
  readonly claims: TokenClaims
}

/**
 * The user of an access token, with the client that it was given to; refuses a token that does not count, in the
 * words of docs/facts/user-pools-api.md §2.12.
 */
export async function ownerOf(service: Service, token: string): Promise<TokenOwner> {
  const said = unverifiedClaims(token)
  const clientId = said?.client_id
  const client = typeof clientId === 'string' ? await clientById(service, clientId) : undefined
  const pool = client && (await poolById(service, client.poolId))
  ensure(
    client && pool && said?.token_use === 'access' && isIssuerOf(service, pool, said.iss),
    refusals.tokenInvalid,
  )
  const claims = await verifiedClaims(await service.keys.of(pool.id), token)
  ensure(claims, () => refusals.signatureWrong(pool))
  const age = epochSeconds(service.clock) - Number(claims.exp)
  ensure(age < 0, () => refusals.tokenExpired(age))
  const revoked = () => refusals.tokenRevoked(String(claims.username))
  const family = typeof claims.origin_jti === 'string' ? claims.origin_jti : undefined
  const user = await userBySub(service, pool, String(claims.sub))
  ensure(user, () => userNotFound(String(claims.username), pool))
  ensure(!isFromBeforeSignOut(user.record, Number(claims.iat)), revoked)
  ensure(family === undefined || (await grantById(service, family)), revoked)
  ensure(!(await isEnded(service, pool, claims)), revoked)
  ensure(user.record.enabled, () => userDisabled(user.record.username))
  const scopes = String(claims.scope)
  ensure(scopes.split(' ').includes(apiScope), () => refusals.scopeMissing(apiScope, scopes))
  return { pool, client, user, grantId: family, claims }
}
