import type { FastifyInstance } from 'fastify'
import { authEvents } from '../core/collections.js'
import { keyOf, type Store } from '../core/ports/store.js'
import { poolById, userNamed } from '../flows/directory/directory.js'
import { feedbackToken } from '../flows/history/auth-events.js'
import { ownSiteOnly } from '../http/own-site-only.js'

/**
 * The events of a user with the tokens that notifications would carry, for `UpdateAuthEventFeedback`: nothing is judged
 * here, so no user is notified.
 */
export function authEventTokens(
  app: FastifyInstance,
  { store, baseUrl }: { readonly store: Store; readonly baseUrl: () => string },
): void {
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
