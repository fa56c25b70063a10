import { allowsFlow, isConfidential } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { customScopes } from '../../core/resource-server.js'
import { allowedScopes, isSystemScope, parseScopes } from '../../core/scopes.js'
import { resourceServersOf } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { mintMachineToken } from '../../tokens/token-service.js'
import * as refusals from '../token-refusals.js'
import type { TokenRequest, TokenResponse } from './grant.js'

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
  const scopes = await machineScopes(service, request)
  const { token, claims, expiresIn } = await mintMachineToken(service, pool, client, scopes)
  service.recorder.note('tokens', { access_token: claims })
  return { access_token: token, expires_in: expiresIn, token_type: 'Bearer' }
}

/**
 * The scopes of the token: those asked for, else all that the client may have. A scope that it may not have is dropped;
 * when none is left, there is no token (fact O34).
 */
async function machineScopes(service: Service, { pool, client, form }: TokenRequest): Promise<string[]> {
  const known = new Set((await resourceServersOf(service, pool)).flatMap(customScopes))
  const allowed = allowedScopes(client).filter(scope => !isSystemScope(scope) && known.has(scope))
  const asked = parseScopes(form.scope) ?? allowed
  const scopes = asked.filter(scope => allowed.includes(scope))
  ensure(scopes.length > 0, () => refusals.noScopeLeft(client, asked))
  return scopes
}
