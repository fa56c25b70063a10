import type { UserRecord } from '../../core/collections.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import { ensureConforms, temporaryPassword } from '../../core/password.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { ensureUsername, removalFindings } from '../../core/rules/user.js'
import type { UserAttributes } from '../../core/user.js'
import { changedAttributes, ensureAttributes } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import { post } from '../../courier/outbox.js'
import { noRecoveryContact } from '../../flows/account/account-refusals.js'
import { verifiedMedia } from '../../flows/account/recovery.js'
import { postConfirmation, preSignUp } from '../../flows/account/sign-up-triggers.js'
import { sendCode } from '../../flows/account/verification-codes.js'
import { changeUser, signOutEverywhere } from '../../flows/administration/change-user.js'
import { createUser, signsInByAttribute, userPassword } from '../../flows/administration/create-user.js'
import { deleteUser } from '../../flows/administration/delete-user.js'
import { revokeAllGrants } from '../../flows/grants/sign-out.js'
import { type InputOf, operation } from '../operations.js'
import { exception, invalidParameter, notAuthorized } from '../refusals.js'
import { poolOf, type Scope, userOf } from '../scope.js'
import { type AttributeType, mfaSettings, userType } from './representation.js'
import { signInAttributes } from './sign-in-attributes.js'

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

export const AdminCreateUser = operation('AdminCreateUser', async (scope, input) => {
  const { Username, MessageAction, DesiredDeliveryMediums: media = ['SMS'] } = input
  const pool = await poolOf(scope, input.UserPoolId)
  const text = input.TemporaryPassword || temporaryPassword(pool, scope.service.chance)
  if (MessageAction !== 'RESEND' && !input.TemporaryPassword && allowsNoPassword(pool))
    return { User: userType(await created(scope, pool, input, undefined)) }
  const user =
    MessageAction === 'RESEND'
      ? await invitedAgain(scope, pool, Username, text)
      : await created(scope, pool, input, text)
  if (MessageAction !== 'SUPPRESS')
    await post(scope.service, pool, user, media, { purpose: 'invitation', secret: text })
  return { User: userType(user) }
})

async function created(
  { service }: Scope,
  pool: UserPool,
  { Username, UserAttributes = [], ValidationData, ClientMetadata }: InputOf<'AdminCreateUser'>,
  text: string | undefined,
): Promise<UserRecord> {
  ensureUsername(pool, Username)
  const attributes = signInAttributes(pool, Username, givenAttributes(UserAttributes))
  ensureAttributes(pool, attributes, 'creation')
  const stored = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
  const sub = service.chance.uuid()
  const forTriggers = {
    validationData: ValidationData && asRecord(ValidationData),
    clientMetadata: ClientMetadata,
  }
  const about = { username: signsInByAttribute(pool) ? sub : Username, attributes: stored }
  await preSignUp(service, pool, 'PreSignUp_AdminCreateUser', about, { forTriggers })
  return createUser(service, pool, {
    username: Username,
    attributes: stored,
    sub,
    ...(text === undefined ? {} : { password: { text, temporary: true } }),
  })
}

/** A new temporary password, valid from now. */
async function invitedAgain(
  scope: Scope,
  pool: UserPool,
  username: string,
  text: string,
): Promise<UserRecord> {
  const user = await userOf(scope, pool, username)
  ensure(user.record.status === 'FORCE_CHANGE_PASSWORD', () =>
    exception('UnsupportedUserStateException')(
      'Resend not possible. User status is not FORCE_CHANGE_PASSWORD',
      'Set a password with AdminSetUserPassword, or let the user recover it with ForgotPassword.',
    ),
  )
  return withPassword(scope, pool, user, text, false)
}

export const AdminGetUser = operation('AdminGetUser', async (scope, { UserPoolId, Username }) => {
  const { record } = await userOf(scope, await poolOf(scope, UserPoolId), Username)
  const { Attributes, ...rest } = userType(record)
  return { ...rest, ...mfaSettings(record), UserAttributes: Attributes }
})

