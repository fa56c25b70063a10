import { mayRead } from '../../core/app-client.js'
import { changePassword } from '../../flows/account/change-password.js'
import { signOutEverywhere } from '../../flows/administration/change-user.js'
import { deleteUser } from '../../flows/administration/delete-user.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { operation } from '../operations.js'
import { mfaSettings, userType } from '../users/representation.js'

export const GetUser = operation('GetUser', async (scope, { AccessToken }) => {
  const { user, client } = await ownerOf(scope.service, AccessToken)
  const { Username, Attributes, MFAOptions } = userType(user.record)
  return {
    Username,
    ...(MFAOptions && { MFAOptions }),
    ...mfaSettings(user.record),
    UserAttributes: Attributes.filter(({ Name }) => Name === 'sub' || mayRead(client, Name)),
  }
})

export const GlobalSignOut = operation('GlobalSignOut', async (scope, { AccessToken }) => {
  const { pool, user } = await ownerOf(scope.service, AccessToken)
  await signOutEverywhere(scope.service, pool, user)
  return {}
})

export const ChangePassword = operation('ChangePassword', async (scope, input) => {
  const { pool, user } = await ownerOf(scope.service, input.AccessToken)
  const { PreviousPassword: previous, ProposedPassword: proposed } = input
  await changePassword(scope.service, pool, user, { previous, proposed })
  return {}
})

export const DeleteUser = operation('DeleteUser', async (scope, { AccessToken }) => {
  const { pool, user } = await ownerOf(scope.service, AccessToken)
  await deleteUser(scope.service, pool, user)
  return undefined
})
