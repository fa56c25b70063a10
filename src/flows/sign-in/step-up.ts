import { type Level, levelNamed, levelsAsked, type Method, methodsIn } from '../../core/assurance.js'
import type { Journey } from '../../core/challenge-session.js'
import type { UserRecord } from '../../core/collections.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { ensure, Refusal, refusal } from '../../core/refusal.js'
import { goalOf, reaches } from '../../core/step-up.js'
import type { UserPool } from '../../core/user-pool.js'
import { grantById } from '../grants/grants.js'
import type { Service } from '../service.js'
import { abilitiesOf } from './challenges/abilities.js'
import type { Parameters } from './parameters.js'
import { ownerOf, type TokenOwner } from './token-owner.js'

/**
 * A sign-in by choice that names a level of assurance (docs/facts/additions-2026.md §3.4). With the access token of a former sign-in, only
 * the challenges go on to whatever the level still lacks.
 *
 * The service's codes and words are not known; a request that does not fit together is an InvalidParameterException, what depends on the
 * user a NotAuthorizedException.
 */

/** @throws Refusal when a level is named, and the pool's tier has none (fact N54) */
export const ensureStepUpInTier = ({ name, settings }: UserPool, { TARGET_ACR_VALUES }: Parameters): void =>
  ensure(TARGET_ACR_VALUES === undefined || settings.UserPoolTier !== 'LITE', () => tierLacksStepUp(name))

/**
 * What a sign-in begins with that may name a level: the levels wanted, and what was proven before.
 * @param user absent for a name that no user has; the answer does not show it
 * @throws Refusal when the request does not fit together, or there is no way to the level
 */
export async function stepUpOf(
  service: Service,
  pool: UserPool,
  user: UserRecord | undefined,
  parameters: Parameters,
): Promise<Pick<Journey, 'wanted' | 'methods'>> {
  const { TARGET_ACR_VALUES: names, ACCESS_TOKEN: token, MAX_AGE } = parameters
  const maxAge = maxAgeOf(MAX_AGE)
  ensure(names !== undefined || token === undefined, targetMissing)
  if (names === undefined) return {}
  const wanted = levelsAsked(pool, names)
  ensure(wanted.length > 0, () => namesUnknown(pool, names))
  if (user === undefined) {
    ensure(token === undefined, () => otherUser(parameters.USERNAME ?? ''))
    return { wanted }
  }
  const former = token === undefined ? undefined : await formerSignIn(service, pool, user, token)
  const isYoung = former !== undefined && (maxAge === undefined || former.age <= maxAge)
  const methods = isYoung ? former.methods : []
  const goal = goalOf(wanted, await abilitiesOf(service, pool, user), methods)
  ensure(goal, () => unreachable(user.username, names))
  ensure(!isYoung || !isReached(former, goal.level), () => reachedAlready(names))
  return { wanted, ...(methods.length > 0 && { methods }) }
}

function maxAgeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  ensure(/^\d{1,9}$/.test(text), () => malformedMaxAge(text))
  return Number(text)
}

/** The outcome of the sign-in that a given access token comes from. */
interface FormerSignIn {
  readonly methods: readonly Method[]
  /** By the token's name of it: one that the pool does not have any more is no level (§3.3). */
  readonly level: Level | undefined
  /** Seconds since the user proved who they are. */
  readonly age: number
}

const isReached = ({ level, methods }: FormerSignIn, wanted: Level): boolean =>
  (level ?? 0) >= wanted || reaches(methods, wanted)

async function formerSignIn(
  service: Service,
  pool: UserPool,
  user: UserRecord,
  token: string,
): Promise<FormerSignIn> {
  const owner = await ownerOf(service, token)
  ensure(owner.pool.id === pool.id && owner.user.record.sub === user.sub, () => otherUser(user.username))
  const { acr, amr, auth_time: authTime } = owner.claims
  // Tokens do not always say it, but their sign-in knows.
  const methods = amr === undefined ? await keptMethods(service, owner) : methodsIn(amr)
  return { methods, level: levelNamed(pool, acr), age: epochSeconds(service.clock) - Number(authTime) }
}

async function keptMethods(service: Service, { grantId }: TokenOwner): Promise<readonly Method[]> {
  const grant = grantId === undefined ? undefined : await grantById(service, grantId)
  return grant?.assurance?.methods ?? []
}

const tierLacksStepUp = (pool: string) =>
  new Refusal(
    'FeatureUnavailableInTierException',
    'The following feature is not available for the LITE pricing tier configured: Step-Up Authentication',
    {
      because: `UserPoolTier of ${pool} is LITE, which has no levels of assurance: TARGET_ACR_VALUES cannot be sent.`,
      remedy: 'Set UserPoolTier to ESSENTIALS or PLUS, or leave TARGET_ACR_VALUES out.',
    },
  )

const targetMissing = refusal('InvalidParameterException', () => ({
  told: 'Missing required parameter TARGET_ACR_VALUES',
  because: 'ACCESS_TOKEN was sent without TARGET_ACR_VALUES: nothing says what the sign-in is to reach.',
  remedy:
    'Send TARGET_ACR_VALUES with the names of the levels, or refresh the tokens by their refresh token.',
}))

const namesUnknown = refusal('InvalidParameterException', (pool: UserPool, names: string) => ({
  told: 'TARGET_ACR_VALUES contains no valid value.',
  because: `None of "${names}" is the name of a level of ${pool.name}.`,
  remedy: 'Send names that AcrConfiguration of DescribeUserPool lists, with blanks between them.',
}))

const malformedMaxAge = refusal('InvalidParameterException', (given: string) => ({
  told: 'Invalid MAX_AGE.',
  because: `MAX_AGE is "${given}", which is no number of seconds.`,
  remedy: 'Send whole seconds, 0 or more, such as "300".',
}))

const otherUser = refusal('NotAuthorizedException', (username: string) => ({
  told: 'Access token does not belong to the user.',
  because: `ACCESS_TOKEN is not of the user "${username}" that USERNAME names.`,
  remedy: 'Send the access token of the very user who signs in.',
}))

const unreachable = refusal('NotAuthorizedException', (username: string, names: string) => ({
  told: 'User has no factors for the requested authentication levels.',
  because: `${username} has not set up what leads to one of "${names}", or the pool does not allow it.`,
  remedy: 'Let the user set the factor up first (AssociateSoftwareToken, SetUserMFAPreference, a passkey).',
}))

const reachedAlready = refusal('NotAuthorizedException', (names: string) => ({
  told: 'Access token already satisfies the requested authentication level.',
  because: `The sign-in of ACCESS_TOKEN is at the level of "${names}", or above it.`,
  remedy: 'Go on with that token; send MAX_AGE to ask for a newer sign-in.',
}))
