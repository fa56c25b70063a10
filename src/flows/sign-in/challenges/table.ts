import type { Pending } from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import { ensure, refusal } from '../../../core/refusal.js'
import type { UserPool } from '../../../core/user-pool.js'
import type { Occasion } from '../../grants/token-trigger.js'
import type { Service } from '../../service.js'
import { type ChallengeAnswer, type SessionOf, sessionOfAnswer, signInOfAnswer } from '../answer.js'
import { type Parameters, requiredParameter } from '../parameters.js'
import type { OngoingSignIn, SignInResult } from '../sign-in-result.js'
import { answerCode, answerSelection, answerSoftwareToken } from './answers.js'
import type { Challenge } from './challenge.js'
import { answerChoice, answerPassword, answerPasswordSrp } from './choice.js'
import { afterOwnChallenge, answerCustom } from './custom.js'
import { answerDevice, answerDeviceProof } from './device.js'
import { answerFirstCode, answerMail, answerPasskey } from './first-factor-answers.js'
import { answerSetup } from './mfa-setup.js'
import { answerNewPassword, newPasswordRequired } from './new-password.js'
import { answerPasswordVerifier } from './password-verifier.js'
import { codeAsked, softwareTokenAsked } from './second-factor.js'

/** One row: how a challenge is answered. */
export interface ChallengeRow {
  /** The member of `ChallengeResponses` that carries the answer, or the first of several. */
  readonly answeredBy?: string
  readonly answer: (service: Service, answer: ChallengeAnswer) => Promise<SignInResult>
  /** What the challenge says when a page shows it once more; absent if no page shows it. */
  readonly shown?: (pool: UserPool, user: UserRecord, pending: Pending) => Challenge
  /** The source that the trigger before tokens sees, if the sign-in ends with this challenge and the occasion has a name of its own. */
  readonly tokenSource?: Occasion['source']
}

/** A challenge that is answered in its session. */
function inSession<N extends Pending['challenge']>({
  sessions,
  answeredBy,
  answer,
  shown,
  ...row
}: Pick<ChallengeRow, 'answeredBy' | 'tokenSource'> & {
  /** The challenges that a session may wait for when it is answered so. */
  readonly sessions: readonly N[]
  /** @param value what `answeredBy` names; empty if the row names nothing */
  readonly answer: (
    service: Service,
    signIn: OngoingSignIn,
    session: SessionOf<N>,
    value: string,
    responses: Parameters,
  ) => Promise<SignInResult>
  readonly shown?: (
    pool: UserPool,
    user: UserRecord,
    pending: Extract<Pending, { challenge: N }>,
  ) => Challenge
}): ChallengeRow {
  return {
    ...row,
    ...(answeredBy === undefined ? {} : { answeredBy }),
    ...(shown === undefined ? {} : { shown: shown as NonNullable<ChallengeRow['shown']> }),
    async answer(service, given) {
      const session = await sessionOfAnswer(service, given, sessions)
      const begun = await signInOfAnswer(service, given, session)
      const goesOn = afterOwnChallenge(service, begun, session.record.pending.challenge)
      const signIn = { ...begun, goesOn }
      const value = answeredBy === undefined ? '' : givenValue(given, answeredBy)
      return answer(service, signIn, session, value, given.responses)
    },
  }
}

/** An empty field of a page is a wrong answer; for an app it is a missing parameter. */
const givenValue = ({ responses, atPages }: ChallengeAnswer, name: string): string =>
  atPages ? (responses[name] ?? '') : requiredParameter(responses, name)

