import { ensure } from '../../../core/refusal.js'
import { fingerprint } from '../../../lib/secrets.js'
import type { Service } from '../../service.js'
import type { ChallengeAnswer } from '../answer.js'
import { sessionFor, sessionUnknown } from '../challenge-session.js'
import { requiredParameter } from '../parameters.js'
import { signInProven } from '../sign-in.js'
import type { SignInResult } from '../sign-in-result.js'
import { passwordProven } from './custom.js'
import { provePassword } from './password-proof.js'

/**
 * The answer to `PASSWORD_VERIFIER`: a sign-in by itself, or a step of a custom one. A proof that was asked for in a custom
 * sign-in is good nowhere else.
 */
export async function answerPasswordVerifier(
  service: Service,
  { pool, client, username: claimed, session: shown, responses, forTriggers }: ChallengeAnswer,
): Promise<SignInResult> {
  const username = claimed ?? requiredParameter(responses, 'USERNAME')
  const { user, session, journey } = await provePassword(service, { pool, client }, username, responses)
  const signIn = { pool, client, journey, forTriggers }
  if (session === undefined) return signInProven(service, signIn, user)
  ensure(shown !== undefined && fingerprint(shown) === session, sessionUnknown)
  const stored = await sessionFor(service, pool, client, shown, 'PASSWORD_VERIFIER')
  const whole = { ...signIn, journey: { ...stored.record.journey, ...journey } }
  return passwordProven(service, whole, stored)
}
