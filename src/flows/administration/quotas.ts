import { ensure, refusal } from '../../core/refusal.js'

/**
 * How many there may be of what administrators make, by AWS's quotas (docs/facts/user-pools-api.md §7). Seeds are not held to
 * them: they say what is there, as an account with raised quotas would.
 */
const quotas = {
  'user pools in a region': 1000,
  'app clients in a user pool': 1000,
  'identity providers in a user pool': 300,
  'resource servers in a user pool': 25,
  'terms documents in a user pool': 40,
  'custom domains in an account': 4,
} as const

export type Quota = keyof typeof quotas

/**
 * Refuses one more where there are as many as the quota allows.
 * @param there how many there are
 * @param remove the operation that makes room
 */
export const ensureRoom = (what: Quota, there: number, remove: string): void =>
  ensure(hasRoom(what, there), () => quotaReached(what, remove))

/** Whether one more is within the quota. */
export const hasRoom = (what: Quota, there: number): boolean => there < quotas[what]

const quotaReached = refusal('LimitExceededException', (what: Quota, remove: string) => ({
  // The service's words are not known.
  told: `The limit of ${quotas[what]} ${what} is reached.`,
  because: `There are ${quotas[what]} ${what}, which is AWS's quota.`,
  remedy: `Make room with ${remove}, or make more of them in a seed, which is held to no quota.`,
}))
