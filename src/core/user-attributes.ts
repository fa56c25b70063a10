import { ensure, refusal } from './refusal.js'
import type { UserAttributes } from './user.js'
import type { SchemaAttribute, UserPool } from './user-pool.js'

/** What the service says of attributes it does not take (user-pools-api.md §4.4); `told` is the whole sentence. */
const notConforming = refusal('InvalidParameterException', (told: string) => ({
  told,
  because: told.trim(),
  remedy: "Send attributes that the pool's schema has, in their form.",
}))

/** Whether users are made or changed: the words differ, and only a change minds what is immutable. */
export type AttributeUse = 'creation' | 'change'

/**
 * Refuses attributes that the pool's schema does not have or does not let be changed, and values it does not hold.
 * @param known what the user has already; a verified flag needs the attribute it is about
 */
export function ensureAttributes(
  pool: UserPool,
  given: UserAttributes,
  use: AttributeUse,
  known: UserAttributes = {},
): void {
  ensureInSchema(pool, Object.keys(given), use)
  for (const [name, value] of Object.entries(given)) {
    const attribute = pool.schema.find(attribute => attribute.name === name)
    if (attribute === undefined) continue
    ensure(name !== 'sub', () => notConforming('Cannot modify the non-mutable attribute sub'))
    ensure(use === 'creation' || attribute.mutable, () =>
      notConforming(`user.${name}: Attribute cannot be updated.\n`),
    )
    // An empty value takes the attribute away.
    if (value !== '') ensureValue(attribute, value)
  }
  const all = { ...known, ...given }
  ensure(given.email_verified === undefined || all.email, () =>
    notConforming('Email is required to verify/un-verify an email'),
  )
  ensure(given.phone_number_verified === undefined || all.phone_number, () =>
    notConforming('Phone number is required to verify/un-verify a phone number'),
  )
}

/** Refuses names that the schema does not have: one line for each. */
export function ensureInSchema(pool: UserPool, names: readonly string[], use: AttributeUse): void {
  const unknown = names.filter(name => !pool.schema.some(attribute => attribute.name === name))
  const [head, prefix] =
    use === 'creation'
      ? ['Attributes did not conform to the schema: ', '']
      : ['Invalid user attributes: ', 'user.']
  const lines = unknown.map(name => `${prefix}${name}: Attribute does not exist in the schema.\n`)
  ensure(unknown.length === 0, () => notConforming(`${head}${lines.join('')}`))
}

/** Only the texts for e-mail and phone number are known; the others are in the manner of the service. */
function ensureValue({ name, type, min, max }: SchemaAttribute, value: string): void {
  const head = 'Attributes did not conform to the schema: '
  if (name === 'email')
    ensure(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value), () => notConforming('Invalid email address format.'))
  if (name === 'phone_number')
    ensure(/^\+\d{1,15}$/.test(value), () => notConforming('Invalid phone number format.'))
  if (type === 'Number') {
    ensure(/^-?\d+(\.\d+)?$/.test(value), () =>
      notConforming(`${head}${name}: Attribute value must be a number\n`),
    )
    ensure(Number(value) <= (max ?? Infinity), () =>
      notConforming(`${head}${name}: Number must be no greater than ${max}\n`),
    )
    ensure(Number(value) >= (min ?? -Infinity), () =>
      notConforming(`${head}${name}: Number must be no less than ${min}\n`),
    )
  }
  if (type === 'Boolean')
    ensure(/^(true|false)$/i.test(value), () =>
      notConforming(`${head}${name}: Attribute value must be true or false\n`),
    )
  if (type === 'String') {
    ensure(value.length <= (max ?? 2048), () =>
      notConforming(`${head}${name}: String must be no longer than ${max ?? 2048} characters\n`),
    )
    ensure(value.length >= (min ?? 0), () =>
      notConforming(`${head}${name}: String must be no shorter than ${min} characters\n`),
    )
  }
}

/** A user's attributes after a change. A new address is unverified unless the same change says otherwise; an empty value takes an attribute away. */
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
