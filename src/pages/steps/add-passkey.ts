import type { FastifyReply } from 'fastify'
import { type AppClient, isCallback } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { ensure, Refusal, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { beginRegistration, completeRegistration } from '../../flows/account/passkeys.js'
import { parametersMissing, redirectMismatch } from '../../flows/authorization/authorization-refusals.js'
import { knownClient } from '../../flows/authorization/authorization-request.js'
import { findSession } from '../../flows/authorization/hosted-session.js'
import { userBySub } from '../../flows/directory/directory.js'
import { readCookie } from '../../http/cookies.js'
import { csrfToken } from '../../http/csrf.js'
import { pathOf } from '../../http/hosted.js'
import { queryOf } from '../../http/parameters.js'
import { withQuery } from '../../lib/url.js'
import type { Look } from '../look/look.js'
import { isManaged, lookOf } from '../look/look-of.js'
import { fieldsOf, type PageRoute, showPage, type Visit } from '../step.js'
import { passkeyPage } from '../views/passkey-page.js'
import { passkeyScriptUrl } from '../views/passkey-script.js'
import { orRecordedRefusal } from './or-refusal.js'

/** A signed-in user at the page, the app that sent them, and where they go from here. */
interface OwnerVisit extends Visit {
  readonly client: AppClient
  readonly user: UserRecord
  readonly redirectUri: string
  readonly look: Look
}

/**
 * `/passkeys/add`: lets the user who is signed in at the hosted pages add a passkey. An app links to it with
 * `client_id` and a registered `redirect_uri`, where the browser comes back to (docs/facts/oauth-and-federation.md §1.3, §10.2).
 */
export const addPasskey: PageRoute<OwnerVisit> = {
  path: '/passkeys/add',
  arrive,
  get: visit => show(visit),
  async post(visit) {
    const { service, hosted, reply, client, user, redirectUri } = visit
    const outcome = await orRecordedRefusal(service, () =>
      completeRegistration(service, hosted.pool, client, user, fieldsOf(visit).credential),
    )
    return outcome instanceof Refusal ? show(visit, outcome.told) : reply.redirect(redirectUri, 302)
  },
}

async function arrive(visit: Visit): Promise<OwnerVisit> {
  const { service, hosted, request } = visit
  const { pool } = hosted
  ensure(isManaged(hosted), () => notClassic(pool))
  const query = queryOf(request)
  const client = await knownClient(service, pool, query)
  const { redirect_uri: redirectUri } = query
  ensure(redirectUri, () => parametersMissing('redirect_uri'))
  ensure(isCallback(client, redirectUri), () => redirectMismatch(redirectUri, client, pool))
  const session = await findSession(service, pool, readCookie(request, hosted, 'cognito'))
  const user = session && (await userBySub(service, pool, session.sub))
  ensure(user, signedOut)
  return { ...visit, client, user: user.record, redirectUri, look: await lookOf(service, hosted, client) }
}

const notClassic = refusal('invalid_request', (pool: UserPool) => ({
  told: 'An error was encountered with the requested page.',
  because: `The domain of ${pool.name} shows the classic pages, which know no passkeys.`,
  remedy: 'Set ManagedLoginVersion of the domain to 2, and give the client a managed login style.',
}))

const signedOut = refusal('login_required', () => ({
  told: 'Sign in first, then add a passkey.',
  because: 'This browser has no session at the hosted pages, or it is older than an hour.',
  remedy: 'Send the user through /oauth2/authorize before /passkeys/add.',
}))

async function show(visit: OwnerVisit, error?: string): Promise<FastifyReply> {
  const { service, hosted, request, reply, client, user, redirectUri, words, look } = visit
  const view = {
    kind: 'create' as const,
    options: await beginRegistration(service, hosted.pool, client, user),
    username: user.username,
    poolName: hosted.pool.name,
    clientName: client.name,
    look,
    script: passkeyScriptUrl,
    action: withQuery(`${pathOf(hosted)}/passkeys/add`, { client_id: client.id, redirect_uri: redirectUri }),
    csrf: csrfToken(service, hosted, request, reply),
    otherwise: redirectUri,
    error,
  }
  return showPage(visit, passkeyPage(view, words))
}
