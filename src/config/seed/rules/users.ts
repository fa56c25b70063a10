import { policyViolation } from '../../../core/password.js'
import { aliasesOf, userKey } from '../../../core/user.js'
import type { SchemaAttribute } from '../../../core/user-pool.js'
import { attributesOf, type UserDraft } from '../attributes.js'
import { subOf } from '../identifiers.js'
import type { Place } from '../mistakes.js'
import { attributeNamed, type PoolDraft } from './draft.js'
import { each, unique } from './lists.js'

/** The rules for users: the pool's schema, its password policy, and what a username may be (user-pools-api.md §4). */
export function checkUsers(draft: PoolDraft): void {
  const { seed, place, pool } = draft
  const users = each(seed.Users, place.at('Users'))
  unique(
    'username',
    users.map(([{ Username }, at]) => [
      Username === undefined ? undefined : userKey(pool, Username),
      at.at('Username'),
    ]),
  )
  unique(
    'sub',
    users.map(([user, at]) => [user.Username && subOf(seed, user), at.at('Sub')]),
  )
  unique(
    'verified e-mail address, phone number or preferred username, by which users sign in,',
    users.flatMap(([user, at]) =>
      aliasesOf(pool, attributesOf(user)).map(alias => [alias, at.at('UserAttributes')] as const),
    ),
  )
  const groups = each(seed.Groups, undefined).map(([{ GroupName }]) => GroupName ?? '')
  for (const [user, at] of users) {
    checkUsername(user, at.at('Username'), draft)
    checkPasswords(user, at, draft)
    checkAttributes(user, at, draft)
    for (const [group, its] of each(user.Groups, at.at('Groups')))
      if (!groups.includes(group))
        its.wrong(`The pool has no group "${group}".`, { given: group, valid: groups })
  }
}

const email = /^[^\s@]+@[^\s@]+$/
const phoneNumber = /^\+\d{1,15}$/

function checkUsername({ Username }: UserDraft, place: Place, { seed }: PoolDraft): void {
  if (Username === undefined) return
  const identity = seed.UsernameAttributes ?? []
  const isEmail = email.test(Username)
  const isPhone = phoneNumber.test(Username)
  if (
    identity.length > 0 &&
    !((identity.includes('email') && isEmail) || (identity.includes('phone_number') && isPhone))
  )
    place.wrong(`Users of this pool sign in by ${identity.join(' or ')}: the username must be one.`)
  if (seed.AliasAttributes?.includes('email') && isEmail)
    place.wrong(
      'A username cannot look like an e-mail address, since the e-mail address is an alias in this pool.',
    )
  if (seed.AliasAttributes?.includes('phone_number') && isPhone)
    place.wrong(
      'A username cannot look like a phone number, since the phone number is an alias in this pool.',
    )
}

function checkPasswords(user: UserDraft, place: Place, { pool }: PoolDraft): void {
  for (const member of ['TemporaryPassword', 'Password'] as const) {
    const password = user[member]
    const violation = password === undefined ? undefined : policyViolation(pool, password)
    if (violation !== undefined)
      place.at(member).wrong(`The password breaks the pool's policy: ${violation}.`)
  }
  if (user.Password !== undefined && user.TemporaryPassword !== undefined)
    place.at('Password').wrong('A user has either a TemporaryPassword or a permanent Password.')
}

function checkAttributes(user: UserDraft, place: Place, { pool }: PoolDraft): void {
  const attributes = attributesOf(user, pool)
  const valid = pool.schema.map(({ name }) => name)
  const isList = Array.isArray(user.UserAttributes)
  for (const [name, value] of Object.entries(attributes)) {
    const index = isList
      ? (user.UserAttributes as { Name?: string }[]).findIndex(one => one?.Name === name)
      : -1
    const at = isList ? place.at('UserAttributes', index) : place.at('UserAttributes', name)
    const attribute = attributeNamed(pool, name)
    if (attribute === undefined)
      at.wrong(`The pool's schema has no attribute "${name}".`, { given: name, valid, isName: !isList })
    else if (name === 'sub') at.wrong('The `sub` is fixed by "Sub", beside "Username".')
    else checkValue(attribute, value, at)
  }
  for (const subject of ['email', 'phone_number'])
    if (attributes[`${subject}_verified`] === 'true' && !attributes[subject])
      place
        .at('UserAttributes')
        .wrong(`${subject}_verified without ${subject}: there is nothing to be verified.`)
  for (const { name, required } of pool.schema)
    if (required && name !== 'sub' && !attributes[name])
      place.wrong(`The attribute "${name}" is missing: it is required in this pool.`)
}

/** What a value must look like; values are personal, so none is repeated. */
function checkValue({ name, type, min, max }: SchemaAttribute, value: string, place: Place): void {
  if (name === 'email' && !email.test(value)) place.wrong('This is not an e-mail address.')
  else if (name === 'phone_number' && !phoneNumber.test(value))
    place.wrong('This is not a phone number: it begins with "+" and has up to 15 digits, nothing else.')
  else if (name === 'birthdate' && !/^\d{4}-\d\d-\d\d$/.test(value))
    place.wrong('A birthdate looks like 1990-12-31.')
  else if (type === 'Boolean' && !/^(true|false)$/i.test(value))
    place.wrong(`"${name}" is either true or false.`)
  else if (type === 'Number' && !/^-?\d+(\.\d+)?$/.test(value)) place.wrong(`"${name}" is a number.`)
  else if (type === 'DateTime' && Number.isNaN(Date.parse(value)))
    place.wrong(`"${name}" is a date and time.`)
  else {
    const size = type === 'Number' ? Number(value) : value.length
    const what = type === 'Number' ? 'The value' : 'The number of characters'
    if (min !== undefined && size < min) place.wrong(`${what} must be at least ${min}.`)
    else if (max !== undefined && size > max) place.wrong(`${what} must be at most ${max}.`)
  }
}
