import { attempts } from '../../core/collections.js'
import { insert, keyOf, replace } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

/** What may be tried for a user only so often in an hour, by the user or another (docs/facts/user-pools-api.md §3.13). */
const limits = {
  'change password': 5,
  'verify attribute': 15,
  'send verification code': 5,
  'confirm sign-up': 15,
  'resend confirmation code': 5,
  /** [guess] As many as for other codes that are typed in. */
  'verify software token': 15,
  /** Asking for a code and guessing it, together; Cognito allows between 5 and 20, by its sense of risk. */
  'forgot password': 20,
} as const

/** An action that is limited. */
export type LimitedAction = keyof typeof limits

/** Milliseconds after the first attempt at which the count ends. */
const hour = 3_600_000

const inWords = (username: string, action: LimitedAction) => ({
  told: 'Attempt limit exceeded, please try after some time.',
  because: `${username} has reached the limit for "${action}": ${limits[action]} attempts in an hour.`,
  remedy: 'Wait, or move the clock: an hour after the first attempt the count begins anew.',
})
const tooMany = refusal('LimitExceededException', inWords)
/** For the operation that has no other exception for it. */
const tooManyRequests = refusal('TooManyRequestsException', inWords)

/** Counts an attempt, whatever comes of it; refuses it if there were too many already. */
export async function countAttempt(
  { store, clock }: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  { sub, username }: Pick<User, 'sub' | 'username'>,
  action: LimitedAction,
): Promise<void> {
  const key = keyOf(pool.id, sub, action.replaceAll(' ', '-'))
  for (;;) {
    const stored = await store.get(attempts, key)
    const count = stored?.record.count ?? 0
    ensure(count < limits[action], () =>
      (action === 'verify software token' ? tooManyRequests : tooMany)(username, action),
    )
    const write = stored
      ? replace(attempts, stored, { count: count + 1 })
      : insert(attempts, key, { count: 1 }, { expiresAt: clock.now() + hour })
    // Another attempt may have been counted in between: then the count is read anew.
    if (await store.commit(write)) return
  }
}
