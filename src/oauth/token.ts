import type { FastifyInstance } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import { refreshTokenWith } from '../flows/grants/grants.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { hostedRoute } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, isForm } from '../http/parameters.js'
import { fingerprint } from '../lib/secrets.js'
import { authenticatedForm } from './client-authentication.js'
import type { Engine, EngineAnswer, EngineForm } from './engine/engine.js'
import { refuseBody, tokenRefusal } from './token-refusals.js'

/** `POST /oauth2/token`: exchanges codes, refreshes, and gives machines their tokens (oauth-and-federation.md §4). */
export function token(
  app: FastifyInstance,
  hosting: Hosting,
  engineOf: (pool: UserPool) => Promise<Engine>,
): void {
  const { service } = hosting
  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/oauth2/token',
    caller: 'server',
    async handler({ pool }, request, reply) {
      endpointHeaders(reply, service.chance)
      const form = formOf(request)
      showClues(service, form)
      if (!isForm(request)) return refuseBody(service, request, reply)
      const asked = toEngine(await authenticatedForm(service, request.headers.authorization, form))
      const engine = await engineOf(pool)
      const answer = await engine.call('token', asked).catch(refusalOf)
      if (answer instanceof Refusal) return refuse(answer)
      if (answer.status !== 200) return refuse(tokenRefusal(answer, form))
      await recordGrant(service, form, answer)
      return reply.send(bodyOf(answer, asked))

      function refuse(refusal: Refusal) {
        service.recorder.refused(refusal)
        const { code: error, told } = refusal
        return reply.code(400).send({ error, ...(told === '' ? {} : { error_description: told }) })
      }
    },
  })
}

/** A trigger may refuse while tokens are made (§4.3). */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Refusal)) throw error
  return new Refusal('invalid_request', error.told, error.explanation)
}

/** Ties the call to the sign-in it belongs to. */
function showClues({ recorder }: Service, { code }: EngineForm): void {
  if (code !== undefined) recorder.join(`code:${code}`)
}

/**
 * What Cognito knows of a request, as the engine takes it: refresh tokens by their fingerprints, `scope` for machines
 * only (§4.1). Whatever else was sent the engine might understand, and Cognito would not (§13).
 */
function toEngine(form: EngineForm): EngineForm {
  const { grant_type, client_id, client_secret, code, redirect_uri, code_verifier, refresh_token } = form
  const { scope, aws_client_metadata } = form
  return {
    grant_type,
    client_id,
    client_secret,
    code,
    redirect_uri,
    code_verifier,
    ...(refresh_token === undefined ? {} : { refresh_token: fingerprint(refresh_token) }),
    ...(grant_type === 'client_credentials' ? { scope, aws_client_metadata } : {}),
  }
}

/**
 * Exactly Cognito's members: no scope, and a refresh token only where it is new (§4.2, facts O3, O9). Without
 * rotation the engine answers with the one that was sent.
 */
function bodyOf({ body }: EngineAnswer, asked: EngineForm): Record<string, unknown> {
  const { id_token, access_token, refresh_token, expires_in } = body
  const isNew = refresh_token !== undefined && refresh_token !== asked.refresh_token
  return {
    ...(id_token === undefined ? {} : { id_token }),
    access_token,
    ...(isNew ? { refresh_token } : {}),
    expires_in,
    token_type: 'Bearer',
  }
}

/** A refresh belongs to the flight of its sign-in. */
async function recordGrant(service: Service, form: EngineForm, { body }: EngineAnswer): Promise<void> {
  const known = form.refresh_token ?? body.refresh_token
  if (typeof known !== 'string') return
  const found = await refreshTokenWith(service, fingerprint(known))
  if (found !== undefined) service.recorder.join(`grant:${found.record.grantId}`)
}
