import type { FastifyInstance } from 'fastify'
import { tokenLifetimes } from '../core/app-client.js'
import type { Refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import { clientById } from '../flows/directory.js'
import { refreshTokenWith } from '../flows/grants.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { hostedRoute } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf } from '../http/parameters.js'
import { fingerprint } from '../lib/secrets.js'
import { authenticatedForm } from './client-authentication.js'
import type { Engine, EngineAnswer, EngineForm } from './engine/engine.js'
import { malformedBody, tokenRefusal } from './token-refusals.js'

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
      if (!isForm(request.headers['content-type']))
        return refuse(malformedBody(request.headers['content-type']))
      const client = await authenticatedForm(service, request.headers.authorization, form)
      const answer = await (await engineOf(pool)).call('token', toEngine(client))
      if (answer.status !== 200) return refuse(tokenRefusal(answer, form))
      return reply.send(await answerOf(service, answer, client))

      function refuse(refusal: Refusal) {
        service.recorder.refused(refusal)
        const { code: error, told } = refusal
        return reply.code(400).send({ error, ...(told === '' ? {} : { error_description: told }) })
      }
    },
  })
}

const isForm = (type: string | undefined): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type ?? '')

/** Ties the call to the sign-in it belongs to. */
function showClues({ recorder }: Service, { code }: EngineForm): void {
  if (code !== undefined) recorder.join(`code:${code}`)
}

/** The engine knows refresh tokens by their fingerprints; narrowing by `scope` is for machines only (§4.1). */
const toEngine = ({ refresh_token, ...form }: EngineForm): EngineForm => ({
  ...form,
  ...(refresh_token === undefined ? {} : { refresh_token: fingerprint(refresh_token) }),
  ...(form.grant_type === 'client_credentials' ? {} : { scope: undefined }),
})

/** Exactly Cognito's members: no scope, and a refresh token only where it is new (§4.2, facts O3, O9). */
async function answerOf(service: Service, { body }: EngineAnswer, form: EngineForm) {
  const { id_token, access_token, refresh_token, expires_in } = body
  const client = await clientById(service, form.client_id ?? '')
  const rotates = client?.settings.RefreshTokenRotation?.Feature === 'ENABLED'
  const isNew = form.grant_type !== 'refresh_token' || rotates
  await recordGrant(service, form, refresh_token)
  return {
    ...(id_token === undefined ? {} : { id_token }),
    access_token,
    ...(refresh_token === undefined || !isNew ? {} : { refresh_token }),
    expires_in: client ? tokenLifetimes(client).access : expires_in,
    token_type: 'Bearer',
  }
}

/** A refresh belongs to the flight of its sign-in. */
async function recordGrant(service: Service, { refresh_token }: EngineForm, fresh: unknown): Promise<void> {
  const known = refresh_token ?? (typeof fresh === 'string' ? fresh : undefined)
  const record = known === undefined ? undefined : await refreshTokenWith(service, fingerprint(known))
  if (record !== undefined) service.recorder.join(`grant:${record.record.grantId}`)
}
