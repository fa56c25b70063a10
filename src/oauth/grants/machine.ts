import { allowsFlow, isConfidential } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { parseScopes } from '../../core/scopes.js'
import { machineAccessToken, machineScopes } from '../../flows/grants/machine.js'
import type { Service } from '../../flows/service.js'
import * as refusals from '../token-refusals.js'
import { inWordsOfEndpoint, type TokenRequest, type TokenResponse } from './grant.js'

/**
 * `grant_type=client_credentials`: a client acts for itself, with scopes of resource servers
 * (docs/facts/oauth-and-federation.md §4.1, fact O33).
 */
export async function machineToken(service: Service, request: TokenRequest): Promise<TokenResponse> {
  const { pool, client } = request
  ensure(client.settings.AllowedOAuthFlowsUserPoolClient, () => refusals.machineWithoutOAuth(client))
  ensure(allowsFlow(client, 'client_credentials'), () =>
    refusals.flowNotAllowed(client, 'client_credentials'),
  )
  ensure(isConfidential(client), () => refusals.secretlessMachine(client))
  const scopes = await grantedScopes(service, request)
  const metadata = metadataIn(request)
  const { token, expiresIn } = await inWordsOfEndpoint(() =>
    machineAccessToken(service, { pool, client }, scopes, metadata),
  )
  return { access_token: token, expires_in: expiresIn, token_type: 'Bearer' }
}

/** What the client sends along for its trigger: `aws_client_metadata`, a JSON object of texts (fact T25). */
function metadataIn({ form }: TokenRequest): Readonly<Record<string, string>> | undefined {
  const given = form.aws_client_metadata
  if (given === undefined) return undefined
  const read = metadataOf(given)
  ensure(read, () => refusals.malformedMetadata(given))
  return read
}

function metadataOf(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isTexts =
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every(one => typeof one === 'string')
    return isTexts ? (value as Record<string, string>) : undefined
  } catch {
    return undefined
  }
}

/**
 * The scopes of the token: those asked for, else all that the client may have. A scope that it may not have is dropped;
 * when none is left, there is no token (fact O34).
 */
async function grantedScopes(service: Service, { pool, client, form }: TokenRequest): Promise<string[]> {
  const allowed = await machineScopes(service, pool, client)
  const asked = parseScopes(form.scope) ?? allowed
  const scopes = asked.filter(scope => allowed.includes(scope))
  ensure(scopes.length > 0, () => refusals.noScopeLeft(client, asked))
  return scopes
}
