import type { AppClient } from '../../../core/app-client.js'
import type { UserPool } from '../../../core/user-pool.js'
import type { Service } from '../../service.js'
import { type ChallengeAnswer, type SessionOf, sessionOfAnswer, signInOfAnswer } from '../answer.js'
import { answerChallenge } from '../answer-challenge.js'
import { useUp } from '../challenge-session.js'
import type { SignInResult } from '../sign-in-result.js'
import { userOfSession } from './complete-challenge.js'
import { askForFirst } from './first-factor.js'
import { proveSecret, setUpBySms } from './mfa-setup.js'
import { askFor } from './second-factor.js'
import { challengeNamed, challengesShown } from './table.js'

/** What the page of a second factor sends back. */
export interface PageAnswer {
  readonly session: string
  /** A code that was sent, or that an authenticator app shows. */
  readonly code?: string | undefined
  /** The factor chosen. */
  readonly factor?: string | undefined
  /** An address to set codes by mail up with. */
  readonly email?: string | undefined
  /** A number to set codes by text message up with. */
  readonly phoneNumber?: string | undefined
  /** What the user calls the device with the authenticator app. */
  readonly deviceName?: string | undefined
  /** Whether the code is to be sent once more. */
  readonly sendAnother?: boolean
}

/** Answers whichever challenge of a second factor the session waits for. */
export async function answerFromPage(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { session, code, factor, email, phoneNumber, deviceName, sendAnother = false }: PageAnswer,
): Promise<SignInResult> {
  const answer = (responses: ChallengeAnswer['responses'], of = session): ChallengeAnswer => ({
    pool,
    client,
    session: of,
    responses,
    atPages: true,
    forTriggers: {},
  })
  const stored = await sessionOfAnswer(service, answer({}), challengesShown)
  const { challenge } = stored.record.pending
  const digits = code?.replaceAll(/\s/g, '') ?? ''
  switch (challenge) {
    case 'SMS_MFA':
    case 'SMS_OTP':
    case 'EMAIL_OTP':
      if (sendAnother) return sendAgain(service, answer({}), stored as CodeSession)
      break
    case 'SELECT_MFA_TYPE':
      return answerChallenge(service, challenge, answer({ ANSWER: factor ?? '' }))
    case 'MFA_SETUP': {
      if (email !== undefined) return answerChallenge(service, challenge, answer({ EMAIL: email.trim() }))
      const signIn = await signInOfAnswer(service, answer({}), stored)
      const setup = stored as SessionOf<'MFA_SETUP'>
      if (phoneNumber !== undefined) return setUpBySms(service, signIn, setup, phoneNumber)
      const proven = await proveSecret(service, signIn, setup, digits, deviceName?.trim() || undefined)
      return answerChallenge(service, challenge, answer({}, proven.session))
    }
  }
  const { answeredBy = '' } = challengeNamed(challenge)
  return answerChallenge(service, challenge, answer({ [answeredBy]: digits }))
}

type CodeSession = SessionOf<'SMS_MFA' | 'SMS_OTP' | 'EMAIL_OTP'>

/** Sends another code, in another session: only the newest counts. */
async function sendAgain(
  service: Service,
  answer: ChallengeAnswer,
  session: CodeSession,
): Promise<SignInResult> {
  const { pending } = session.record
  const { record: user } = await userOfSession(service, answer.pool, session)
  const signIn = await signInOfAnswer(service, answer, session)
  const writes = [useUp(session)]
  if ('isFirst' in pending)
    return askForFirst(service, signIn, { user, isPretended: false }, pending.challenge, { writes })
  const { challenge, enables } = pending
  return askFor(service, signIn, user, challenge, { writes, ...(enables && { enables }) })
}
