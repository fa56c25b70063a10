import type { AppClient } from '../../core/app-client.js'
import { insert, replace } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { tokensOfGrant } from '../../flows/api-tokens.js'
import { personBySub, userBySub } from '../../flows/directory.js'
import { grantById, newRefreshToken, refreshTokenWith, revokeGrant } from '../../flows/grants.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import { refreshTokens } from '../../tokens/grants.js'
import { unverifiedClaims } from '../../tokens/jwt.js'
import { operation } from '../operations.js'
import { because, invalidParameter, notAuthorized, userNotFound } from '../refusals.js'
import type { Scope } from '../scope.js'
import { ensureSecretHash, poolAndClient } from './client.js'

/** New tokens for a refresh token, which stays as it is (§3.11). */
export async function refreshed(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  token: string,
  secretHash: string | undefined,
): Promise<object> {
  const { grant, person } = await signInOf(scope, pool, client, token, 'Invalid Refresh Token')
  ensureSecretHash(client, person.user.username, secretHash)
  return {
    ChallengeParameters: {},
    AuthenticationResult: await tokensOfGrant(scope.service, pool, client, person, grant),
  }
}

/** The sign-in that a refresh token goes on with. Ones that ended are remembered as revoked for as long as they lived. */
async function signInOf(
  { service }: Scope,
  pool: UserPool,
  client: AppClient,
  token: string,
  garbage: string,
) {
  const stored = await refreshTokenWith(service, fingerprint(token))
  const looksRight = /^eyJ[\w-]+(\.[\w-]+){4}$/.test(token)
  ensure(stored !== undefined || looksRight, () => notAuthorized(garbage))
  ensure(stored !== undefined, () => notAuthorized('Refresh Token has been revoked'))
  ensure(stored.record.clientId === client.id, () => notAuthorized(garbage))
  const grant = await grantById(service, stored.record.grantId)
  ensure(grant, () => notAuthorized('Refresh Token has been revoked'))
  const user = await userBySub(service, pool, grant.sub)
  ensure(user, () => userNotFound(grant.sub, pool))
  const person = await personBySub(service, pool, grant.sub)
  ensure(person, () => notAuthorized('User is disabled.'))
  return { stored, grant, person }
}

/** The refresh that knows rotation: with it on, the token is replaced, and works on for its grace period (§3.11). */
export const GetTokensFromRefreshToken = operation('GetTokensFromRefreshToken', async (scope, input) => {
  const { service } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  if (client.secrets.length > 0) {
    const right = client.secrets.map(({ value }) => sameSecret(input.ClientSecret ?? '', value))
    ensure(right.includes(true), () => notAuthorized('Invalid client secret'))
  }
  const { stored, grant, person } = await signInOf(
    scope,
    pool,
    client,
    input.RefreshToken,
    'Invalid Refresh Token.',
  )
  const rotation = client.settings.RefreshTokenRotation
  const now = service.clock.now()
  const { replacedAt, expiresAt } = stored.record
  const grace = (rotation?.RetryGracePeriodSeconds ?? 0) * 1000
  ensure(replacedAt === undefined || now < replacedAt + grace, () =>
    because('RefreshTokenReuseException')('Refresh token has been used already.'),
  )
  const result = await tokensOfGrant(service, pool, client, person, grant)
  if (rotation?.Feature !== 'ENABLED') return { AuthenticationResult: result }
  const RefreshToken = newRefreshToken(service)
  await service.store.commit(
    ...(replacedAt === undefined
      ? [replace(refreshTokens, stored, { ...stored.record, replacedAt: now })]
      : []),
    insert(refreshTokens, fingerprint(RefreshToken), { ...stored.record, issuedAt: now }, { expiresAt }),
  )
  return { AuthenticationResult: { ...result, RefreshToken } }
})

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
