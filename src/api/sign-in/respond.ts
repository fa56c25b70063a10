import type { AppClient } from '../../core/app-client.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { type ChallengeSession, sessionFor, sessionUnknown } from '../../flows/challenge-session.js'
import { answerCode, answerSelection, answerSoftwareToken } from '../../flows/challenges/answers.js'
import type { Attempt, SignIn } from '../../flows/challenges/challenge.js'
import { answerSetup } from '../../flows/challenges/mfa-setup.js'
import type { Pending } from '../../flows/challenges/pending.js'
import { userBySub, userNamed } from '../../flows/directory.js'
import { operation } from '../operations.js'
import { invalidParameter } from '../refusals.js'
import type { Scope } from '../scope.js'
import { answerTo } from './answer.js'
import { ensureSecretHash, type Parameters, parameter, poolAndClient } from './client.js'
import { newPassword } from './new-password.js'
import { finishSrp } from './srp.js'

interface Response {
  readonly ChallengeName: string
  readonly Session?: string
  readonly ChallengeResponses?: Parameters
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
}

/** How each challenge is answered (§3.8). */
const challenges: { readonly [name: string]: (answer: Answer) => Promise<SignIn> } = {
  PASSWORD_VERIFIER: finishSrp,
  NEW_PASSWORD_REQUIRED: answer => inSession(answer, ['NEW_PASSWORD_REQUIRED'], newPassword),
  SMS_MFA: answer =>
    inSession(answer, ['SMS_MFA'], (service, attempt, session, responses) =>
      answerCode(service, attempt, session, parameter(responses, 'SMS_MFA_CODE')),
    ),
  EMAIL_OTP: answer =>
    inSession(answer, ['EMAIL_OTP'], (service, attempt, session, responses) =>
      answerCode(service, attempt, session, parameter(responses, 'EMAIL_OTP_CODE')),
    ),
  SOFTWARE_TOKEN_MFA: answer =>
    inSession(answer, ['SOFTWARE_TOKEN_MFA'], (service, attempt, session, responses) =>
      answerSoftwareToken(service, attempt, session, parameter(responses, 'SOFTWARE_TOKEN_MFA_CODE')),
    ),
  SELECT_MFA_TYPE: answer =>
    inSession(answer, ['SELECT_MFA_TYPE'], (service, attempt, session, responses) =>
      answerSelection(service, attempt, session, parameter(responses, 'ANSWER')),
    ),
  MFA_SETUP: answer =>
    inSession(answer, ['MFA_SETUP'], (service, attempt, session, responses) =>
      answerSetup(service, attempt, session, responses.email),
    ),
}

async function respond(scope: Scope, pool: UserPool, client: AppClient, response: Response): Promise<object> {
  const { ChallengeName, Session: session, ChallengeResponses: responses = {} } = response
  const username = parameter(responses, 'USERNAME')
  ensureSecretHash(client, username, responses.SECRET_HASH)
  const answered = challenges[ChallengeName]
  ensure(answered, () =>
    invalidParameter(
      `Rockpool does not have the challenge ${ChallengeName} yet.`,
      `These are there: ${Object.keys(challenges).join(', ')}.`,
    ),
  )
  const outcome = await answered({ scope, pool, client, username, session, responses })
  return answerTo(scope, pool, client, outcome)
}

/** Answers in the session that was shown, if it waits for that and is the user's who is named. */
async function inSession<N extends Pending['challenge']>(
  { scope: { service }, pool, client, username, session, responses }: Answer,
  names: readonly N[],
  answer: (
    service: Scope['service'],
    attempt: Attempt,
    session: Stored<ChallengeSession<Extract<Pending, { challenge: N }>>>,
    responses: Parameters,
  ) => Promise<SignIn>,
): Promise<SignIn> {
  ensure(session, () => invalidParameter('Missing required parameter Session'))
  const stored = await sessionFor(service, pool, client, session, ...names)
  const named = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  ensure(named?.record.sub === stored.record.sub, sessionUnknown)
  return answer(service, { pool, client, journey: stored.record.journey }, stored, responses)
}
