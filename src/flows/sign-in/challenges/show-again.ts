import type { AppClient } from '../../../core/app-client.js'
import type { UserPool } from '../../../core/user-pool.js'
import { deliveryBy } from '../../../courier/outbox.js'
import type { Service } from '../../service.js'
import { sessionFor, sessionUnknown } from '../challenge-session.js'
import type { Asked } from '../sign-in-result.js'
import type { Challenge, Pending } from './challenge.js'
import { userOfSession } from './complete-challenge.js'
import { newPasswordRequired } from './new-password.js'
import { softwareTokenAsked } from './second-factor.js'

/** The challenges that pages show. */
const shown = [
  'NEW_PASSWORD_REQUIRED',
  'SMS_MFA',
  'EMAIL_OTP',
  'SOFTWARE_TOKEN_MFA',
  'SELECT_MFA_TYPE',
  'MFA_SETUP',
] as const

/** What a session asks, for a page that shows it again; refused when it is over. */
export async function showChallengeAgain(
  service: Service,
  pool: UserPool,
  client: AppClient,
  session: string,
): Promise<Asked> {
  const stored = await sessionFor(service, pool, client, session, ...shown)
  const { record: user } = await userOfSession(service, pool, stored)
  const { sub, username } = user
  return { done: false, session, whose: { sub, username }, challenge: challengeOf(stored.record.pending) }

  function challengeOf(pending: Extract<Pending, { challenge: (typeof shown)[number] }>): Challenge {
    switch (pending.challenge) {
      case 'NEW_PASSWORD_REQUIRED':
        return newPasswordRequired(pool, user)
      case 'SMS_MFA':
      case 'EMAIL_OTP': {
        const delivery = deliveryBy(pending.challenge === 'SMS_MFA' ? 'SMS' : 'EMAIL', user.attributes)
        if (delivery === null) throw sessionUnknown()
        return { name: pending.challenge, delivery }
      }
      case 'SOFTWARE_TOKEN_MFA':
        return softwareTokenAsked(user)
      default:
        return { name: pending.challenge, choices: pending.choices }
    }
  }
}
