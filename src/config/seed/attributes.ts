import type { Draft } from '../../core/rules/finding.js'
import type { UserAttributes } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { UserSeed } from './shape.js'

export type UserDraft = Draft<UserSeed>

/**
 * A user's attributes as the service keeps them, texts all, whichever way the seed wrote them. Given the pool, with
 * the one that the username is in a pool whose users sign in by e-mail address or phone number
 * (docs/facts/user-pools-api.md §4.1).
 */
export function attributesOf({ Username = '', UserAttributes }: UserDraft, pool?: UserPool): UserAttributes {
  const pairs: [string, unknown][] = Array.isArray(UserAttributes)
    ? UserAttributes.filter(one => one !== undefined).map(({ Name, Value }) => [Name, Value ?? ''])
    : Object.entries(UserAttributes ?? {})
  const given = Object.fromEntries(
    pairs.map(([name, value]) => [name, String(value)]).filter(([, value]) => value !== ''),
  )
  const kind = Username.includes('@') ? 'email' : 'phone_number'
  const isUsername = pool?.settings.UsernameAttributes?.includes(kind) && Username.match(/^\+|@/)
  return isUsername ? { [kind]: Username, ...given } : given
}
