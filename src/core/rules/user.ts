import { policyViolation } from '../password.js'
import type { UserAttributes } from '../user.js'
import type { SchemaAttribute, UserPool } from '../user-pool.js'
import { ensureSound, type Finding } from './finding.js'

const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text)
const isPhone = (text: string): boolean => /^\+\d{1,15}$/.test(text)

/** What is wrong with a username, by what the pool's users sign in by (docs/facts/user-pools-api.md §4.1). */
export function* usernameFindings(
  { settings }: Pick<UserPool, 'settings'>,
  username: string,
): Generator<Finding> {
  const { UsernameAttributes: kinds = [], AliasAttributes: aliases = [] } = settings
  const fits =
    (kinds.includes('email') && isEmail(username)) || (kinds.includes('phone_number') && isPhone(username))
  if (kinds.length > 0 && !fits)
    yield {
      path: ['Username'],
      told: `Username should be ${kinds.length > 1 ? 'either ' : ''}${wantedKinds(kinds)}.`,
      because: `Users of this pool sign in by ${kinds.join(' or ')}: the username must be one.`,
      remedy: `Give ${wantedKinds(kinds)} as the username; a phone number is written +12025550123.`,
    }
  if (aliases.includes('email') && isEmail(username))
    yield {
      path: ['Username'],
      told: 'Username cannot be of email format, since user pool is configured for email alias.',
      because:
        'A username cannot look like an e-mail address, since the e-mail address is an alias in this pool.',
      remedy: 'Choose a username without @, and give the address as the attribute email.',
    }
  if (aliases.includes('phone_number') && isPhone(username))
    yield {
      path: ['Username'],
      told: 'Username cannot be of phone number format, since user pool is configured for phone number alias.',
      because: 'A username cannot look like a phone number, since the phone number is an alias in this pool.',
      remedy: 'Choose another username, and give the number as the attribute phone_number.',
    }
}

const wantedKinds = (kinds: readonly string[]): string =>
  ['email', 'phone_number']
    .filter(kind => kinds.includes(kind))
    .map(kind => (kind === 'email' ? 'an email' : 'a phone number'))
    .join(' or ')

/** Throws Cognito's refusal of a username that the pool does not take. */
export const ensureUsername = (pool: UserPool, username: string): void =>
  ensureSound(usernameFindings(pool, username))

/** Whether users are made or changed: Cognito's words differ, and only a change minds what is immutable. */
export type AttributeUse = 'creation' | 'change'

/**
 * What is wrong with attributes, by the pool's schema (§4.4).
 * @param known what the user has already: a verified flag needs the attribute it is about
 */
export function* attributeFindings(
  pool: Pick<UserPool, 'schema'>,
  given: UserAttributes,
  use: AttributeUse,
  known: UserAttributes = {},
): Generator<Finding> {
  yield* unknownAttributeFindings(pool, Object.keys(given), use)
  for (const [name, value] of Object.entries(given)) {
    const attribute = pool.schema.find(attribute => attribute.name === name)
    if (attribute !== undefined) yield* attributeFinding(attribute, value, use)
  }
  const all = { ...known, ...given }
  for (const [subject, told] of verifiable)
    if (given[`${subject}_verified`] !== undefined && !all[subject])
      yield {
        path: ['UserAttributes'],
        told,
        because: `${subject}_verified without ${subject}: there is nothing to be verified.`,
        remedy: `Give ${subject} as well, or leave ${subject}_verified out.`,
      }
}

const verifiable = [
  ['email', 'Email is required to verify/un-verify an email'],
  ['phone_number', 'Phone number is required to verify/un-verify a phone number'],
] as const

/** The names that the schema does not have. Cognito says all of them in one refusal, a line each. */
export function* unknownAttributeFindings(
  { schema }: Pick<UserPool, 'schema'>,
  names: readonly string[],
  use: AttributeUse,
): Generator<Finding> {
  const valid = schema.map(({ name }) => name)
  const unknown = names.filter(name => !valid.includes(name))
  const [head, prefix] =
    use === 'creation'
      ? ['Attributes did not conform to the schema: ', '']
      : ['Invalid user attributes: ', 'user.']
  const lines = unknown.map(name => `${prefix}${name}: Attribute does not exist in the schema.\n`)
  for (const name of unknown)
    yield {
      path: ['UserAttributes', name],
      told: `${head}${lines.join('')}`,
      because: `The pool's schema has no attribute "${name}".`,
      remedy: `Add ${name} to the Schema of the pool (AddCustomAttributes for one that exists), or leave it out.`,
      meant: { given: name, valid, isName: true },
    }
}

function* attributeFinding(attribute: SchemaAttribute, value: string, use: AttributeUse): Generator<Finding> {
  const { name } = attribute
  const path = ['UserAttributes', name]
  if (name === 'sub')
    yield {
      path,
      told: 'Cannot modify the non-mutable attribute sub',
      because: 'The pool gives each user a `sub`, which never changes.',
      remedy: 'Leave sub out. A seed fixes it with "Sub", beside "Username".',
    }
  else if (use === 'change' && attribute.required && value === '') yield requiredStays(name, path)
  else if (use === 'change' && !attribute.mutable)
    yield {
      path,
      told: `user.${name}: Attribute cannot be updated.\n`,
      because: `The attribute "${name}" is not mutable in this pool.`,
      remedy: `Leave ${name} out: it keeps the value that the user was created with.`,
    }
  // An empty value takes the attribute away.
  else if (value !== '') yield* valueFindings(attribute, value).map(finding => ({ path, ...finding }))
}

