import type { AppClient } from '../../../core/app-client.js'
import { ensure } from '../../../core/refusal.js'
import type { UserPool } from '../../../core/user-pool.js'
import type { Service } from '../../service.js'
import { sessionFor, sessionUnknown } from '../challenge-session.js'
import type { Asked } from '../sign-in-result.js'
import { userOfSession } from './complete-challenge.js'
import { challengeNamed, challengesShown } from './table.js'

/** A challenge that a page shows once more. */
export type ShownChallenge = Asked & { readonly session: string }

/** What a session asks, for a page that shows the challenge once more; refused if the session is over. */
export async function showChallengeAgain(
  service: Service,
  pool: UserPool,
  client: AppClient,
  session: string,
): Promise<ShownChallenge> {
  const stored = await sessionFor(service, pool, client, session, ...challengesShown)
  const { record: user } = await userOfSession(service, pool, stored)
  const { sub, username } = user
  const { pending } = stored.record
  const { shown } = challengeNamed(pending.challenge)
  ensure(shown, sessionUnknown)
  return { done: false, session, whose: { sub, username }, challenge: shown(pool, user, pending) }
}
