import type { FastifyInstance } from 'fastify'
import { authEvents } from '../core/collections.js'
import { keyOf } from '../core/ports/store.js'
import { Refusal } from '../core/refusal.js'
import { poolById, userNamed } from '../flows/directory/directory.js'
import { giveFeedback } from '../flows/history/auth-event-feedback.js'
import { feedbackToken } from '../flows/history/auth-events.js'
import type { Service } from '../flows/service.js'
import { ownSiteOnly } from '../http/own-site-only.js'

/**
 * The events of a user with the tokens that notifications carry, for `UpdateAuthEventFeedback`, and where the links of
 * notifications lead.
 */
export function authEventTokens(
  app: FastifyInstance,
  {
    service,
    baseUrl,
  }: { readonly service: Pick<Service, 'store' | 'clock'>; readonly baseUrl: () => string },
): void {
  const { store } = service
  app.get<{ Querystring: Record<string, string | undefined> }>(
    '/_rockpool/auth-event-feedback',
    { onRequest: ownSiteOnly(baseUrl) },
    async ({ query: { pool: id = '', user: sub = '', event = '', value, token = '' } }, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
      const pool = await poolById(service, id)
      const given = value === 'Valid' || value === 'Invalid' ? value : undefined
      if (pool === undefined || given === undefined)
        return reply.code(404).type('text/plain').send('This link is not one of a notification.')
      try {
        await giveFeedback(service, pool, { sub }, { id: event, value: given, provider: 'User', token })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return reply.code(400).type('text/plain').send(`${error.told} ${error.explanation.remedy}`)
      }
      return reply.type('text/plain').send(`Thank you. The sign-in is noted as ${given.toLowerCase()}.`)
    },
  )
  app.get<{ Querystring: { pool?: string; username?: string } }>(
    '/_rockpool/auth-events',
    { onRequest: ownSiteOnly(baseUrl) },
    async ({ query: { pool: id = '', username = '' } }, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
      const pool = await poolById({ store }, id)
      const user = pool && (await userNamed({ store }, pool, username))
      if (pool === undefined || user === undefined) {
        return reply.code(404).send({
          error: 'not_found',
          message: '"pool" has to be the id of a user pool, and "username" one of its users.',
        })
      }
      const found = await store.lookup(authEvents, 'user', keyOf(pool.id, user.record.sub))
      return {
        events: found.map(({ record }) => {
          const { id, type, response, at } = record
          return { id, type, response, at, feedbackToken: feedbackToken(record) }
        }),
      }
    },
  )
}
