import type { FirstChallenge } from '../../../core/first-factor.js'
import type { MfaFactor } from '../../../core/mfa.js'
import type { ChallengeResult } from '../../../core/ports/triggers.js'
import type { UserAttributes } from '../../../core/user.js'
import type { Delivery } from '../../../courier/outbox.js'
import type { RequestOptions } from '../passkey-assertion.js'
import type { ProofParameters, SrpProof } from '../srp-proof.js'

/**
 * The challenges of a sign-in, as plain data: what the client learns of each (`Challenge`), and what the session keeps to judge
 * the answer by (`Pending`). How each is answered, `table.ts` says.
 */

/** What is asked (user-pools-api.md §3.8). */
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

/** What a session waits for, and what its answer is judged by. One member a kind of challenge. */
export type Pending =
  | { readonly challenge: 'NEW_PASSWORD_REQUIRED' }
  | PendingCode
  | { readonly challenge: 'SOFTWARE_TOKEN_MFA' }
  | { readonly challenge: 'SELECT_MFA_TYPE'; readonly choices: readonly MfaFactor[] }
  | PendingSetup
  /** The code of a sign-up, and what comes after it: the sign-in that follows at once (§3.9). */
  | { readonly challenge: 'SIGN_UP' | 'SIGNED_UP' }
  | { readonly challenge: 'SELECT_CHALLENGE'; readonly choices: readonly FirstChallenge[] }
  | { readonly challenge: 'PASSWORD' | 'PASSWORD_SRP' }
  | PendingFirstCode
  | PendingPasskey
  | PendingCustom
  | PendingProof
  | PendingDevice
  | PendingDeviceProof

/** A code that was sent. */
export interface PendingCode {
  readonly challenge: 'SMS_MFA' | 'EMAIL_OTP'
  /** The code's. */
  readonly fingerprint: string
  /** Whether the user enables the factor by the right code. */
  readonly enables?: true
}

/** A second factor that has to be set up before the sign-in goes on. */
export interface PendingSetup {
  readonly challenge: 'MFA_SETUP'
  readonly choices: readonly MfaFactor[]
  /** The secret that an authenticator app was given, in base32. */
  readonly secret?: string
  /** Whether the app has proven to have it. */
  readonly verified?: true
  readonly friendlyDeviceName?: string
}

/** A code that was sent as the first factor. */
export interface PendingFirstCode {
  readonly challenge: 'EMAIL_OTP' | 'SMS_OTP'
  readonly isFirst: true
  /** The code's. */
  readonly fingerprint: string
}

/** A passkey's signature. */
export interface PendingPasskey {
  readonly challenge: 'WEB_AUTHN'
  /** What it has to sign. */
  readonly toSign: string
}

/** What a custom sign-in carries from challenge to challenge. */
export interface CustomSignIn {
  /** The answers so far, as the triggers see them. */
  readonly history: readonly ChallengeResult[]
  /** What the client sent for a proof by SRP. */
  readonly srpA?: string
}

/** A challenge that the pool's triggers have made, and judge the answer of. */
export interface PendingCustom extends CustomSignIn {
  readonly challenge: 'CUSTOM_CHALLENGE'
  readonly privateChallengeParameters: Readonly<Record<string, string>>
  readonly challengeMetadata: string | null
}

/** A proof by SRP in a custom sign-in. */
export interface PendingProof extends CustomSignIn {
  readonly challenge: 'PASSWORD_VERIFIER'
}

/** A remembered device, which is about to prove itself. */
export interface PendingDevice {
  readonly challenge: 'DEVICE_SRP_AUTH'
  readonly deviceKey: string
}

/** The proof of a remembered device. */
export interface PendingDeviceProof {
  readonly challenge: 'DEVICE_PASSWORD_VERIFIER'
  readonly deviceKey: string
  readonly proof: SrpProof
}
