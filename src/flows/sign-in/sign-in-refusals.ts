import { refusal } from '../../core/refusal.js'
import type { UserStatus } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'

/** Why a sign-in with a password is refused. The user's text gives nothing away; the operator's names the reason. */

const incorrect = 'Incorrect username or password.'

export const unknownUser = refusal('NotAuthorizedException', (pool: UserPool, username: string) => ({
  told: incorrect,
  because: `The pool ${pool.name} has no user "${username}".`,
  remedy: 'Create the user in this pool (or in the seed), or sign in at the pool that has it.',
}))

export const noPassword = refusal(
  'NotAuthorizedException',
  (pool: UserPool, username: string, status: UserStatus) => ({
    told: incorrect,
    because: `${username} in ${pool.name} has no password (status ${status}).`,
    remedy:
      status === 'EXTERNAL_PROVIDER'
        ? 'Sign in through the identity provider that the user came from.'
        : 'Set a password with AdminSetUserPassword.',
  }),
)

export const userNotConfirmed = refusal('UserNotConfirmedException', (username: string) => ({
  told: 'User is not confirmed.',
  because: `${username} signed up, and is still UNCONFIRMED.`,
  remedy: 'Call ConfirmSignUp with the code in /_rockpool/messages, or AdminConfirmSignUp.',
}))

export const passwordResetRequired = refusal('PasswordResetRequiredException', (username: string) => ({
  told: 'Password reset required for the user',
  because: `The password of ${username} was reset by an administrator.`,
  remedy: 'Set a new password with ForgotPassword and ConfirmForgotPassword, or with AdminSetUserPassword.',
}))

export const temporaryPasswordExpired = refusal(
  'NotAuthorizedException',
  (username: string, days: number) => ({
    told: 'Temporary password has expired and must be reset by an administrator.',
    because: `The temporary password of ${username} is older than ${days} days.`,
    remedy: 'Create the user anew, or raise TemporaryPasswordValidityDays of the pool.',
  }),
)

export const passwordsDiffer = refusal('InvalidParameterException', () => ({
  told: 'The passwords do not match.',
  because: 'The new password and its repetition differ.',
  remedy: 'Type the same password twice.',
}))

export const attributesMissing = refusal('InvalidParameterException', (names: readonly string[]) => ({
  told: `Please fill in: ${names.join(', ')}.`,
  because: `The pool requires the attributes ${names.join(', ')}, and the user has none.`,
  remedy: 'Fill them in, or give them to the user when creating it.',
}))

export const requiredAttributeMissing = refusal('InvalidParameterException', (attribute: string) => ({
  told: `Invalid attributes given, ${attribute} is missing`,
  because: `The pool requires ${attribute}, the user has none, and the answer does not say userAttributes.${attribute}.`,
  remedy: `Add "userAttributes.${attribute}" to ChallengeResponses, each attribute as a member of its own.`,
}))

export const attributeReadOnly = refusal('InvalidParameterException', (attribute: string) => ({
  told: `Cannot modify the non-mutable attribute ${attribute}`,
  because: `${attribute} is the pool's to set: no user tells it.`,
  remedy: `Leave userAttributes.${attribute} out of ChallengeResponses.`,
}))

export const attributeAlreadyProvided = refusal(
  'NotAuthorizedException',
  (username: string, attribute: string) => ({
    told: `Cannot modify an already provided ${attribute}`,
    because: `${username} has ${attribute} already.`,
    remedy: `Leave userAttributes.${attribute} out, and change it with UpdateUserAttributes after the sign-in.`,
  }),
)

/** A sign-in that ends below the levels that were named. */
export const levelMissed = refusal('NotAuthorizedException', (username: string) => ({
  told: 'Authentication did not reach the requested level.',
  because: `What ${username} has proven is not enough for TARGET_ACR_VALUES.`,
  remedy: 'Answer the challenges that AvailableChallenges of the first answer lists.',
}))
