import type { FastifyInstance } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders, preflightHeaders } from '../http/endpoint-headers.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { type KnownMethods, otherMethods, refuseMethod, refuseOtherMethods } from '../http/other-methods.js'
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
 * userInfo, logout, discovery and keys. What a grant is and whose tokens come of it, src/flows/grants knows. Those that are found
 * below an issuer, or read bodies of their own, are registered; the others are what domains answer.
 */
export function oauth(
  app: FastifyInstance,
  hosting: Hosting,
  ports: { server: AuthorizationServer; upstream: UpstreamProviders },
): HostedAnswer[] {
  discovery(app, hosting.service)
  register(app, hosting)
  const onError = refuseUnread(hosting.service)
  return [
    ...authorize(hosting, ports),
    ...logout(hosting, ports.upstream),
    ...userInfo(hosting),
    ...token(hosting, onError),
    ...revoke(hosting, onError),
    ...refusals(hosting.service),
  ]
}

/** A body that could not be read is refused like one that is no form, but for one that is too large. */
const refuseUnread =
  (service: Service): NonNullable<HostedAnswer['onError']> =>
  (error, request, reply) => {
    if (error.statusCode === 413)
      return endpointHeaders(reply, service.chance)
        .code(413)
        .send({ error: 'invalid_request', error_description: 'The body is too large.' })
    if (error instanceof Refusal || (error.statusCode ?? 500) >= 500) throw error
    return refuseBody(service, request, reply)
  }

/** Lets scripts of any origin ask whether they may call, and says which methods there are and what to send. */
const refusals = (service: Service): HostedAnswer[] => [
  ...['/oauth2/authorize', '/authorize'].map(path =>
    refuseOtherMethods(service, { path, allowed: ['GET'], remedy: byLink('response_type and redirect_uri') }),
  ),
  ...['/logout', '/oauth2/logout'].map(path =>
    refuseOtherMethods(service, { path, allowed: ['GET'], remedy: byLink('logout_uri') }),
  ),
  ...calledByApps.flatMap(known => answerOtherMethods(service, known)),
]

const byLink = (parameters: string): string =>
  `Send the browser there by a link or a redirect, with client_id, ${parameters} in the query.`

const asForm = 'as a form in the body (Content-Type: application/x-www-form-urlencoded)'

/** The endpoints that apps call without a browser. */
const calledByApps: readonly KnownMethods[] = [
  {
    path: '/oauth2/token',
    allowed: ['POST'],
    remedy: `Send POST, with grant_type and what it needs ${asForm}: for a code grant_type=authorization_code, code, redirect_uri and client_id.`,
  },
  {
    path: '/oauth2/userInfo',
    allowed: ['GET', 'POST'],
    remedy: 'Send GET, with the access token in Authorization: Bearer.',
  },
  {
    path: '/oauth2/revoke',
    allowed: ['POST'],
    remedy: `Send POST, with token (a refresh token) and client_id ${asForm}.`,
  },
  {
    path: '/oauth2/register',
    allowed: ['POST'],
    remedy: 'Send POST, with the metadata of the client as JSON: client_name, redirect_uris (RFC 7591).',
  },
]

/** The answers of Cognito to the methods that these endpoints do not have (docs/facts/oauth-and-federation.md §4.3). */
function answerOtherMethods(service: Service, known: KnownMethods): HostedAnswer[] {
  const { path, allowed } = known
  const ask: HostedAnswer['named'] = (_request, reply) => reply.code(204).headers(preflightHeaders).send()
  const refuse: HostedAnswer['named'] = (request, reply) => {
    const { code } = refuseMethod(service, known, request, reply)
    return endpointHeaders(reply, service.chance).code(405).send({ error: code })
  }
  return [
    { methods: ['OPTIONS'], path, named: ask, unnamed: ask },
    { methods: otherMethods(allowed), path, named: refuse, unnamed: refuse },
  ]
}
