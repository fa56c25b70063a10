import type { ChallengeSession, PendingFirstCode, PendingPasskey } from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import { fingerprint, sameSecret } from '../../../lib/secrets.js'
import { assertionRefused } from '../../account/passkey-refusals.js'
import { ensureAliasesFree } from '../../administration/create-user.js'
import { userBySub } from '../../directory/directory.js'
import { countFailure, ensureNotLockedOut, forgetFailures } from '../../history/lockout.js'
import type { Service } from '../../service.js'
import type { SessionOf } from '../answer.js'
import { withMethod } from '../methods.js'
import { verifyAssertion } from '../passkey-assertion.js'
import { protect } from '../protect.js'
import { passwordResetRequired, unknownUser, userNotConfirmed } from '../sign-in-refusals.js'
import { type OngoingSignIn, type SignInResult, signedIn } from '../sign-in-result.js'
import { answerCode, wrongCode } from './answers.js'
import { completeChallenge } from './complete-challenge.js'
import { firstChallengesFor } from './first-challenges.js'
import { afterFirstFactor } from './second-factor.js'

/**
 * Answers to the challenges of a sign-in by choice (docs/facts/user-pools-api.md §3.9), but for passwords, which are
 * proven as everywhere.
 */

/**
 * A code that was sent as the first factor. It proves the address, and thereby confirms a user who has signed up. A wrong code
 * leaves the session open.
 */
export async function answerFirstCode(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingFirstCode>>,
  code: string,
): Promise<SignInResult> {
  const { pool } = signIn
  const { pending, sub, username } = session.record
  const user = (await userBySub(service, pool, sub))?.record
  // An unknown user was sent no code: none is right.
  ensure(user, () => wrongCode(username))
  await ensureNotLockedOut(service, pool, user, 'code')
  if (!sameSecret(fingerprint(code), pending.fingerprint)) {
    await countFailure(service, signIn, user, 'code')
    throw wrongCode(username)
  }
  await forgetFailures(service, pool, user, 'code')
  ensureNoReset(user)
  const flag = pending.challenge === 'SMS_OTP' ? 'phone_number_verified' : 'email_verified'
  const proven = ({ attributes: before, status }: UserRecord) => {
    const attributes = { ...before, [flag]: 'true' }
    const confirmed = status === 'UNCONFIRMED' ? ('CONFIRMED' as const) : status
    return { attributes, status: confirmed }
  }
  await ensureAliasesFree(service, pool, { ...user, ...proven(user) })
  const completed = await completeChallenge(service, pool, session, user =>
    user.attributes[flag] === 'true' && user.status !== 'UNCONFIRMED' ? undefined : proven(user),
  )
  const method = pending.challenge === 'SMS_OTP' ? 'sms' : 'email_otp'
  return afterFirstFactor(service, withMethod(signIn, method), completed)
}

/** A code by mail, which is the first factor or the second. */
export const answerMail = (
  service: Service,
  signIn: OngoingSignIn,
  session: SessionOf<'EMAIL_OTP'>,
  code: string,
): Promise<SignInResult> => {
  const { record } = session
  const { pending } = record
  return 'isFirst' in pending
    ? answerFirstCode(service, signIn, { ...session, record: { ...record, pending } }, code)
    : answerCode(service, signIn, { ...session, record: { ...record, pending } }, code)
}

/** Refuses a user whose password an administrator has reset: only the code of ConfirmForgotPassword mends that. */
function ensureNoReset({ status, username }: UserRecord): void {
  ensure(status !== 'RESET_REQUIRED', () => passwordResetRequired(username))
}

/** A passkey's signature. Whether right or wrong, it ends the session: what it had to sign is good once. */
export async function answerPasskey(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingPasskey>>,
  credential: string,
): Promise<SignInResult> {
  const { pool } = signIn
  const { pending, sub, username } = session.record
  service.recorder.concerns({ user: username })
  ensure(await userBySub(service, pool, sub), () => unknownUser(pool, username))
  const user = await completeChallenge(service, pool, session)
  const { isMultiFactor, method } = await verifyAssertion(service, pool, user, pending.toSign, credential)
  ensure(user.status !== 'UNCONFIRMED', () => userNotConfirmed(username))
  ensureNoReset(user)
  const challenges = await firstChallengesFor(service, pool, user)
  ensure(challenges.includes('WEB_AUTHN'), () =>
    assertionRefused(`${username} cannot begin with a passkey, but with ${challenges.join(' or ')}`),
  )
  const proven = withMethod(signIn, method)
  return isMultiFactor
    ? signedIn(service, await protect(service, proven, user), user)
    : afterFirstFactor(service, proven, user)
}

/** The first sign-in after a sign-up: the code that confirmed it counts as the first factor, once. */
export async function signInSignedUp(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession>,
): Promise<SignInResult> {
  const user = await completeChallenge(service, signIn.pool, session)
  ensure(user.status === 'CONFIRMED', () => userNotConfirmed(user.username))
  const { email_verified: mail, phone_number_verified: phone } = user.attributes
  const method = mail === 'true' ? 'email_otp' : phone === 'true' && 'sms'
  return afterFirstFactor(service, method ? withMethod(signIn, method) : signIn, user)
}
