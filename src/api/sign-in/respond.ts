import type { AppClient } from '../../core/app-client.js'
import type { UserPool } from '../../core/user-pool.js'
import { answerChallenge } from '../../flows/sign-in/answer-challenge.js'
import { ensureSecretHash } from '../../flows/sign-in/client-secret.js'
import { type Parameters, requiredParameter } from '../../flows/sign-in/parameters.js'
import { operation } from '../operations.js'
import type { Scope } from '../scope.js'
import { answerTo } from './answer.js'
import { poolAndClient } from './client.js'

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

async function respond(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  { ChallengeName, Session: session, ChallengeResponses: responses = {}, ClientMetadata }: Response,
): Promise<object> {
  const username = requiredParameter(responses, 'USERNAME')
  ensureSecretHash(client, username, responses.SECRET_HASH)
  const result = await answerChallenge(scope.service, ChallengeName, {
    pool,
    client,
    session,
    responses,
    username,
    atPages: false,
    forTriggers: ClientMetadata === undefined ? {} : { clientMetadata: ClientMetadata },
  })
  return answerTo(scope, pool, client, result)
}
