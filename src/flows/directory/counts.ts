import { users } from '../../core/collections.js'
import type { Store } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'

/**
 * How many users a pool has, up to a limit. The service calls its own figure an estimate, so counting
 * stops where it would take long.
 */
export async function countOfUsers({ store }: { readonly store: Store }, pool: UserPool): Promise<number> {
  return (await store.lookup(users, 'pool', pool.id, { limit: countedAtMost })).length
}

/** Where counting stops. */
export const countedAtMost = 1000
