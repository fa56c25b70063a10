import type { Assurance } from './assurance.js'
import type { TokenSession } from './user-session.js'

/**
 * What a sign-in entitles an app to. It is the family of all tokens that come of it: their `origin_jti` is its id,
 * and when it is gone, they are revoked (docs/facts/oauth-and-federation.md §6.1).
 */
export interface Grant {
  readonly id: string
  readonly poolId: string
  readonly clientId: string
  readonly sub: string
  readonly scopes: readonly string[]
  /** Seconds since the epoch: when the user proved who they are. */
  readonly authTime: number
  readonly eventId: string
  /**
   * Whether it came of the user pools API: its tokens look a little different (docs/facts/user-pools-api.md §6.2,
   * fact O62).
   */
  readonly viaApi?: true
  /** The device that was signed in on, where the pool knows its users' devices. */
  readonly deviceKey?: string
  /** The API that the access tokens are bound to (`resource`, RFC 8707). */
  readonly resource?: string
  /** How sure the sign-in was of the user. */
  readonly assurance?: Assurance
  /** The SSO session that the sign-in came through, where the pool tracks sessions. */
  readonly ssoSession?: string
  /** The token session that the grant is since it has a refresh token, where the pool tracks sessions. */
  readonly session?: TokenSession
}

/** A refresh token as it is kept. */
export interface RefreshToken {
  readonly poolId: string
  readonly grantId: string
  readonly clientId: string
  /** Milliseconds since the epoch: when this token was issued, and when it ends. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** When a rotation replaced it; it goes on working for the client's grace period (docs/facts/user-pools-api.md §4.2). */
  readonly replacedAt?: number
}
