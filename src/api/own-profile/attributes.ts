import { type AppClient, mayTell } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserAttributes } from '../../core/user.js'
import { ensureAttributes, ensureInSchema } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import { sendCode, takeCode } from '../../flows/account/verification-codes.js'
import { changeUser } from '../../flows/administration/change-user.js'
import { countAttempt } from '../../flows/history/attempts.js'
import { operation } from '../operations.js'
import { invalidParameter, notAuthorized } from '../refusals.js'
import { codeDeliveryDetails } from '../sign-up/sign-up.js'
import { asRecord, withFlags } from '../users/users.js'
import { ownerOf } from './access-token.js'

type Contact = 'email' | 'phone_number'
const contacts: readonly Contact[] = ['email', 'phone_number']
const mediumOf = { email: 'EMAIL', phone_number: 'SMS' } as const

function ensureWritable(client: AppClient, names: readonly string[]): void {
  ensure(
    names.every(name => mayTell(client, name)),
    () => notAuthorized('A client attempted to write unauthorized attribute'),
  )
}

/** What the pool verifies by itself is unverified after a change, and a code goes to the new address (§4.7). */
export const UpdateUserAttributes = operation('UpdateUserAttributes', async (scope, input) => {
  const { pool, client, user } = await ownerOf(scope, input.AccessToken)
  const given = asRecord(input.UserAttributes)
  const before = user.record.attributes
  ensureAttributes(pool, given, 'change', before)
  ensureWritable(client, Object.keys(given))
  const first = pool.settings.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? []
  const changed = contacts.filter(name => given[name] && given[name] !== before[name])
  const waiting = changed.filter(name => first.includes(name))
  const now = Object.fromEntries(Object.entries(given).filter(([name]) => !waiting.includes(name as Contact)))
  await changeUser(scope.service, pool, user, { attributes: withFlags(before, now) })
  const verified = pool.settings.AutoVerifiedAttributes ?? []
  const deliveries = await Promise.all(
    changed
      .filter(name => verified.includes(name))
      .map(name =>
        sendCode(
          scope.service,
          pool,
          reachedBy(user, name, given),
          'attribute verification',
          sent(name, given),
        ),
      ),
  )
  const details = deliveries.flatMap(delivery => (delivery === null ? [] : [codeDeliveryDetails(delivery)]))
  return details.length === 0 ? {} : { CodeDeliveryDetailsList: details }
})

/** The user as somebody who has only the new address. */
const reachedBy = ({ record }: Stored<UserRecord>, name: Contact, given: UserAttributes): UserRecord => ({
  ...record,
  attributes: { [name]: given[name] ?? record.attributes[name] ?? '' },
})

const sent = (name: Contact, given: UserAttributes = {}) => ({
  media: [mediumOf[name]],
  ...(given[name] === undefined ? {} : { value: given[name] }),
})

export const DeleteUserAttributes = operation('DeleteUserAttributes', async (scope, input) => {
  const { pool, client, user } = await ownerOf(scope, input.AccessToken)
  ensureInSchema(pool, input.UserAttributeNames, 'change')
  ensureWritable(client, input.UserAttributeNames)
  const attributes = without(pool, user.record.attributes, input.UserAttributeNames)
  await changeUser(scope.service, pool, user, { attributes })
  return {}
})

function without(pool: UserPool, attributes: UserAttributes, names: readonly string[]): UserAttributes {
  const required = names.find(name => pool.schema.find(attribute => attribute.name === name)?.required)
  ensure(required === undefined, () =>
    invalidParameter(`Invalid user attributes: user.${required}: The attribute is required\n`),
  )
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))
}

export const GetUserAttributeVerificationCode = operation(
  'GetUserAttributeVerificationCode',
  async (scope, { AccessToken, AttributeName }) => {
    const { pool, user } = await ownerOf(scope, AccessToken)
    const name = contactOf(AttributeName)
    ensure(user.record.attributes[name], () =>
      invalidParameter('User does not have the attribute to verify.'),
    )
    await countAttempt(scope.service, pool, user.record, 'send verification code')
    const delivery = await sendCode(
      scope.service,
      pool,
      reachedBy(user, name, {}),
      'attribute verification',
      sent(name),
    )
    ensure(delivery, () => invalidParameter('User does not have the attribute to verify.'))
    return { CodeDeliveryDetails: codeDeliveryDetails(delivery) }
  },
)

export const VerifyUserAttribute = operation(
  'VerifyUserAttribute',
  async (scope, { AccessToken, AttributeName, Code }) => {
    const { pool, user } = await ownerOf(scope, AccessToken)
    const name = contactOf(AttributeName)
    await countAttempt(scope.service, pool, user.record, 'verify attribute')
    const { attribute, value } = await takeCode(
      scope.service,
      pool,
      user.record,
      'attribute verification',
      Code,
    )
    ensure(attribute === name, () => invalidParameter('The code is for another attribute.'))
    await changeUser(scope.service, pool, user, {
      attributes: {
        ...user.record.attributes,
        ...(value === undefined ? {} : { [name]: value }),
        [`${name}_verified`]: 'true',
      },
    })
    return {}
  },
)

function contactOf(name: string): Contact {
  const contact = contacts.find(contact => contact === name)
  ensure(contact, () =>
    invalidParameter('Invalid attribute name: only email and phone_number can be verified.'),
  )
  return contact
}