export type OfValue = Omit<Finding, 'path'>

/** What is wrong with a value, by the attribute's type and limits. Values are personal: none is repeated. Cognito's own words are known of two attributes only. */
export function valueFindings({ name, type, min, max }: SchemaAttribute, value: string): OfValue[] {
  const told = (words: string) => `Attributes did not conform to the schema: ${name}: ${words}\n`
  if (name === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return [notAnEmail]
  if (name === 'phone_number' && !isPhone(value)) return [notAPhone]
  if (type === 'Number' && !/^-?\d+(\.\d+)?$/.test(value))
    return [
      {
        told: told('Attribute value must be a number'),
        because: `"${name}" is a number.`,
        remedy: 'Give digits, with a point before decimals.',
      },
    ]
  if (type === 'Boolean' && !/^(true|false)$/i.test(value))
    return [
      {
        told: told('Attribute value must be true or false'),
        because: `"${name}" is either true or false.`,
        remedy: 'Give true or false.',
      },
    ]
  if (type === 'DateTime' && Number.isNaN(Date.parse(value)))
    return [{ because: `"${name}" is a date and time.`, remedy: 'Write it as 2030-01-31T12:00:00Z.' }]
  if (type === 'Number')
    return range(Number(value), { min, max }, 'The value', ['Number', '', 'greater', 'less'], told)
  if (type !== 'String') return []
  const words = ['String', ' characters', 'longer', 'shorter'] as const
  const ofLength = range(value.length, { min, max: max ?? 2048 }, 'The number of characters', words, told)
  // Cognito looks at the length of a birthdate, and at nothing else.
  const isBirthdate = name !== 'birthdate' || /^\d{4}-\d\d-\d\d$/.test(value)
  return isBirthdate ? ofLength : [{ ...ofLength[0], ...notABirthdate }]
}

const notAnEmail: OfValue = {
  told: 'Invalid email address format.',
  because: 'This is not an e-mail address.',
  remedy: 'Give an address with a name, @ and a domain: ada@example.com.',
}

const notAPhone: OfValue = {
  told: 'Invalid phone number format.',
  because: 'This is not a phone number: it begins with "+" and has up to 15 digits, nothing else.',
  remedy: 'Write the number with its country code: +12025550123.',
}

const notABirthdate: OfValue = {
  because: 'A birthdate looks like 1990-12-31.',
  remedy: 'Write year, month and day with hyphens between.',
}

function range(
  size: number,
  { min, max }: { readonly min: number | undefined; readonly max: number | undefined },
  what: string,
  [kind, unit, above, below]: readonly [string, string, string, string],
  told: (words: string) => string,
): OfValue[] {
  if (max !== undefined && size > max)
    return [
      {
        told: told(`${kind} must be no ${above} than ${max}${unit}`),
        because: `${what} must be at most ${max}.`,
        remedy: 'Give a smaller value, or widen the limit in the Schema of the pool.',
      },
    ]
  if (min !== undefined && size < min)
    return [
      {
        told: told(`${kind} must be no ${below} than ${min}${unit}`),
        because: `${what} must be at least ${min}.`,
        remedy: 'Give a larger value, or widen the limit in the Schema of the pool.',
      },
    ]
  return []
}

/** The attributes that the pool requires of every user and that are not given. */
export function* missingAttributeFindings(
  { schema }: Pick<UserPool, 'schema'>,
  given: UserAttributes,
): Generator<Finding> {
  for (const { name, required } of schema)
    if (required && name !== 'sub' && !given[name])
      yield {
        path: [],
        told: `Attributes did not conform to the schema: ${name}: The attribute is required\n`,
        because: `The attribute "${name}" is missing: it is required in this pool.`,
        remedy: `Add ${name} to UserAttributes.`,
      }
}

/**
 * What is wrong with taking attributes away: those that the pool requires stay.
 * @param names the attributes that are to be taken away
 */
export function* removalFindings(
  pool: Pick<UserPool, 'schema'>,
  names: readonly string[],
): Generator<Finding> {
  yield* unknownAttributeFindings(pool, names, 'change')
  for (const name of names)
    if (pool.schema.find(attribute => attribute.name === name)?.required)
      yield requiredStays(name, ['UserAttributeNames', names.indexOf(name)])
}

/** Whether it is deleted or emptied, in the same words (fact N8). */
const requiredStays = (name: string, path: Finding['path']): Finding => ({
  path,
  told: `Invalid user attributes: ${name}: Required attribute cannot be deleted.`,
  because: `Every user of this pool has the attribute "${name}": it is required.`,
  remedy: `Give ${name} another value in place of taking it away.`,
})

/** What is wrong with a password, by the pool's policy. */
export function* passwordFindings(pool: UserPool, password: string): Generator<Finding> {
  const violation = policyViolation(pool, password)
  if (violation !== undefined)
    yield {
      path: [],
      code: 'InvalidPasswordException',
      told: `Password does not conform to policy: ${violation}`,
      because: `The password breaks the pool's policy: ${violation}.`,
      remedy: 'Choose a password that conforms, or relax Policies.PasswordPolicy of the pool.',
    }
}
