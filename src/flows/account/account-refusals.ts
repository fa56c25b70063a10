import type { AppClient } from '../../core/app-client.js'
import { entryLine, Refusal, refusal } from '../../core/refusal.js'
import type { UserStatus } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { accountExists, signsInByAttribute } from '../administration/create-user.js'

/**
 * Why sign-up, recovery and changes of one's own account are refused, in Cognito's words
 * (docs/facts/user-pools-api.md §2.7).
 */

export const signUpNotPermitted = refusal('NotAuthorizedException', (pool: UserPool) => ({
  told: 'SignUp is not permitted for this user pool',
  because: `AdminCreateUserConfig.AllowAdminCreateUserOnly of ${pool.name} is true.`,
  remedy: 'Set it to false, or create the user with AdminCreateUser.',
}))

export const usernameTaken = refusal('UsernameExistsException', (pool: UserPool, username: string) => ({
  told: signsInByAttribute(pool) ? accountExists(username) : 'User already exists',
  because: `${pool.name} has a user with the username or alias "${username}".`,
  remedy: 'Choose another username, or sign in as that user; AdminDeleteUser makes the name free.',
}))

/** `SignUp` has one exception for whatever is taken, be it the username or an alias. */
export const takenAtSignUp = (error: unknown): unknown =>
  error instanceof Refusal && error.code === 'AliasExistsException'
    ? new Refusal('UsernameExistsException', error.told, error.explanation)
    : error

export const attributesNotWritable = refusal(
  'NotAuthorizedException',
  ({ name }: AppClient, names: readonly string[]) => ({
    told: 'A client attempted to write unauthorized attribute',
    because: `Users cannot write ${names.join(', ')} through the client ${name}.`,
    remedy: 'Add the attributes to WriteAttributes of the client, or let an administrator set them.',
    ...(names[0] === undefined ? {} : { line: entryLine(`WriteAttributes of client ${name}`, names[0]) }),
  }),
)

/** For public requests about a user who does not exist, if the client tells which users exist (§3.12). */
export const userUnknownToClient = refusal(
  'UserNotFoundException',
  (pool: UserPool, client: AppClient, username: string) => ({
    told: 'Username/client id combination not found.',
    because: `${pool.name}, the pool of the client ${client.name}, has no user "${username}".`,
    remedy: 'Sign the user up first, or use a client of the pool that has the user.',
  }),
)

/** A user of an identity provider has no password in the pool (fact N23). */
export const noOwnPassword = refusal('NotAuthorizedException', (username: string) => ({
  told: 'User is not authorized to change password.',
  because: `${username} came through an identity provider, and has no password of the pool's.`,
  remedy: 'Change the password at the provider, or give the user one with AdminSetUserPassword first.',
}))

export const notUnconfirmed = refusal('NotAuthorizedException', (username: string, status: UserStatus) => ({
  told: `User cannot be confirmed. Current status is ${status}`,
  because: `${username} is ${status}; only an UNCONFIRMED user can be confirmed.`,
  remedy: `Let ${username} sign in: there is nothing left to confirm.`,
}))

export const alreadyConfirmed = refusal(
  'InvalidParameterException',
  (username: string, status: UserStatus) => ({
    told: 'User is already confirmed.',
    because: `${username} is ${status}; codes go to UNCONFIRMED users only.`,
    remedy: 'Sign in, or call ForgotPassword if the password is lost.',
  }),
)

export const nothingToConfirmBy = refusal(
  'InvalidParameterException',
  (pool: UserPool, username: string) => ({
    told: 'Auto verification not turned on.',
    because: `${username} has no attribute that AutoVerifiedAttributes of ${pool.name} names.`,
    remedy:
      'Add email or phone_number to AutoVerifiedAttributes and to the user, or call AdminConfirmSignUp for the user.',
  }),
)

export const userDisabled = refusal('NotAuthorizedException', (username: string) => ({
  told: 'User is disabled.',
  because: `${username} is disabled.`,
  remedy: `Enable ${username} with AdminEnableUser.`,
}))

export const recoveryByAdministrator = refusal('NotAuthorizedException', (pool: UserPool) => ({
  told: 'Contact administrator to reset password.',
  because: `The only recovery mechanism of ${pool.name} is admin_only.`,
  remedy: 'Call AdminSetUserPassword, or add verified_email to AccountRecoverySetting of the pool.',
}))

export const passwordNotResettable = refusal(
  'NotAuthorizedException',
  (username: string, status: UserStatus) => ({
    told: 'User password cannot be reset in the current state.',
    because: `${username} is ${status}.`,
    remedy:
      status === 'UNCONFIRMED'
        ? `Confirm ${username} first, with ConfirmSignUp or AdminConfirmSignUp.`
        : 'Sign in with the temporary password; AdminCreateUser with MessageAction RESEND sends a new one.',
  }),
)

export const noRecoveryContact = refusal('InvalidParameterException', (username: string) => ({
  told: 'Cannot reset password for the user as there is no registered/verified email or phone_number',
  because: `${username} has no verified e-mail address or phone number that AccountRecoverySetting allows and that is no second factor of the user.`,
  remedy: 'Set email and email_verified with AdminUpdateUserAttributes, or call AdminSetUserPassword.',
}))

export const wrongPassword = refusal('NotAuthorizedException', (pool: UserPool, username: string) => ({
  told: 'Incorrect username or password.',
  because: `The password given for ${username} in ${pool.name} is not the user's.`,
  remedy: 'Type it again: case counts, and a temporary password no longer works once it was replaced.',
}))

export const attributeToVerifyMissing = refusal(
  'InvalidParameterException',
  (username: string, attribute: string) => ({
    told: 'User does not have the attribute to verify.',
    because: `${username} has no ${attribute}.`,
    remedy: `Set ${attribute} with UpdateUserAttributes, then verify it.`,
  }),
)

export const attributeNotVerifiable = refusal('InvalidParameterException', (attribute: string) => ({
  told: 'Invalid attribute name: only email and phone_number can be verified.',
  because: `${attribute} is no address that a code could be sent to.`,
  remedy: `Set AttributeName to email or phone_number, and not to ${attribute}.`,
}))

export const codeForAnotherAttribute = refusal(
  'InvalidParameterException',
  (named: string, sentTo: string) => ({
    told: 'The code is for another attribute.',
    because: `The request names ${named}; the newest code was sent to ${sentTo}.`,
    remedy: `Name ${sentTo}, or get a code for ${named} with GetUserAttributeVerificationCode.`,
  }),
)
