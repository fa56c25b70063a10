import type { UserAttributes } from '../../core/user.js'
import { confirmForgotPassword, forgotPassword } from '../../flows/account/forgotten-password.js'
import { resendConfirmationCode, signUp } from '../../flows/account/sign-up.js'
import type { CodeDelivery } from '../../flows/account/verification-codes.js'
import { confirmAndContinue, openSignUpSession } from '../../flows/sign-in/after-sign-up.js'
import { ensureSecretHash } from '../../flows/sign-in/client-secret.js'
import type { ForTriggers } from '../../flows/triggers.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { poolAndClient } from '../sign-in/client.js'
import type { AttributeType } from '../users/representation.js'
import { asRecord, givenAttributes } from '../users/users.js'

/** Sign-up and recovery, as apps ask for them (docs/facts/user-pools-api.md §2.7): public, but for the client's secret. */

/** `CodeDeliveryDetailsType`: where a code went. */
export const codeDeliveryDetails = ({ destination, medium, attribute }: CodeDelivery) => ({
  Destination: destination,
  DeliveryMedium: medium,
  AttributeName: attribute,
})

const forTriggers = (input: {
  readonly ClientMetadata?: UserAttributes
  readonly ValidationData?: readonly AttributeType[]
}): ForTriggers => ({
  clientMetadata: input.ClientMetadata,
  validationData: input.ValidationData && asRecord(input.ValidationData),
})

export const SignUp = operation('SignUp', async (scope, input) => {
  const { service } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const { user, codeDelivery } = await signUp(service, pool, client, {
    username: input.Username,
    password: input.Password,
    attributes: givenAttributes(input.UserAttributes),
    forTriggers: forTriggers(input),
  })
  return defined({
    UserConfirmed: user.status === 'CONFIRMED',
    UserSub: user.sub,
    Session: await openSignUpSession(service, pool, client, user),
    CodeDeliveryDetails: codeDelivery && codeDeliveryDetails(codeDelivery),
  })
})

export const ConfirmSignUp = operation('ConfirmSignUp', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const confirmation = {
    username: input.Username,
    code: input.ConfirmationCode,
    forceAliasCreation: input.ForceAliasCreation,
    forTriggers: forTriggers(input),
  }
  const session = await confirmAndContinue(scope.service, { pool, client }, confirmation, input.Session)
  return defined({ Session: session })
})

export const ResendConfirmationCode = operation('ResendConfirmationCode', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const delivery = await resendConfirmationCode(scope.service, pool, client, input.Username, {
    clientMetadata: input.ClientMetadata,
  })
  return { CodeDeliveryDetails: codeDeliveryDetails(delivery) }
})

export const ForgotPassword = operation('ForgotPassword', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const delivery = await forgotPassword(scope.service, pool, client, input.Username, {
    clientMetadata: input.ClientMetadata,
  })
  return { CodeDeliveryDetails: codeDeliveryDetails(delivery) }
})

export const ConfirmForgotPassword = operation('ConfirmForgotPassword', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  await confirmForgotPassword(scope.service, pool, client, {
    username: input.Username,
    code: input.ConfirmationCode,
    password: input.Password,
    forTriggers: forTriggers(input),
  })
  return {}
})
