import { text } from '../intrinsics.js'
import { entriesOf, isJsonMap, type JsonMap } from '../source.js'
import { temporaryPassword } from '../temporary-password.js'
import type { TfResource } from './resources.js'
import { textOf } from './tf.js'

export function userMembers({ values, address }: TfResource, memberships: readonly TfResource[]): JsonMap {
  const username = text(values.username ?? '')
  const groups = memberships
    .filter(one => one.values.username === username)
    .map(one => text(one.values.group_name ?? ''))
  const attributes = entriesOf(values.attributes)
    .filter(([name]) => name !== 'sub')
    .map(([name, value]) => [standard.has(name) ? name : `custom:${name}`, text(value)])
  const sub = textOf(values.sub) ?? (isJsonMap(values.attributes) ? textOf(values.attributes.sub) : undefined)
  const password = textOf(values.password)
  return {
    Username: username,
    ...(password === undefined
      ? { TemporaryPassword: textOf(values.temporary_password) ?? temporaryPassword('terraform', address) }
      : { Password: password }),
    ...(sub === undefined ? {} : { Sub: sub }),
    ...(attributes.length === 0 ? {} : { UserAttributes: Object.fromEntries(attributes) }),
    ...(groups.length === 0 ? {} : { Groups: groups }),
  }
}

/** Attributes that Terraform does not prefix with `custom:`, because they are standard ones. */
const standard = new Set(
  'address birthdate email email_verified family_name gender given_name locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo'.split(
    ' ',
  ),
)
