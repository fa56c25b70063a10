import type { Level, Method } from './assurance.js'
import type { FirstChallenge } from './first-factor.js'
import type { MfaFactor } from './mfa.js'
import type { ChallengeResult } from './ports/triggers.js'
import type { Risk } from './risk.js'
import type { ServerKeys } from './srp.js'

/**
 * What the store keeps of a sign-in that waits for its client: the session, what it waits for (`Pending`), and proofs by SRP.
 */

/**
 * Proofs by SRP that a client knows a secret, as sign-ins wait for them: of a user's password
 * (docs/facts/user-pools-api.md §3.5), or of what a device keeps (§3.15).
 */
export interface SrpProof {
  /** The client's public number. */
  readonly A: string
  readonly keys: ServerKeys
  /** `v` of the secret. */
  readonly verifier: string
  /** Of the secret block, which the client has to sign. */
  readonly blockFingerprint: string
}

/** A proof that a client was asked for. Key: the fingerprint of the secret block, which stands for the sign-in. */
export interface PendingPassword extends SrpProof {
  readonly poolId: string
  readonly clientId: string
  readonly sub: string
  readonly username: string
  /** The fingerprint of the custom sign-in's session that the proof belongs to: it is good in that session alone. */
  readonly session?: string
  /** What a sign-in that names a level has come to before the proof. */
  readonly journey?: Pick<Journey, 'wanted' | 'methods'>
}

/**
 * A sign-in that waits for the answer to a challenge (docs/facts/user-pools-api.md §3.3). Key: the fingerprint of the
 * session, an opaque text that the answer has to show. It lasts as long as the client says, and is good for one right
 * answer.
 */
export interface ChallengeSession<P extends Pending = Pending> {
  readonly poolId: string
  readonly clientId: string
  readonly sub: string
  readonly username: string
  /** Milliseconds since the epoch from which an answer is too late. */
  readonly validUntil: number
  readonly used: boolean
  readonly pending: P
  /** What is carried along to the end of the sign-in. */
  readonly journey: Journey
}

/** What a sign-in knows from its first request to its tokens. */
export interface Journey {
  /** The device that the app says it runs on. */
  readonly deviceKey?: string
  /** Whether it is a sign-in at the hosted pages. Such a sign-in goes on and ends there: the API has rules of its own (§3.1). */
  readonly atPages?: true
  /** The device that the browser at the pages has proven to be. */
  readonly browser?: string
  /** The custom sign-in that goes on once Cognito's own challenge after the password is passed. */
  readonly custom?: CustomSignIn
  /** The methods that were proven so far, in this sign-in or in the one that it goes beyond. */
  readonly methods?: readonly Method[]
  /** What threat protection made of the sign-in so far. */
  readonly risk?: Partial<Risk>
  /** Whether threat protection wants a second factor, whatever device or browser is remembered. */
  readonly underRisk?: true
  /** The levels that the app asks for, the wanted one in front. */
  readonly wanted?: readonly Level[]
}

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
