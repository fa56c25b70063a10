import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { setMfaPreference } from '../../flows/account/mfa-preference.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { type InputOf, operation } from '../operations.js'
import { poolOf, type Scope, userOf } from '../scope.js'

/** Which second factors a user is asked for (docs/facts/user-pools-api.md §2.10). */

export const SetUserMFAPreference = operation('SetUserMFAPreference', async (scope, input) => {
  const { pool, user } = await ownerOf(scope.service, input.AccessToken)
  return setPreference(scope, pool, user, input)
})

export const AdminSetUserMFAPreference = operation('AdminSetUserMFAPreference', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  return setPreference(scope, pool, await userOf(scope, pool, input.Username), input)
})

type Settings = Omit<InputOf<'SetUserMFAPreference'>, 'AccessToken'>

async function setPreference(
  { service }: Scope,
  pool: UserPool,
  user: Stored<UserRecord>,
  { SMSMfaSettings, SoftwareTokenMfaSettings, EmailMfaSettings, WebAuthnMfaSettings }: Settings,
): Promise<object> {
  const factors = {
    ...(SMSMfaSettings && { SMS_MFA: SMSMfaSettings }),
    ...(SoftwareTokenMfaSettings && { SOFTWARE_TOKEN_MFA: SoftwareTokenMfaSettings }),
    ...(EmailMfaSettings && { EMAIL_OTP: EmailMfaSettings }),
  }
  await setMfaPreference(service, pool, user, { factors, passkey: WebAuthnMfaSettings?.Enabled })
  return {}
}

/** The former operations, which know text messages only: an empty list turns them off. */
export const SetUserSettings = operation('SetUserSettings', async (scope, { AccessToken, MFAOptions }) => {
  const { pool, user } = await ownerOf(scope.service, AccessToken)
  return setOptions(scope, pool, user, MFAOptions)
})

export const AdminSetUserSettings = operation('AdminSetUserSettings', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  return setOptions(scope, pool, await userOf(scope, pool, input.Username), input.MFAOptions)
})

type Options = InputOf<'SetUserSettings'>['MFAOptions']

async function setOptions(scope: Scope, pool: UserPool, user: Stored<UserRecord>, options: Options) {
  for (const { DeliveryMedium: medium = 'SMS', AttributeName: attribute = 'phone_number' } of options)
    ensure(medium === 'SMS' && attribute === 'phone_number', () => noSuchOption(medium, attribute))
  return setPreference(scope, pool, user, { SMSMfaSettings: { Enabled: options.length > 0 } })
}

const noSuchOption = refusal('InvalidParameterException', (medium: string, attribute: string) => ({
  // Cognito's words are not known.
  told: 'Invalid MFA options: only SMS to phone_number can be set.',
  because: `The request asks for ${medium} to ${attribute}.`,
  remedy: 'Call SetUserMFAPreference, which knows the other factors.',
}))
