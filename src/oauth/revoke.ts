import type { FastifyInstance } from 'fastify'
import { tokensAreRevocable } from '../core/app-client.js'
import { type Refusal, refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import { clientById } from '../flows/directory/directory.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { hostedRoute } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, isForm } from '../http/parameters.js'
import { fingerprint } from '../lib/secrets.js'
import { unverifiedClaims } from '../tokens/jwt.js'
import { authenticatedForm } from './client-authentication.js'
import type { Engine } from './engine/engine.js'
import { refuseBody, tokenRefusal } from './token-refusals.js'

/** `POST /oauth2/revoke`: ends a refresh token and all that came of its sign-in (oauth-and-federation.md §6.1). */
export function revoke(
  app: FastifyInstance,
  hosting: Hosting,
  engineOf: (pool: UserPool) => Promise<Engine>,
): void {
  const { service } = hosting
  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/oauth2/revoke',
    caller: 'server',
    async handler({ pool }, request, reply) {
      endpointHeaders(reply, service.chance)
      if (!isForm(request)) return refuseBody(service, request, reply)
      const form = formOf(request)
      const { token } = form
      if (token === undefined) return refuse(tokenMissing(), 400)
      const { client_id, client_secret } = await authenticatedForm(
        service,
        request.headers.authorization,
        form,
      )
      const client = await clientById(service, client_id ?? '')
      const revocable = client === undefined || tokensAreRevocable(client)
      const answer = await (await engineOf(pool)).call('revocation', {
        client_id,
        client_secret,
        token: revocable ? fingerprint(token) : 'nothing: only the client is looked at',
        token_type_hint: 'refresh_token',
      })
      if (answer.status !== 200) return refuse(tokenRefusal(answer, form), answer.status)
      // The client is known to be who it says before anything is told about it, or about the token.
      if (!revocable) return refuse(notRevocable(client.name), 400)
      if (isJwt(token)) return refuse(unsupportedTokenType(), 400)
      return reply.removeHeader('content-type').send()

      function refuse(refused: Refusal, status: number) {
        service.recorder.refused(refused)
        return reply.code(status).send({ error: refused.code })
      }
    },
  })
}

/** Three parts with readable claims; a refresh token has five. */
const isJwt = (token: string): boolean =>
  token.split('.').length === 3 && unverifiedClaims(token) !== undefined

const tokenMissing = refusal('invalid_request', () => ({
  because: 'The request has no token.',
  remedy: 'Send the refresh token as the form field token.',
}))

const notRevocable = refusal('invalid_request', (client: string) => ({
  because: `Token revocation is off for client ${client}.`,
  remedy: 'Set EnableTokenRevocation of the client to true.',
}))

const unsupportedTokenType = refusal('unsupported_token_type', () => ({
  because: 'The token is an access or ID token; only refresh tokens can be revoked.',
  remedy: 'Send the refresh token: its access tokens end with it.',
}))
