import type { UserRecord } from '../../core/collections.js'
import { factorsUnderRisk } from '../../core/mfa.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { Risk, TakeoverAction } from '../../core/risk.js'
import type { UserPool } from '../../core/user-pool.js'
import { poolMfa } from '../account/mfa.js'
import { recordAuthEvent } from '../history/auth-events.js'
import { sendThreatNotice } from '../history/threat-notices.js'
import { judgeSignIn } from '../history/threat-protection.js'
import type { Service } from '../service.js'
import type { OngoingSignIn } from './sign-in-result.js'

/** What threat protection does about a sign-in, after the first factor (docs/facts/user-pools-api.md §2.14). */

/**
 * Judges a sign-in, once: it is refused, or goes on with what was found, and with a second factor where that is asked for.
 * @param isCustom whether triggers decide about it: then AdvancedSecurityAdditionalFlows has the mode
 * @throws Refusal when it is blocked, or the user has no second factor that is required
 */
export async function protect(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
  { isCustom = false } = {},
): Promise<OngoingSignIn> {
  const { pool, client, journey } = signIn
  const { CustomAuthMode = 'OFF' } = pool.settings.UserPoolAddOns?.AdvancedSecurityAdditionalFlows ?? {}
  if (journey.risk?.decision !== undefined || (isCustom && !['AUDIT', 'ENFORCED'].includes(CustomAuthMode)))
    return signIn
  const { level, action: configured } = await judgeSignIn(service, pool, client, user)
  if (level === undefined) return signIn
  const action = isCustom && CustomAuthMode !== 'ENFORCED' ? undefined : configured
  const known = { ...journey.risk, level }
  const factors = asksFactor(action) ? factorsUnderRisk(await poolMfa(service, pool), user) : []
  const isLacking = action?.EventAction === 'MFA_REQUIRED' && factors.length === 0
  const isBlocked = action?.EventAction === 'BLOCK' || isLacking
  const risk: Risk = { ...known, decision: isBlocked ? 'Block' : 'AccountTakeover' }
  if (isBlocked || action?.Notify) {
    const response = isBlocked ? 'Fail' : 'InProgress'
    const event = await recordAuthEvent(service, pool, user, { type: 'SignIn', response, client, risk })
    if (action?.Notify && event) await sendThreatNotice(service, signIn, user, action, event)
  }
  service.recorder.note('sign-in', {
    username: user.username,
    risk: level,
    action: action?.EventAction ?? 'none',
  })
  ensure(!isBlocked, () => blocked(pool, user.username, level, isLacking))
  return { ...signIn, journey: { ...journey, risk, ...(factors.length > 0 ? { underRisk: true } : {}) } }
}

const asksFactor = (action: TakeoverAction | undefined): boolean =>
  action?.EventAction === 'MFA_IF_CONFIGURED' || action?.EventAction === 'MFA_REQUIRED'

const blocked = refusal(
  'NotAuthorizedException',
  (pool: UserPool, username: string, level: string, isLacking: boolean) => ({
    told: 'Unable to login because of security reasons.',
    because: isLacking
      ? `The sign-in of ${username} has the risk ${level}, for which ${pool.name} requires a second factor, and the user has none.`
      : `The sign-in of ${username} has the risk ${level}, which ${pool.name} blocks: AccountTakeoverRiskConfiguration.Actions.${level}Action.`,
    remedy: isLacking
      ? 'Give the user a second factor of the pool, or change the action with SetRiskConfiguration.'
      : 'Change the rules at /_rockpool/risk, say that the event is Valid with AdminUpdateAuthEventFeedback, or change the action with SetRiskConfiguration.',
  }),
)
