import { isIssuerOf } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { epochSeconds } from '../../core/ports/clock.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, poolById, userBySub } from '../../flows/directory/directory.js'
import { grantById } from '../../flows/grants/grants.js'
import { isFromBeforeSignOut } from '../../flows/grants/sign-out.js'
import { apiScope } from '../../flows/sign-in/api-tokens.js'
import { unverifiedClaims, verifiedClaims } from '../../tokens/jwt.js'
import { notAuthorized, userNotFound } from '../refusals.js'
import type { Scope } from '../scope.js'

/** Whose access token it is; refused in the words of §2.12. */
export async function ownerOf(
  { service }: Scope,
  token: string,
): Promise<{ pool: UserPool; client: AppClient; user: Stored<UserRecord>; grantId: string | undefined }> {
  const invalid = () =>
    notAuthorized(
      'Invalid Access Token',
      'Send an access token that a pool of this Rockpool issued, not an ID or refresh token.',
    )
  const said = unverifiedClaims(token)
  const clientId = said?.client_id
  const client = typeof clientId === 'string' ? await clientById(service, clientId) : undefined
  const pool = client && (await poolById(service, client.poolId))
  ensure(client && pool && said?.token_use === 'access' && isIssuerOf(service, pool, said.iss), invalid)
  const claims = await verifiedClaims(await service.keys.of(pool.id), token)
  ensure(claims, () =>
    notAuthorized(
      'Could not verify signature for Access Token',
      'Send the token unchanged. Tokens from before the keys of the pool were replaced are refused: sign in again.',
    ),
  )
  ensure(Number(claims.exp) > epochSeconds(service.clock), () =>
    notAuthorized(
      'Access Token has expired',
      'Refresh the token, or raise AccessTokenValidity of the client.',
    ),
  )
  const revoked = () =>
    notAuthorized(
      'Access Token has been revoked',
      'Sign in again: the user signed out, or the refresh token was revoked.',
    )
  const family = typeof claims.origin_jti === 'string' ? claims.origin_jti : undefined
  const user = await userBySub(service, pool, String(claims.sub))
  ensure(user, () => userNotFound(String(claims.username), pool))
  ensure(!isFromBeforeSignOut(user.record, Number(claims.iat)), revoked)
  ensure(family === undefined || (await grantById(service, family)), revoked)
  ensure(user.record.enabled, () =>
    notAuthorized('User is disabled.', 'Enable the user with AdminEnableUser.'),
  )
  ensure(String(claims.scope).split(' ').includes(apiScope), () =>
    notAuthorized(
      'Access Token does not have required scopes',
      'Sign in with the scope aws.cognito.signin.user.admin, and allow it in AllowedOAuthScopes of the client.',
    ),
  )
  return { pool, client, user, grantId: family }
}
