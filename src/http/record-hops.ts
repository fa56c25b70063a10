import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FlightRecorder, Hop } from '../recorder/flight-recorder.js'
import { methodAsked } from './head-requests.js'
import { tapFailure, tapRequest } from './wire-tap.js'

/**
 * Makes every request a hop of the recorder, from its first hook to its answer. To be registered before any other
 * hook, and directly on the root: events before this hook are not in the hop.
 */
export function recordHops(app: FastifyInstance, recorder: FlightRecorder): void {
  const hops = new WeakMap<FastifyRequest, { readonly hop: Hop; failure?: string }>()

  app.addHook('onRequest', (request, reply, done) => {
    const { originalUrl: url, headers, raw } = request
    const method = methodAsked(raw)
    recorder.hop({ method, url, headers }, hop => {
      if (hop !== undefined) {
        const seen: { readonly hop: Hop; failure?: string } = { hop }
        hops.set(request, seen)
        if (method !== 'GET' && method !== 'HEAD') {
          tapRequest(raw, body => hop.received(headers['content-type'], body))
        }
        tapFailure(reply.raw, body => {
          seen.failure = body
        })
      }
      done()
    })
  })

  app.addHook('onResponse', (request, reply, done) => {
    const seen = hops.get(request)
    seen?.hop.answered({
      status: reply.raw.statusCode,
      contentType: header(reply, 'content-type')[0],
      location: header(reply, 'location')[0],
      setCookie: header(reply, 'set-cookie'),
      failure: seen.failure,
    })
    done()
  })
}

/** A header of the answer, set by Fastify or past it. */
function header(reply: FastifyReply, name: string): string[] {
  const value = reply.getHeader(name)
  return value === undefined ? [] : [value].flat().map(String)
}
