import type { UserRecord } from '../../core/collections.js'
import { activeFactors, canAnswer, type FactorSetting, type MfaFactor, withSettings } from '../../core/mfa.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { poolMfa } from '../../flows/account/mfa.js'
import { passkeysOf } from '../../flows/account/passkeys.js'
import { changeUser } from '../../flows/administration/change-user.js'
import { type InputOf, operation } from '../operations.js'
import { ownerOf } from '../own-profile/access-token.js'
import { invalidParameter } from '../refusals.js'
import { poolOf, type Scope, userOf } from '../scope.js'

/** Which second factors a user is asked for (user-pools-api.md §2.10). */

export const SetUserMFAPreference = operation('SetUserMFAPreference', async (scope, input) => {
  const { pool, user } = await ownerOf(scope, input.AccessToken)
  return setPreference(scope, pool, user, input)
})

export const AdminSetUserMFAPreference = operation('AdminSetUserMFAPreference', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  return setPreference(scope, pool, await userOf(scope, pool, input.Username), input)
})

/** The operations of old, which know text messages only: who is not named is not asked. */
export const SetUserSettings = operation('SetUserSettings', async (scope, { AccessToken, MFAOptions }) => {
  const { pool, user } = await ownerOf(scope, AccessToken)
  return setOptions(scope, pool, user, MFAOptions)
})

export const AdminSetUserSettings = operation('AdminSetUserSettings', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  return setOptions(scope, pool, await userOf(scope, pool, input.Username), input.MFAOptions)
})

type Options = InputOf<'SetUserSettings'>['MFAOptions']

async function setOptions(scope: Scope, pool: UserPool, user: Stored<UserRecord>, options: Options) {
  for (const { DeliveryMedium = 'SMS', AttributeName = 'phone_number' } of options)
    ensure(DeliveryMedium === 'SMS' && AttributeName === 'phone_number', () =>
      invalidParameter(
        'Invalid MFA options: only SMS to phone_number can be set.',
        'See SetUserMFAPreference.',
      ),
    )
  return setPreference(scope, pool, user, { SMSMfaSettings: { Enabled: options.length > 0 } })
}

type Settings = Omit<InputOf<'SetUserMFAPreference'>, 'AccessToken'>

async function setPreference(
  { service }: Scope,
  pool: UserPool,
  user: Stored<UserRecord>,
  { SMSMfaSettings, SoftwareTokenMfaSettings, EmailMfaSettings, WebAuthnMfaSettings }: Settings,
): Promise<object> {
  if (WebAuthnMfaSettings?.Enabled) await ensurePasskey(service, pool, user.record)
  const settings: Partial<Record<MfaFactor, FactorSetting>> = {
    ...(SMSMfaSettings && { SMS_MFA: SMSMfaSettings }),
    ...(SoftwareTokenMfaSettings && { SOFTWARE_TOKEN_MFA: SoftwareTokenMfaSettings }),
    ...(EmailMfaSettings && { EMAIL_OTP: EmailMfaSettings }),
  }
  const mfa = await poolMfa(service, pool)
  ensurePossible(mfa.factors, user.record, settings)
  const change = { mfa: withSettings(user.record.mfa ?? {}, settings) }
  const hadOne = activeFactors(mfa, user.record).length > 0
  ensure(mfa.mode !== 'ON' || !hadOne || activeFactors(mfa, { ...user.record, ...change }).length > 0, () =>
    // The service's words are not known.
    invalidParameter('Cannot disable the last MFA factor when MFA is required by the user pool.'),
  )
  await changeUser(service, pool, user, change)
  return {}
}

/** A passkey counts as a second factor by itself, where the pool says so: there is nothing to remember (§3.7). */
async function ensurePasskey(service: Scope['service'], pool: UserPool, user: UserRecord): Promise<void> {
  ensure((await passkeysOf(service, pool, user)).length > 0, () => notSetUp('WEB_AUTHN'))
}

/** Who enables a factor has set it up; who prefers one has enabled it; and one is preferred at most. */
function ensurePossible(
  factors: readonly MfaFactor[],
  user: UserRecord,
  settings: Partial<Record<MfaFactor, FactorSetting>>,
): void {
  const given = Object.entries(settings) as [MfaFactor, FactorSetting][]
  const wanted = given.filter(([, { Enabled, PreferredMfa }]) => Enabled || PreferredMfa)
  for (const [factor] of wanted)
    ensure(factors.includes(factor) && canAnswer(factor, user), () => notSetUp(factor))
  const preferred = given.filter(([, { PreferredMfa }]) => PreferredMfa)
  ensure(preferred.length < 2, () => invalidParameter('Only one factor can be set as preferred'))
  const [odd] = preferred.find(([, { Enabled }]) => !Enabled) ?? []
  ensure(odd === undefined, () => invalidParameter(`${odd} can be preferred only when it is enabled.`))
}

const notSetUp = (factor: string) =>
  invalidParameter(
    `User does not have delivery config set to turn on ${factor}`,
    factor === 'SOFTWARE_TOKEN_MFA'
      ? 'Enable the factor in the pool, then call AssociateSoftwareToken and VerifySoftwareToken.'
      : 'Enable the factor in the pool, and give the user what it needs: a phone number, an e-mail address, a passkey.',
  )
