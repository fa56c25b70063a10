import type { EventContext } from './evidence.js'
import type { Risk } from './risk.js'

/** An event of a user, recorded while threat protection was on. */
export interface AuthEvent {
  readonly id: string
  readonly poolId: string
  /** The user's `sub`. */
  readonly sub: string
  readonly type: 'SignIn' | 'SignUp' | 'ForgotPassword' | 'PasswordChange' | 'ResendCode'
  readonly response: 'Pass' | 'Fail' | 'InProgress'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly clientId?: string
  /** Absent where nothing was judged: then there was no risk. */
  readonly risk?: Risk
  readonly context?: EventContext
  readonly feedback?: {
    readonly value: 'Valid' | 'Invalid'
    readonly provider: 'Admin' | 'User'
    readonly at: number
  }
  /** Makes the token by which the user may say whether it was them. */
  readonly secret: string
}
