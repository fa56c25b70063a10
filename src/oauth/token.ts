import type { FastifyRequest } from 'fastify'
import { ensure, Refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { hostedRoute } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, isForm } from '../http/parameters.js'
import { senderOf } from '../http/sender.js'
import { authenticatedClient } from './client-authentication.js'
import type { TokenResponse } from './grants/grant.js'
import { grantOfType } from './grants/grants.js'
import { parameterMissing, refuseBody } from './token-refusals.js'

/**
 * `POST /oauth2/token`: exchanges codes, refreshes, and gives machines their tokens
 * (docs/facts/oauth-and-federation.md §4).
 */
export function token(hosting: Hosting, onError: NonNullable<HostedAnswer['onError']>): HostedAnswer[] {
  const { service } = hosting
  return hostedRoute(hosting, {
    method: 'POST',
    path: '/oauth2/token',
    caller: 'server',
    onError,
    async handler({ pool }, request, reply) {
      endpointHeaders(reply, service.chance)
      if (!isForm(request)) return refuseBody(service, request, reply)
      try {
        return reply.send(await tokensFor(service, pool, request))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        service.recorder.refused(error)
        const { code, told } = error
        return reply.code(400).send({ error: code, ...(told !== '' && { error_description: told }) })
      }
    },
  })
}

async function tokensFor(service: Service, pool: UserPool, request: FastifyRequest): Promise<TokenResponse> {
  const form = formOf(request)
  // Ties the call to the sign-in that it belongs to.
  if (form.code !== undefined) service.recorder.join(`code:${form.code}`)
  const client = await authenticatedClient(service, pool, request.headers.authorization, form)
  const type = form.grant_type
  ensure(type, () => parameterMissing('grant_type'))
  return grantOfType(type)(service, { pool, client, form, sender: senderOf(request) })
}
