import { createHash } from 'node:crypto'
import { type Addresses, issuerOf } from '../core/addresses.js'
import { type AppClient, rotates, tokenLifetimes, tokensAreRevocable } from '../core/app-client.js'
import {
  accessTokenClaims,
  type Issue,
  idTokenClaims,
  machineTokenClaims,
  type Person,
  type TokenClaims,
} from '../core/claims.js'
import type { Grant } from '../core/grant.js'
import type { Chance } from '../core/ports/chance.js'
import { type Clock, epochSeconds } from '../core/ports/clock.js'
import { changedAccessClaims, changedIdClaims, type TokenChanges } from '../core/token-changes.js'
import type { UserPool } from '../core/user-pool.js'
import { signJwt } from './jwt.js'
import type { SigningKeys } from './signing-keys.js'

/**
 * Signed tokens from claims. Nothing here decides whether somebody may have tokens: the flows do (src/flows/grants), and
 * hand over the records that they read.
 */

/** What minting asks of the outside. */
export interface Mint extends Addresses {
  readonly clock: Clock
  readonly chance: Chance
  readonly keys: SigningKeys
}

/** The records that the tokens of a user's sign-in are made from. */
export interface SignInRecords {
  readonly pool: UserPool
  readonly client: AppClient
  readonly person: Person
  readonly grant: Grant
}

/** A signed token and its claims. */
export interface SignedToken {
  readonly token: string
  readonly claims: TokenClaims
}

export interface AccessToken extends SignedToken {
  /** Seconds. */
  readonly expiresIn: number
}

/** The tokens of a sign-in. */
export interface SignInTokens {
  readonly access: AccessToken
  readonly id?: SignedToken
}

/** What the tokens of a sign-in depend on besides its records. */
export interface Minting {
  /** What a trigger changes. */
  readonly changes?: TokenChanges | undefined
  /** The nonce that the ID token repeats. */
  readonly nonce?: string | undefined
  /**
   * Which surface hands the tokens out. At the OAuth endpoints there is an ID token if the scopes include `openid` (fact
   * O28), and it carries `at_hash`; the API always gives one, without.
   */
  readonly by: 'oauth' | 'api'
}

/**
 * Mints the tokens of a sign-in: the access token (docs/facts/oauth-and-federation.md §7.3) and the ID token
 * (docs/facts/oauth-and-federation.md §7.2). The pool's keys are read once.
 */
export async function mintSignInTokens(
  mint: Mint,
  signIn: SignInRecords,
  { changes, nonce, by }: Minting,
): Promise<SignInTokens> {
  const { pool, client, person, grant } = signIn
  const keys = await mint.keys.of(pool.id)
  const { access: expiresIn, id: idLifetime } = tokenLifetimes(client)
  const claims = changedAccessClaims(
    accessTokenClaims(issue(mint, signIn, expiresIn), person, grant.resource),
    changes,
  )
  const signing = signJwt(keys.accessToken, claims)
  const openid = by === 'api' || grant.viaApi || grant.scopes.includes('openid')
  if (!openid) return { access: { token: await signing, claims, expiresIn } }
  const extra = {
    ...(nonce === undefined ? {} : { nonce }),
    ...(by === 'oauth' ? { atHash: accessTokenHash(await signing) } : {}),
  }
  const idClaims = changedIdClaims(idTokenClaims(issue(mint, signIn, idLifetime), person, extra), changes)
  const [token, idToken] = await Promise.all([signing, signJwt(keys.idToken, idClaims)])
  return { access: { token, claims, expiresIn }, id: { token: idToken, claims: idClaims } }
}

/** Mints the access token of a client that acts for itself (docs/facts/oauth-and-federation.md §7.3, fact O33). */
export async function mintMachineToken(
  mint: Mint,
  pool: UserPool,
  client: AppClient,
  scopes: readonly string[],
  changes?: TokenChanges,
): Promise<AccessToken> {
  const { access: expiresIn } = tokenLifetimes(client)
  const now = epochSeconds(mint.clock)
  const plain = machineTokenClaims({
    issuer: issuerOf(mint, pool),
    client,
    scopes,
    authTime: now,
    issuedAt: now,
    lifetime: expiresIn,
    jti: mint.chance.uuid(),
  })
  const claims = changedAccessClaims(plain, changes)
  const { accessToken } = await mint.keys.of(pool.id)
  return { token: await signJwt(accessToken, claims), claims, expiresIn }
}

const issue = (mint: Mint, { pool, client, grant }: SignInRecords, lifetime: number): Issue => ({
  issuer: issuerOf(mint, pool),
  client,
  scopes: grant.scopes,
  authTime: grant.authTime,
  issuedAt: epochSeconds(mint.clock),
  lifetime,
  jti: mint.chance.uuid(),
  // With rotation too, whatever revocation says (fact N30).
  ...(tokensAreRevocable(client) || rotates(client) ? { originJti: grant.id } : {}),
  eventId: grant.eventId,
  viaApi: grant.viaApi ?? false,
  ...(grant.assurance === undefined ? {} : { assurance: grant.assurance }),
  ...(grant.deviceKey === undefined ? {} : { deviceKey: grant.deviceKey }),
})

/** `at_hash`: the left half of the access token's SHA-256 (OIDC Core §3.1.3.6). */
const accessTokenHash = (token: string): string =>
  createHash('sha256').update(token, 'ascii').digest().subarray(0, 16).toString('base64url')
