import { createHmac } from 'node:crypto'
import {
  type Collection,
  insert,
  keyOf,
  put,
  remove,
  replace,
  type Store,
  type Write,
} from '../../core/ports/store.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

/** What was done in a user's name while threat protection was on. Key: pool, user, and a number that falls. */
export interface AuthEvent {
  readonly id: string
  readonly poolId: string
  /** The user's `sub`. */
  readonly sub: string
  readonly type: 'SignIn' | 'SignUp' | 'ForgotPassword' | 'PasswordChange' | 'ResendCode'
  readonly response: 'Pass' | 'Fail' | 'InProgress'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly feedback?: {
    readonly value: 'Valid' | 'Invalid'
    readonly provider: 'Admin' | 'User'
    readonly at: number
  }
  /** Makes the token by which the user may say whether it was them. */
  readonly secret: string
}

export const authEvents: Collection<AuthEvent> = {
  name: 'auth-events',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    id: ({ poolId, sub, id }) => [keyOf(poolId, sub, id)],
  },
}

/** How many events a user has had. Key: pool and user. */
const counts: Collection<{ readonly count: number }> = { name: 'auth-event-counts', indexes: {} }

/** Events of a user that are kept, and for how long. */
const most = 500
const kept = 2 * 365 * 86_400_000

export const isWatched = ({ settings }: Pick<UserPool, 'settings'>): boolean =>
  /^(AUDIT|ENFORCED)$/.test(settings.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF')

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
    const before = await store.get(counts, countKey)
    const count = (before?.record.count ?? 0) + 1
    done = await store.commit(
      before === undefined
        ? insert(counts, countKey, { count }, { expiresAt })
        : replace(counts, before, { count }, { expiresAt }),
      put(authEvents, keyFor(event, count), event, { expiresAt }),
      remove(authEvents, keyFor(event, count - most)),
    )
  }
}

/** The writes that remove what is kept of a user, who is named by pool and `sub`. */
export async function authEventRemoval(store: Store, user: string): Promise<Write[]> {
  const events = await store.lookup(authEvents, 'user', user)
  return [remove(counts, user), ...events.map(({ key }) => remove(authEvents, key))]
}

/** The newest comes first. */
const keyFor = ({ poolId, sub }: Pick<AuthEvent, 'poolId' | 'sub'>, count: number): string =>
  keyOf(poolId, sub, String(999_999_999_999 - count))

/** What a notification would carry for the user to answer with. */
export const feedbackToken = ({ id, secret }: AuthEvent): string =>
  createHmac('sha256', secret).update(id).digest('base64url')
