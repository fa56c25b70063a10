import { refusal } from '../../core/refusal.js'
import type { UserStatus } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'

/** Why a sign-in with a password is refused. What the user reads gives nothing away; what the operator reads does. */

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
    remedy: 'A user who came through a provider signs in through that provider.',
  }),
)

export const userNotConfirmed = refusal('UserNotConfirmedException', (username: string) => ({
  told: 'User is not confirmed.',
  because: `${username} signed up, but has not been confirmed.`,
  remedy: 'Confirm the user.',
}))

export const passwordResetRequired = refusal('PasswordResetRequiredException', (username: string) => ({
  told: 'Password reset required for the user',
  because: `The password of ${username} was reset by an administrator.`,
  remedy: 'Set a new password for the user.',
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

export const attributeAlreadyProvided = refusal(
  'NotAuthorizedException',
  (username: string, attribute: string) => ({
    told: `Cannot modify an already provided ${attribute}`,
    because: `${username} has ${attribute} already.`,
    remedy: `Leave userAttributes.${attribute} out, and change it with UpdateUserAttributes after the sign-in.`,
  }),
)
