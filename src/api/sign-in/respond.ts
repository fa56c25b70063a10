import type { AppClient } from '../../core/app-client.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub, userNamed } from '../../flows/directory/directory.js'
import type { Occasion } from '../../flows/grants/token-trigger.js'
import { type ChallengeSession, sessionFor, sessionUnknown } from '../../flows/sign-in/challenge-session.js'
import { answerCode, answerSelection, answerSoftwareToken } from '../../flows/sign-in/challenges/answers.js'
import type { Pending, PendingCode, PendingFirstCode } from '../../flows/sign-in/challenges/challenge.js'
import { answerFirstCode, answerPasskey } from '../../flows/sign-in/challenges/first-factor-answers.js'
import { answerSetup } from '../../flows/sign-in/challenges/mfa-setup.js'
import { journeyWith } from '../../flows/sign-in/devices.js'
import type { OngoingSignIn, SignInResult } from '../../flows/sign-in/sign-in-result.js'
import type { ForTriggers } from '../../flows/triggers.js'
import { operation } from '../operations.js'
import { invalidParameter } from '../refusals.js'
import type { Scope } from '../scope.js'
import { answerTo } from './answer.js'
import { ensureSecretHash, type Parameters, parameter, poolAndClient } from './client.js'
import { answerCustomChallenge, answerPasswordVerifier } from './custom.js'
import { device, deviceProof } from './device.js'
import { newPassword } from './new-password.js'
import type { PasswordVerifier } from './srp.js'
import { answerChoice, answerPassword } from './user-auth.js'

interface Response {
  readonly ChallengeName: string
  readonly Session?: string
  readonly ChallengeResponses?: Parameters
  readonly ClientMetadata?: Parameters
}

export const RespondToAuthChallenge = operation('RespondToAuthChallenge', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  return respond(scope, pool, client, input)
})

export const AdminRespondToAuthChallenge = operation('AdminRespondToAuthChallenge', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId, input.UserPoolId)
  return respond(scope, pool, client, input)
})

/** An answer, with what it needs to be judged. */
interface Answer {
  readonly scope: Scope
  readonly pool: UserPool
  readonly client: AppClient
  readonly username: string
  readonly session: string | undefined
  readonly responses: Parameters
  readonly forTriggers: ForTriggers
}

/** How each challenge is answered (§3.8). */
const challenges: { readonly [name: string]: (answer: Answer) => Promise<SignInResult | PasswordVerifier> } =
  {
    PASSWORD_VERIFIER: answerPasswordVerifier,
    CUSTOM_CHALLENGE: answer => inSession(answer, ['CUSTOM_CHALLENGE'], answerCustomChallenge),
    NEW_PASSWORD_REQUIRED: answer => inSession(answer, ['NEW_PASSWORD_REQUIRED'], newPassword),
    SMS_MFA: answer =>
      inSession(answer, ['SMS_MFA'], (service, signIn, session, responses) =>
        answerCode(service, signIn, session, parameter(responses, 'SMS_MFA_CODE')),
      ),
    EMAIL_OTP: answer =>
      inSession(answer, ['EMAIL_OTP'], (service, signIn, session, responses) =>
        answerMail(service, signIn, session, parameter(responses, 'EMAIL_OTP_CODE')),
      ),
    SMS_OTP: answer =>
      inSession(answer, ['SMS_OTP'], (service, signIn, session, responses) =>
        answerFirstCode(service, signIn, session, parameter(responses, 'SMS_OTP_CODE')),
      ),
    WEB_AUTHN: answer =>
      inSession(answer, ['WEB_AUTHN'], (service, signIn, session, responses) =>
        answerPasskey(service, signIn, session, parameter(responses, 'CREDENTIAL')),
      ),
    SELECT_CHALLENGE: answer => inSession(answer, ['SELECT_CHALLENGE', 'WEB_AUTHN'], answerChoice),
    PASSWORD: answer => inSession(answer, ['PASSWORD'], answerPassword('PASSWORD')),
    PASSWORD_SRP: answer => inSession(answer, ['PASSWORD_SRP'], answerPassword('PASSWORD_SRP')),
    DEVICE_SRP_AUTH: answer => inSession(answer, ['DEVICE_SRP_AUTH'], device),
    DEVICE_PASSWORD_VERIFIER: answer => inSession(answer, ['DEVICE_PASSWORD_VERIFIER'], deviceProof),
    SOFTWARE_TOKEN_MFA: answer =>
      inSession(answer, ['SOFTWARE_TOKEN_MFA'], (service, signIn, session, responses) =>
        answerSoftwareToken(service, signIn, session, parameter(responses, 'SOFTWARE_TOKEN_MFA_CODE')),
      ),
    SELECT_MFA_TYPE: answer =>
      inSession(answer, ['SELECT_MFA_TYPE'], (service, signIn, session, responses) =>
        answerSelection(service, signIn, session, parameter(responses, 'ANSWER')),
      ),
    MFA_SETUP: answer =>
      inSession(answer, ['MFA_SETUP'], (service, signIn, session, responses) =>
        // Amplify writes it in capitals, as all the other responses are.
        answerSetup(service, signIn, session, responses.EMAIL ?? responses.email),
      ),
  }

