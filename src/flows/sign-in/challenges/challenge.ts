import { type AppClient, localProvider } from '../../../core/app-client.js'
import type { UserRecord } from '../../../core/collections.js'
import type { FirstChallenge } from '../../../core/first-factor.js'
import type { MfaFactor } from '../../../core/mfa.js'
import type { Write } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { UserAttributes } from '../../../core/user.js'
import type { UserPool } from '../../../core/user-pool.js'
import type { Delivery } from '../../../courier/outbox.js'
import { recordAuthEvent } from '../../history/auth-events.js'
import type { Service } from '../../service.js'
import type { ForTriggers } from '../../triggers.js'
import { type Journey, openSession, sessionUsed, type Whose } from '../challenge-session.js'
import type { RequestOptions } from '../passkey-assertion.js'
import { postAuthentication } from '../sign-in-triggers.js'
import type { ProofParameters } from '../srp-proof.js'
import type { Pending } from './pending.js'

/** A sign-in that is under way: at which pool, through which client, with what to carry along. */
export interface OngoingSignIn {
  readonly pool: UserPool
  readonly client: AppClient
  readonly journey: Journey
  readonly forTriggers?: ForTriggers
}

/** Where a sign-in stands. */
export type SignInResult = { readonly done: true; readonly sub: string; readonly journey: Journey } | Asked

/** That the user has to do something more. */
export interface Asked {
  readonly done: false
  /** Whoever has it may answer, once. */
  readonly session: string
  readonly whose: Whose
  readonly challenge: Challenge
}

/** What is asked (user-pools-api.md §3.8). */
export type Challenge =
  | NewPasswordRequired
  | { readonly name: 'SMS_MFA' | 'EMAIL_OTP'; readonly delivery: Delivery }
  | { readonly name: 'SOFTWARE_TOKEN_MFA'; readonly friendlyDeviceName?: string }
  | FirstFactorAsked
  /** What the pool's triggers ask, and tell the app of it. */
  | { readonly name: 'CUSTOM_CHALLENGE'; readonly parameters: Readonly<Record<string, string>> }
  | { readonly name: 'DEVICE_SRP_AUTH' }
  | DeviceProofAsked
  | { readonly name: 'SELECT_MFA_TYPE' | 'MFA_SETUP'; readonly choices: readonly MfaFactor[] }

/** A temporary password has to be replaced. */
export interface NewPasswordRequired {
  readonly name: 'NEW_PASSWORD_REQUIRED'
  readonly attributes: UserAttributes
  /** Attributes that the pool requires and the user lacks, who has to tell them now. */
  readonly missingAttributes: readonly string[]
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

/** Opens a session for a challenge. The writes given happen together with it, or none does. */
export async function ask(
  service: Service,
  { pool, client, journey }: OngoingSignIn,
  whose: Whose,
  pending: Pending,
  challenge: Challenge,
  writes: readonly Write[] = [],
): Promise<Asked> {
  const { sub, username } = whose
  const { session, write } = openSession(service, pool, client, { sub, username }, pending, journey)
  ensure(await service.store.commit(...writes, write), sessionUsed)
  service.recorder.note('sign-in', { username, challenge: challenge.name })
  await recordAuthEvent(service, pool, whose, 'SignIn', 'InProgress')
  return { done: false, session, whose: { sub, username }, challenge }
}

/** Nothing more is asked. */
export async function signedIn(
  service: Service,
  { pool, client, journey, forTriggers }: OngoingSignIn,
  user: UserRecord,
): Promise<SignInResult> {
  const { username, sub } = user
  await postAuthentication(service, pool, client, user, { journey, forTriggers })
  service.recorder.note('sign-in', { provider: localProvider, pool: pool.name, username })
  await recordAuthEvent(service, pool, { sub }, 'SignIn', 'Pass')
  return { done: true, sub, journey }
}
