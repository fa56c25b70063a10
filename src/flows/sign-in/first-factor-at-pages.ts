import type { AppClient } from '../../core/app-client.js'
import type { Level } from '../../core/assurance.js'
import type { FirstFactor } from '../../core/first-factor.js'
import { ensure } from '../../core/refusal.js'
import { firstChallengesBy, goalOf, nextMeans } from '../../core/step-up.js'
import type { UserPool } from '../../core/user-pool.js'
import { ifAny } from '../../lib/if-any.js'
import { userNamedByClient } from '../account/named-user.js'
import { userNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import { abilitiesOf } from './challenges/abilities.js'
import { askForFirst } from './challenges/first-factor.js'
import { passwordResetRequired, unknownUser } from './sign-in-refusals.js'
import type { OngoingSignIn, SignInResult } from './sign-in-result.js'
import { preAuthentication } from './sign-in-triggers.js'

/**
 * Sign-in by choice at the hosted pages: the user name first, then one of the user's first factors
 * (docs/facts/hosted-pages.md §5).
 */

/** Whether the client's pages ask for the user name alone, and for a factor on a page of its own. */
export const asksUsernameFirst = ({ settings }: AppClient): boolean =>
  settings.ExplicitAuthFlows?.includes('ALLOW_USER_AUTH') ?? false

/**
 * The first factors that a user may choose from. A name that nobody has is asked for a password, where the client hides
 * which users exist. A request for a level offers those that lead there, if any does.
 * @param request the levels that the app asks for among them
 */
export async function firstFactorsAtPages(
  service: Service,
  {
    pool,
    client,
    levels,
  }: { readonly pool: UserPool; readonly client: AppClient; readonly levels: readonly Level[] },
  username: string,
): Promise<FirstFactor[]> {
  const mayMigrate = service.triggers.has('UserMigration', pool)
  if (mayMigrate && (await userNamed(service, pool, username)) === undefined) return ['PASSWORD']
  const user = (await userNamedByClient(service, pool, client, username))?.record
  if (user === undefined) return ['PASSWORD']
  service.recorder.concerns({ user: user.username })
  ensure(user.status !== 'RESET_REQUIRED', () => passwordResetRequired(user.username))
  const abilities = await abilitiesOf(service, pool, user)
  const goal = goalOf(levels, abilities, [])
  const fitting = goal === undefined ? [] : firstChallengesBy(nextMeans(goal, []), abilities)
  const challenges = ifAny(fitting) ?? abilities.first
  const factors = challenges.flatMap(challenge => (challenge === 'PASSWORD_SRP' ? [] : [challenge]))
  return factors.length === 0 ? ['PASSWORD'] : factors
}

/** Asks for a factor other than the password, which has a page of its own. */
export async function beginWithFactor(
  service: Service,
  signIn: OngoingSignIn,
  username: string,
  factor: Exclude<FirstFactor, 'PASSWORD'>,
): Promise<SignInResult> {
  const { pool, client } = signIn
  const user = (await userNamed(service, pool, username))?.record
  await preAuthentication(service, pool, client, { username, user }, undefined)
  ensure(user, () => unknownUser(pool, username))
  return askForFirst(service, signIn, { user, isPretended: false }, factor)
}
