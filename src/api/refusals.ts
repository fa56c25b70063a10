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

/** A value that an operation cannot read, in Cognito's words, and what to change. */
export const invalidParameter = refusal('InvalidParameterException', (told: string, remedy: string) => ({
  told,
  because: told.trim(),
  remedy,
}))
