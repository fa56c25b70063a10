import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AppClient, isCallback } from '../core/app-client.js'
import type { UserRecord } from '../core/collections.js'
import { ensure, Refusal, refusal } from '../core/refusal.js'
import { beginRegistration, completeRegistration } from '../flows/account/passkeys.js'
import { parametersMissing, redirectMismatch } from '../flows/authorization/authorization-refusals.js'
import { knownClient } from '../flows/authorization/authorization-request.js'
import { findSession } from '../flows/authorization/hosted-session.js'
import { userBySub } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { readCookie } from '../http/cookies.js'
import { csrfToken, ensureOwnForm } from '../http/csrf.js'
import { type Hosted, hostedRoute, pathOf, withScript } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'
import { orRecordedRefusal } from './or-refusal.js'
import { passkeyPage } from './passkey-page.js'
import { passkeyScriptUrl } from './passkey-script.js'
import { stylesheetUrl } from './stylesheet.js'

/**
 * `/passkeys/add`: lets who is signed in at the hosted pages add a passkey. An app links to it with `client_id` and a
 * registered `redirect_uri`, where the browser comes back to (oauth-and-federation.md §1.3, §10.2).
 */
export function addPasskey(app: FastifyInstance, hosting: Hosting): void {
  const { service } = hosting

  hostedRoute(app, hosting, {
    method: 'GET',
    path: '/passkeys/add',
    caller: 'browser',
    handler: async (hosted, request, reply) =>
      showPage(service, hosted, request, reply, await visit(service, hosted, request)),
  })

  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/passkeys/add',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const visitor = await visit(service, hosted, request)
      ensureOwnForm(request)
      const { client, user, redirectUri } = visitor
      const outcome = await orRecordedRefusal(service, () =>
        completeRegistration(service, hosted.pool, client, user, formOf(request).credential),
      )
      return outcome instanceof Refusal
        ? showPage(service, hosted, request, reply, visitor, outcome.told)
        : reply.redirect(redirectUri, 302)
    },
  })
}

/** Who has come to the page, from which app, and where they go from here. */
interface Visit {
  readonly client: AppClient
  readonly user: UserRecord
  readonly redirectUri: string
}

async function visit(service: Service, hosted: Hosted, request: FastifyRequest): Promise<Visit> {
  const { pool } = hosted
  const query = queryOf(request)
  const client = await knownClient(service, pool, query)
  const { redirect_uri: redirectUri } = query
  ensure(redirectUri, () => parametersMissing('redirect_uri'))
  ensure(isCallback(client, redirectUri), () => redirectMismatch(redirectUri, client, pool))
  const session = await findSession(service, pool, readCookie(request, hosted, 'cognito'))
  const user = session && (await userBySub(service, pool, session.sub))
  ensure(user, signedOut)
  return { client, user: user.record, redirectUri }
}

const signedOut = refusal('login_required', () => ({
  told: 'Sign in first, then add a passkey.',
  because: 'This browser has no session at the hosted pages, or it is older than an hour.',
  remedy: 'Send the user through /oauth2/authorize before /passkeys/add.',
}))

async function showPage(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  { client, user, redirectUri }: Visit,
  error?: string,
): Promise<FastifyReply> {
  const { pool } = hosted
  const page = passkeyPage({
    kind: 'create',
    options: await beginRegistration(service, pool, client, user),
    username: user.username,
    poolName: pool.name,
    clientName: client.name,
    stylesheet: stylesheetUrl,
    script: passkeyScriptUrl,
    action: withQuery(`${pathOf(hosted)}/passkeys/add`, { client_id: client.id, redirect_uri: redirectUri }),
    csrf: csrfToken(service, hosted, request, reply),
    otherwise: redirectUri,
    error,
  })
  return reply.headers(withScript).type('text/html; charset=utf-8').send(page)
}
