import { type Collection, keyOf, put, type Write } from '../../core/ports/store.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'

/** A code that lets a user choose a new password. Key: pool and user; there is one at a time. */
interface ResetCode {
  readonly fingerprint: string
}

const collection: Collection<ResetCode> = { name: 'reset-codes', indexes: {} }

export const resetCodes = {
  /** Keeps the code until it expires (milliseconds since the epoch); the one before is worth nothing any more. */
  write: (pool: UserPool, { sub }: User, fingerprint: string, expiresAt: number): Write =>
    put(collection, keyOf(pool.id, sub), { fingerprint }, { expiresAt }),
}
