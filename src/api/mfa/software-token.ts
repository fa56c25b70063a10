import { ensure, refusal } from '../../core/refusal.js'
import {
  offerSoftwareToken,
  removeSoftwareToken,
  verifySoftwareToken,
} from '../../flows/account/software-token-setup.js'
import { offerSecret, proveSecret, setupBySession } from '../../flows/sign-in/challenges/mfa-setup.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { operation } from '../operations.js'
import { poolOf, userOf } from '../scope.js'

/**
 * Authenticator apps: set up by a user who is signed in, or during a sign-in, if the pool insists on a second factor
 * (docs/facts/user-pools-api.md §2.10).
 */

export const AssociateSoftwareToken = operation('AssociateSoftwareToken', async (scope, input) => {
  if (input.Session !== undefined) {
    ensureOne(input.AccessToken)
    const { signIn, session } = await setupBySession(scope.service, input.Session)
    const offered = await offerSecret(scope.service, signIn, session)
    return { SecretCode: offered.secret, Session: offered.session }
  }
  ensure(input.AccessToken, neither)
  const { pool, user } = await ownerOf(scope.service, input.AccessToken)
  return { SecretCode: await offerSoftwareToken(scope.service, pool, user) }
})

export const VerifySoftwareToken = operation('VerifySoftwareToken', async (scope, input) => {
  const { UserCode: code, FriendlyDeviceName: name } = input
  if (input.Session !== undefined) {
    ensureOne(input.AccessToken)
    const { signIn, session } = await setupBySession(scope.service, input.Session)
    return {
      Status: 'SUCCESS',
      Session: (await proveSecret(scope.service, signIn, session, code, name)).session,
    }
  }
  ensure(input.AccessToken, neither)
  const { pool, user } = await ownerOf(scope.service, input.AccessToken)
  await verifySoftwareToken(scope.service, pool, user, { code, friendlyDeviceName: name })
  return { Status: 'SUCCESS' }
})

/** Removes a user's authenticator app. The user may set up another (fact N64). */
export const AdminDeleteSoftwareToken = operation('AdminDeleteSoftwareToken', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  await removeSoftwareToken(scope.service, pool, await userOf(scope, pool, input.Username))
  return {}
})

const ensureOne = (token: string | undefined): void => ensure(token === undefined, both)

// Cognito's words for these are not known.

const neither = refusal('InvalidParameterException', () => ({
  told: 'Either AccessToken or Session is required.',
  because: 'The request names no user: it has neither an AccessToken nor a Session.',
  remedy: 'Send the AccessToken of a user who is signed in, or the Session of the challenge MFA_SETUP.',
}))

const both = refusal('InvalidParameterException', () => ({
  told: 'AccessToken and Session cannot be given together.',
  because: 'The request has an AccessToken and a Session, which may be of different users.',
  remedy: 'Send one of the two.',
}))
