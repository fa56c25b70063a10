import type { UserAttributes } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'

/**
 * Attributes of a new user; where the e-mail address or phone number is the username, that one is among them
 * (docs/facts/user-pools-api.md §4.1).
 */
export function signInAttributes(
  { settings }: UserPool,
  username: string,
  given: UserAttributes,
): UserAttributes {
  if ((settings.UsernameAttributes ?? []).length === 0) return given
  return { ...given, [username.includes('@') ? 'email' : 'phone_number']: username }
}
