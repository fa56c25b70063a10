import { type AppClient, isSignOutUrl } from '../core/app-client.js'
import { ensure, entryLine, listed, refusal } from '../core/refusal.js'
import { allowedScopes } from '../core/scopes.js'
import {
  authorizationRequest,
  knownClient,
  type Parameters,
} from '../flows/authorization/authorization-request.js'
import { endSession, findSession } from '../flows/authorization/hosted-session.js'
import type { UpstreamProviders } from '../flows/authorization/ports.js'
import { clearCookie, readCookie } from '../http/cookies.js'
import { canonicalElsewhere, hostedRoute, queryStringOf } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { queryOf } from '../http/parameters.js'
import { didYouMean } from '../lib/nearest.js'
import { withQuery } from '../lib/url.js'

/**
 * `GET /logout`: ends the session of this browser, then goes to a registered sign-out URL, or to the sign-in page for
 * the next one (docs/facts/oauth-and-federation.md §6.2). It revokes no token, and ends no session at another
 * provider (§6.3), but for a SAML provider that wants it so (docs/facts/saml-and-social.md §4).
 */
export function logout(hosting: Hosting, upstream: UpstreamProviders): HostedAnswer[] {
  const { service } = hosting
  return hostedRoute(hosting, {
    method: 'GET',
    path: '/logout',
    // As prose of AWS has it now and then (§1.3).
    aliases: ['/oauth2/logout'],
    caller: 'browser',
    async handler(hosted, request, reply) {
      const parameters = queryOf(request)
      ensure(parameters.client_id, () => clientMissing(parameters))
      const client = await knownClient(service, hosted.pool, parameters)
      const { logout_uri: logoutUri, redirect_uri: redirectUri } = parameters
      ensure(logoutUri ?? redirectUri, () => nowhereToGo(parameters.post_logout_redirect_uri))
      if (logoutUri !== undefined)
        ensure(isSignOutUrl(client, logoutUri), () => notRegistered(logoutUri, client))
      const next = logoutUri ?? (await signInAgain())
      const session = readCookie(request, hosted, 'cognito')
      const canonical = canonicalElsewhere(service, hosted)
      // Signed in by path, signed out by host name: the cookie is there.
      if (session === undefined && canonical !== undefined)
        return reply.redirect(`${canonical}/logout${queryStringOf(request)}`, 302)
      const ended = await findSession(service, hosted.pool, session)
      await endSession(service, session)
      clearCookie(reply, hosted, 'cognito')
      clearCookie(reply, hosted, 'challenge')
      return reply.redirect((await upstream.signOut(hosted.pool, ended, next)) ?? withQuery(next, {}), 302)

      /**
       * The scope that was not named is filled in with all the client may ask for (fact O54). The user who
       * signs out chooses the provider anew: the request cannot ask for one here (§6.2).
       */
      async function signInAgain(): Promise<string> {
        const { identity_provider: _provider, idp_identifier: _identifier, ...kept } = parameters
        const filled = { ...kept, scope: kept.scope ?? allowedScopes(client).join(' ') }
        await authorizationRequest(service, hosted.pool, filled)
        return withQuery(`${hosted.url}/login`, filled)
      }
    },
  })
}

/** Checks the client before the addresses; an unknown client leads to `/error` (fact N12). */
const clientMissing = refusal(
  "Required String parameter 'client_id' is not present",
  ({ post_logout_redirect_uri: next, id_token_hint: hint }: Parameters) => ({
    because:
      next === undefined && hint === undefined
        ? 'The request has no client_id, which Cognito wants beside logout_uri and redirect_uri.'
        : 'The request has no client_id, but id_token_hint or post_logout_redirect_uri, as OpenID Connect has them. Cognito knows neither.',
    remedy:
      'Send the browser to /logout with client_id and logout_uri yourself, instead of by the sign-out of the library. logout_uri must be one of the LogoutURLs of the client.',
  }),
)

const told = "Required String parameter 'redirect_uri' is not present"

const nowhereToGo = refusal('invalid_request', (ofOidc: string | undefined) => ({
  told,
  because:
    ofOidc === undefined
      ? 'The request has neither logout_uri nor redirect_uri, and so says nowhere to go.'
      : `The request has post_logout_redirect_uri ("${ofOidc}"), as OpenID Connect has it. Cognito does not know post_logout_redirect_uri, but logout_uri.`,
  remedy: 'Send client_id and logout_uri, with one of the LogoutURLs of the client.',
}))

const notRegistered = refusal('invalid_request', (logoutUri: string, { name, settings }: AppClient) => ({
  told,
  because: `logout_uri "${logoutUri}" is not among the LogoutURLs of client ${name}: ${listed(settings.LogoutURLs)}.`,
  remedy: `Add ${logoutUri} to LogoutURLs of client ${name}, or send a registered URL.${didYouMean(logoutUri, settings.LogoutURLs ?? [])}`,
  values: settings.LogoutURLs,
  line: entryLine(`LogoutURLs of client ${name}`, logoutUri),
}))
