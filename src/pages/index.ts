import type { FastifyInstance } from 'fastify'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { refuseOtherMethods } from '../http/other-methods.js'
import { addPasskey } from './add-passkey.js'
import { changePassword } from './change-password.js'
import { error } from './error.js'
import { login } from './login.js'
import { mfa } from './mfa.js'
import { passkeyScript, passkeyScriptUrl } from './passkey-script.js'
import { stylesheet, stylesheetUrl } from './stylesheet.js'
import { usePasskey } from './use-passkey.js'

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
  mfa(app, hosting, ports)
  usePasskey(app, hosting, ports)
  addPasskey(app, hosting)
  error(app, hosting)
  refuseOtherMethods(app, '/login', ['GET', 'POST'])
  refuseOtherMethods(app, '/oauth2/login', ['GET'])
  refuseOtherMethods(app, '/changePassword', ['GET', 'POST'])
  refuseOtherMethods(app, '/mfa', ['GET', 'POST'])
  refuseOtherMethods(app, '/passkeys/use', ['GET', 'POST'])
  refuseOtherMethods(app, '/passkeys/add', ['GET', 'POST'])
  refuseOtherMethods(app, '/error', ['GET'])
  asset(stylesheetUrl, 'text/css; charset=utf-8', stylesheet)
  asset(passkeyScriptUrl, 'text/javascript; charset=utf-8', passkeyScript)

  /** Its address changes with what it holds: browsers may keep it. */
  function asset(url: string, type: string, content: string): void {
    app.get(url, { config: { tellsNothing: true } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    )
  }
}
