/** An authorization code as it is kept. Key: its fingerprint. */
export interface AuthorizationCode {
  readonly clientId: string
  readonly grantId: string
  readonly sub: string
  readonly redirectUri: string
  readonly codeChallenge?: string
  readonly nonce?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly usedAt?: number
}
