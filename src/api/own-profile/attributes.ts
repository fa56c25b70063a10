import {
  changeOwnAttributes,
  deleteOwnAttributes,
  sendAttributeVerificationCode,
  verifyAttribute,
} from '../../flows/account/own-attributes.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { operation } from '../operations.js'
import { codeDeliveryDetails } from '../sign-up/sign-up.js'
import { givenAttributes } from '../users/users.js'

export const UpdateUserAttributes = operation('UpdateUserAttributes', async (scope, input) => {
  const { pool, client, user } = await ownerOf(scope.service, input.AccessToken)
  const given = givenAttributes(input.UserAttributes)
  const deliveries = await changeOwnAttributes(
    scope.service,
    pool,
    { client, clientMetadata: input.ClientMetadata },
    user,
    given,
  )
  return deliveries.length === 0 ? {} : { CodeDeliveryDetailsList: deliveries.map(codeDeliveryDetails) }
})

export const DeleteUserAttributes = operation('DeleteUserAttributes', async (scope, input) => {
  const { pool, client, user } = await ownerOf(scope.service, input.AccessToken)
  await deleteOwnAttributes(scope.service, pool, client, user, input.UserAttributeNames)
  return {}
})

export const GetUserAttributeVerificationCode = operation(
  'GetUserAttributeVerificationCode',
  async (scope, { AccessToken, AttributeName, ClientMetadata: clientMetadata }) => {
    const { pool, client, user } = await ownerOf(scope.service, AccessToken)
    const delivery = await sendAttributeVerificationCode(scope.service, pool, user.record, AttributeName, {
      client,
      clientMetadata,
    })
    return { CodeDeliveryDetails: codeDeliveryDetails(delivery) }
  },
)

export const VerifyUserAttribute = operation(
  'VerifyUserAttribute',
  async (scope, { AccessToken, AttributeName, Code }) => {
    const { pool, user } = await ownerOf(scope.service, AccessToken)
    await verifyAttribute(scope.service, pool, user, AttributeName, Code)
    return {}
  },
)
