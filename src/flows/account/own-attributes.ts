import { type AppClient, mayTell } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { removalFindings, unknownAttributeFindings } from '../../core/rules/user.js'
import type { UserAttributes } from '../../core/user.js'
import { changedAttributes, ensureAttributes } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { countAttempt } from '../history/attempts.js'
import type { Asked } from '../messages.js'
import type { Service } from '../service.js'
import * as refusals from './account-refusals.js'
import { type CodeDelivery, codeDelivery, sendCode, takeCode } from './verification-codes.js'

/**
 * What a user who is signed in does to the own attributes, and how their addresses are verified
 * (docs/facts/user-pools-api.md §4.7).
 */

type Contact = 'email' | 'phone_number'
const contacts: readonly Contact[] = ['email', 'phone_number']
const mediumOf = { email: 'EMAIL', phone_number: 'SMS' } as const

/**
 * Changes attributes. What the pool verifies by itself is unverified after a change, and a code goes to the new address. If
 * the pool says that an address has to be verified before it changes, the old one stays until then.
 * @returns where codes went
 */
export async function changeOwnAttributes(
  service: Service,
  pool: UserPool,
  { client, clientMetadata }: Asked & { readonly client: AppClient },
  user: Stored<UserRecord>,
  given: UserAttributes,
): Promise<CodeDelivery[]> {
  const { attributes: before } = user.record
  ensureAttributes(pool, given, 'change', before)
  ensureWritable(client, Object.keys(given))
  const first = pool.settings.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? []
  const changed = contacts.filter(name => given[name] && given[name] !== before[name])
  const waiting: readonly string[] = changed.filter(name => first.includes(name))
  const now = Object.fromEntries(Object.entries(given).filter(([name]) => !waiting.includes(name)))
  await changeUser(service, pool, user, { attributes: changedAttributes(before, now) })
  return sendCodesForChanges(service, pool, user.record, given, { client, clientMetadata })
}

/**
 * Sends a code to each new address that the pool verifies by itself, unless it is said to be verified along with it.
 * @param before the user before the change
 * @returns where codes went
 */
export async function sendCodesForChanges(
  service: Service,
  pool: UserPool,
  before: UserRecord,
  given: UserAttributes,
  asked: Asked,
): Promise<CodeDelivery[]> {
  const verified = pool.settings.AutoVerifiedAttributes ?? []
  const unproven = contacts.filter(
    name =>
      given[name] &&
      given[name] !== before.attributes[name] &&
      verified.includes(name) &&
      given[`${name}_verified`]?.toLowerCase() !== 'true',
  )
  const deliveries = await Promise.all(
    unproven.map(name => sendCodeTo(service, pool, before, name, { ...asked, value: given[name] })),
  )
  return deliveries.flatMap(delivery => delivery ?? [])
}

/** Takes attributes away. */
export async function deleteOwnAttributes(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: Stored<UserRecord>,
  names: readonly string[],
): Promise<void> {
  ensureSound(unknownAttributeFindings(pool, names, 'change'))
  ensureWritable(client, names)
  ensureSound(removalFindings(pool, names))
  const left = Object.entries(user.record.attributes).filter(([name]) => !names.includes(name))
  await changeUser(service, pool, user, { attributes: Object.fromEntries(left) })
}

function ensureWritable(client: AppClient, names: readonly string[]): void {
  const unwritable = names.filter(name => !mayTell(client, name))
  ensure(unwritable.length === 0, () => refusals.attributesNotWritable(client, unwritable))
}

/** Sends a code that verifies the e-mail address or phone number that the user has. */
export async function sendAttributeVerificationCode(
  service: Service,
  pool: UserPool,
  user: UserRecord,
  attribute: string,
  asked: Asked = {},
): Promise<CodeDelivery> {
  const name = contactNamed(attribute)
  const missing = () => refusals.attributeToVerifyMissing(user.username, name)
  ensure(user.attributes[name], missing)
  await countAttempt(service, pool, user, 'send verification code')
  const delivery = await sendCodeTo(service, pool, user, name, asked)
  ensure(delivery, missing)
  return delivery
}

/** Takes the code that verifies an attribute. An address that waited for its verification is the user's from now on. */
export async function verifyAttribute(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  attribute: string,
  code: string,
): Promise<void> {
  const name = contactNamed(attribute)
  await countAttempt(service, pool, user.record, 'verify attribute')
  const taken = await takeCode(service, pool, user.record, 'attribute verification', code)
  ensure(taken.attribute === name, () => refusals.codeForAnotherAttribute(name, taken.attribute))
  await changeUser(service, pool, user, {
    attributes: {
      ...user.record.attributes,
      ...(taken.value === undefined ? {} : { [name]: taken.value }),
      [`${name}_verified`]: 'true',
    },
  })
}

/** Sends a code to an address of the user, or to a new one that is to be verified. */
async function sendCodeTo(
  service: Service,
  pool: UserPool,
  user: UserRecord,
  name: Contact,
  { value, ...asked }: Asked & { readonly value?: string | undefined },
): Promise<CodeDelivery | undefined> {
  // By this address, whichever others the user has.
  const reached = { ...user, attributes: { [name]: value ?? user.attributes[name] ?? '' } }
  const delivery = await sendCode(service, pool, reached, 'attribute verification', {
    media: [mediumOf[name]],
    asked,
    ...(value === undefined ? {} : { value, occasion: 'UpdateUserAttribute' }),
  })
  return delivery === null ? undefined : codeDelivery(delivery)
}

function contactNamed(name: string): Contact {
  const contact = contacts.find(contact => contact === name)
  ensure(contact, () => refusals.attributeNotVerifiable(name))
  return contact
}
