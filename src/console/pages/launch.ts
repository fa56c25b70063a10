import { domainUrl, idpResponsePath } from '../../core/addresses.js'
import { type AppClient, allowsFlow } from '../../core/app-client.js'
import { allowedScopes } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../../flows/service.js'
import { withQuery } from '../../lib/url.js'
import { consolePath } from '../console.js'

/**
 * Where “Launch Hosted UI” leads for a client. One that knows the built-in app is launched by that, which shows what comes
 * back; any other as the AWS console does: the sign-in page of the domain, with all that the client may ask for. Undefined
 * where the client cannot sign anybody in at a page.
 */
export function launchLink(service: Service, pool: UserPool, client: AppClient): string | undefined {
  const domain = domainUrl(service, pool)
  const callbacks = client.settings.CallbackURLs ?? []
  // A pool that federates here begins its sign-ins itself, and takes no answer to one that it has not begun.
  const callback = callbacks.find(url => !url.endsWith(idpResponsePath))
  const flow = allowsFlow(client, 'code') ? 'code' : allowsFlow(client, 'implicit') ? 'token' : undefined
  if (domain === undefined || callback === undefined || flow === undefined) return undefined
  if (flow === 'code' && callbacks.includes(`${service.base}${consolePath}/app/callback`))
    return withQuery(`${consolePath}/app/launch`, { client_id: client.id })
  return withQuery(`${domain}/login`, {
    client_id: client.id,
    response_type: flow,
    scope: allowedScopes(client).join(' '),
    redirect_uri: callback,
  })
}
