import { isIssuerOf } from '../../core/addresses.js'
import { isClientOf } from '../../core/app-client.js'
import type { Person, TokenClaims } from '../../core/claims.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { verifiedClaims } from '../../tokens/jwt.js'
import { clientById, personBySub } from '../directory/directory.js'
import type { Service } from '../service.js'
import { grantById } from './grants.js'
import { isFromBeforeSignOut } from './sign-out.js'
import { isEnded } from './user-sessions.js'

const unusable = refusal('invalid_token', (because: string, remedy: string) => ({
  told: 'Access token is expired, disabled, or deleted, or the user has globally signed out.',
  because,
  remedy,
}))

/**
 * Verifies a user's access token as Cognito does wherever it is asked itself: besides signature and time, whether
 * the sign-in was revoked and the user may still sign in (docs/facts/oauth-and-federation.md §5, §6.1).
 */
export async function verifyAccessToken(
  service: Service,
  pool: UserPool,
  token: string,
): Promise<{ claims: TokenClaims; person: Person; scopes: readonly string[] }> {
  const claims = await verifiedAccessClaims(service, pool, token)
  const { iat, sub, scope } = claims
  const person = await personBySub(service, pool, String(sub))
  ensure(person, () =>
    unusable('Its user was deleted, or is disabled.', 'Enable the user, or create it anew.'),
  )
  ensure(!isFromBeforeSignOut(person.user, Number(iat)), () =>
    unusable('The user has signed out everywhere since.', 'Sign in again.'),
  )
  return { claims, person, scopes: String(scope).split(' ') }
}

/**
 * The scopes of an access token that a user was given, or a client for itself: wherever it makes no difference.
 * @throws Refusal `invalid_token`
 */
export async function verifiedScopes(
  service: Service,
  pool: UserPool,
  token: string,
): Promise<readonly string[]> {
  const claims = await verifiedAccessClaims(service, pool, token)
  // A client that acts for itself is its own subject (fact O33).
  if (claims.sub !== claims.client_id) return (await verifyAccessToken(service, pool, token)).scopes
  ensure(isClientOf(pool, await clientById(service, String(claims.client_id))), () =>
    unusable('The client that it was given to was deleted.', 'Ask for a token with a client that exists.'),
  )
  return String(claims.scope).split(' ')
}

/** The claims of an access token of the pool that is in time, and whose sign-in was not revoked. */
async function verifiedAccessClaims(service: Service, pool: UserPool, token: string): Promise<TokenClaims> {
  const claims = await verifiedClaims(await service.keys.of(pool.id), token)
  ensure(claims, () =>
    unusable(`The token was not signed by ${pool.name}.`, 'Send an access token of this pool.'),
  )
  const { token_use: use, iss, exp, origin_jti: family } = claims
  ensure(use === 'access', () =>
    unusable(`It is a token of use "${use}".`, 'Send the access token, not the ID token.'),
  )
  ensure(isIssuerOf(service, pool, iss), () =>
    unusable(`Its issuer is "${iss}".`, 'Sign in anew: the base URL has changed since.'),
  )
  const now = epochSeconds(service.clock)
  ensure(typeof exp === 'number' && exp > now, () =>
    unusable(`It expired ${now - Number(exp)} seconds ago.`, 'Refresh the tokens.'),
  )
  const grant = typeof family === 'string' ? await grantById(service, family) : undefined
  ensure(family === undefined || grant, () =>
    unusable('The sign-in it came of was revoked.', 'Sign in again.'),
  )
  ensure(!(await isEnded(service, pool, claims)), () =>
    unusable('The session it came of was revoked.', 'Sign in again.'),
  )
  return claims
}
