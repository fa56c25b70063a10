import type { errors as EngineErrors, TokenEndpointGrantContext } from 'oidc-provider'
import { customScopes } from '../../core/resource-server.js'
import { allowedScopes, isSystemScope, parseScopes } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, resourceServersOf } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { mintMachineToken } from '../../tokens/token-service.js'

/**
 * The client credentials grant: a client acts for itself, with scopes of resource servers. Asked for none it gets all
 * it may have; one it may not have is dropped, and when none is left there is no token (§4.1, facts O33, O34).
 */
export const clientCredentials =
  (service: Service, pool: UserPool, errors: typeof EngineErrors) =>
  async (ctx: TokenEndpointGrantContext): Promise<void> => {
    const client = await clientById(service, ctx.oidc.client.clientId)
    if (client === undefined || client.secrets.length === 0)
      throw new errors.UnauthorizedClient('a client without a secret has no credentials to act on')
    const known = new Set((await resourceServersOf(service, pool)).flatMap(customScopes))
    const allowed = allowedScopes(client).filter(scope => !isSystemScope(scope) && known.has(scope))
    const asked = parseScopes(ctx.oidc.params.scope as string | undefined) ?? allowed
    const scopes = asked.filter(scope => allowed.includes(scope))
    if (scopes.length === 0) throw new errors.InvalidScope('no scope is left', asked.join(' '))
    const { token, claims, expiresIn } = await mintMachineToken(service, pool, client, scopes)
    service.recorder.note('tokens', { access_token: claims })
    ctx.body = { access_token: token, expires_in: expiresIn, token_type: 'Bearer' }
  }
