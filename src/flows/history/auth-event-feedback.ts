import type { AuthEvent } from '../../core/auth-event.js'
import { authEvents, riskFeedback } from '../../core/collections.js'
import { keyOf, put, replace } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { protectionFindings } from '../../core/rules/protection.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { sameSecret } from '../../lib/secrets.js'
import { conflict } from '../conflict.js'
import type { Service } from '../service.js'
import { eventLifetime, feedbackToken } from './auth-events.js'
import { feedbackKey } from './threat-protection.js'

/** @throws Refusal when the pool has threat protection off, and so keeps no events */
export const ensureWatched = ({ settings }: UserPool): void => ensureSound(protectionFindings(settings))

/** What an administrator or a user says of an event; the user proves it by the token of the message about the event. */
export type Feedback = {
  readonly id: string
  readonly value: 'Valid' | 'Invalid'
} & ({ readonly provider: 'Admin' } | { readonly provider: 'User'; readonly token: string })

/**
 * Keeps feedback about an event of a user: later sign-ins from its address and device are judged by it.
 * @throws Refusal when the user has no such event, or the token is not the event's
 */
export async function giveFeedback(
  { store, clock }: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  { sub }: Pick<User, 'sub'>,
  given: Feedback,
): Promise<void> {
  const [event] = await store.lookup(authEvents, 'id', keyOf(pool.id, sub, given.id), { limit: 1 })
  ensure(event, () => eventNotFound(given.id))
  ensure(given.provider === 'Admin' || sameSecret(given.token, feedbackToken(event.record)), tokenInvalid)
  const feedback: AuthEvent['feedback'] = { value: given.value, provider: given.provider, at: clock.now() }
  const { context } = event.record
  const remembered =
    context &&
    put(
      riskFeedback,
      feedbackKey(pool.id, sub, context),
      { poolId: pool.id, sub, value: given.value },
      { expiresAt: clock.now() + eventLifetime },
    )
  const write = replace(authEvents, event, { ...event.record, feedback })
  ensure(await store.commit(write, ...(remembered ? [remembered] : [])), conflict)
}

const eventNotFound = refusal('ResourceNotFoundException', (id: string) => ({
  told: `Event ${id} does not exist.`,
  because: `The user has no event ${id}, or it is older than two years.`,
  remedy: 'Use an EventId that AdminListUserAuthEvents shows for the user.',
}))

const tokenInvalid = refusal('NotAuthorizedException', () => ({
  told: 'Invalid feedback token.',
  because: 'FeedbackToken is not that of the event.',
  remedy: 'Send the FeedbackToken of the message about this event.',
}))
