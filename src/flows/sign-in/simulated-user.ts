import { createHmac } from 'node:crypto'
import type { UserRecord } from '../../core/collections.js'
import type { UserPool } from '../../core/user-pool.js'

/**
 * Stands in for a user who does not exist, if the client hides which users exist (docs/facts/user-pools-api.md §3.12).
 * It is the same each time, so that asking twice reveals nothing (fact U40).
 */
export function simulatedUser(pool: UserPool, username: string): UserRecord {
  const digest = createHmac('sha256', pool.id).update(username).digest('hex')
  const id = [8, 12, 16, 20, 32].map((end, index, ends) => digest.slice(ends[index - 1] ?? 0, end)).join('-')
  return {
    poolId: pool.id,
    username: id,
    sub: id,
    status: 'CONFIRMED',
    enabled: true,
    attributes: { email: `${username.slice(0, 1)}@${digest.replace(/[^a-f]/g, '').slice(0, 1)}` },
    identities: [],
    aliases: [],
    password: {
      verifier: { salt: digest.slice(32), srp: digest.repeat(12), check: '' },
      setAt: 0,
      temporary: false,
    },
    createdAt: 0,
    modifiedAt: 0,
  }
}