/** A code by mail is the first factor or the second. */
const answerMail = (
  service: Scope['service'],
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingCode | PendingFirstCode>>,
  code: string,
): Promise<SignInResult> =>
  isFirst(session)
    ? answerFirstCode(service, signIn, session, code)
    : answerCode(service, signIn, session as Stored<ChallengeSession<PendingCode>>, code)

const isFirst = (
  session: Stored<ChallengeSession<PendingCode | PendingFirstCode>>,
): session is Stored<ChallengeSession<PendingFirstCode>> => 'isFirst' in session.record.pending

async function respond(scope: Scope, pool: UserPool, client: AppClient, response: Response): Promise<object> {
  const { ChallengeName, Session: session, ChallengeResponses: responses = {}, ClientMetadata } = response
  const username = parameter(responses, 'USERNAME')
  ensureSecretHash(client, username, responses.SECRET_HASH)
  const answered = challenges[ChallengeName]
  ensure(answered, () =>
    invalidParameter(
      `Rockpool does not have the challenge ${ChallengeName} yet.`,
      `These are there: ${Object.keys(challenges).join(', ')}.`,
    ),
  )
  const forTriggers = ClientMetadata === undefined ? {} : { clientMetadata: ClientMetadata }
  const outcome = await answered({ scope, pool, client, username, session, responses, forTriggers })
  const source = sources[ChallengeName] ?? 'TokenGeneration_Authentication'
  return answerTo(scope, pool, client, outcome, { source, ...forTriggers })
}

/** The occasions of their own on which tokens are made, by the challenge that was answered last (§5.2). */
const sources: { readonly [challenge: string]: Occasion['source'] } = {
  NEW_PASSWORD_REQUIRED: 'TokenGeneration_NewPasswordChallenge',
  DEVICE_PASSWORD_VERIFIER: 'TokenGeneration_AuthenticateDevice',
}

/** Answers in the session that was shown, if it waits for that and is the user's who is named. */
async function inSession<N extends Pending['challenge'], S>(
  { scope: { service }, pool, client, username, session, responses, forTriggers }: Answer,
  names: readonly N[],
  answer: (
    service: Scope['service'],
    signIn: OngoingSignIn,
    session: Stored<ChallengeSession<Extract<Pending, { challenge: N }>>>,
    responses: Parameters,
  ) => Promise<S>,
): Promise<S> {
  ensure(session, () => invalidParameter('Missing required parameter Session'))
  const stored = await sessionFor(service, pool, client, session, ...names)
  const named = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  const { sub } = stored.record
  // Whoever does not exist, where the client hides that, may answer what nobody else was asked (§3.12).
  const isTheirs = named ? named.record.sub === sub : (await userBySub(service, pool, sub)) === undefined
  ensure(isTheirs && !stored.record.journey.atPages, sessionUnknown)
  const journey = await journeyWith(service, pool, stored.record, responses.DEVICE_KEY)
  return answer(service, { pool, client, journey, forTriggers }, stored, responses)
}
