import { localProvider, providersOf } from '../core/app-client.js'
import type { HostedSession } from '../core/hosted-session.js'
import type { IdentityProvider } from '../core/identity-provider.js'
import { Refusal } from '../core/refusal.js'
import { loginOption, loginRequired } from '../flows/authorization/authorization-refusals.js'
import {
  type AuthorizationRequest,
  authorizationRequest,
} from '../flows/authorization/authorization-request.js'
import { RefusedAtCallback } from '../flows/authorization/callback.js'
import { findSession, whyNotResumed } from '../flows/authorization/hosted-session.js'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import { levelLacking } from '../flows/authorization/step-up.js'
import { providerNamed } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { readCookie, setCookie } from '../http/cookies.js'
import { hostedRoute } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { leaveForProvider } from '../http/leave-for-provider.js'
import { queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'

/**
 * `GET /oauth2/authorize`: answers from the session where it can, otherwise sends the browser to the provider that
 * was asked for, or to the sign-in page with the same query (docs/facts/oauth-and-federation.md §1.4).
 */
export function authorize(
  hosting: Hosting,
  { server, upstream }: { server: AuthorizationServer; upstream: UpstreamProviders },
): HostedAnswer[] {
  const { service } = hosting
  return hostedRoute(hosting, {
    method: 'GET',
    path: '/oauth2/authorize',
    // As prose and samples of AWS have it now and then (§1.2).
    aliases: ['/authorize'],
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await orWithoutProvider(() =>
        authorizationRequest(service, hosted.pool, queryOf(request)),
      )
      if (asked instanceof Refusal) {
        service.recorder.refused(asked)
        // The sign-in page shows why, to the browser of this flight alone.
        const { flightId } = service.recorder
        if (flightId !== undefined) setCookie(reply, hosted, 'rockpool-flight', flightId, 300)
        const { identity_provider: _, idp_identifier: __, ...kept } = queryOf(request)
        return reply.redirect(withQuery(`${hosted.url}/login`, { ...kept, errorMessage: loginOption }), 302)
      }
      const session = await findSession(service, hosted.pool, readCookie(request, hosted, 'cognito'))
      const resumed = await sessionToResume(service, session, asked)
      if (resumed !== undefined) return reply.redirect(await server.grant(asked, resumed), 302)
      const provider = (await externalProvider(service, asked)) ?? (await voucherOf(service, session, asked))
      if (provider === undefined)
        return reply.redirect(withQuery(`${hosted.url}/login`, asked.parameters), 302)
      const elsewhere = { hosting, upstream, hosted, request, reply, asked }
      return leaveForProvider(elsewhere, provider)
    },
  })
}

/** What a request comes to, or the refusal of a provider that is not there: the sign-in page tells of that (fact N1). */
async function orWithoutProvider<T>(request: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof Refusal && error.told === loginOption) return error
    throw error
  }
}

/** The session, if it answers the request; refused where nothing else was allowed (`prompt=none`, fact O41). */
async function sessionToResume(
  service: Service,
  session: HostedSession | undefined,
  request: AuthorizationRequest,
): Promise<HostedSession | undefined> {
  const obstacle = whyNotResumed(service, session, request) ?? (await whyTooLow(service, session, request))
  if (obstacle !== undefined && request.prompts.includes('none'))
    throw new RefusedAtCallback(loginRequired(obstacle), request.callback)
  return obstacle === undefined ? session : undefined
}

/** Why a session is not sure enough of its user for what the app asks for; undefined where it is. */
async function whyTooLow(
  service: Service,
  session: HostedSession | undefined,
  request: AuthorizationRequest,
): Promise<string | undefined> {
  const level = session && (await levelLacking(service, session, request))
  return level && `the sign-in is below Level${level}, which acr_values asks for`
}

/** The provider that vouched for a session and can vouch for more: the user steps up there. */
async function voucherOf(
  service: Service,
  session: HostedSession | undefined,
  request: AuthorizationRequest,
): Promise<IdentityProvider | undefined> {
  if (session === undefined || session.provider === localProvider || request.provider !== undefined)
    return undefined
  if (whyNotResumed(service, session, request) !== undefined) return undefined
  const level = await levelLacking(service, session, request)
  return level === undefined ? undefined : providerNamed(service, request.pool, session.provider)
}

/** The provider asked for, or the only one there is: then the sign-in page has nothing to offer (§1.4). */
async function externalProvider(
  service: Service,
  { pool, client, provider }: AuthorizationRequest,
): Promise<IdentityProvider | undefined> {
  if (provider !== undefined) return provider === localProvider ? undefined : provider
  const [only, ...others] = providersOf(client)
  if (only === undefined || only === localProvider || others.length > 0) return undefined
  return providerNamed(service, pool, only)
}
