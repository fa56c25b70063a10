import { type Level, levelOf, type Means, type Method, meansOf, ways } from './assurance.js'
import type { FirstChallenge } from './first-factor.js'
import type { MfaFactor } from './mfa.js'

/**
 * The way from what a user has proven to a level that an app asks for (docs/facts/additions-2026.md §3.4, §3.5). Pure functions.
 */

/** What a user can be asked for: the challenges that a sign-in may begin with, and the second factors that are set up. */
export interface Abilities {
  readonly first: readonly FirstChallenge[]
  readonly second: readonly MfaFactor[]
}

type Way = (typeof ways)[number]

/** A level that the user can reach, with the ways that lead there or beyond. */
export interface Goal {
  readonly level: Level
  readonly ways: readonly Way[]
}

/** The first of the levels asked for that the user can reach; undefined where there is none. */
export function goalOf(
  wanted: readonly Level[],
  abilities: Abilities,
  proven: readonly Method[],
): Goal | undefined {
  for (const level of wanted) {
    const open = ways.filter(way => way.level >= level && isOpen(way, abilities, proven))
    if (open.length > 0) return { level, ways: open }
  }
  return undefined
}

/** Whether what was proven satisfies a level. */
export const reaches = (proven: readonly Method[], level: Level): boolean => (levelOf(proven) ?? 0) >= level

/** What may be asked for next: of each of the nearest ways, what comes first on it. */
export function nextMeans({ ways: open }: Goal, proven: readonly Method[]): readonly Means[] {
  const lacking = (way: Way) => way.by.filter(means => !proven.map(meansOf).includes(means))
  // A user who has proven nothing yet chooses between all ways to a level; one who has proven something takes the shortest.
  const effort = (way: Way) => (proven.length === 0 ? way.level : lacking(way).length * 10 + way.level)
  const least = Math.min(...open.map(effort))
  return [...new Set(open.filter(way => effort(way) === least).flatMap(way => lacking(way).slice(0, 1)))]
}

function isOpen(way: Way, abilities: Abilities, proven: readonly Method[]): boolean {
  const isAlone = way.by.length === 1
  return way.by.every(
    means => proven.map(meansOf).includes(means) || canBeAskedFor(means, abilities, isAlone),
  )
}

/** A code alone begins a sign-in; after the password it is a second factor. */
function canBeAskedFor(means: Means, { first, second }: Abilities, isAlone: boolean): boolean {
  return isAlone || means === 'pwd' || means === 'passkey'
    ? first.some(challenge => meansOfFirst[challenge] === means)
    : second.some(factor => meansOfSecond[factor] === means)
}

const meansOfFirst: Readonly<Record<FirstChallenge, Means>> = {
  PASSWORD: 'pwd',
  PASSWORD_SRP: 'pwd',
  EMAIL_OTP: 'email_otp',
  SMS_OTP: 'sms',
  WEB_AUTHN: 'passkey',
}

const meansOfSecond = {
  SMS_MFA: 'sms',
  EMAIL_OTP: 'email_otp',
  SOFTWARE_TOKEN_MFA: 'otp',
} as const satisfies Record<MfaFactor, Method>

/** The method that a second factor proves. */
export const methodOfSecond = (factor: MfaFactor): Method => meansOfSecond[factor]

/** The challenges of a first factor by which the means are asked for. */
export const firstChallengesBy = (means: readonly Means[], { first }: Abilities): FirstChallenge[] =>
  first.filter(challenge => means.includes(meansOfFirst[challenge]))

/** The second factors among the means, for a user whose password is proven. */
export const secondFactorsBy = (
  means: readonly Means[],
  { second }: Abilities,
  proven: readonly Method[],
): MfaFactor[] =>
  proven.includes('pwd') ? second.filter(factor => means.includes(meansOfSecond[factor])) : []
