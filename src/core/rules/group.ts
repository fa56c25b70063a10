import type { Finding } from './finding.js'

/** A quota of the service (docs/facts/user-pools-api.md §7). */
const groupsPerUser = 100

/**
 * What is wrong with one more group for a user. Cognito's words are not known.
 * @param count how many groups the user is in
 */
export function* membershipFindings(count: number): Generator<Finding> {
  if (count >= groupsPerUser)
    yield {
      path: ['Groups'],
      code: 'LimitExceededException',
      told: `A user can be in ${groupsPerUser} groups at most.`,
      because: `The user is in ${count} groups, and ${groupsPerUser} are the most.`,
      remedy: 'Take the user out of another group first.',
    }
}