/** How each challenge is answered (docs/facts/user-pools-api.md §3.8): by apps and by pages. */
const challenges: { readonly [name: string]: ChallengeRow } = {
  PASSWORD_VERIFIER: { answer: answerPasswordVerifier },
  NEW_PASSWORD_REQUIRED: inSession({
    sessions: ['NEW_PASSWORD_REQUIRED'],
    answeredBy: 'NEW_PASSWORD',
    answer: answerNewPassword,
    shown: newPasswordRequired,
    tokenSource: 'TokenGeneration_NewPasswordChallenge',
  }),
  SMS_MFA: inSession({
    sessions: ['SMS_MFA'],
    answeredBy: 'SMS_MFA_CODE',
    answer: answerCode,
    shown: codeAsked,
  }),
  // A code by mail is the first factor or the second.
  EMAIL_OTP: inSession({
    sessions: ['EMAIL_OTP'],
    answeredBy: 'EMAIL_OTP_CODE',
    answer: answerMail,
    shown: codeAsked,
  }),
  SOFTWARE_TOKEN_MFA: inSession({
    sessions: ['SOFTWARE_TOKEN_MFA'],
    answeredBy: 'SOFTWARE_TOKEN_MFA_CODE',
    answer: answerSoftwareToken,
    shown: (_pool, user) => softwareTokenAsked(user),
  }),
  SELECT_MFA_TYPE: inSession({
    sessions: ['SELECT_MFA_TYPE'],
    answeredBy: 'ANSWER',
    answer: answerSelection,
    shown: (_pool, _user, { challenge, choices }) => ({ name: challenge, choices }),
  }),
  MFA_SETUP: inSession({
    sessions: ['MFA_SETUP'],
    // Amplify writes it in capitals, as all the other responses are.
    answer: (service, signIn, session, _value, { EMAIL, email = EMAIL }) =>
      answerSetup(service, signIn, session, email),
    shown: (_pool, _user, { challenge, choices }) => ({ name: challenge, choices }),
  }),
  SMS_OTP: inSession({
    sessions: ['SMS_OTP'],
    answeredBy: 'SMS_OTP_CODE',
    answer: answerFirstCode,
    shown: codeAsked,
  }),
  WEB_AUTHN: inSession({ sessions: ['WEB_AUTHN'], answeredBy: 'CREDENTIAL', answer: answerPasskey }),
  // A user who was asked for a passkey and has none at hand may choose once more: Amplify offers that.
  SELECT_CHALLENGE: inSession({
    sessions: ['SELECT_CHALLENGE', 'WEB_AUTHN'],
    answeredBy: 'ANSWER',
    answer: answerChoice,
  }),
  PASSWORD: inSession({ sessions: ['PASSWORD'], answeredBy: 'PASSWORD', answer: answerPassword }),
  PASSWORD_SRP: inSession({ sessions: ['PASSWORD_SRP'], answeredBy: 'SRP_A', answer: answerPasswordSrp }),
  CUSTOM_CHALLENGE: inSession({ sessions: ['CUSTOM_CHALLENGE'], answeredBy: 'ANSWER', answer: answerCustom }),
  DEVICE_SRP_AUTH: inSession({
    sessions: ['DEVICE_SRP_AUTH'],
    answeredBy: 'DEVICE_KEY',
    answer: answerDevice,
  }),
  DEVICE_PASSWORD_VERIFIER: inSession({
    sessions: ['DEVICE_PASSWORD_VERIFIER'],
    answeredBy: 'DEVICE_KEY',
    answer: answerDeviceProof,
    tokenSource: 'TokenGeneration_AuthenticateDevice',
  }),
}

/** The row of the challenge of this name. */
export function challengeNamed(name: string): ChallengeRow {
  const row = Object.hasOwn(challenges, name) ? challenges[name] : undefined
  ensure(row, () => challengeUnknown(name))
  return row
}

/** The names of the challenges that pages show. */
export const challengesShown = Object.entries(challenges).flatMap(([name, { shown }]) =>
  shown === undefined ? [] : [name as Pending['challenge']],
)

const challengeUnknown = refusal('InvalidParameterException', (name: string) => ({
  told: `Rockpool does not have the challenge ${name} yet.`,
  because: `No sign-in of Rockpool asks ${name}.`,
  remedy: `Answer the challenge that was asked. There are ${Object.keys(challenges).join(', ')}.`,
}))
