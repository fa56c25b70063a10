import { localProvider } from '../../core/app-client.js'
import { type Level, upstreamAcr } from '../../core/assurance.js'
import type { HostedSession } from '../../core/hosted-session.js'
import { firstChallengesBy, goalOf, nextMeans, reaches, secondFactorsBy } from '../../core/step-up.js'
import { providerNamed, userBySub } from '../directory/directory.js'
import type { Service } from '../service.js'
import { abilitiesOf } from '../sign-in/challenges/abilities.js'
import { askForFirst } from '../sign-in/challenges/first-factor.js'
import { askTowardLevel } from '../sign-in/challenges/second-factor.js'
import type { Asked } from '../sign-in/sign-in-result.js'
import type { AuthorizationRequest } from './authorization-request.js'

/**
 * What a session at the hosted pages lacks to the level that an app asks for by `acr_values` (docs/facts/additions-2026.md §3.5). Where no level
 * that was named can be reached, nothing is lacking: the app sees in `acr` what it is given.
 */
export async function levelLacking(
  service: Service,
  session: HostedSession,
  { pool, levels }: AuthorizationRequest,
): Promise<Level | undefined> {
  if (levels.length === 0) return undefined
  if (session.provider !== localProvider) {
    const provider = await providerNamed(service, pool, session.provider)
    const goal = levels.find(level => provider && upstreamAcr(provider, level) !== undefined)
    return goal !== undefined && (session.level ?? 1) < goal ? goal : undefined
  }
  const user = (await userBySub(service, pool, session.sub))?.record
  if (user === undefined) return undefined
  const { methods = [] } = session
  const goal = goalOf(levels, await abilitiesOf(service, pool, user), methods)
  return goal === undefined || reaches(methods, goal.level) ? undefined : goal.level
}

/**
 * Asks the user of a session for what is missing to the level, and for nothing else. A password is asked for on the sign-in page, with
 * all that follows it.
 * @returns undefined where the password is what is missing
 */
export async function askForMissing(
  service: Service,
  session: HostedSession,
  { pool, client, levels }: AuthorizationRequest,
): Promise<Asked | undefined> {
  const user = (await userBySub(service, pool, session.sub))?.record
  if (user === undefined || session.provider !== localProvider) return undefined
  const { methods = [] } = session
  const signIn = { pool, client, journey: { atPages: true as const, methods, wanted: levels } }
  const abilities = await abilitiesOf(service, pool, user)
  const goal = goalOf(levels, abilities, methods)
  if (goal === undefined) return undefined
  const means = nextMeans(goal, methods)
  if (secondFactorsBy(means, abilities, methods).length > 0) return askTowardLevel(service, signIn, user)
  const [next] = means
  const [challenge] = next === undefined || next === 'pwd' ? [] : firstChallengesBy([next], abilities)
  return challenge && askForFirst(service, signIn, { user, isPretended: false }, challenge)
}
