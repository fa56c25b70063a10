import type { FastifyInstance } from 'fastify'

/**
 * Makes a HEAD have no effect (RFC 9110 §9.2.1): it is handled like a GET without cookies, so it signs no user
 * in or out and continues no sign-in, and it gives none. To be registered on the root, before anything that reads cookies.
 */
export function withoutCookiesForHead(app: FastifyInstance): void {
  app.addHook('onRequest', ({ method, raw }, _reply, done) => {
    if (method === 'HEAD') delete raw.headers.cookie
    done()
  })
  app.addHook('onSend', ({ method }, reply, payload, done) => {
    if (method === 'HEAD') reply.removeHeader('set-cookie')
    done(null, payload)
  })
}
