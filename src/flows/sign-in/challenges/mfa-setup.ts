import type { ChallengeSession, PendingSetup } from '../../../core/challenge-session.js'
import type { Stored, Write } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import { ensureAttributes } from '../../../core/user-attributes.js'
import { judgeCode, newSecret } from '../../account/software-token.js'
import { enablingFailed, softwareTokenMissing, softwareTokenOff } from '../../account/software-token-setup.js'
import { userChange } from '../../administration/change-user.js'
import { clientById, poolById } from '../../directory/directory.js'
import { countAttempt } from '../../history/attempts.js'
import type { Service } from '../../service.js'
import {
  keepOpen,
  openSession,
  sessionFor,
  sessionNamed,
  sessionUnknown,
  sessionUsed,
  useUp,
} from '../challenge-session.js'
import { withMethod } from '../methods.js'
import { type OngoingSignIn, type SignInResult, signedIn } from '../sign-in-result.js'
import { completeChallenge, userOfSession } from './complete-challenge.js'
import { askFor } from './second-factor.js'

/**
 * Setting a second factor up on the way in, where the pool insists on one (docs/facts/user-pools-api.md §3.8,
 * `MFA_SETUP`).
 */

type Setup = Stored<ChallengeSession<PendingSetup>>

/**
 * The sign-in of an app that waits for the set-up. The session is all that the request says of it.
 * @throws Refusal unless the session is open, and of an app
 */
export async function setupBySession(
  service: Service,
  text: string,
): Promise<{ session: Setup; signIn: OngoingSignIn }> {
  const named = await sessionNamed(service, text)
  ensure(named, sessionUnknown)
  const [pool, client] = await Promise.all([
    poolById(service, named.poolId),
    clientById(service, named.clientId),
  ])
  ensure(pool && client, sessionUnknown)
  const session = await sessionFor(service, pool, client, text, 'MFA_SETUP')
  ensure(!session.record.journey.atPages, sessionUnknown)
  return { session, signIn: { pool, client, journey: session.record.journey } }
}

/** Hands out a secret for an authenticator app; the sign-in goes on with the new session. */
export async function offerSecret(
  service: Service,
  signIn: OngoingSignIn,
  session: Setup,
): Promise<{ secret: string; session: string }> {
  ensure(session.record.pending.choices.includes('SOFTWARE_TOKEN_MFA'), softwareTokenOff)
  const secret = await newSecret(service.chance)
  const { verified: _, ...pending } = session.record.pending
  return { secret, session: await goOn(service, signIn, session, { ...pending, secret }) }
}

/** The secret that the page shows. It is made once and kept in the session, so that a reloaded page shows the same one. */
export async function secretOf(service: Service, session: Setup): Promise<string> {
  const { pending } = session.record
  if (pending.secret !== undefined) return pending.secret
  ensure(pending.choices.includes('SOFTWARE_TOKEN_MFA'), softwareTokenOff)
  const secret = await newSecret(service.chance)
  ensure(await service.store.commit(keepOpen(session, { ...pending, secret })), sessionUsed)
  return secret
}

/**
 * Takes a code that proves that the app has the secret. From now on the user is asked for such codes, even if this sign-in
 * is given up here.
 */
export async function proveSecret(
  service: Service,
  signIn: OngoingSignIn,
  session: Setup,
  code: string,
  friendlyDeviceName: string | undefined,
): Promise<{ session: string }> {
  const { pending, sub, username } = session.record
  ensure(pending.secret !== undefined && pending.verified === undefined, softwareTokenMissing)
  await countAttempt(service, signIn.pool, { sub, username }, 'verify software token')
  const judgement = await judgeCode(service, signIn.pool, sub, pending.secret, code)
  ensure(judgement === 'right', () => enablingFailed(username))
  const softwareToken = {
    secret: pending.secret,
    ...(friendlyDeviceName === undefined ? {} : { friendlyDeviceName }),
  }
  const user = await userOfSession(service, signIn.pool, session)
  const { mfa } = user.record
  const enabled = [...new Set([...(mfa?.enabled ?? []), 'SOFTWARE_TOKEN_MFA' as const])]
  const { write } = userChange(service, signIn.pool, user, { mfa: { ...mfa, enabled, softwareToken } })
  return { session: await goOn(service, signIn, session, { ...pending, verified: true }, write) }
}

async function goOn(
  service: Service,
  signIn: OngoingSignIn,
  stored: Setup,
  pending: PendingSetup,
  ...writes: Write[]
): Promise<string> {
  const { session, write } = openSession(service, signIn, stored.record, pending)
  ensure(await service.store.commit(useUp(stored), write, ...writes), sessionUsed)
  return session
}

/** Finishes: the app was proven before; an e-mail address is proven by a code first. */
export async function answerSetup(
  service: Service,
  signIn: OngoingSignIn,
  session: Setup,
  email: string | undefined,
): Promise<SignInResult> {
  const { choices, verified } = session.record.pending
  if (verified)
    return signedIn(
      service,
      withMethod(signIn, 'otp'),
      await completeChallenge(service, signIn.pool, session),
    )
  ensure(email !== undefined && choices.includes('EMAIL_OTP'), sessionUnknown)
  ensureAttributes(signIn.pool, { email }, 'creation')
  const { record } = await userOfSession(service, signIn.pool, session)
  ensure(!record.attributes.email || record.attributes.email === email, sessionUnknown)
  const user = await completeChallenge(service, signIn.pool, session, ({ attributes }) => ({
    attributes: { ...attributes, email, email_verified: 'false' },
  }))
  return askFor(service, signIn, user, 'EMAIL_OTP', { enables: true })
}

/** Sets up codes by text message, to the user's number or to one that the user enters now; a first code proves that the number is right. */
export async function setUpBySms(
  service: Service,
  signIn: OngoingSignIn,
  session: Setup,
  phoneNumber: string,
): Promise<SignInResult> {
  const number = phoneNumber.replaceAll(/[\s()./-]/g, '')
  ensure(session.record.pending.choices.includes('SMS_MFA'), sessionUnknown)
  ensureAttributes(signIn.pool, { phone_number: number }, 'creation')
  const user = await completeChallenge(service, signIn.pool, session, ({ attributes }) => ({
    attributes: { ...attributes, phone_number: number, phone_number_verified: 'false' },
  }))
  return askFor(service, signIn, user, 'SMS_MFA', { enables: true })
}
