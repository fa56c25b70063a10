import type { AppClient } from '../../core/app-client.js'
import { refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { type RefreshRefusals, refreshableSignIn, refreshSignIn } from '../../flows/grants/refresh.js'
import { type RevocationRefusals, revokeByRefreshToken } from '../../flows/grants/revocation.js'
import type { Occasion } from '../../flows/grants/token-trigger.js'
import { noteUse } from '../../flows/grants/user-sessions.js'
import { authenticationResult } from '../../flows/sign-in/api-tokens.js'
import { ensureClientSecret, ensureSecretHashOfRefresh } from '../../flows/sign-in/client-secret.js'
import type { Parameters } from '../../flows/sign-in/parameters.js'
import { operation } from '../operations.js'
import { userNotFound } from '../refusals.js'
import type { Scope } from '../scope.js'
import { poolAndClient } from './client.js'

/** New tokens for a refresh token, which stays as it is (docs/facts/user-pools-api.md §3.11). */
export async function refreshed(
  { service, sender }: Scope,
  pool: UserPool,
  client: AppClient,
  token: string,
  { SECRET_HASH, DEVICE_KEY: deviceKey }: Parameters = {},
): Promise<object> {
  const request = { pool, client, token, deviceKey }
  const signIn = await refreshableSignIn(service, request, refreshRefusals('Invalid Refresh Token'))
  ensureSecretHashOfRefresh(client, signIn.person.user.username, SECRET_HASH)
  await noteUse(service, pool, signIn.storedGrant, sender)
  return {
    ChallengeParameters: {},
    AuthenticationResult: await authenticationResult(service, signIn, atRefresh, 'api_refresh'),
  }
}

const atRefresh: Occasion = { source: 'TokenGeneration_RefreshTokens' }

/** The newer operation goes by the source of a sign-in (docs/facts/triggers.md §4). */
const atNewerRefresh = (clientMetadata: Occasion['clientMetadata']): Occasion => ({
  source: 'TokenGeneration_Authentication',
  clientMetadata,
})

/**
 * How the API refuses a refresh (docs/facts/user-pools-api.md §3.11). Expired tokens count as revoked.
 * @param invalid what it says of a token that is none, or is not the client's
 */
const refreshRefusals = (invalid: string): RefreshRefusals => ({
  unknown: token => (/^eyJ[\w-]+(\.[\w-]+){4}$/.test(token) ? tokenRevoked() : notARefreshToken(invalid)),
  otherClient: ({ name }) => tokenOfAnotherClient(invalid, name),
  revoked: tokenRevoked,
  otherDevice: deviceKey => deviceMissing(invalid, deviceKey),
  deviceUnconfirmed: deviceKey => deviceUnconfirmed(invalid, deviceKey),
  userDeleted: userNotFound,
  userDisabled: ({ username }) => userDisabled(username),
  replaced: tokenReplaced,
})

const tokenRevoked = refusal('NotAuthorizedException', () => ({
  told: 'Refresh Token has been revoked',
  because: 'The refresh token has expired, or the sign-in that it came of was revoked.',
  remedy: 'Sign in again, or raise RefreshTokenValidity of the client.',
}))

const notARefreshToken = refusal('NotAuthorizedException', (told: string) => ({
  told,
  because: 'The text sent has not the form of a refresh token.',
  remedy: 'Send the RefreshToken of the sign-in as it came, not the access or the ID token.',
}))

const tokenOfAnotherClient = refusal('NotAuthorizedException', (told: string, client: string) => ({
  told,
  because: `The refresh token was given to another client than ${client}.`,
  remedy: 'Refresh with the ClientId that the user signed in with.',
}))

const deviceMissing = refusal('NotAuthorizedException', (told: string, deviceKey: string) => ({
  told,
  because: `The pool tracks devices, and the sign-in was made on ${deviceKey}, which the request does not name.`,
  remedy: 'Send the DEVICE_KEY of the sign-in (its NewDeviceMetadata), or turn DeviceConfiguration off.',
}))

const deviceUnconfirmed = refusal('NotAuthorizedException', (told: string, deviceKey: string) => ({
  told,
  because: `The pool tracks devices, and ${deviceKey} was never confirmed, or was forgotten.`,
  remedy: 'Confirm the device of NewDeviceMetadata with ConfirmDevice after the sign-in, then refresh.',
}))

const userDisabled = refusal('NotAuthorizedException', (username: string) => ({
  told: 'User is disabled.',
  because: `The user ${username} was disabled since the sign-in.`,
  remedy: 'Enable the user with AdminEnableUser.',
}))

const tokenReplaced = refusal('RefreshTokenReuseException', (seconds: number) => ({
  told: 'Refresh token has been used already.',
  because: `A refresh replaced the token, and its grace period (${seconds} seconds) is over.`,
  remedy:
    'Keep the newest RefreshToken, or raise RetryGracePeriodSeconds in RefreshTokenRotation of the client.',
}))

/**
 * The refresh that knows rotation: with it on, the token is replaced, and works on for its grace period
 * (docs/facts/user-pools-api.md §3.11).
 */
export const GetTokensFromRefreshToken = operation('GetTokensFromRefreshToken', async (scope, input) => {
  const { service, sender } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureClientSecret(client, input.ClientSecret, 'NotAuthorizedException')
  const request = { pool, client, token: input.RefreshToken, deviceKey: input.DeviceKey, sender }
  const refusals = refreshRefusals('Invalid Refresh Token.')
  const { signIn, refreshToken } = await refreshSignIn(service, request, refusals)
  const tokens = await authenticationResult(
    service,
    signIn,
    atNewerRefresh(input.ClientMetadata),
    'api_refresh',
  )
  return { AuthenticationResult: { ...tokens, ...(refreshToken && { RefreshToken: refreshToken }) } }
})

export const RevokeToken = operation('RevokeToken', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureClientSecret(client, input.ClientSecret, 'UnauthorizedException')
  const linked = input.RevokeAssociatedSessions === 'LINKED'
  await revokeByRefreshToken(scope.service, { pool, client, token: input.Token, linked }, revocationRefusals)
  return {}
})

const revocationOff = refusal('UnsupportedOperationException', ({ name }: AppClient) => ({
  told: 'Token revocation is not enabled for the client.',
  because: `EnableTokenRevocation of the client ${name} is false.`,
  remedy: 'Set EnableTokenRevocation of the client to true, and sign in again.',
}))

const onlyRefreshTokens = refusal('UnsupportedTokenTypeException', () => ({
  told: 'Only refresh tokens can be revoked.',
  because: 'The text sent is a signed token: an access or an ID token.',
  remedy: 'Send the refresh token: with it, the access tokens of the sign-in are revoked.',
}))

const malformedRefreshToken = refusal('InvalidParameterException', () => ({
  told: 'Invalid Refresh Token',
  because: 'The text sent has not the form of a refresh token.',
  remedy: 'Send the RefreshToken of the sign-in as it came.',
}))

const revokedByAnother = refusal('UnauthorizedException', ({ name }: AppClient) => ({
  told: 'Invalid Refresh Token',
  because: `The refresh token was given to another client than ${name}.`,
  remedy: 'Revoke it with the ClientId that the user signed in with.',
}))

const revocationRefusals: RevocationRefusals = {
  notRevocable: revocationOff,
  notARefreshToken: onlyRefreshTokens,
  malformed: malformedRefreshToken,
  otherClient: revokedByAnother,
}
