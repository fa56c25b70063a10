import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ensure, Refusal } from '../core/refusal.js'
import { usernameMissing } from '../flows/account/passkey-refusals.js'
import {
  type AuthorizationRequest,
  authorizationRequest,
  type Parameters,
} from '../flows/authorization/authorization-request.js'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { beginPasskeySignIn } from '../flows/sign-in/passkey-sign-in.js'
import { signInWithPassword } from '../flows/sign-in/sign-in.js'
import { browserBinding } from '../http/browser-binding.js'
import { ensureOwnForm } from '../http/csrf.js'
import { canonicalDetour, type Hosted, hostedRoute, pathOf } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal } from './or-refusal.js'
import { choices, showSignInPage } from './show-sign-in-page.js'

interface Ports {
  readonly server: AuthorizationServer
  readonly upstream: UpstreamProviders
}

/** `/login`: reached from authorize, or directly with the same parameters (oauth-and-federation.md §1.4, §10.2). */
export function login(app: FastifyInstance, hosting: Hosting, { server, upstream }: Ports): void {
  const { service } = hosting

  hostedRoute(app, hosting, {
    method: 'GET',
    path: '/login',
    // As prose of AWS has it now and then (§1.3).
    aliases: ['/oauth2/login'],
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      const choice = await choices(service, asked)
      if (!choice.local && choice.providers.length === 1 && choice.providers[0] !== undefined) {
        const detour = canonicalDetour(service, hosted, '/login')
        if (detour !== undefined) return reply.redirect(withQuery(detour, asked.parameters), 302)
        const browser = browserBinding(service, hosted, request, reply)
        return reply.redirect(await upstream.begin(asked, choice.providers[0], { browser }), 302)
      }
      return showSignInPage(service, hosted, request, reply, asked, { username: asked.loginHint })
    },
  })

  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/login',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      ensureOwnForm(request)
      const form = formOf(request)
      if (form.idp_identifier !== undefined) {
        const routed = await route(service, asked, form.idp_identifier)
        return routed instanceof Refusal
          ? showSignInPage(service, hosted, request, reply, asked, {
              identifier: form.idp_identifier,
              error: routed.told,
              errorIn: 'identifier',
            })
          : reply.redirect(withQuery(`${pathOf(hosted)}/oauth2/authorize`, routed), 302)
      }
      if (form.passkey !== undefined) return askForPasskey(service, server, hosted, request, reply, asked)
      const { username = '', password = '' } = form
      const outcome = await orRecordedRefusal(service, () =>
        signInWithPassword(service, hosted.pool, asked.client, { username, password }, { atPages: true }, {}),
      )
      if (outcome instanceof Refusal)
        return showSignInPage(service, hosted, request, reply, asked, {
          username: form.username,
          error: outcome.told,
        })
      return goOn(service, server, hosted, request, reply, asked, outcome)
    },
  })
}

/** Goes on to the page that asks for the user's passkey. */
async function askForPasskey(
  service: Service,
  server: AuthorizationServer,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
): Promise<FastifyReply> {
  const username = formOf(request).username?.trim() ?? ''
  const { pool, client } = asked
  const begun = await orRecordedRefusal(service, async () => {
    ensure(username !== '', usernameMissing)
    return beginPasskeySignIn(service, { pool, client, journey: { atPages: true } }, username)
  })
  if (begun instanceof Refusal)
    return showSignInPage(service, hosted, request, reply, asked, { error: begun.told })
  return goOn(service, server, hosted, request, reply, asked, begun)
}

/**
 * The request, by way of the provider whose identifier was entered; an e-mail address stands for its domain (§9.6).
 * Whom no provider matches is told so on the page.
 */
async function route(
  service: Service,
  { pool, parameters: { identity_provider: _, ...kept } }: AuthorizationRequest,
  entered: string,
): Promise<Parameters | Refusal> {
  const idp_identifier = entered.slice(entered.lastIndexOf('@') + 1).trim()
  const parameters = { ...kept, idp_identifier }
  return orRecordedRefusal(service, async () => {
    await authorizationRequest(service, pool, parameters)
    return parameters
  })
}
