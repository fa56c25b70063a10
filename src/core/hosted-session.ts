import type { Remembered } from './pending-sign-in.js'

/**
 * A user's session at the hosted pages. It lasts one fixed hour from the last interactive sign-in, holds
 * for all clients of the pool, and is bound to the provider that vouched (docs/facts/oauth-and-federation.md §1.5).
 */
export interface HostedSession {
  readonly poolId: string
  readonly sub: string
  /** `COGNITO`, or the name of the provider used. */
  readonly provider: string
  /** Seconds since the epoch: when the user proved who they are. */
  readonly authTime: number
  /** What it takes to sign the user out at the provider as well. */
  readonly atProvider?: Remembered
  /** The pool's, when the session began: a switch of the pages ends it. */
  readonly pagesSwitched?: number
}
