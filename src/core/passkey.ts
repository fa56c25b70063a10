import { parseUrl } from '../lib/url.js'
import type { UserPool } from './user-pool.js'

/** A passkey: the public key of an authenticator that a user has shown to be theirs (docs/facts/user-pools-api.md §2.10). */
export interface Passkey {
  readonly poolId: string
  readonly sub: string
  /** As the authenticator chose it, in base64url. */
  readonly credentialId: string
  /** A COSE key, in base64url. */
  readonly publicKey: string
  /** Signatures made so far, as the authenticator counts them; many always say 0. */
  readonly counter: number
  readonly relyingPartyId: string
  readonly friendlyName: string
  readonly attachment?: 'platform' | 'cross-platform'
  readonly transports: readonly string[]
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Passkeys that one user may have. */
export const mostPasskeys = 20

/** COSE's numbers of the algorithms that passkeys may use: ES256 and RS256. */
export const passkeyAlgorithms = [-7, -257]

/** What `SetUserPoolMfaConfig` says of passkeys. */
export interface PasskeySettings {
  readonly RelyingPartyId?: string
  readonly UserVerification?: 'required' | 'preferred'
  readonly FactorConfiguration?: 'SINGLE_FACTOR' | 'MULTI_FACTOR_WITH_USER_VERIFICATION'
}

/** Whether a passkey with user verification counts for two factors. */
export const isMultiFactor = ({ FactorConfiguration }: PasskeySettings): boolean =>
  FactorConfiguration === 'MULTI_FACTOR_WITH_USER_VERIFICATION'

/** How much the authenticator has to find out about who uses it; all, where that is to count for a second factor. */
export const userVerificationOf = (settings: PasskeySettings): 'required' | 'preferred' =>
  isMultiFactor(settings) ? 'required' : (settings.UserVerification ?? 'preferred')

/**
 * The name that the pool's passkeys are bound to: the one that was set, else the custom domain, else the host of the user
 * pool domain, which here is that of the public base URL. Undefined where the pool has none of them.
 */
export function relyingPartyIdOf(
  base: string,
  { domain, customDomain }: Pick<UserPool, 'domain' | 'customDomain'>,
  { RelyingPartyId }: PasskeySettings,
): string | undefined {
  const host = domain === undefined ? undefined : new URL(base).hostname
  return RelyingPartyId ?? customDomain?.name ?? host
}

/** Browsers take names for relying parties, never addresses (HTML's "registrable domain suffix"). */
export const isAddress = (relyingPartyId: string): boolean => /^[\d.]+$|^\[/.test(relyingPartyId)

/**
 * Whether a page of this origin, or an Android app, may use the relying party's passkeys: the host is the party's, or below
 * it, and the connection is one that browsers trust.
 */
export function isOriginOf(relyingPartyId: string, origin: string): boolean {
  // An app's origin is the hash of its certificate; that it speaks for the party, its device has found out.
  if (/^android:apk-key-hash:[\w-]+$/.test(origin)) return true
  const { protocol, hostname } = parseUrl(origin) ?? {}
  const isBelow = (name: string) => hostname === name || hostname?.endsWith(`.${name}`) === true
  return isBelow(relyingPartyId) && (protocol === 'https:' || (protocol === 'http:' && isBelow('localhost')))
}

/** Whether browsers let a page at this address use the relying party's passkeys: those of a name without a dot at it only. */
export const isUsableAt = (relyingPartyId: string, url: string): boolean =>
  isOriginOf(relyingPartyId, new URL(url).origin) &&
  (relyingPartyId.includes('.') || new URL(url).hostname === relyingPartyId)

/**
 * A registration that was begun. Key: pool and user, so that the newest is the only one that can be completed: two that
 * meet cannot take a user beyond the number of passkeys allowed.
 */
export interface PendingRegistration {
  readonly clientId: string
  readonly challenge: string
  readonly relyingPartyId: string
}
