import type { AppClient } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { tokensForSignIn } from '../../flows/api-tokens.js'
import { userNamed } from '../../flows/directory.js'
import { pendingChallenge, setNewPassword } from '../../flows/sign-in.js'
import { operation } from '../operations.js'
import { invalidParameter, notAuthorized } from '../refusals.js'
import type { Scope } from '../scope.js'
import { ensureSecretHash, parameter, poolAndClient } from './client.js'
import { answerTo } from './initiate.js'
import { finishSrp } from './srp.js'

interface Response {
  readonly ChallengeName: string
  readonly Session?: string
  readonly ChallengeResponses?: Readonly<Record<string, string>>
}

export const RespondToAuthChallenge = operation('RespondToAuthChallenge', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  return respond(scope, pool, client, input)
})

export const AdminRespondToAuthChallenge = operation('AdminRespondToAuthChallenge', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId, input.UserPoolId)
  return respond(scope, pool, client, input)
})

async function respond(scope: Scope, pool: UserPool, client: AppClient, response: Response): Promise<object> {
  const { ChallengeName, ChallengeResponses: responses } = response
  const username = parameter(responses, 'USERNAME')
  ensureSecretHash(client, username, responses?.SECRET_HASH)
  switch (ChallengeName) {
    case 'PASSWORD_VERIFIER':
      return answerTo(
        scope,
        pool,
        client,
        await finishSrp(scope, pool, client, {
          username,
          block: parameter(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
          signature: parameter(responses, 'PASSWORD_CLAIM_SIGNATURE'),
          timestamp: parameter(responses, 'TIMESTAMP'),
        }),
      )
    case 'NEW_PASSWORD_REQUIRED':
      return chooseNewPassword(scope, pool, client, username, response)
    default:
      throw invalidParameter(
        `Rockpool does not have the challenge ${ChallengeName} yet.`,
        'PASSWORD_VERIFIER and NEW_PASSWORD_REQUIRED are there.',
      )
  }
}

const prefix = 'userAttributes.'

/** The temporary password is replaced, and what was missing is told (§3.6). */
async function chooseNewPassword(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  username: string,
  { Session, ChallengeResponses: responses = {} }: Response,
): Promise<object> {
  const { service } = scope
  ensure(Session, () => invalidParameter('Missing required parameter Session'))
  const password = parameter(responses, 'NEW_PASSWORD')
  const pending = await pendingChallenge(service, pool, client, Session)
  const user = (await userNamed(service, pool, username))?.record
  ensure(user?.username === pending.username, () => notAuthorized('Invalid session for the user.'))
  const told = Object.fromEntries(
    Object.entries(responses)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
  const given = Object.keys(told).find(name => user.attributes[name])
  ensure(given === undefined, () => notAuthorized(`Cannot modify an already provided ${given}`))
  const [missing] = pending.missingAttributes.filter(name => !told[name])
  ensure(missing === undefined, () =>
    invalidParameter(`Attributes did not conform to the schema: ${missing}: The attribute is required\n`),
  )
  const { sub } = await setNewPassword(service, pool, client, {
    challenge: Session,
    password,
    attributes: told,
  })
  return {
    ChallengeParameters: {},
    AuthenticationResult: await tokensForSignIn(service, pool, client, sub),
  }
}
