import type { Infer } from '../lib/shape.js'
import type { setUserPoolMfaConfig } from './shapes/user-pools.js'
import type { User } from './user.js'

/** What `SetUserPoolMfaConfig` has set for a pool, as it was given. */
export type MfaConfiguration = Omit<Infer<typeof setUserPoolMfaConfig>, 'UserPoolId'>

/** A second factor, by the name that `UserMFASettingList` and the challenges have for it. */
export type MfaFactor = 'SMS_MFA' | 'SOFTWARE_TOKEN_MFA' | 'EMAIL_OTP'

/** What a user has set up beside the password (docs/facts/user-pools-api.md §2.10). */
export interface UserMfa {
  /** The factors that are asked for. */
  readonly enabled: readonly MfaFactor[]
  /** The one of them that is asked for without a choice. */
  readonly preferred?: MfaFactor
  /** An authenticator app, which a code has proven to have the secret. */
  readonly softwareToken?: SoftwareToken
  /** A secret that was handed out, and that no code has proven yet. In base32. */
  readonly offeredSecret?: string
}

export interface SoftwareToken {
  /** In base32, as the app was given it. */
  readonly secret: string
  readonly friendlyDeviceName?: string
}

/** The second factor of a user whose authenticator app has this secret. */
export const appWith = (secret: string): UserMfa => ({
  enabled: ['SOFTWARE_TOKEN_MFA'],
  preferred: 'SOFTWARE_TOKEN_MFA',
  softwareToken: { secret },
})

/** How a pool handles second factors. */
export interface PoolMfa {
  readonly mode: 'ON' | 'OFF' | 'OPTIONAL'
  /** The factors that its users may have. */
  readonly factors: readonly MfaFactor[]
  /** The attributes that a forgotten password is recovered by, the one that is tried first in front. */
  readonly recovery: readonly ('email' | 'phone_number')[]
}

/** What comes after the first factor; undefined: nothing more is asked. */
export type MfaStep =
  | { readonly ask: MfaFactor }
  | { readonly choose: readonly MfaFactor[] }
  | { readonly setUp: readonly MfaFactor[] }

/** The factors that are asked for: those that the user enabled, as far as the pool still has them. */
export const activeFactors = ({ factors }: PoolMfa, { mfa }: Pick<User, 'mfa'>): readonly MfaFactor[] =>
  factors.filter(factor => mfa?.enabled.includes(factor))

/** The factors that the user could be asked for as the pool is set, whichever of them it asks for. */
export function usableFactors(pool: PoolMfa, user: Pick<User, 'mfa' | 'attributes'>): readonly MfaFactor[] {
  if (pool.mode === 'OFF') return []
  const active = activeFactors(pool, user)
  return active.length > 0 || pool.mode === 'OPTIONAL' ? active : possibleFactors(pool, user)
}

/** The factors that a sign-in at risk can ask for: those that the user enabled, or else all that the user could answer. */
export function factorsUnderRisk(
  pool: PoolMfa,
  user: Pick<User, 'mfa' | 'attributes'>,
): readonly MfaFactor[] {
  if (pool.mode === 'OFF') return []
  const active = activeFactors(pool, user)
  const preferred = active.filter(factor => factor === user.mfa?.preferred)
  if (preferred.length > 0) return preferred
  return active.length > 0 ? active : possibleFactors(pool, user)
}

/** Decides about the second factor (§3.7). */
export function mfaStep(pool: PoolMfa, user: Pick<User, 'mfa' | 'attributes'>): MfaStep | undefined {
  if (pool.mode === 'OFF') return undefined
  const active = activeFactors(pool, user)
  const preferred = active.find(factor => factor === user.mfa?.preferred)
  if (preferred !== undefined) return { ask: preferred }
  if (active.length > 0) return oneOf(active)
  if (pool.mode === 'OPTIONAL') return undefined
  const possible = possibleFactors(pool, user)
  return possible.length > 0 ? oneOf(possible) : { setUp: pool.factors }
}

const oneOf = (factors: readonly MfaFactor[]): MfaStep =>
  factors.length === 1 && factors[0] !== undefined ? { ask: factors[0] } : { choose: factors }

/** The factors that a user without an enabled one can answer, by an address or a verified app. */
function possibleFactors(
  { factors, recovery }: PoolMfa,
  { mfa, attributes }: Pick<User, 'mfa' | 'attributes'>,
): MfaFactor[] {
  // A thief of the user's mail could recover the password by it, and would need no second factor.
  const recovers = recovery.find(name => attributes[name])
  return factors.filter(factor => {
    if (factor === 'SOFTWARE_TOKEN_MFA') return mfa?.softwareToken !== undefined
    const attribute = addressOf[factor]
    return Boolean(attributes[attribute]) && attribute !== recovers
  })
}

/** The attribute that a factor's codes are sent to. */
export const addressOf = { SMS_MFA: 'phone_number', EMAIL_OTP: 'email' } as const

/** Whether the user could be asked for a factor: what the service calls a delivery configuration. */
export const canAnswer = (
  factor: MfaFactor,
  { mfa, attributes }: Pick<User, 'mfa' | 'attributes'>,
): boolean =>
  factor === 'SOFTWARE_TOKEN_MFA' ? mfa?.softwareToken !== undefined : Boolean(attributes[addressOf[factor]])

/** What is asked for of one factor (`SMSMfaSettingsType` and its like). Absent members are false. */
export interface FactorSetting {
  readonly Enabled?: boolean
  readonly PreferredMfa?: boolean
}

/** A user's factors after a change of some of them; at most one of the settings prefers. */
export function withSettings(
  { enabled = [], preferred, ...rest }: Partial<UserMfa>,
  settings: Partial<Record<MfaFactor, FactorSetting>>,
): UserMfa {
  const changed = Object.entries(settings) as [MfaFactor, FactorSetting][]
  const kept = enabled.filter(factor => settings[factor] === undefined)
  const added = changed.flatMap(([factor, { Enabled }]) => (Enabled ? [factor] : []))
  const named = changed.find(([, { PreferredMfa }]) => PreferredMfa)?.[0]
  const former = preferred !== undefined && settings[preferred] === undefined ? preferred : undefined
  const next = named ?? former
  return { ...rest, enabled: [...kept, ...added], ...(next === undefined ? {} : { preferred: next }) }
}
