import type { AppClient } from '../../core/app-client.js'
import { replace } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { personBySub, userBySub } from '../../flows/directory/directory.js'
import {
  grantById,
  keepRefreshToken,
  newRefreshToken,
  refreshTokenWith,
  revokeGrant,
} from '../../flows/grants/grants.js'
import type { Occasion } from '../../flows/grants/token-trigger.js'
import { tokensOfGrant } from '../../flows/sign-in/api-tokens.js'
import { isOnAnotherDevice } from '../../flows/sign-in/devices.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import { refreshTokens } from '../../tokens/grants.js'
import { unverifiedClaims } from '../../tokens/jwt.js'
import { operation } from '../operations.js'
import { because, invalidParameter, notAuthorized, userNotFound } from '../refusals.js'
import type { Scope } from '../scope.js'
import { ensureSecretHash, type Parameters, poolAndClient } from './client.js'

/** New tokens for a refresh token, which stays as it is (§3.11). */
export async function refreshed(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  token: string,
  { SECRET_HASH, DEVICE_KEY: deviceKey }: Parameters = {},
): Promise<object> {
  const shown = { token, deviceKey }
  const { grant, person } = await signInOf(scope, pool, client, shown, 'Invalid Refresh Token')
  ensureSecretHash(client, person.user.username, SECRET_HASH)
  return {
    ChallengeParameters: {},
    AuthenticationResult: await tokensOfGrant(scope.service, pool, client, person, grant, atRefresh()),
  }
}

const atRefresh = (clientMetadata?: Occasion['clientMetadata']): Occasion => ({
  source: 'TokenGeneration_RefreshTokens',
  clientMetadata,
})

/** What a refresh shows. */
interface Shown {
  readonly token: string
  readonly deviceKey: string | undefined
}

/** The sign-in that a refresh token goes on with. Ones that ended are remembered as revoked for as long as they lived. */
async function signInOf(
  { service }: Scope,
  pool: UserPool,
  client: AppClient,
  { token, deviceKey }: Shown,
  garbage: string,
) {
  const stored = await refreshTokenWith(service, fingerprint(token))
  const looksRight = /^eyJ[\w-]+(\.[\w-]+){4}$/.test(token)
  ensure(stored !== undefined || looksRight, () => notAuthorized(garbage))
  ensure(stored !== undefined, () => notAuthorized('Refresh Token has been revoked'))
  ensure(stored.record.clientId === client.id, () => notAuthorized(garbage))
  const grant = await grantById(service, stored.record.grantId)
  ensure(grant, () => notAuthorized('Refresh Token has been revoked'))
  ensure(!isOnAnotherDevice(pool, grant, deviceKey), () => deviceMissing(garbage, grant.deviceKey))
  const user = await userBySub(service, pool, grant.sub)
  ensure(user, () => userNotFound(grant.sub, pool))
  const person = await personBySub(service, pool, grant.sub)
  ensure(person, () => notAuthorized('User is disabled.'))
  return { stored, grant, person }
}

const deviceMissing = refusal('NotAuthorizedException', (told: string, deviceKey: string | undefined) => ({
  told,
  because: `The pool tracks devices, and the sign-in was made on ${deviceKey}, which the request does not name.`,
  remedy: 'Send the DEVICE_KEY of the sign-in (its NewDeviceMetadata), or turn DeviceConfiguration off.',
}))

/** The refresh that knows rotation: with it on, the token is replaced, and works on for its grace period (§3.11). */
export const GetTokensFromRefreshToken = operation('GetTokensFromRefreshToken', async (scope, input) => {
  const { service } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  if (client.secrets.length > 0) {
    const right = client.secrets.map(({ value }) => sameSecret(input.ClientSecret ?? '', value))
    ensure(right.includes(true), () => notAuthorized('Invalid client secret'))
  }
  const shown: Shown = { token: input.RefreshToken, deviceKey: input.DeviceKey }
  const occasion = atRefresh(input.ClientMetadata)
  if (client.settings.RefreshTokenRotation?.Feature === 'ENABLED')
    return { AuthenticationResult: await rotated(scope, pool, client, shown, occasion) }
  const { grant, person } = await usable(scope, pool, client, shown)
  return { AuthenticationResult: await tokensOfGrant(service, pool, client, person, grant, occasion) }
})

/** The sign-in that a refresh token goes on with, unless another has replaced the token and its grace period is over. */
async function usable(scope: Scope, pool: UserPool, client: AppClient, shown: Shown) {
  const signIn = await signInOf(scope, pool, client, shown, 'Invalid Refresh Token.')
  const { replacedAt } = signIn.stored.record
  const grace = (client.settings.RefreshTokenRotation?.RetryGracePeriodSeconds ?? 0) * 1000
  ensure(replacedAt === undefined || scope.service.clock.now() < replacedAt + grace, () =>
    because('RefreshTokenReuseException')('Refresh token has been used already.'),
  )
  return signIn
}

/** Replaces the token by one that ends when it would have ended. Of many requests at once, one replaces it. */
async function rotated(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  shown: Shown,
  occasion: Occasion,
): Promise<object> {
  const { service } = scope
  for (;;) {
    const { stored, grant, person } = await usable(scope, pool, client, shown)
    // The grace period counts from the first time.
    const mark = { ...stored.record, replacedAt: service.clock.now() }
    const isMarked =
      stored.record.replacedAt !== undefined ||
      (await service.store.commit(replace(refreshTokens, stored, mark)))
    if (!isMarked) continue
    const RefreshToken = newRefreshToken(service)
    const { expiresAt } = stored.record
    const kept = await keepRefreshToken(service, fingerprint(RefreshToken), grant, client, expiresAt)
    ensure(kept, () => notAuthorized('Refresh Token has been revoked'))
    return { ...(await tokensOfGrant(service, pool, client, person, grant, occasion)), RefreshToken }
  }
}

export const RevokeToken = operation('RevokeToken', async (scope, { Token, ClientId, ClientSecret }) => {
  const { client } = await poolAndClient(scope, ClientId)
  const unauthorized = because('UnauthorizedException')
  if (client.secrets.length > 0) {
    const right = client.secrets.map(({ value }) => sameSecret(ClientSecret ?? '', value))
    ensure(right.includes(true), () => unauthorized('Invalid client secret'))
  }
  ensure(client.settings.EnableTokenRevocation ?? true, () =>
    because('UnsupportedOperationException')('Token revocation is not enabled for the client.'),
  )
  const isJwt = Token.split('.').length === 3 && unverifiedClaims(Token) !== undefined
  ensure(!isJwt, () => because('UnsupportedTokenTypeException')('Only refresh tokens can be revoked.'))
  ensure(Token.split('.').length === 5, () => invalidParameter('Invalid Refresh Token'))
  const stored = await refreshTokenWith(scope.service, fingerprint(Token))
  if (stored === undefined) return {}
  ensure(stored.record.clientId === client.id, () => unauthorized('Invalid Refresh Token'))
  await revokeGrant(scope.service, stored.record.grantId)
  return {}
})
