import type { Delivery } from './message.js'
/** A code that was sent. Key: pool, user and purpose, so that only the newest counts. */
export interface VerificationCode {
  readonly fingerprint: string
  /** What it was sent to, and so verifies. */
  readonly attribute: Delivery['attribute']
  /** The value to verify, where that is not stored yet. */
  readonly value?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
