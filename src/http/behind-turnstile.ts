import type { FastifyInstance } from 'fastify'
import type { Turnstile } from '../store/turnstile.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route does not work on the state: it replaces it, or sends requests that do. */
    readonly outside?: true
  }
}

/**
 * Marks requests that we send to ourselves while we work on the state: they are part of that work. Who sends it
 * from outside gains nothing but not to be kept waiting.
 */
export const partHeader = 'x-rockpool-part'

/** Makes the handler of every route work on the state, from its start to its answer. To be called before the routes. */
export function behindTurnstile(app: FastifyInstance, { among }: Turnstile): void {
  app.addHook('onRoute', route => {
    if (route.config?.outside) return
    const { handler } = route
    route.handler = function (request, reply) {
      return among(() => handler.call(this, request, reply), request.headers[partHeader] !== undefined)
    }
  })
}
