import type { UserRecord } from '../../core/collections.js'
import { activeFactors, canAnswer, type FactorSetting, type MfaFactor, withSettings } from '../../core/mfa.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import type { Service } from '../service.js'
import { poolMfa } from './mfa.js'
import { passkeysOf } from './passkeys.js'

/** Which second factors a user is asked for (docs/facts/user-pools-api.md §2.10). */

/** A change of a user's second factors; those that are left out stay as they are. */
export interface MfaPreference {
  readonly factors: Partial<Record<MfaFactor, FactorSetting>>
  /** Whether a passkey shall count as a second factor. */
  readonly passkey?: boolean | undefined
}

/** Sets which second factors a user is asked for, and which of them first. */
export async function setMfaPreference(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  { factors, passkey }: MfaPreference,
): Promise<void> {
  if (passkey) await ensurePasskey(service, pool, user.record)
  const mfa = await poolMfa(service, pool)
  ensurePossible(mfa.factors, user.record, factors)
  const change = { mfa: withSettings(user.record.mfa ?? {}, factors) }
  const hadOne = activeFactors(mfa, user.record).length > 0
  ensure(mfa.mode !== 'ON' || !hadOne || activeFactors(mfa, { ...user.record, ...change }).length > 0, () =>
    lastFactor(pool, user.record.username),
  )
  await changeUser(service, pool, user, change)
}

/** If the pool says so, a passkey counts as a second factor for all users: no preference of the user is stored (§3.7). */
async function ensurePasskey(service: Service, pool: UserPool, user: UserRecord): Promise<void> {
  ensure((await passkeysOf(service, pool, user)).length > 0, () => notSetUp('WEB_AUTHN', user.username))
}

/** A factor that is enabled has been set up; one that is preferred is enabled; and one is preferred at most. */
function ensurePossible(
  offered: readonly MfaFactor[],
  user: UserRecord,
  factors: MfaPreference['factors'],
): void {
  const given = Object.entries(factors) as [MfaFactor, FactorSetting][]
  const wanted = given.filter(([, { Enabled, PreferredMfa }]) => Enabled || PreferredMfa)
  for (const [factor] of wanted)
    ensure(offered.includes(factor) && canAnswer(factor, user), () => notSetUp(factor, user.username))
  const preferred = given.filter(([, { PreferredMfa }]) => PreferredMfa)
  ensure(preferred.length < 2, () => manyPreferred(preferred.map(([factor]) => factor)))
  const [odd] = preferred.find(([, { Enabled }]) => !Enabled) ?? []
  ensure(odd === undefined, () => preferredNotEnabled(odd ?? ''))
}

const remedies: { readonly [factor in MfaFactor | 'WEB_AUTHN']: string } = {
  SOFTWARE_TOKEN_MFA:
    'Enable SoftwareTokenMfaConfiguration of the pool, then call AssociateSoftwareToken and VerifySoftwareToken.',
  SMS_MFA: 'Set SmsMfaConfiguration of the pool, and give the user a phone_number.',
  EMAIL_OTP: 'Set EmailMfaConfiguration of the pool, and give the user an email.',
  WEB_AUTHN: 'Register a passkey with StartWebAuthnRegistration and CompleteWebAuthnRegistration.',
}

const notSetUp = refusal('InvalidParameterException', (factor: keyof typeof remedies, username: string) => ({
  told: `User does not have delivery config set to turn on ${factor}`,
  because: `${username} cannot be asked for ${factor}: the pool does not offer it, or the user has not set it up.`,
  remedy: remedies[factor],
}))

// Cognito's words for the following are not known.

const lastFactor = refusal('InvalidParameterException', (pool: UserPool, username: string) => ({
  told: 'Cannot disable the last MFA factor when MFA is required by the user pool.',
  because: `MFA of ${pool.name} is ON, and the change would leave ${username} without a factor.`,
  remedy: 'Enable another factor in the same request, or set MfaConfiguration of the pool to OPTIONAL.',
}))

const manyPreferred = refusal('InvalidParameterException', (factors: readonly string[]) => ({
  told: 'Only one factor can be set as preferred',
  because: `The request prefers ${factors.join(' and ')}.`,
  remedy: 'Set PreferredMfa of one factor only.',
}))

const preferredNotEnabled = refusal('InvalidParameterException', (factor: string) => ({
  told: `${factor} can be preferred only when it is enabled.`,
  because: `The request sets PreferredMfa of ${factor} without Enabled.`,
  remedy: 'Set Enabled to true as well.',
}))
