import type { AuthEvent } from '../../core/auth-event.js'
import { authEvents } from '../../core/collections.js'
import { keyOf } from '../../core/ports/store.js'
import { ensureWatched, giveFeedback } from '../../flows/history/auth-event-feedback.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { poolOf, type Scope, timestamp, userOf } from '../scope.js'

/** A pool whose threat protection is on, and a user of it. */
async function watchedUser(scope: Scope, poolId: string, username: string) {
  const pool = await poolOf(scope, poolId)
  ensureWatched(pool)
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

const eventType = ({ id, type, response, at, feedback, risk, context }: AuthEvent) =>
  defined({
    EventId: id,
    EventType: type,
    CreationDate: timestamp(at),
    EventResponse: response,
    EventRisk: defined({
      RiskDecision: risk?.decision ?? 'NoRisk',
      RiskLevel: risk?.level,
      CompromisedCredentialsDetected: risk?.compromised ?? false,
    }),
    ChallengeResponses:
      type === 'SignIn'
        ? [{ ChallengeName: 'Password', ChallengeResponse: response === 'Fail' ? 'Failure' : 'Success' }]
        : undefined,
    EventContextData:
      context &&
      defined({
        IpAddress: context.address,
        DeviceName: context.deviceName,
        Timezone: context.timezone,
        City: context.city,
        Country: context.country,
      }),
    EventFeedback: feedback && {
      FeedbackValue: feedback.value,
      Provider: feedback.provider,
      FeedbackDate: timestamp(feedback.at),
    },
  })

export const AdminUpdateAuthEventFeedback = operation(
  'AdminUpdateAuthEventFeedback',
  async (scope, { UserPoolId, Username, EventId: id, FeedbackValue: value }) => {
    const { pool, user } = await watchedUser(scope, UserPoolId, Username)
    await giveFeedback(scope.service, pool, user, { id, value, provider: 'Admin' })
    return {}
  },
)

/** Nobody signs this request: what counts is the token of the event. */
export const UpdateAuthEventFeedback = operation(
  'UpdateAuthEventFeedback',
  async (scope, { UserPoolId, Username, EventId: id, FeedbackValue: value, FeedbackToken: token }) => {
    const { pool, user } = await watchedUser(scope, UserPoolId, Username)
    await giveFeedback(scope.service, pool, user, { id, value, provider: 'User', token })
    return {}
  },
)
