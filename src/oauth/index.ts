import type { FastifyInstance } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import { endpointHeaders, preflightHeaders } from '../http/endpoint-headers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { refuseOtherMethods } from '../http/other-methods.js'
import { authorize } from './authorize.js'
import { discovery } from './discovery.js'
import { logout } from './logout.js'
import { register } from './register.js'
import { revoke } from './revoke.js'
import { token } from './token.js'
import { refuseBody } from './token-refusals.js'
import { userInfo } from './user-info.js'

export { authorizationServer } from './authorization-server.js'

/**
 * The OAuth 2.0 and OpenID Connect endpoints of the pools: authorize, token (a file a grant in `grants/`), revocation,
 * userInfo, logout, discovery and keys. What a grant is and whose tokens come of it, src/flows/grants knows.
 */
export function oauth(
  app: FastifyInstance,
  hosting: Hosting,
  ports: { server: AuthorizationServer; upstream: UpstreamProviders },
): void {
  discovery(app, hosting.service)
  authorize(app, hosting, ports)
  logout(app, hosting, ports.upstream)
  userInfo(app, hosting)
  register(app, hosting)
  app.register(async app => {
    app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      if (error.statusCode === 413)
        return endpointHeaders(reply, hosting.service.chance)
          .code(413)
          .send({ error: 'invalid_request', error_description: 'The body is too large.' })
      // A body that could not be read is refused like one that is no form.
      if (error instanceof Refusal || (error.statusCode ?? 500) >= 500) throw error
      return refuseBody(hosting.service, request, reply)
    })
    token(app, hosting)
    revoke(app, hosting)
  })
  for (const path of ['/oauth2/authorize', '/authorize', '/logout', '/oauth2/logout'])
    refuseOtherMethods(app, path, ['GET'])
  answerOtherMethods(app, hosting, '/oauth2/token', ['POST'])
  answerOtherMethods(app, hosting, '/oauth2/userInfo', ['GET', 'POST'])
  answerOtherMethods(app, hosting, '/oauth2/revoke', ['POST'])
  answerOtherMethods(app, hosting, '/oauth2/register', ['POST'])
}

/**
 * Lets scripts of any origin ask whether they may call, and tells everybody else which methods there are
 * (docs/facts/oauth-and-federation.md §4.3).
 */
function answerOtherMethods(
  app: FastifyInstance,
  { service: { chance } }: Hosting,
  path: string,
  allowed: readonly string[],
): void {
  const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(method => !allowed.includes(method))
  for (const url of [path, `/:domain${path}`]) {
    app.options(url, (_request, reply) => reply.code(204).headers(preflightHeaders).send())
    app.route({
      method: others,
      url,
      handler: (_request, reply) =>
        endpointHeaders(reply, chance)
          .code(405)
          .header('allow', allowed.join(', '))
          .send({ error: 'invalid_request' }),
    })
  }
}
