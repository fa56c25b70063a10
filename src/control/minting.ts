import { type AppClient, allowsFlow } from '../core/app-client.js'
import type { TokenClaims } from '../core/claims.js'
import { epochSeconds } from '../core/ports/clock.js'
import { allowedScopes } from '../core/scopes.js'
import type { UserPool } from '../core/user-pool.js'
import { personBySub } from '../flows/directory/directory.js'
import { grantWithRefreshToken } from '../flows/grants/grants.js'
import type { Service } from '../flows/service.js'
import { apiScope } from '../flows/sign-in/api-tokens.js'
import { mintMachineToken, mintSignInTokens } from '../tokens/token-service.js'
import { existingUser } from './named.js'
import { Unmet } from './unmet.js'

/** Tokens, and what they say. */
export interface Tokens {
  readonly accessToken: string
  readonly idToken?: string
  readonly refreshToken?: string
  /** Seconds that the access token lasts. */
  readonly expiresIn: number
  readonly claims: { readonly access: TokenClaims; readonly id?: TokenClaims }
}

/** What tokens to mint. Without a user they are those of a machine. */
export interface ToMint {
  readonly username?: string | undefined
  /** Those that the client allows, unless said otherwise. */
  readonly scopes?: readonly string[] | undefined
}

/**
 * Mints tokens as if somebody had just signed in through the hosted pages, without anybody doing so: they are kept,
 * refreshed and revoked like any others. A client without OAuth scopes gets those of a sign-in through the API.
 */
export async function mintTokens(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, scopes }: ToMint,
): Promise<Tokens> {
  const allowed = allowedScopes(client)
  if (username === undefined) {
    if (!allowsFlow(client, 'client_credentials'))
      throw new Unmet(
        `Say whose tokens: the client ${client.name} is not for machines (AllowedOAuthFlows lacks client_credentials).`,
      )
    const { token, expiresIn, claims } = await mintMachineToken(service, pool, client, scopes ?? allowed)
    return { accessToken: token, expiresIn, claims: { access: claims } }
  }
  const { sub } = (await existingUser(service, pool, username)).record
  const person = await personBySub(service, pool, sub)
  if (person === undefined) throw new Unmet(`The user ${username} is disabled. Enable them first.`, 409)
  const viaApi = scopes === undefined && allowed.length === 0
  const granted = {
    sub,
    scopes: scopes ?? (viaApi ? [apiScope] : allowed),
    authTime: epochSeconds(service.clock),
    ...(viaApi ? { viaApi: true as const } : {}),
  }
  const { grant, refreshToken } = await grantWithRefreshToken(service, pool, client, granted)
  const signIn = { pool, client, person, grant }
  const { access, id } = await mintSignInTokens(service, signIn, { by: viaApi ? 'api' : 'oauth' })
  return {
    accessToken: access.token,
    ...(id === undefined ? {} : { idToken: id.token }),
    refreshToken,
    expiresIn: access.expiresIn,
    claims: { access: access.claims, ...(id === undefined ? {} : { id: id.claims }) },
  }
}
