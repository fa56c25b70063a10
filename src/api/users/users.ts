import { ensure } from '../../core/refusal.js'
import type { UserAttributes } from '../../core/user.js'
import * as administered from '../../flows/account/administered-users.js'
import { changeUser, signOutEverywhere } from '../../flows/administration/change-user.js'
import { deleteUser } from '../../flows/administration/delete-user.js'
import { ifAny } from '../../lib/if-any.js'
import { operation } from '../operations.js'
import { invalidParameter } from '../refusals.js'
import { poolOf, type Scope, userOf } from '../scope.js'
import { type AttributeType, mfaSettings, userType } from './representation.js'

export const asRecord = (attributes: readonly AttributeType[] = []): UserAttributes =>
  Object.fromEntries(attributes.map(({ Name, Value = '' }) => [Name, Value]))

/** A user's attributes as they are given; one without a value is refused, and deletes nothing (fact N9). */
export function givenAttributes(attributes: readonly AttributeType[] = []): UserAttributes {
  const unsaid = attributes.find(({ Value }) => Value === undefined)
  ensure(unsaid === undefined, () =>
    invalidParameter(
      `Attribute value for ${unsaid?.Name} must not be null`,
      `Give ${unsaid?.Name} a Value; to take the attribute away, give it the empty text, or delete it.`,
    ),
  )
  return asRecord(attributes)
}

/** The pool and the user that an administrator names. */
async function named(scope: Scope, input: { readonly UserPoolId: string; readonly Username: string }) {
  const pool = await poolOf(scope, input.UserPoolId)
  return { pool, user: await userOf(scope, pool, input.Username) }
}

export const AdminCreateUser = operation('AdminCreateUser', async (scope, input) => {
  const { service } = scope
  const { Username, MessageAction } = input
  const media = ifAny(input.DesiredDeliveryMediums) ?? ['SMS']
  const password = input.TemporaryPassword || undefined
  if (MessageAction === 'RESEND') {
    const { pool, user } = await named(scope, input)
    return { User: userType(await administered.inviteAgain(service, pool, user, { password, media })) }
  }
  const user = await administered.inviteUser(service, await poolOf(scope, input.UserPoolId), {
    username: Username,
    attributes: givenAttributes(input.UserAttributes),
    password,
    media: MessageAction === 'SUPPRESS' ? [] : media,
    forceAliasCreation: input.ForceAliasCreation,
    forTriggers: {
      validationData: input.ValidationData && asRecord(input.ValidationData),
      clientMetadata: input.ClientMetadata,
    },
  })
  return { User: userType(user) }
})

export const AdminGetUser = operation('AdminGetUser', async (scope, input) => {
  const { record } = (await named(scope, input)).user
  const { Attributes, ...rest } = userType(record)
  return { ...rest, ...mfaSettings(record), UserAttributes: Attributes }
})

export const AdminUpdateUserAttributes = operation('AdminUpdateUserAttributes', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  const given = givenAttributes(input.UserAttributes)
  const { ClientMetadata: clientMetadata } = input
  await administered.changeAttributes(scope.service, pool, user, given, { clientMetadata })
  return {}
})

export const AdminDeleteUserAttributes = operation('AdminDeleteUserAttributes', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  await administered.deleteAttributes(scope.service, pool, user, input.UserAttributeNames)
  return {}
})

export const AdminDeleteUser = operation('AdminDeleteUser', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  await deleteUser(scope.service, pool, user)
  return undefined
})

export const AdminEnableUser = operation('AdminEnableUser', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  await changeUser(scope.service, pool, user, { enabled: true })
  return {}
})

export const AdminDisableUser = operation('AdminDisableUser', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  await administered.disableUser(scope.service, pool, user)
  return {}
})

export const AdminUserGlobalSignOut = operation('AdminUserGlobalSignOut', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  await signOutEverywhere(scope.service, pool, user)
  return {}
})

export const AdminConfirmSignUp = operation('AdminConfirmSignUp', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  const forTriggers = { clientMetadata: input.ClientMetadata }
  await administered.confirmByAdministrator(scope.service, pool, user, forTriggers)
  return {}
})

export const AdminSetUserPassword = operation('AdminSetUserPassword', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  const password = { text: input.Password, temporary: !input.Permanent }
  await administered.setPassword(scope.service, pool, user, password)
  return {}
})

export const AdminResetUserPassword = operation('AdminResetUserPassword', async (scope, input) => {
  const { pool, user } = await named(scope, input)
  await administered.resetPassword(scope.service, pool, user, { clientMetadata: input.ClientMetadata })
  return {}
})
