import type { AuthEvent } from '../../core/auth-event.js'
import type { UserRecord } from '../../core/collections.js'
import { authEvents } from '../../core/collections.js'
import { keyOf, replace } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { feedbackToken, isWatched } from '../../flows/history/auth-events.js'
import { sameSecret } from '../../lib/secrets.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { conflict, exception, notAuthorized, notFound } from '../refusals.js'
import { poolOf, type Scope, timestamp, userOf } from '../scope.js'

/** A pool whose threat protection is on, and a user of it. */
async function watchedUser(scope: Scope, poolId: string, username: string) {
  const pool = await poolOf(scope, poolId)
  ensure(isWatched(pool), () =>
    exception('UserPoolAddOnNotEnabledException')(
      'Threat protection is not enabled for this user pool.',
      'Set UserPoolAddOns.AdvancedSecurityMode of the pool to AUDIT or ENFORCED.',
    ),
  )
  return { pool, user: (await userOf(scope, pool, username)).record }
}

export const AdminListUserAuthEvents = operation('AdminListUserAuthEvents', async (scope, input) => {
  const { pool, user } = await watchedUser(scope, input.UserPoolId, input.Username)
  const { items, next } = await page(
    'AdminListUserAuthEvents',
    input,
    input.NextToken,
    input.MaxResults || 60,
    wanted => scope.service.store.lookup(authEvents, 'user', keyOf(pool.id, user.sub), wanted),
  )
  return defined({ AuthEvents: items.map(({ record }) => eventType(record)), NextToken: next })
})

/** Nothing is judged here, so nothing is found risky. */
const eventType = ({ id, type, response, at, feedback }: AuthEvent) =>
  defined({
    EventId: id,
    EventType: type,
    CreationDate: timestamp(at),
    EventResponse: response,
    EventRisk: { RiskDecision: 'NoRisk', CompromisedCredentialsDetected: false },
    ChallengeResponses:
      type === 'SignIn'
        ? [{ ChallengeName: 'Password', ChallengeResponse: response === 'Fail' ? 'Failure' : 'Success' }]
        : undefined,
    EventFeedback: feedback && {
      FeedbackValue: feedback.value,
      Provider: feedback.provider,
      FeedbackDate: timestamp(feedback.at),
    },
  })

async function giveFeedback(
  { service }: Scope,
  pool: UserPool,
  { sub }: UserRecord,
  { EventId, FeedbackValue: value }: { EventId: string; FeedbackValue: 'Valid' | 'Invalid' },
  by: { readonly provider: 'Admin' } | { readonly provider: 'User'; readonly token: string },
): Promise<object> {
  const { store, clock } = service
  const [event] = await store.lookup(authEvents, 'id', keyOf(pool.id, sub, EventId), { limit: 1 })
  ensure(event, () =>
    notFound(
      `Event ${EventId} does not exist.`,
      'Use an EventId that AdminListUserAuthEvents shows for the user.',
    ),
  )
  ensure(by.provider === 'Admin' || sameSecret(by.token, feedbackToken(event.record)), () =>
    notAuthorized('Invalid feedback token.', 'Send the FeedbackToken of the message about this event.'),
  )
  const feedback = { value, provider: by.provider, at: clock.now() }
  ensure(await store.commit(replace(authEvents, event, { ...event.record, feedback })), conflict)
  return {}
}

export const AdminUpdateAuthEventFeedback = operation(
  'AdminUpdateAuthEventFeedback',
  async (scope, input) => {
    const { pool, user } = await watchedUser(scope, input.UserPoolId, input.Username)
    return giveFeedback(scope, pool, user, input, { provider: 'Admin' })
  },
)

/** Nobody signs this request: what counts is the token of the event. */
export const UpdateAuthEventFeedback = operation('UpdateAuthEventFeedback', async (scope, input) => {
  const { pool, user } = await watchedUser(scope, input.UserPoolId, input.Username)
  return giveFeedback(scope, pool, user, input, { provider: 'User', token: input.FeedbackToken })
})
