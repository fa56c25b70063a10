import type { ChallengeSession, PendingCode } from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import { addressOf, type MfaFactor } from '../../../core/mfa.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure, refusal } from '../../../core/refusal.js'
import { methodOfSecond } from '../../../core/step-up.js'
import { fingerprint, sameSecret } from '../../../lib/secrets.js'
import { judgeCode } from '../../account/software-token.js'
import { countFailure, ensureNotLockedOut, forgetFailures } from '../../history/lockout.js'
import type { Service } from '../../service.js'
import { useUp } from '../challenge-session.js'
import { withMethod } from '../methods.js'
import { type OngoingSignIn, type SignInResult, signedIn } from '../sign-in-result.js'
import { completeChallenge, userOfSession } from './complete-challenge.js'
import { askFor } from './second-factor.js'

/**
 * Answers to the challenges of a second factor (docs/facts/user-pools-api.md §3.8). A wrong code leaves the session
 * open (docs/facts/user-pools-api.md §3.3).
 */

/** A code that was sent: it also proves that the address is the user's. */
export async function answerCode(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingCode>>,
  code: string,
): Promise<SignInResult> {
  const { pool } = signIn
  const { challenge, fingerprint: expected, enables } = session.record.pending
  const { record: user } = await userOfSession(service, pool, session)
  await ensureNotLockedOut(service, pool, user, 'code')
  if (!sameSecret(fingerprint(code), expected)) {
    await countFailure(service, signIn, user, 'code')
    throw wrongCode(user.username)
  }
  await forgetFailures(service, pool, user, 'code')
  const flag = `${addressOf[challenge]}_verified`
  const completed = await completeChallenge(service, pool, session, ({ attributes, mfa }) =>
    attributes[flag] === 'true' && !enables
      ? undefined
      : {
          attributes: { ...attributes, [flag]: 'true' },
          ...(enables ? { mfa: { ...mfa, enabled: [...(mfa?.enabled ?? []), challenge] } } : {}),
        },
  )
  return signedIn(service, withMethod(signIn, methodOfSecond(challenge)), completed)
}

export const wrongCode = refusal('CodeMismatchException', (username: string) => ({
  told: 'Invalid code or auth state for the user.',
  because: `The code given for ${username} is not the one that was sent.`,
  remedy: 'Read it at /_rockpool/messages; only the newest counts.',
}))

/** A code of an authenticator app. */
export async function answerSoftwareToken(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession>,
  code: string,
): Promise<SignInResult> {
  const { pool } = signIn
  const { record: user } = await userOfSession(service, pool, session)
  await ensureNotLockedOut(service, pool, user, 'code')
  const secret = user.mfa?.softwareToken?.secret
  const judgement = secret === undefined ? 'wrong' : await judgeCode(service, pool, user.sub, secret, code)
  if (judgement === 'wrong') {
    await countFailure(service, signIn, user, 'code')
    throw wrongToken(user.username)
  }
  ensure(judgement === 'right', () => tokenUsed(user.username))
  await forgetFailures(service, pool, user, 'code')
  const completed = await completeChallenge(service, pool, session)
  return signedIn(service, withMethod(signIn, 'otp'), completed)
}

const wrongToken = refusal('CodeMismatchException', (username: string) => ({
  told: 'Invalid code received for user',
  because: `The code is not one that the authenticator app of ${username} shows now, or showed half a minute ago.`,
  remedy: 'Check the time of the device: a moved clock moves the codes with it.',
}))

const tokenUsed = refusal('ExpiredCodeException', (username: string) => ({
  told: 'Your software token has already been used once.',
  because: `This code of ${username} was accepted before.`,
  remedy: 'Wait for the next code, or move the clock by 30 seconds.',
}))

/** The choice of a second factor. */
export async function answerSelection(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<{ challenge: 'SELECT_MFA_TYPE'; choices: readonly MfaFactor[] }>>,
  answer: string,
): Promise<SignInResult> {
  // As some documents call it (docs/facts/user-pools-api.md §10).
  const named = answer === 'EMAIL_MFA' ? 'EMAIL_OTP' : answer
  const { choices } = session.record.pending
  const factor = choices.find(choice => choice === named)
  ensure(factor, () => notOffered(answer, choices))
  const { record: user } = await userOfSession(service, signIn.pool, session)
  return askFor(service, signIn, user satisfies UserRecord, factor, { writes: [useUp(session)] })
}

const notOffered = refusal('InvalidParameterException', (answer: string, choices: readonly string[]) => ({
  // The service's words are not known.
  told: `Invalid MFA type: ${answer}`,
  because: `The user can choose ${choices.join(' or ')}.`,
  remedy: `Set ANSWER to ${choices.join(' or ')}, as MFAS_CAN_CHOOSE lists them.`,
}))
