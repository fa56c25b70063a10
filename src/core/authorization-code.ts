import type { TokenChanges } from './token-changes.js'

/** An authorization code as it is kept. Key: its fingerprint. */
export interface AuthorizationCode {
  readonly clientId: string
  readonly grantId: string
  readonly sub: string
  readonly redirectUri: string
  readonly codeChallenge?: string
  readonly nonce?: string
  /** What the pool's trigger wants changed about the tokens: it was asked when the code was made (fact N3). */
  readonly changes?: TokenChanges
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly usedAt?: number
}
