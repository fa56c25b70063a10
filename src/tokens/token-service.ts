import { createHash } from 'node:crypto'
import { type Addresses, issuerOf } from '../core/addresses.js'
import { type AppClient, tokenLifetimes, tokensAreRevocable } from '../core/app-client.js'
import {
  accessTokenClaims,
  type Issue,
  idTokenClaims,
  machineTokenClaims,
  type Person,
  type TokenClaims,
} from '../core/claims.js'
import type { Chance } from '../core/ports/chance.js'
import { type Clock, epochSeconds } from '../core/ports/clock.js'
import { changedAccessClaims, changedIdClaims, type TokenChanges } from '../core/token-changes.js'
import type { UserPool } from '../core/user-pool.js'
import type { Grant } from './grants.js'
import { signJwt } from './jwt.js'
import type { SigningKeys } from './signing-keys.js'

/** What minting asks of the outside. */
export interface Mint extends Addresses {
  readonly clock: Clock
  readonly chance: Chance
  readonly keys: SigningKeys
}

/** An access token and what it says. */
export interface AccessToken {
  readonly token: string
  readonly claims: TokenClaims
  /** Seconds. */
  readonly expiresIn: number
}

/** The access token of a user's sign-in (§7.3). */
export async function mintAccessToken(
  mint: Mint,
  pool: UserPool,
  client: AppClient,
  person: Person,
  grant: Grant,
  changes?: TokenChanges,
): Promise<AccessToken> {
  const lifetime = tokenLifetimes(client).access
  const claims = accessTokenClaims(issue(mint, pool, client, grant, lifetime), person, grant.resource)
  return signed(mint, pool, changedAccessClaims(claims, changes), lifetime)
}

/** The access token of a client that acts for itself (§7.3, fact O33). */
export async function mintMachineToken(
  mint: Mint,
  pool: UserPool,
  client: AppClient,
  scopes: readonly string[],
): Promise<AccessToken> {
  const lifetime = tokenLifetimes(client).access
  const now = epochSeconds(mint.clock)
  const claims = machineTokenClaims({
    issuer: issuerOf(mint, pool),
    client,
    scopes,
    authTime: now,
    issuedAt: now,
    lifetime,
    jti: mint.chance.uuid(),
  })
  return signed(mint, pool, claims, lifetime)
}

/**
 * The ID token of a user's sign-in (§7.2).
 * @param beside the access token it is given out with (where it has to vouch for it), the nonce it has to repeat, and what a trigger changes
 */
export async function mintIdToken(
  mint: Mint,
  pool: UserPool,
  client: AppClient,
  person: Person,
  grant: Grant,
  beside: { accessToken?: string; nonce?: string | undefined; changes?: TokenChanges | undefined },
): Promise<{ token: string; claims: TokenClaims }> {
  const unchanged = idTokenClaims(issue(mint, pool, client, grant, tokenLifetimes(client).id), person, {
    ...(beside.accessToken === undefined ? {} : { atHash: accessTokenHash(beside.accessToken) }),
    ...(beside.nonce === undefined ? {} : { nonce: beside.nonce }),
  })
  const claims = changedIdClaims(unchanged, beside.changes)
  return { token: await signJwt((await mint.keys.of(pool.id)).idToken, claims), claims }
}

const issue = (mint: Mint, pool: UserPool, client: AppClient, grant: Grant, lifetime: number): Issue => ({
  issuer: issuerOf(mint, pool),
  client,
  scopes: grant.scopes,
  authTime: grant.authTime,
  issuedAt: epochSeconds(mint.clock),
  lifetime,
  jti: mint.chance.uuid(),
  ...(tokensAreRevocable(client) ? { originJti: grant.id } : {}),
  eventId: grant.eventId,
  viaApi: grant.viaApi ?? false,
  ...(grant.deviceKey === undefined ? {} : { deviceKey: grant.deviceKey }),
})

async function signed(
  mint: Mint,
  pool: UserPool,
  claims: TokenClaims,
  expiresIn: number,
): Promise<AccessToken> {
  return { token: await signJwt((await mint.keys.of(pool.id)).accessToken, claims), claims, expiresIn }
}

/** `at_hash`: the left half of the access token's SHA-256 (OIDC Core §3.1.3.6). */
const accessTokenHash = (token: string): string =>
  createHash('sha256').update(token, 'ascii').digest().subarray(0, 16).toString('base64url')
