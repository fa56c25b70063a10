import { users } from '../core/collections.js'
import type { UserPool } from '../core/user-pool.js'
import type { Service } from '../flows/service.js'

/**
 * How many users a pool has, as far as anybody needs to know: the service calls its own figure an estimate, and counting
 * stops where it would take long.
 */
export async function countOfUsers({ store }: Service, pool: UserPool): Promise<number> {
  return (await store.lookup(users, 'pool', pool.id, { limit: countedAtMost })).length
}

const countedAtMost = 1000
