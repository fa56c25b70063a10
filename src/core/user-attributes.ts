import { ensureSound } from './rules/finding.js'
import { type AttributeUse, attributeFindings } from './rules/user.js'
import type { UserAttributes } from './user.js'
import type { UserPool } from './user-pool.js'

/**
 * Throws Cognito's refusal of attributes that the pool's schema does not have or does not let be changed, and of values that
 * it does not hold.
 * @param known what the user has already: a verified flag needs the attribute it is about
 */
export const ensureAttributes = (
  pool: UserPool,
  given: UserAttributes,
  use: AttributeUse,
  known: UserAttributes = {},
): void => ensureSound(attributeFindings(pool, given, use, known))

/**
 * A user's attributes after a change. A new address is unverified unless the same change says otherwise; an empty value
 * takes an attribute away.
 */
export function changedAttributes(before: UserAttributes, given: UserAttributes): UserAttributes {
  const flags = (['email', 'phone_number'] as const).flatMap(name => {
    const flag = `${name}_verified`
    const changed = given[name] !== undefined && given[name] !== before[name]
    return changed && given[flag] === undefined && before[flag] !== undefined ? [[flag, 'false']] : []
  })
  const plain = Object.entries(given).map(([name, value]) => [
    name,
    name.endsWith('_verified') ? value.toLowerCase() : value,
  ])
  const all: UserAttributes = { ...before, ...Object.fromEntries(flags), ...Object.fromEntries(plain) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}
