import type { Medium } from '../../core/message.js'
import { recoveryMechanisms } from '../../core/recovery.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'

/** How the users of a pool recover, in order of priority (docs/facts/user-pools-api.md §4.8). */
export const recoveryMedia = (pool: UserPool): Medium[] =>
  recoveryMechanisms(pool)
    .toSorted((one, other) => one.Priority - other.Priority)
    .flatMap(({ Name }) => (Name === 'admin_only' ? [] : [Name === 'verified_email' ? 'EMAIL' : 'SMS']))

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
