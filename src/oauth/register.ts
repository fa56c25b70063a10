import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { epochSeconds } from '../core/ports/clock.js'
import { ensure, Refusal, refusal } from '../core/refusal.js'
import { type RegistrationKind, type RegistrationPolicy, registrationPolicy } from '../core/registration.js'
import { registrationScope } from '../core/scopes.js'
import type { UserPool } from '../core/user-pool.js'
import { type Registration, registerClient } from '../flows/administration/registrations.js'
import { verifiedScopes } from '../flows/grants/access-token.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import { hostedRoute } from '../http/hosted.js'
import { serveHosted } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { poolOfToken } from '../http/token-pool.js'

/**
 * `POST /oauth2/register`: clients register themselves by RFC 7591, with a token of the pool, or as anybody where the pool is
 * open (docs/facts/additions-2026.md, facts N57 to N63). AWS has published neither bodies nor words: they are RFC 7591's.
 */
export function register(app: FastifyInstance, hosting: Hosting): void {
  const { service } = hosting
  app.register(async app => {
    app.removeContentTypeParser('*')
    app.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: longestMetadata },
      (_request, body, parsed) => parsed(null, body),
    )
    const answers = hostedRoute(hosting, {
      method: 'POST',
      path: '/oauth2/register',
      caller: 'server',
      poolOf: request => poolOfToken(service, request),
      async handler({ pool }, request, reply) {
        const policy = registrationPolicy(pool)
        if (policy === undefined) throw registrationOff(pool)
        endpointHeaders(reply, service.chance)
        try {
          const kind = await kindOf(service, pool, policy, request)
          const registered = await registerClient(service, pool, { kind, policy }, metadataIn(request))
          return reply.code(201).send(answerOf(registered))
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          service.recorder.refused(error)
          return refuse(reply, error)
        }
      },
    })
    serveHosted(app, answers)
  })
}

/** Bytes of the metadata of a client: a hundred callbacks of a kilobyte each, and something to spare. */
const longestMetadata = 262_144

/** A request with a token is judged by the token, even where the pool is open to requests without one. */
async function kindOf(
  service: Service,
  pool: UserPool,
  policy: RegistrationPolicy,
  { headers }: FastifyRequest,
): Promise<RegistrationKind> {
  if (headers.authorization === undefined) {
    ensure(policy.isOpen && policy.flows.open.length > 0, () => tokenMissing(pool))
    return 'open'
  }
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization)?.[1]
  ensure(token, tokenMalformed)
  const scopes = await verifiedScopes(service, pool, token)
  ensure(scopes.includes(registrationScope), () => scopeMissing(scopes))
  return 'authenticated'
}

function metadataIn({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  const value = jsonOf(body)
  ensure(typeof value === 'object' && value !== null && !Array.isArray(value), notJson)
  return value as Readonly<Record<string, unknown>>
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    return undefined
  }
}

/** The client with all that it has now (RFC 7591 §3.2.1). It cannot be read or changed by this protocol again. */
function answerOf({ client, metadata }: Registration): object {
  const { scopes, client_name: _name, ...others } = metadata
  const secret = client.secrets[0]?.value
  return {
    client_id: client.id,
    client_id_issued_at: epochSeconds({ now: () => client.createdAt }),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    client_name: client.name,
    ...others,
    scope: scopes.join(' '),
  }
}

const statuses: Readonly<Record<string, number>> = { invalid_token: 401, insufficient_scope: 403 }

function refuse(reply: FastifyReply, { code, told }: Refusal): FastifyReply {
  const status = statuses[code] ?? 400
  if (status !== 400) reply.header('www-authenticate', `Bearer error="${code}", scope="${registrationScope}"`)
  return reply.code(status).send({ error: code, error_description: told })
}

const registrationOff = refusal('not_found', ({ name, settings }: UserPool) => ({
  told: 'There is no registration of clients here.',
  because: settings.DcrConfiguration
    ? `EnableStatus in DcrConfiguration of ${name} is Disabled.`
    : `${name} has no DcrConfiguration, so no client registers itself.`,
  remedy: `Set DcrConfiguration of ${name}: {"OpenDcrEnabled": true} lets anybody register, {} those with a token.`,
}))

const tokenMissing = refusal('invalid_token', ({ name }: UserPool) => ({
  told: 'An access token is required to register a client.',
  because: `The request has no Authorization header, and open registration of ${name} is off, or has no grants.`,
  remedy: `Send Authorization: Bearer with an access token that has the scope ${registrationScope}, or set OpenDcrEnabled of DcrConfiguration to true.`,
}))

const tokenMalformed = refusal('invalid_token', () => ({
  told: 'The access token is malformed.',
  because: 'The Authorization header is not of the form "Bearer <access token>".',
  remedy: 'Send the header Authorization: Bearer, a blank, and the access token.',
}))

const scopeMissing = refusal('insufficient_scope', (scopes: readonly string[]) => ({
  told: `The access token does not contain the scope ${registrationScope}.`,
  because: `The token was granted "${scopes.join(' ')}".`,
  remedy: `Add ${registrationScope} to AllowedOAuthScopes of the client that asks for the token, and ask for it.`,
}))

const notJson = refusal('invalid_client_metadata', () => ({
  told: 'The body must be a JSON object.',
  because: 'The body is no JSON object of client metadata.',
  remedy: 'Send the metadata of RFC 7591 §2 as JSON: {"redirect_uris": ["http://localhost:3000/callback"]}.',
}))
