import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { invalidParameter } from '../refusals.js'

const isEmail = (name: string): boolean => /^[^\s@]+@[^\s@]+$/.test(name)
const isPhone = (name: string): boolean => /^\+\d{1,15}$/.test(name)

/** What a username has to look like, by the pool's username mode (§4.1). */
export function ensureUsernameForm({ settings }: UserPool, name: string): void {
  const { UsernameAttributes: modes = [], AliasAttributes: aliases = [] } = settings
  const email = modes.includes('email')
  const phone = modes.includes('phone_number')
  if (email && phone)
    ensure(isEmail(name) || isPhone(name), () =>
      invalidParameter('Username should be either an email or a phone number.'),
    )
  else if (email) ensure(isEmail(name), () => invalidParameter('Username should be an email.'))
  else if (phone) ensure(isPhone(name), () => invalidParameter('Username should be a phone number.'))
  ensure(!aliases.includes('email') || !isEmail(name), () =>
    invalidParameter('Username cannot be of email format, since user pool is configured for email alias.'),
  )
  ensure(!aliases.includes('phone_number') || !isPhone(name), () =>
    invalidParameter(
      'Username cannot be of phone number format, since user pool is configured for phone number alias.',
    ),
  )
}
