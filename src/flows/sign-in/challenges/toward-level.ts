import { firstChallengesBy, goalOf, nextMeans } from '../../../core/step-up.js'
import type { Service } from '../../service.js'
import type { Parameters } from '../parameters.js'
import type { OngoingSignIn, SignInResult } from '../sign-in-result.js'
import { abilitiesOf } from './abilities.js'
import { goOnWith } from './choice.js'
import { askForChoice, type Beginner } from './first-factor.js'
import { askTowardLevel } from './second-factor.js'

/**
 * Begins a sign-in by choice that names a level, or goes beyond a former one (docs/facts/additions-2026.md §3.4): with the second factor that
 * is missing, with the first factor that fits, or with the choice between several.
 */
export async function beginTowardLevel(
  service: Service,
  signIn: OngoingSignIn,
  beginner: Beginner,
  parameters: Parameters,
): Promise<SignInResult> {
  const { pool, journey } = signIn
  const { user } = beginner
  const second = beginner.isPretended ? undefined : await askTowardLevel(service, signIn, user)
  if (second !== undefined) return second
  const { wanted = [], methods = [] } = journey
  const abilities = await abilitiesOf(service, pool, user)
  const goal = goalOf(wanted, abilities, methods)
  const fitting = goal === undefined ? [] : firstChallengesBy(nextMeans(goal, methods), abilities)
  // An unknown user gets the challenge for a password, and no password is right.
  const available = fitting.length > 0 ? fitting : (['PASSWORD_SRP', 'PASSWORD'] as const)
  const preferred = available.find(challenge => challenge === parameters.PREFERRED_CHALLENGE)
  const [only, ...others] = available.filter(challenge => challenge !== 'PASSWORD_SRP')
  const chosen = preferred ?? (others.length === 0 ? only : undefined)
  return chosen === undefined
    ? askForChoice(service, signIn, beginner, available)
    : goOnWith(service, signIn, beginner, parameters, { chosen, available })
}
