import type { FastifyInstance } from 'fastify'
import { Refusal } from '../core/refusal.js'
import { authorizationRequest } from '../flows/authorization/authorization-request.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import { finishPasskeySignIn, passkeyAsked } from '../flows/sign-in/passkey-sign-in.js'
import { readCookie } from '../http/cookies.js'
import { csrfToken, ensureOwnForm } from '../http/csrf.js'
import { hostedRoute, pathOf, withScript } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { passkeyPage } from './passkey-page.js'
import { passkeyScriptUrl } from './passkey-script.js'
import { showSignInPage } from './show-sign-in-page.js'
import { stylesheetUrl } from './stylesheet.js'

/** `/passkeys/use`: signs in with a passkey, once the sign-in page knows whose (Cognito does not tell its address). */
export function usePasskey(
  app: FastifyInstance,
  hosting: Hosting,
  { server }: { server: AuthorizationServer },
): void {
  const { service } = hosting

  // Who has not begun, or too long ago, begins anew.
  hostedRoute(app, hosting, {
    method: 'GET',
    path: '/passkeys/use',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const { pool, client, parameters } = await authorizationRequest(service, hosted.pool, queryOf(request))
      const session = readCookie(request, hosted, 'challenge') ?? ''
      const path = pathOf(hosted)
      const asked = await orRefusal(() => passkeyAsked(service, pool, client, session))
      if (asked instanceof Refusal) return reply.redirect(withQuery(`${path}/login`, parameters), 302)
      const page = passkeyPage({
        ...asked,
        kind: 'get',
        poolName: pool.name,
        clientName: client.name,
        stylesheet: stylesheetUrl,
        script: passkeyScriptUrl,
        action: withQuery(`${path}/passkeys/use`, parameters),
        csrf: csrfToken(service, hosted, request, reply),
        otherwise: withQuery(`${path}/login`, parameters),
      })
      return reply.headers(withScript).type('text/html; charset=utf-8').send(page)
    },
  })

  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/passkeys/use',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      ensureOwnForm(request)
      const { credential = '' } = formOf(request)
      const session = readCookie(request, hosted, 'challenge') ?? ''
      const attempt = { pool: hosted.pool, client: asked.client, journey: { atPages: true as const } }
      const outcome = await orRecordedRefusal(service, () =>
        finishPasskeySignIn(service, attempt, { session, credential }),
      )
      if (!(outcome instanceof Refusal)) return goOn(service, server, hosted, request, reply, asked, outcome)
      return showSignInPage(service, hosted, request, reply, asked, { error: outcome.told })
    },
  })
}
