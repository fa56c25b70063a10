import type { AppClient } from '../../core/app-client.js'
import { failures } from '../../core/collections.js'
import { insert, keyOf, remove, replace } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { recordAuthEvent } from './auth-events.js'

/**
 * Wrong passwords in a row, or wrong codes of a second factor (docs/facts/user-pools-api.md §3.13): from the fifth on
 * the user is locked out, for a second at first and for twice as long with each that follows. A right one, or a
 * quarter of an hour of quiet, clears the count.
 */

/** What is tried. Each has a count of its own. */
export type Tried = 'password' | 'code'

const free = 5
const quiet = 15 * 60_000

/** Each replica of a pool counts for itself. */
const keyFor = ({ id, servedBy }: UserPool, { sub }: Pick<User, 'sub'>, tried: Tried): string =>
  servedBy === undefined ? keyOf(id, sub, tried) : keyOf(id, sub, tried, servedBy.region)

const exceeded = refusal('NotAuthorizedException', (tried: Tried, username: string, seconds: number) => ({
  // The text for codes is a guess.
  told: tried === 'password' ? 'Password attempts exceeded' : 'Code attempts exceeded',
  because: `${username} is locked out for another ${seconds} second(s), after ${free} or more wrong ${tried}s.`,
  remedy: `Wait, or move the clock: the right ${tried} clears the count then.`,
}))

/** Refuses a password (or code) of a user who is locked out, be it right or wrong. */
export async function ensureNotLockedOut(
  { store, clock }: Service,
  pool: UserPool,
  user: User,
  tried: Tried,
): Promise<void> {
  const lockedUntil = (await store.get(failures, keyFor(pool, user, tried)))?.record.lockedUntil ?? 0
  const left = lockedUntil - clock.now()
  ensure(left <= 0, () => exceeded(tried, user.username, Math.ceil(left / 1000)))
}

/** The sign-in in which something is tried. */
interface Attempted {
  readonly pool: UserPool
  readonly client: AppClient
}

/** Counts a wrong password or code. Of several at the same time, each counts. */
export async function countFailure(
  service: Service,
  { pool, client }: Attempted,
  user: User,
  tried: Tried,
): Promise<void> {
  const { store, clock } = service
  const key = keyFor(pool, user, tried)
  for (;;) {
    const before = await store.get(failures, key)
    const count = (before?.record.count ?? 0) + 1
    const now = clock.now()
    const lockedUntil = count < free ? 0 : now + Math.min(2 ** (count - free) * 1000, quiet)
    const after = { count, lockedUntil }
    const expiry = { expiresAt: Math.max(lockedUntil, now) + quiet }
    const write =
      before === undefined ? insert(failures, key, after, expiry) : replace(failures, before, after, expiry)
    if (await store.commit(write)) break
  }
  await recordAuthEvent(service, pool, user, { type: 'SignIn', response: 'Fail', client })
}

/** Clears the count after a right password or code. */
export async function forgetFailures(
  { store }: Service,
  pool: UserPool,
  user: User,
  tried: Tried,
): Promise<void> {
  const key = keyFor(pool, user, tried)
  if ((await store.get(failures, key)) !== undefined) await store.commit(remove(failures, key))
}
