import type { JSONWebKeySet } from 'jose'
import { issuerOf } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import type { TokenClaims } from '../../core/claims.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../../flows/service.js'
import type { Fetch } from '../../http/own-origin-fetch.js'
import type { Tokens } from '../minting.js'
import { SignInError } from './sign-in-error.js'

/** What the token endpoint answers. */
export interface TokenAnswer {
  readonly access_token: string
  readonly id_token?: string
  readonly refresh_token?: string
  readonly expires_in: number
}

/** Verifies tokens as an app does: by the keys that the pool publishes, at the time of our clock. */
export async function verified(
  service: Service,
  fetch: Fetch,
  { pool, client, nonce }: { readonly pool: UserPool; readonly client: AppClient; readonly nonce: string },
  answer: TokenAnswer,
): Promise<Tokens> {
  const { createLocalJWKSet, jwtVerify } = await import('jose')
  const published = await fetch(`${service.base}/${pool.id}/.well-known/jwks.json`)
  const keys = createLocalJWKSet((await published.json()) as JSONWebKeySet)
  const options = {
    algorithms: ['RS256'],
    issuer: issuerOf(service, pool),
    currentDate: new Date(service.clock.now()),
    requiredClaims: ['exp', 'iat'],
  }
  const claimsOf = async (token: string, audience: object): Promise<TokenClaims> =>
    (
      await jwtVerify(token, keys, { ...options, ...audience }).catch((error: Error) => {
        throw new SignInError(
          `The tokens do not hold at ${options.currentDate.toISOString()}: ${error.message}. Perhaps the clock was moved meanwhile.`,
          409,
        )
      })
    ).payload
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = answer
  const [access, id] = await Promise.all([
    claimsOf(accessToken, {}),
    idToken === undefined ? undefined : claimsOf(idToken, { audience: client.id }),
  ])
  if (access.client_id !== client.id || access.token_use !== 'access')
    throw new SignInError(`The access token is not one of the client ${client.name}.`)
  if (id !== undefined && id.token_use !== 'id')
    throw new SignInError('The ID token does not say of itself that it is one.')
  // A sign-in through a provider brings a nonce of its own where the app sends none (fact O21); we send one.
  if (id !== undefined && id.nonce !== nonce)
    throw new SignInError('The ID token does not repeat the nonce that was sent.')
  return {
    accessToken,
    ...(idToken === undefined ? {} : { idToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    expiresIn: answer.expires_in,
    claims: { access, ...(id === undefined ? {} : { id }) },
  }
}
