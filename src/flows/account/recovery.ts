import type { Medium } from '../../core/message.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'

/**
 * By the pool's setting, in order of priority; without one, text messages before mail (docs/facts/user-pools-api.md §4.8).
 */
export function recoveryMedia({ settings }: UserPool): Medium[] {
  const mechanisms = settings.AccountRecoverySetting?.RecoveryMechanisms
  if (mechanisms === undefined) return ['SMS', 'EMAIL']
  return mechanisms
    .toSorted((one, other) => one.Priority - other.Priority)
    .flatMap(({ Name }) => (Name === 'admin_only' ? [] : [Name === 'verified_email' ? 'EMAIL' : 'SMS']))
}

/**
 * The ways by which a user can be sent a code that lets them back in: verified ones, and none that is a second factor of
 * theirs, which would then be the only one (§4.8).
 */
export const verifiedMedia = (pool: UserPool, { attributes, mfa }: User): Medium[] =>
  recoveryMedia(pool).filter(
    medium =>
      attributes[medium === 'EMAIL' ? 'email_verified' : 'phone_number_verified'] === 'true' &&
      !mfa?.enabled.includes(medium === 'EMAIL' ? 'EMAIL_OTP' : 'SMS_MFA'),
  )
