import { refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'

/** What operations refuse, in the service's words (user-pools-api.md §2). */

export const poolNotFound = refusal(
  'ResourceNotFoundException',
  (id: string, region: string | undefined) => ({
    told: `User pool ${id} does not exist.`,
    because: `There is no user pool ${id}${region === undefined ? '' : ` in ${region}, which the request was signed for`}.`,
    remedy: 'Use the id of a pool that Rockpool printed, and the region that it begins with.',
  }),
)

export { clientNotFound } from '../flows/administration/administration-refusals.js'

export const userNotFound = refusal('UserNotFoundException', (username: string, pool: UserPool) => ({
  told: 'User does not exist.',
  because: `${pool.name} has no user with the username, alias or sub "${username}".`,
  remedy: 'Create the user first.',
}))

/** For rules whose sentence says it all. */
export const invalidParameter = refusal('InvalidParameterException', (told: string, remedy?: string) => ({
  told,
  because: told,
  remedy: remedy ?? 'Change the member that the message names.',
}))

export const notFound = refusal('ResourceNotFoundException', (told: string) => ({
  told,
  because: told,
  remedy: 'Create it first, or name one that exists.',
}))

/** A refusal whose code is not one of the above. */
export const because = (code: string) =>
  refusal(code, (told: string) => ({
    told,
    because: told,
    remedy: 'See what the message says.',
  }))

export const notAuthorized = because('NotAuthorizedException')
export const limitExceeded = because('LimitExceededException')

export { conflict } from '../flows/administration/conflict.js'
