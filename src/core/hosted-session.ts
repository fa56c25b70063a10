import type { Level, Method } from './assurance.js'
import type { Remembered } from './pending-sign-in.js'
import type { SsoSession } from './user-session.js'

/**
 * A user's session at the hosted pages. It holds for all clients of the pool and is bound to the provider that vouched. It lasts one
 * fixed hour from the last interactive sign-in (docs/facts/oauth-and-federation.md §1.5); where the pool tracks sessions, each client
 * says how long it takes it for its own (docs/facts/additions-2026.md §2.5).
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
  /** The methods by which the user proved who they are. */
  readonly methods?: readonly Method[]
  /** The level that another provider vouches for. */
  readonly level?: Level
  /** The SSO session that it is, where the pool tracks sessions. */
  readonly sso?: SsoSession
}
