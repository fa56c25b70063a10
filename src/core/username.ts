import { ensure, refusal } from './refusal.js'
import type { UserPool } from './user-pool.js'

const isEmail = (name: string): boolean => /^[^\s@]+@[^\s@]+$/.test(name)
const isPhone = (name: string): boolean => /^\+\d{1,15}$/.test(name)

/** Refuses a username that does not look as the pool's username mode demands (user-pools-api.md §4.1). */
export function ensureUsernameForm({ name: poolName, settings }: UserPool, name: string): void {
  const { UsernameAttributes: modes = [], AliasAttributes: aliases = [] } = settings
  const email = modes.includes('email')
  const phone = modes.includes('phone_number')
  const refuse = (told: string) => () => wrongForm(told, name, poolName)
  if (email && phone)
    ensure(isEmail(name) || isPhone(name), refuse('Username should be either an email or a phone number.'))
  else if (email) ensure(isEmail(name), refuse('Username should be an email.'))
  else if (phone) ensure(isPhone(name), refuse('Username should be a phone number.'))
  for (const [alias, words, looksLike] of [
    ['email', 'email', isEmail],
    ['phone_number', 'phone number', isPhone],
  ] as const)
    ensure(!aliases.includes(alias) || !looksLike(name), () => looksLikeAlias(alias, words, name, poolName))
}

const wrongForm = refusal('InvalidParameterException', (told: string, name: string, poolName: string) => ({
  told,
  because: `UsernameAttributes of ${poolName} make users sign in by an address, and "${name}" is none of that kind.`,
  remedy:
    'Send an address like ada@example.com, or a phone number like +15550001234, as UsernameAttributes say.',
}))

const looksLikeAlias = refusal(
  'InvalidParameterException',
  (alias: string, words: string, name: string, poolName: string) => ({
    told: `Username cannot be of ${words} format, since user pool is configured for ${words} alias.`,
    because: `"${name}" looks like an alias of another user: AliasAttributes of ${poolName} contain ${alias}.`,
    remedy: `Choose another username, and send the address as the attribute ${alias}.`,
  }),
)
