import type { FastifyReply, FastifyRequest } from 'fastify'
import { userInfoClaims } from '../core/claims.js'
import { ensure, Refusal, refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import { clientById } from '../flows/directory/directory.js'
import { verifyAccessToken } from '../flows/grants/access-token.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { type HostedRoute, hostedRoute } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { poolOfToken } from '../http/token-pool.js'

/** `/oauth2/userInfo`: what the pool knows of the user of an access token (docs/facts/oauth-and-federation.md §5). */
export function userInfo(hosting: Hosting): HostedAnswer[] {
  const { service } = hosting
  const route: Omit<HostedRoute, 'method'> = {
    path: '/oauth2/userInfo',
    caller: 'server',
    poolOf: request => poolOfToken(service, request),
    async handler({ pool }, request, reply) {
      endpointHeaders(reply, service.chance)
      try {
        return reply.send(await describeUser(service, pool, bearerToken(request)))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        service.recorder.refused(error)
        return refuse(reply, error)
      }
    },
  }
  return [
    ...hostedRoute(hosting, { ...route, method: 'GET' }),
    ...hostedRoute(hosting, { ...route, method: 'POST' }),
  ]
}

async function describeUser(service: Service, pool: UserPool, token: string) {
  const { claims, person, scopes } = await verifyAccessToken(service, pool, token)
  if (typeof claims.origin_jti === 'string') service.recorder.join(`grant:${claims.origin_jti}`)
  ensure(scopes.includes('openid'), () => withoutOpenid(scopes.join(' ')))
  const client = await clientById(service, String(claims.client_id))
  ensure(client, () => clientGone(String(claims.client_id)))
  return userInfoClaims(client, scopes, person.user)
}

function bearerToken({ headers }: FastifyRequest): string {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  ensure(token, noBearer)
  return token
}

/** The header has no `Bearer` in front, as documented; the body repeats it (§5, §12). */
function refuse(reply: FastifyReply, { code, told }: Refusal): FastifyReply {
  return reply
    .code(code === 'invalid_request' ? 400 : 401)
    .header('www-authenticate', `error="${code}", error_description="${told}"`)
    .send({ error: code, error_description: told })
}

const noBearer = refusal('invalid_request', () => ({
  told: 'Bad OAuth2 request at UserInfo Endpoint',
  because: 'The request has no Authorization header of the form "Bearer <access token>".',
  remedy:
    'Send the header Authorization: Bearer, a blank, and the access token of a sign-in with the scope openid.',
}))

const withoutOpenid = refusal('invalid_token', (scopes: string) => ({
  told: 'Access token does not contain openid scope',
  because: `The token was granted "${scopes}", without openid.`,
  remedy: 'Ask for the scope openid when signing in; tokens of the API sign-in never have it.',
}))

const clientGone = refusal('invalid_token', (clientId: string) => ({
  told: 'Access token is expired, disabled, or deleted, or the user has globally signed out.',
  because: `The client ${clientId} that the token was given to was deleted.`,
  remedy: `Sign in with a client that exists; a seed can make ${clientId} anew under the same ClientId.`,
}))
