import type { FastifyInstance } from 'fastify'
import type { AuthorizationServer, UpstreamProviders } from '../flows/ports.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { refuseOtherMethods } from '../http/other-methods.js'
import { changePassword } from './change-password.js'
import { error } from './error.js'
import { login } from './login.js'
import { stylesheet, stylesheetUrl } from './stylesheet.js'

/**
 * The pages of a user pool domain that a browser sees. A view is a pure function to HTML; routes decide nothing, they
 * ask the flows. How the app is answered, and who else may vouch for users, come in as ports.
 */
export function pages(
  app: FastifyInstance,
  hosting: Hosting,
  ports: { server: AuthorizationServer; upstream: UpstreamProviders },
): void {
  login(app, hosting, ports)
  changePassword(app, hosting, ports)
  error(app, hosting)
  refuseOtherMethods(app, '/login', ['GET', 'POST'])
  refuseOtherMethods(app, '/oauth2/login', ['GET'])
  refuseOtherMethods(app, '/changePassword', ['GET', 'POST'])
  refuseOtherMethods(app, '/error', ['GET'])
  app.get(stylesheetUrl, { config: { tellsNothing: true } }, (_request, reply) =>
    reply
      .type('text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(stylesheet),
  )
}
