import type { AppClient } from '../../core/app-client.js'
import type { UserPool } from '../../core/user-pool.js'
import { type AuthFlow, type Caller, ensureFlowAllowed, parameterOf } from '../../flows/sign-in/auth-flows.js'
import { beginSignIn } from '../../flows/sign-in/begin-sign-in.js'
import { ensureSecretHash } from '../../flows/sign-in/client-secret.js'
import { type Parameters, requiredParameter } from '../../flows/sign-in/parameters.js'
import { ensureStepUpInTier } from '../../flows/sign-in/step-up.js'
import { operation } from '../operations.js'
import type { Scope } from '../scope.js'
import { answerTo } from './answer.js'
import { poolAndClient } from './client.js'
import { refreshed } from './refresh.js'

export const InitiateAuth = operation('InitiateAuth', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  return begin(scope, pool, client, input, 'public')
})

export const AdminInitiateAuth = operation('AdminInitiateAuth', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId, input.UserPoolId)
  return begin(scope, pool, client, input, 'admin')
})

interface Begun {
  readonly AuthFlow: AuthFlow
  readonly AuthParameters?: Parameters
  readonly Session?: string
  readonly ClientMetadata?: Parameters
}

async function begin(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  {
    AuthFlow: flow,
    AuthParameters: parameters = {},
    Session: session,
    ClientMetadata: clientMetadata,
  }: Begun,
  caller: Caller,
): Promise<object> {
  if (flow === 'USER_AUTH') ensureStepUpInTier(pool, parameters)
  ensureFlowAllowed(pool, client, flow, caller)
  if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
    const token = requiredParameter(parameters, 'REFRESH_TOKEN')
    return refreshed(scope, pool, client, token, parameters)
  }
  const username = requiredParameter(parameters, 'USERNAME')
  const needed = parameterOf(flow)
  if (needed !== undefined) requiredParameter(parameters, needed)
  ensureSecretHash(client, username, parameters.SECRET_HASH)
  const request = { flow, username, parameters, session, clientMetadata, caller }
  return answerTo(scope, pool, client, await beginSignIn(scope.service, pool, client, request))
}
