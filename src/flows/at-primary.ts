import { ensure, refusal } from '../core/refusal.js'
import { regionOf, servingRegion, type UserPool } from '../core/user-pool.js'

/**
 * Refuses what a secondary replica of a pool does not do: it makes no users, resets no passwords, changes no profiles and has
 * no TOTP (docs/facts/additions-2026.md §6).
 * @param what completes the sentence "In a secondary region, …"
 */
export const ensureAtPrimary = (pool: UserPool, what: string): void =>
  ensure(pool.servedBy === undefined, () => onlyAtPrimary(pool, what))

const onlyAtPrimary = refusal('OperationNotEnabledException', (pool: UserPool, what: string) => ({
  // The service's words are not known.
  told: 'This operation is not enabled in a secondary Region of the user pool.',
  because: `In a secondary region, ${what}. The request came to the replica of ${pool.name} in ${servingRegion(pool)}.`,
  remedy: `Send the user to the pool's primary, in ${regionOf(pool.id)}.`,
}))