/** An administrator may write what no client may; an empty value deletes (docs/facts/user-pools-api.md §2.6). */
export const AdminUpdateUserAttributes = operation('AdminUpdateUserAttributes', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const user = await userOf(scope, pool, input.Username)
  const given = givenAttributes(input.UserAttributes)
  ensureAttributes(pool, given, 'change', user.record.attributes)
  await changeUser(scope.service, pool, user, {
    attributes: changedAttributes(user.record.attributes, given),
  })
  return {}
})

export const AdminDeleteUserAttributes = operation('AdminDeleteUserAttributes', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const user = await userOf(scope, pool, input.Username)
  ensureSound(removalFindings(pool, input.UserAttributeNames))
  const left = Object.entries(user.record.attributes).filter(
    ([name]) => !input.UserAttributeNames.includes(name),
  )
  await changeUser(scope.service, pool, user, { attributes: Object.fromEntries(left) })
  return {}
})

export const AdminDeleteUser = operation('AdminDeleteUser', async (scope, { UserPoolId, Username }) => {
  const pool = await poolOf(scope, UserPoolId)
  await deleteUser(scope.service, pool, await userOf(scope, pool, Username))
  return undefined
})

export const AdminEnableUser = operation('AdminEnableUser', async (scope, { UserPoolId, Username }) => {
  const pool = await poolOf(scope, UserPoolId)
  await changeUser(scope.service, pool, await userOf(scope, pool, Username), { enabled: true })
  return {}
})

export const AdminDisableUser = operation('AdminDisableUser', async (scope, { UserPoolId, Username }) => {
  const pool = await poolOf(scope, UserPoolId)
  const user = await userOf(scope, pool, Username)
  await changeUser(scope.service, pool, user, { enabled: false })
  await revokeAllGrants(scope.service, pool, user.record.sub)
  return {}
})

export const AdminUserGlobalSignOut = operation(
  'AdminUserGlobalSignOut',
  async (scope, { UserPoolId, Username }) => {
    const pool = await poolOf(scope, UserPoolId)
    const user = await userOf(scope, pool, Username)
    await signOutEverywhere(scope.service, pool, user)
    return {}
  },
)

export const AdminConfirmSignUp = operation('AdminConfirmSignUp', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const user = await userOf(scope, pool, input.Username)
  const { status } = user.record
  ensure(status === 'UNCONFIRMED', () =>
    notAuthorized(
      `User cannot be confirmed. Current status is ${status}`,
      'Let the user sign in: only users who signed up themselves and are UNCONFIRMED are confirmed.',
    ),
  )
  const confirmed = await changeUser(scope.service, pool, user, { status: 'CONFIRMED' })
  const forTriggers = { clientMetadata: input.ClientMetadata }
  await postConfirmation(scope.service, pool, confirmed, { forTriggers })
  return {}
})

export const AdminSetUserPassword = operation('AdminSetUserPassword', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const user = await userOf(scope, pool, input.Username)
  ensureConforms(pool, input.Password)
  await withPassword(scope, pool, user, input.Password, input.Permanent ?? false)
  return {}
})

function withPassword(
  scope: Scope,
  pool: UserPool,
  user: Stored<UserRecord>,
  text: string,
  permanent: boolean,
) {
  ensureConforms(pool, text)
  const password = userPassword(scope.service, pool, user.record.username, { text, temporary: !permanent })
  return changeUser(scope.service, pool, user, {
    status: permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
    password,
  })
}

/** The old password ends, and a code goes to a verified address (docs/facts/user-pools-api.md §2.6, §4.8). */
export const AdminResetUserPassword = operation(
  'AdminResetUserPassword',
  async (scope, { UserPoolId, Username }) => {
    const pool = await poolOf(scope, UserPoolId)
    const user = await userOf(scope, pool, Username)
    const { status } = user.record
    ensure(status !== 'FORCE_CHANGE_PASSWORD' && status !== 'UNCONFIRMED', () =>
      notAuthorized(
        'User password cannot be reset in the current state.',
        'Confirm the user with AdminConfirmSignUp, or set a password with AdminSetUserPassword.',
      ),
    )
    const media = verifiedMedia(pool, user.record)
    ensure(media.length > 0, () => noRecoveryContact(user.record.username))
    const record = await changeUser(scope.service, pool, user, { status: 'RESET_REQUIRED' })
    await sendCode(scope.service, pool, record, 'password reset', { media })
    return {}
  },
)
