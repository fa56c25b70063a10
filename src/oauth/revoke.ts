import type { FastifyRequest } from 'fastify'
import type { AppClient } from '../core/app-client.js'
import { ensure, Refusal, refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import { revokeByRefreshToken } from '../flows/grants/revocation.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { hostedRoute } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, isForm } from '../http/parameters.js'
import { authenticatedClient } from './client-authentication.js'
import { parameterMissing, refuseBody } from './token-refusals.js'

/**
 * `POST /oauth2/revoke`: ends a refresh token and all that came of its sign-in (docs/facts/oauth-and-federation.md §6.1).
 */
export function revoke(hosting: Hosting, onError: NonNullable<HostedAnswer['onError']>): HostedAnswer[] {
  const { service } = hosting
  return hostedRoute(hosting, {
    method: 'POST',
    path: '/oauth2/revoke',
    caller: 'server',
    onError,
    async handler({ pool }, request, reply) {
      endpointHeaders(reply, service.chance)
      if (!isForm(request)) return refuseBody(service, request, reply)
      try {
        await revokeFor(service, pool, request)
        return reply.removeHeader('content-type').send()
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        service.recorder.refused(error)
        return reply.code(error.code === 'invalid_client' ? 401 : 400).send({ error: error.code })
      }
    },
  })
}

/** A token that nobody has, or another client, is no mistake: there is nothing to revoke (RFC 7009 §2.2, fact O36). */
async function revokeFor(service: Service, pool: UserPool, request: FastifyRequest): Promise<void> {
  const form = formOf(request)
  const { token } = form
  ensure(token, () => parameterMissing('token'))
  // The client has to prove itself before it learns anything about itself or the token.
  const client = await authenticatedClient(service, pool, request.headers.authorization, form)
  const refusals = { notRevocable, notARefreshToken: unsupportedTokenType }
  await revokeByRefreshToken(service, { pool, client, token }, refusals)
}

const notRevocable = refusal('invalid_request', ({ name }: AppClient) => ({
  because: `Token revocation is off for client ${name}.`,
  remedy: 'Set EnableTokenRevocation of the client to true.',
}))

const unsupportedTokenType = refusal('unsupported_token_type', () => ({
  because: 'The token is an access or ID token; only refresh tokens can be revoked.',
  remedy: 'Send the refresh token: its access tokens end with it.',
}))
