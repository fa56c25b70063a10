import type { AppClient } from '../../core/app-client.js'
import type { AuthEvent } from '../../core/auth-event.js'
import type { TakeoverAction } from '../../core/risk.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { deliveryBy, post } from '../../courier/outbox.js'
import { type ThreatDetails, takeoverNotice, threatLetter } from '../../courier/threat-letters.js'
import { withQuery } from '../../lib/url.js'
import { callSender } from '../messages.js'
import type { Service } from '../service.js'
import { callTrigger } from '../triggers.js'
import { feedbackToken } from './auth-events.js'
import { riskConfigurationFor } from './threat-protection.js'

/**
 * Tells a user by mail of a sign-in that is at risk, if the user has an address: with the pool's `NotifyConfiguration`, or by
 * `CustomEmailSender` in the place of Cognito (docs/facts/triggers.md §7).
 * @param event what the mail asks about: was it the user?
 */
export async function sendThreatNotice(
  service: Service,
  { pool, client }: { readonly pool: UserPool; readonly client: Pick<AppClient, 'id'> },
  user: User,
  action: TakeoverAction,
  event: AuthEvent,
): Promise<void> {
  const delivery = deliveryBy('EMAIL', user.attributes)
  if (delivery === null) return
  const secret = feedbackToken(event)
  const details = detailsOf(service, user, event, secret)
  const notice = { purpose: 'security notice', secret } as const
  if (service.triggers.has(sender, pool)) {
    callSender(service, pool, user, { sender, occasion }, () =>
      callTrigger(service, pool, sender, {
        source: `${sender}_${occasion}`,
        userName: user.username,
        clientId: client.id,
        request: {
          type: 'customEmailSenderRequestV1',
          code: null,
          userAttributes: takeoverNotice(action, details),
        },
      }),
    )
    await post(service, pool, user, delivery, { ...notice, letter: { body: '', madeBy: sender } })
    return
  }
  const { AccountTakeoverRiskConfiguration: takeover } = await riskConfigurationFor(service, pool, client)
  const letter = threatLetter(action, takeover?.NotifyConfiguration, details)
  await post(service, pool, user, delivery, { ...notice, letter })
}

const sender = 'CustomEmailSender'
const occasion = 'AccountTakeOverNotification'

function detailsOf(
  { base }: Pick<Service, 'base'>,
  { username, sub }: Pick<User, 'username' | 'sub'>,
  { id, poolId, at, context }: AuthEvent,
  token: string,
): ThreatDetails {
  const link = (value: 'Valid' | 'Invalid') =>
    withQuery(`${base}/_rockpool/auth-event-feedback`, { pool: poolId, user: sub, event: id, value, token })
  return {
    username,
    'ip-address': context?.address ?? '',
    city: context?.city ?? '',
    country: context?.country ?? '',
    'login-time': new Date(at).toUTCString(),
    'device-name': context?.deviceName ?? '',
    'event-id': id,
    'feedback-token': token,
    'one-click-link-valid': link('Valid'),
    'one-click-link-invalid': link('Invalid'),
  }
}
