/** What a letter is for. */
export type Purpose =
  | 'invitation'
  | 'sign-up'
  | 'sign-in'
  | 'password reset'
  | 'attribute verification'
  /** About a sign-in that is at risk. */
  | 'security notice'

/** How a letter reaches its user. */
export type Medium = 'EMAIL' | 'SMS'

/** How a user is reached. */
export interface Delivery {
  readonly medium: Medium
  readonly to: string
  readonly attribute: 'email' | 'phone_number'
}

/** A mail or text message that would have been sent. */
export interface Message {
  readonly id: string
  readonly poolId: string
  /** The user's `sub`. */
  readonly sub: string
  readonly username: string
  readonly medium: Medium
  /** The sender of a mail: the pool's `EmailConfiguration.From`, or Cognito's own. */
  readonly from?: string
  readonly to: string
  readonly purpose: Purpose
  /** Of a mail. */
  readonly subject?: string
  readonly body: string
  /** The template, or the trigger, whose words these are: `CustomMessage`; a custom sender has the letter in its own hands. */
  readonly madeBy?: string
  /** What the body carries for the user: a code, a temporary password, or the token to give feedback with. */
  readonly secret: string
  /** Milliseconds since the epoch. */
  readonly at: number
}
