import { type AppClient, tokensAreRevocable } from '../../core/app-client.js'
import { ensure, type Refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { unverifiedClaims } from '../../tokens/jwt.js'
import type { Service } from '../service.js'
import { endOrigin } from './end-sessions.js'
import { keptRefreshToken, revokeGrant, storedGrant } from './grants.js'

/** The words in which a surface refuses to revoke. What the endpoint of OAuth overlooks (RFC 7009 §2.2), the API refuses. */
export interface RevocationRefusals {
  /** `EnableTokenRevocation` of the client is off. */
  notRevocable(client: AppClient): Refusal
  /** The text sent is an access or ID token. */
  notARefreshToken(): Refusal
  /** The text has not the form of a refresh token. */
  malformed?(): Refusal
  /** The token was given to another client. */
  otherClient?(client: AppClient): Refusal
}

/** What a client that has proved itself wants to have revoked. */
export interface ToRevoke {
  readonly pool: UserPool
  readonly client: AppClient
  /** A refresh token. */
  readonly token: string
  /** Whether the SSO session that the sign-in came through ends too, where the pool tracks sessions (fact N46). */
  readonly linked?: boolean
}

/**
 * Revokes the sign-in that a refresh token came of: all its tokens end. A token that the pool does not keep is no mistake.
 * @throws Refusal in the words given
 */
export async function revokeByRefreshToken(
  service: Pick<Service, 'store'>,
  { pool, client, token, linked = false }: ToRevoke,
  refusals: RevocationRefusals,
): Promise<void> {
  ensure(tokensAreRevocable(client), () => refusals.notRevocable(client))
  ensure(!isJwt(token), refusals.notARefreshToken)
  if (refusals.malformed !== undefined) ensure(token.split('.').length === 5, refusals.malformed)
  const stored = await keptRefreshToken(service, token)
  if (stored === undefined) return
  if (stored.record.clientId !== client.id) {
    if (refusals.otherClient !== undefined) throw refusals.otherClient(client)
    return
  }
  const { grantId } = stored.record
  const grant = linked ? await storedGrant(service, grantId) : undefined
  await revokeGrant(service, grantId)
  await endOrigin(service, pool, grant?.record.ssoSession)
}

/** Three parts with readable claims; a refresh token has five. */
const isJwt = (token: string): boolean =>
  token.split('.').length === 3 && unverifiedClaims(token) !== undefined
