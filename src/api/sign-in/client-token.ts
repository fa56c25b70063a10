import type { AppClient } from '../../core/app-client.js'
import { ensure, Refusal, refusal } from '../../core/refusal.js'
import { clientTokenFlow, machineAccessToken, machineScopes } from '../../flows/grants/machine.js'
import { ifAny } from '../../lib/if-any.js'
import { sameSecret } from '../../lib/secrets.js'
import { operation } from '../operations.js'
import { poolAndClient } from './client.js'

/** A token for a client that acts for itself, without a domain (docs/facts/additions-2026.md, facts N34 to N37). */
export const GetClientToken = operation('GetClientToken', async (scope, input) => {
  const { service } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecret(client, input.Secret)
  ensure(client.settings.ExplicitAuthFlows?.includes(clientTokenFlow), () => flowNotAllowed(client))
  const allowed = await machineScopes(service, pool, client)
  const scopes = ifAny(input.Scopes) ?? allowed
  const foreign = scopes.find(scope => !allowed.includes(scope))
  ensure(foreign === undefined, () => scopeNotAllowed(client, foreign ?? ''))
  ensure(scopes.length > 0, () => noScopes(client))
  const minted = await inWordsOfOperation(() =>
    machineAccessToken(service, { pool, client }, [...new Set(scopes)], input.ClientMetadata),
  )
  return {
    ClientAuthenticationResult: {
      AccessToken: minted.token,
      ExpiresIn: minted.expiresIn,
      TokenType: 'Bearer',
    },
  }
})

function ensureSecret(client: AppClient, given: string): void {
  const right = client.secrets.map(({ value }) => sameSecret(given, value))
  ensure(right.includes(true), () => secretWrong(client))
}

/** What a trigger refuses is refused by an exception that the operation has: it has none of triggers. */
async function inWordsOfOperation<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Refusal ? refusedByTrigger(error) : error
  }
}

const refusedByTrigger = refusal('NotAuthorizedException', ({ told, explanation }: Refusal) => ({
  told,
  ...explanation,
}))

const secretWrong = refusal('NotAuthorizedException', ({ name, secrets }: AppClient) => ({
  told: 'Invalid client or secret',
  because:
    secrets.length === 0
      ? `The client ${name} has no secret, so it cannot prove itself.`
      : `Secret is none of the client ${name}.`,
  remedy: 'Send one of the secrets of a client that was created with GenerateSecret or ClientSecret.',
}))

/** AWS's own words are known to name the flow, and not otherwise. */
const flowNotAllowed = refusal('NotAuthorizedException', ({ name }: AppClient) => ({
  told: `${clientTokenFlow} is not enabled for the client.`,
  because: `ExplicitAuthFlows of the client ${name} is not ["${clientTokenFlow}"].`,
  remedy: `Set ExplicitAuthFlows of the client to ["${clientTokenFlow}"] alone, or ask its token endpoint with client_credentials.`,
}))

const scopeNotAllowed = refusal('InvalidParameterException', ({ name }: AppClient, scope: string) => ({
  told: `Invalid scope requested: ${scope}`,
  because: `The client ${name} may not have the scope ${scope}, or no resource server defines it any more.`,
  remedy: `Add ${scope} to AllowedOAuthScopes of the client, or leave Scopes out: then the token has all of them.`,
}))

// Cognito's words are not known.
const noScopes = refusal('InvalidParameterException', ({ name }: AppClient) => ({
  told: 'The client has no scopes.',
  because: `AllowedOAuthScopes of the client ${name} names no scope of a resource server.`,
  remedy: 'Create a resource server with a scope, and add "identifier/scope" to AllowedOAuthScopes.',
}))
