import type { FirstChallenge } from '../../../core/first-factor.js'
import type { Delivery } from '../../../core/message.js'
import type { MfaFactor } from '../../../core/mfa.js'
import type { UserAttributes } from '../../../core/user.js'
import type { RequestOptions } from '../passkey-assertion.js'
import type { ProofParameters } from '../srp-proof.js'

/**
 * The challenges of a sign-in, as plain data: what the client learns of each. What the session keeps to judge the answer by is
 * `Pending` in `src/core/challenge-session.ts`; how each is answered, `table.ts` says.
 */

/** A challenge as the client learns it (docs/facts/user-pools-api.md §3.8). */
export type Challenge =
  | NewPasswordRequired
  | { readonly name: 'SMS_MFA' | 'EMAIL_OTP'; readonly delivery: Delivery }
  | { readonly name: 'SOFTWARE_TOKEN_MFA'; readonly friendlyDeviceName?: string }
  | FirstFactorAsked
  /** What the pool's triggers ask: the parameters are theirs. */
  | { readonly name: 'CUSTOM_CHALLENGE'; readonly parameters: Readonly<Record<string, string>> }
  | PasswordProofAsked
  | { readonly name: 'DEVICE_SRP_AUTH' }
  | DeviceProofAsked
  | { readonly name: 'SELECT_MFA_TYPE' | 'MFA_SETUP'; readonly choices: readonly MfaFactor[] }

/** A temporary password has to be replaced. */
export interface NewPasswordRequired {
  readonly name: 'NEW_PASSWORD_REQUIRED'
  readonly attributes: UserAttributes
  /** Attributes that the pool requires and the user lacks: the answer has to give them. */
  readonly missingAttributes: readonly string[]
}

/** The client has to prove by SRP that it knows the password. */
export interface PasswordProofAsked {
  readonly name: 'PASSWORD_VERIFIER'
  readonly parameters: ProofParameters
}

/** A remembered device has to prove itself. */
export interface DeviceProofAsked {
  readonly name: 'DEVICE_PASSWORD_VERIFIER'
  readonly deviceKey: string
  readonly parameters: ProofParameters
}

/** A first factor, or the choice of one. */
export type FirstFactorAsked = { readonly available?: readonly FirstChallenge[] } & (
  | { readonly name: 'SELECT_CHALLENGE' | 'PASSWORD' | 'PASSWORD_SRP' }
  | { readonly name: 'EMAIL_OTP' | 'SMS_OTP'; readonly delivery: Delivery }
  | { readonly name: 'WEB_AUTHN'; readonly options: RequestOptions }
)
