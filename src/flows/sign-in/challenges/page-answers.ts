import type { AppClient } from '../../../core/app-client.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { UserPool } from '../../../core/user-pool.js'
import type { Service } from '../../service.js'
import { type ChallengeSession, sessionFor, sessionUnknown, useUp } from '../challenge-session.js'
import type { OngoingSignIn, SignInResult } from '../sign-in-result.js'
import { answerCode, answerSelection, answerSoftwareToken } from './answers.js'
import type { PendingCode, PendingSetup } from './challenge.js'
import { userOfSession } from './complete-challenge.js'
import { answerSetup, proveSecret } from './mfa-setup.js'
import { askFor } from './second-factor.js'

/** What a page about a second factor is sent back with. */
export interface PageAnswer {
  readonly session: string
  /** A code that was sent, or that an authenticator app shows. */
  readonly code?: string | undefined
  /** The factor chosen. */
  readonly factor?: string | undefined
  /** An address to set codes by mail up with. */
  readonly email?: string | undefined
  /** Whether the code is to be sent once more. */
  readonly again?: boolean
}

/** Answers whichever challenge of a second factor the session waits for. */
export async function answerFromPage(
  service: Service,
  pool: UserPool,
  client: AppClient,
  answer: PageAnswer,
): Promise<SignInResult> {
  const session = await sessionFor(
    service,
    pool,
    client,
    answer.session,
    'SMS_MFA',
    'EMAIL_OTP',
    'SOFTWARE_TOKEN_MFA',
    'SELECT_MFA_TYPE',
    'MFA_SETUP',
  )
  const { pending, journey } = session.record
  const signIn = { pool, client, journey }
  const code = answer.code?.replaceAll(/\s/g, '') ?? ''
  switch (pending.challenge) {
    case 'SOFTWARE_TOKEN_MFA':
      return answerSoftwareToken(service, signIn, session, code)
    case 'SELECT_MFA_TYPE':
      return answerSelection(service, signIn, waitingFor(session, pending), answer.factor ?? '')
    case 'MFA_SETUP':
      return setUp(service, signIn, waitingFor(session, pending), answer, code)
    default: {
      ensure(!('isFirst' in pending), sessionUnknown)
      const waiting = waitingFor(session, pending)
      return answer.again ? sendAgain(service, signIn, waiting) : answerCode(service, signIn, waiting, code)
    }
  }
}

/** The session, once it is known what it waits for. */
const waitingFor = <P extends ChallengeSession['pending']>(
  session: Stored<ChallengeSession>,
  pending: P,
): Stored<ChallengeSession<P>> => ({ ...session, record: { ...session.record, pending } })

/** Another code, in another session: only the newest counts. */
async function sendAgain(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingCode>>,
): Promise<SignInResult> {
  const { challenge, enables } = session.record.pending
  const { record: user } = await userOfSession(service, signIn.pool, session)
  return askFor(service, signIn, user, challenge, { writes: [useUp(session)], ...(enables && { enables }) })
}

/** An app proves itself and is set up at once; an address is sent a code. */
async function setUp(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingSetup>>,
  { email }: PageAnswer,
  code: string,
): Promise<SignInResult> {
  if (email !== undefined) return answerSetup(service, signIn, session, email.trim())
  const proven = await proveSecret(service, signIn, session, code, undefined)
  const { pool, client } = signIn
  return answerSetup(
    service,
    signIn,
    await sessionFor(service, pool, client, proven.session, 'MFA_SETUP'),
    undefined,
  )
}
