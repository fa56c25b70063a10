import type { UserRecord } from '../../core/collections.js'
import { refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { userBySub } from '../directory/directory.js'
import { recordAuthEvent } from '../history/auth-events.js'
import { judgePassword } from '../history/threat-protection.js'
import type { Service } from '../service.js'
import type { OngoingSignIn } from './sign-in-result.js'

/**
 * Judges the right password of a sign-in, as it was sent: others may know it. Where the configuration blocks such, the user has to
 * choose another one by recovery. A password that is proven by SRP is never seen, and so not judged.
 * @returns the sign-in with what was found
 * @throws Refusal when such passwords are blocked
 */
export async function withKnownPassword(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
  password: string,
): Promise<OngoingSignIn> {
  const { pool, client, journey } = signIn
  const { username, sub } = user
  const judgement = await judgePassword(service, pool, client, { username, password }, 'SIGN_IN')
  if (!judgement.isCompromised) return signIn
  if (!judgement.isBlocked)
    return { ...signIn, journey: { ...journey, risk: { ...journey.risk, compromised: true } } }
  const stored = await userBySub(service, pool, sub)
  if (stored !== undefined) await changeUser(service, pool, stored, { status: 'RESET_REQUIRED' })
  const risk = { decision: 'Block', compromised: true } as const
  await recordAuthEvent(service, pool, user, { type: 'SignIn', response: 'Fail', client, risk })
  throw passwordKnown(pool, username)
}

const passwordKnown = refusal('PasswordResetRequiredException', (pool: UserPool, username: string) => ({
  told: 'Password reset required for user due to security reasons',
  because: `By a rule at /_rockpool/risk others know the password of ${username}, and CompromisedCredentialsRiskConfiguration of ${pool.name} blocks such at SIGN_IN. The user is RESET_REQUIRED now.`,
  remedy:
    'Let the user choose another password with ForgotPassword, or set EventAction to NO_ACTION with SetRiskConfiguration.',
}))
