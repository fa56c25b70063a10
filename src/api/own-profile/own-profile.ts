import { mayRead } from '../../core/app-client.js'
import { ensureConforms, isPassword } from '../../core/password.js'
import { ensure } from '../../core/refusal.js'
import { changeUser, signOutEverywhere } from '../../flows/administration/change-user.js'
import { userPassword } from '../../flows/administration/create-user.js'
import { deleteUser } from '../../flows/administration/delete-user.js'
import { countAttempt } from '../../flows/history/attempts.js'
import { recordAuthEvent } from '../../flows/history/auth-events.js'
import { wrongPassword } from '../../flows/sign-in/sign-in-refusals.js'
import { operation } from '../operations.js'
import { mfaSettings, userType } from '../users/representation.js'
import { ownerOf } from './access-token.js'

export const GetUser = operation('GetUser', async (scope, { AccessToken }) => {
  const { user, client } = await ownerOf(scope, AccessToken)
  const { Username, Attributes, MFAOptions } = userType(user.record)
  return {
    Username,
    ...(MFAOptions && { MFAOptions }),
    ...mfaSettings(user.record),
    UserAttributes: Attributes.filter(({ Name }) => Name === 'sub' || mayRead(client, Name)),
  }
})

export const GlobalSignOut = operation('GlobalSignOut', async (scope, { AccessToken }) => {
  const { pool, user } = await ownerOf(scope, AccessToken)
  await signOutEverywhere(scope.service, pool, user)
  return {}
})

export const ChangePassword = operation('ChangePassword', async (scope, input) => {
  const { service } = scope
  const { pool, user } = await ownerOf(scope, input.AccessToken)
  const { username, password } = user.record
  await countAttempt(service, pool, user.record, 'change password')
  const right =
    password === undefined || isPassword(pool, username, input.PreviousPassword ?? '', password.verifier)
  if (!right) await recordAuthEvent(service, pool, user.record, 'PasswordChange', 'Fail')
  ensure(right, () => wrongPassword(pool, username))
  ensureConforms(pool, input.ProposedPassword)
  const given = { text: input.ProposedPassword, temporary: false }
  const changed = await changeUser(service, pool, user, {
    password: userPassword(service, pool, username, given),
  })
  await recordAuthEvent(service, pool, changed, 'PasswordChange', 'Pass')
  return {}
})

export const DeleteUser = operation('DeleteUser', async (scope, { AccessToken }) => {
  const { pool, user } = await ownerOf(scope, AccessToken)
  await deleteUser(scope.service, pool, user)
  return undefined
})
