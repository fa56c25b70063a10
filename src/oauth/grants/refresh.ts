import { allowsFlow } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { type RefreshRefusals, refreshSignIn } from '../../flows/grants/refresh.js'
import type { Service } from '../../flows/service.js'
import * as refusals from '../token-refusals.js'
import { answerFor, ensureReadable, needed, type TokenRequest, type TokenResponse } from './grant.js'

/**
 * `grant_type=refresh_token`: new tokens of a sign-in, and with rotation on a new refresh token
 * (docs/facts/oauth-and-federation.md §4.2, facts O9, O56). It takes those of the API's sign-ins too; since it cannot
 * be told a device, not those of sign-ins on one.
 */
export async function refreshTokens(service: Service, request: TokenRequest): Promise<TokenResponse> {
  const { pool, client, sender } = request
  ensure(!allowsFlow(client, 'client_credentials'), () => refusals.machineRefreshes(client))
  const token = needed(request, 'refresh_token')
  const { signIn, refreshToken } = await refreshSignIn(
    service,
    { pool, client, token, sender },
    refreshRefusals,
    ensureReadable,
  )
  return answerFor(service, signIn, 'TokenGeneration_RefreshTokens', refreshToken)
}

const refreshRefusals: RefreshRefusals = {
  unknown: refusals.unknownRefreshToken,
  otherClient: refusals.otherClient,
  revoked: refusals.signInRevoked,
  otherDevice: refusals.onDevice,
  deviceUnconfirmed: refusals.onDevice,
  userDeleted: refusals.userDeleted,
  userDisabled: ({ username }) => refusals.userDisabled(username),
  replaced: refusals.replacedRefreshToken,
}
