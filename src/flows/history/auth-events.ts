import { createHmac } from 'node:crypto'
import type { AppClient } from '../../core/app-client.js'
import type { AuthEvent } from '../../core/auth-event.js'
import { authEventCounts, authEvents, riskFeedback } from '../../core/collections.js'
import type { EventContext } from '../../core/evidence.js'
import { insert, keyOf, put, remove, replace, type Store, type Write } from '../../core/ports/store.js'
import { isProtected } from '../../core/rules/protection.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { deliverLog } from '../log-delivery.js'
import type { Service } from '../service.js'
import { circumstancesOf } from './circumstances.js'
import { logMessageOf } from './event-log.js'
import { appliesTo, riskRulesOf } from './risk-rules.js'

/** Events of a user that are kept, and for how long. */
const most = 500
export const eventLifetime = 2 * 365 * 86_400_000

/** Whether a pool keeps events of its users: with threat protection on. */
export const isWatched = ({ settings }: Pick<UserPool, 'settings'>): boolean => isProtected(settings)

/** What happened, and what is known of it. */
export interface Happening extends Pick<AuthEvent, 'type' | 'response' | 'risk'> {
  /** The client that the user came through; absent where it is not known. */
  readonly client?: Pick<AppClient, 'id' | 'settings'> | undefined
}

type Needs = Pick<Service, 'store' | 'clock' | 'chance' | 'evidence'>

/**
 * Records what happened, where the pool's threat protection is on, and delivers it to the pool's log; the oldest of too many events
 * makes room.
 * @returns the event; undefined where none is recorded
 */
export async function recordAuthEvent(
  service: Needs,
  pool: UserPool,
  { sub, username }: Pick<User, 'sub' | 'username'>,
  { client, ...happening }: Happening,
): Promise<AuthEvent | undefined> {
  if (!isWatched(pool)) return undefined
  const { clock, chance } = service
  const context = await circumstancesOf(service, client)
  const event: AuthEvent = {
    id: chance.uuid(),
    poolId: pool.id,
    sub,
    ...happening,
    at: clock.now(),
    ...(client && { clientId: client.id }),
    ...(context && { context: { ...context, ...(await placeOf(service, pool, username, context)) } }),
    secret: chance.bytes(32).toString('base64url'),
  }
  await keep(service, event)
  await deliverLog(service, pool, 'userAuthEvents', logMessageOf(event, username))
  return event
}

/** Where a rule says that an address is: nothing else knows that here. */
async function placeOf(
  service: Needs,
  { id }: UserPool,
  username: string,
  context: EventContext,
): Promise<Pick<EventContext, 'city' | 'country'>> {
  const judged = { poolId: id, clientId: undefined, username, context }
  const rule = (await riskRulesOf(service)).find(
    ({ clientId: _any, ...rule }) =>
      (rule.city !== undefined || rule.country !== undefined) && appliesTo(rule, judged),
  )
  return {
    ...(rule?.city === undefined ? {} : { city: rule.city }),
    ...(rule?.country === undefined ? {} : { country: rule.country }),
  }
}

async function keep({ store }: Pick<Needs, 'store'>, event: AuthEvent): Promise<void> {
  const countKey = keyOf(event.poolId, event.sub)
  const expiresAt = event.at + eventLifetime
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
  const feedback = await store.lookup(riskFeedback, 'user', user)
  return [
    remove(authEventCounts, user),
    ...events.map(({ key }) => remove(authEvents, key)),
    ...feedback.map(({ key }) => remove(riskFeedback, key)),
  ]
}

/** The newest comes first. */
const keyFor = ({ poolId, sub }: Pick<AuthEvent, 'poolId' | 'sub'>, count: number): string =>
  keyOf(poolId, sub, String(999_999_999_999 - count))

/** What a notification would carry for the user to answer with. */
export const feedbackToken = ({ id, secret }: AuthEvent): string =>
  createHmac('sha256', secret).update(id).digest('base64url')
