import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/**
 * Makes of a HEAD, before it is routed, a GET without cookies: so it needs no routes beside those of GET, which are a third of all
 * and of the time that they take at a start, and it has no effect (RFC 9110 §9.2.1): it signs no user in or out and
 * continues no sign-in. Node leaves out the body of its answer, as it was a HEAD when it came in.
 */
export function takeHeadAsGet(request: IncomingMessage): void {
  if (request.method !== 'HEAD') return
  heads.add(request)
  request.method = 'GET'
  delete request.headers.cookie
}

const heads = new WeakSet<IncomingMessage>()

/** The method by which a request was made. */
export const methodAsked = (request: IncomingMessage): string =>
  heads.has(request) ? 'HEAD' : (request.method ?? '')

/** Gives no cookies to a HEAD. To be registered on the root. */
export function withoutCookiesForHead(app: FastifyInstance): void {
  app.addHook('onSend', ({ raw }, reply, payload, done) => {
    if (heads.has(raw)) reply.removeHeader('set-cookie')
    done(null, payload)
  })
}
