import { type AppClient, tokensAreRevocable } from '../../core/app-client.js'
import { ensure, type Refusal } from '../../core/refusal.js'
import { unverifiedClaims } from '../../tokens/jwt.js'
import type { Service } from '../service.js'
import { keptRefreshToken, revokeGrant } from './grants.js'

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

/**
 * Revokes the sign-in that a refresh token came of: all its tokens end. A token that the pool does not keep is no mistake.
 * @param client has proved itself
 * @throws Refusal in the words given
 */
export async function revokeByRefreshToken(
  service: Pick<Service, 'store'>,
  client: AppClient,
  token: string,
  refusals: RevocationRefusals,
): Promise<void> {
  ensure(tokensAreRevocable(client), () => refusals.notRevocable(client))
  ensure(!isJwt(token), refusals.notARefreshToken)
  if (refusals.malformed !== undefined) ensure(token.split('.').length === 5, refusals.malformed)
  const stored = await keptRefreshToken(service, token)
  if (stored === undefined) return
  if (stored.record.clientId === client.id) await revokeGrant(service, stored.record.grantId)
  else if (refusals.otherClient !== undefined) throw refusals.otherClient(client)
}

/** Three parts with readable claims; a refresh token has five. */
const isJwt = (token: string): boolean =>
  token.split('.').length === 3 && unverifiedClaims(token) !== undefined
