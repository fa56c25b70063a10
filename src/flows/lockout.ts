import { type Collection, keyOf, put, remove } from '../core/ports/store.js'
import { ensure, refusal } from '../core/refusal.js'
import type { User } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'
import { recordAuthEvent } from './auth-events.js'
import type { Service } from './service.js'

/**
 * Wrong passwords in a row (user-pools-api.md §3.13): from the fifth on the user is locked out, for a second at first and
 * for twice as long with each that follows. A right password, or a quarter of an hour of quiet, clears the count.
 */
interface WrongPasswords {
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly lockedUntil: number
}

const wrongPasswords: Collection<WrongPasswords> = { name: 'wrong-passwords', indexes: {} }

const free = 5
const quiet = 15 * 60_000

const keyFor = (pool: UserPool, { sub }: User): string => keyOf(pool.id, sub)

const attemptsExceeded = refusal('NotAuthorizedException', (username: string, seconds: number) => ({
  told: 'Password attempts exceeded',
  because: `${username} is locked out for another ${seconds} second(s), after ${free} or more wrong passwords.`,
  remedy: 'Wait, or move the clock: the right password clears the count then.',
}))

/** Refuses whoever is locked out, be the password right or wrong. */
export async function ensureAttemptsLeft(
  { store, clock }: Service,
  pool: UserPool,
  user: User,
): Promise<void> {
  const lockedUntil = (await store.get(wrongPasswords, keyFor(pool, user)))?.record.lockedUntil ?? 0
  const left = lockedUntil - clock.now()
  ensure(left <= 0, () => attemptsExceeded(user.username, Math.ceil(left / 1000)))
}

export async function countWrongPassword(service: Service, pool: UserPool, user: User): Promise<void> {
  const { store, clock } = service
  const count = ((await store.get(wrongPasswords, keyFor(pool, user)))?.record.count ?? 0) + 1
  const now = clock.now()
  const lockedUntil = count < free ? 0 : now + Math.min(2 ** (count - free) * 1000, quiet)
  const expiresAt = Math.max(lockedUntil, now) + quiet
  await store.commit(put(wrongPasswords, keyFor(pool, user), { count, lockedUntil }, { expiresAt }))
  await recordAuthEvent(service, pool, user, 'SignIn', 'Fail')
}

export async function forgetWrongPasswords({ store }: Service, pool: UserPool, user: User): Promise<void> {
  const key = keyFor(pool, user)
  if ((await store.get(wrongPasswords, key)) !== undefined) await store.commit(remove(wrongPasswords, key))
}
