import { refusal } from '../core/refusal.js'

/** What operations refuse, in the service's words (docs/facts/user-pools-api.md §2). */

export const poolNotFound = refusal(
  'ResourceNotFoundException',
  (id: string, region: string | undefined) => ({
    told: `User pool ${id} does not exist.`,
    because: `There is no user pool ${id}${region === undefined ? '' : ` in ${region}, which the request was signed for`}.`,
    remedy: 'Use the id of a pool that Rockpool printed, and the region that it begins with.',
  }),
)

export { clientNotFound, userNotFound } from '../flows/administration/administration-refusals.js'

/**
 * A refusal that one operation has, in its own words.
 * @param code the name of the exception
 * @returns a function from Cognito's words and from what to change
 */
export const exception = (code: string) =>
  refusal(code, (told: string, remedy: string) => ({ told, because: told.trim(), remedy }))

export const invalidParameter = exception('InvalidParameterException')
export const notFound = exception('ResourceNotFoundException')
export const notAuthorized = exception('NotAuthorizedException')
export const limitExceeded = exception('LimitExceededException')

export { conflict } from '../flows/conflict.js'
