import type { FastifyInstance } from 'fastify'
import type { Clock } from '../core/ports/clock.js'
import type { Store } from '../core/ports/store.js'
import { messages } from '../courier/outbox.js'
import { ownSiteOnly } from '../http/own-site-only.js'
import type { FlightRecorder } from '../recorder/flight-recorder.js'

/**
 * The control API under `/_rockpool`: how Rockpool is, and what its flight recorder has seen. It reads; it decides
 * nothing. JSON, never cached, and not for pages of other sites.
 */
export function control(
  app: FastifyInstance,
  {
    recorder,
    store,
    clock,
    version,
    baseUrl,
  }: {
    readonly recorder: FlightRecorder
    readonly store: Store
    readonly clock: Clock
    readonly version: string
    /** The public base URL, asked for with each request: the port may not be known yet. */
    readonly baseUrl: () => string
  },
): void {
  const startedAt = clock.now()

  app.register(
    (own, _options, done) => {
      own.addHook('onRequest', ownSiteOnly(baseUrl))
      own.addHook('onSend', (_request, reply, payload, sent) => {
        reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
        sent(null, payload)
      })

      own.get('/health', () => ({
        status: 'ok',
        version,
        uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
      }))

      own.get<{ Querystring: { limit?: string } }>('/flights', (request, reply) => {
        const limit = flightLimit(request.query.limit)
        if (limit === undefined) {
          return reply.code(400).send({
            error: 'bad_request',
            message: '"limit" says how many flights to list: a whole number from 1.',
          })
        }
        return { flights: recorder.flights({ limit }) }
      })

      own.get<{ Params: { id: string } }>('/flights/:id', (request, reply) => {
        const flight = recorder.flight(request.params.id)
        if (flight !== undefined) return flight
        return reply.code(404).send({
          error: 'not_found',
          message: `There is no flight ${JSON.stringify(request.params.id)}. Old flights make room for new ones, and none outlives the process; GET /_rockpool/flights lists those that are kept.`,
        })
      })
      own.get<{ Querystring: { username?: string } }>('/messages', async ({ query: { username } }) => {
        const found =
          username === undefined
            ? await store.list(messages, { limit: Number.MAX_SAFE_INTEGER })
            : await store.lookup(messages, 'username', username)
        return { messages: found.map(({ record }) => record) }
      })
      done()
    },
    { prefix: '/_rockpool' },
  )
}

/** How many flights a request asks for: fifty unless it says. Undefined when what it says is no such number. */
function flightLimit(given: string | undefined): number | undefined {
  if (given === undefined) return 50
  return /^[1-9]\d{0,5}$/.test(given) ? Number(given) : undefined
}
