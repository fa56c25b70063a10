import { createHmac } from 'node:crypto'
import type { AuthEvent } from '../../core/auth-event.js'
import { authEventCounts, authEvents } from '../../core/collections.js'
import { insert, keyOf, put, remove, replace, type Store, type Write } from '../../core/ports/store.js'
import { isProtected } from '../../core/rules/protection.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

/** Events of a user that are kept, and for how long. */
const most = 500
const kept = 2 * 365 * 86_400_000

/** Whether a pool keeps events of its users: with threat protection on. */
export const isWatched = ({ settings }: Pick<UserPool, 'settings'>): boolean => isProtected(settings)

/** Records what happened, where the pool's threat protection is on; the oldest of too many makes room. */
export async function recordAuthEvent(
  { store, clock, chance }: Pick<Service, 'store' | 'clock' | 'chance'>,
  pool: UserPool,
  { sub }: Pick<User, 'sub'>,
  type: AuthEvent['type'],
  response: AuthEvent['response'],
): Promise<void> {
  if (!isWatched(pool)) return
  const at = clock.now()
  const event: AuthEvent = {
    id: chance.uuid(),
    poolId: pool.id,
    sub,
    type,
    response,
    at,
    secret: chance.bytes(32).toString('base64url'),
  }
  const countKey = keyOf(pool.id, sub)
  const expiresAt = at + kept
  for (let done = false; !done; ) {
    const before = await store.get(authEventCounts, countKey)
    const count = (before?.record.count ?? 0) + 1
    done = await store.commit(
      before === undefined
        ? insert(authEventCounts, countKey, { count }, { expiresAt })
        : replace(authEventCounts, before, { count }, { expiresAt }),
      put(authEvents, keyFor(event, count), event, { expiresAt }),
      remove(authEvents, keyFor(event, count - most)),
    )
  }
}

/** The writes that remove what is kept of a user, who is named by pool and `sub`. */
export async function authEventRemoval(store: Store, user: string): Promise<Write[]> {
  const events = await store.lookup(authEvents, 'user', user)
  return [remove(authEventCounts, user), ...events.map(({ key }) => remove(authEvents, key))]
}

/** The newest comes first. */
const keyFor = ({ poolId, sub }: Pick<AuthEvent, 'poolId' | 'sub'>, count: number): string =>
  keyOf(poolId, sub, String(999_999_999_999 - count))

/** What a notification would carry for the user to answer with. */
export const feedbackToken = ({ id, secret }: AuthEvent): string =>
  createHmac('sha256', secret).update(id).digest('base64url')
