import type { FastifyInstance, FastifyRequest } from 'fastify'
import { flightHeader } from '../core/ports/recorder.js'
import { sameSecret } from '../lib/secrets.js'
import { partHeader } from './behind-turnstile.js'
import { isControl } from './control-access.js'

/**
 * Comes with every call that we make to another server. Towards ourselves it carries the secret of this process, which proves
 * that the call is ours; towards others, `toOthers`.
 */
export const callHeader = 'x-rockpool-call'
export const toOthers = 'upstream'

/**
 * Tells requests that we send to ourselves from requests of others. To be registered on the root, before anything that
 * reads the headers.
 *
 * - What only we may say, the flight that a call belongs to and the work that it is part of, is dropped from requests
 *   that do not prove to be ours.
 * - Our calls go where providers say: in a discovery document, by a redirect, by way of a name or a mapped port that leads
 *   back here. So no call of ours reaches the control API or the JSON API. To forge the header gains nothing but this refusal.
 */
export function keepOwnCallsApart(
  app: FastifyInstance,
  { secret, log }: { readonly secret: string; readonly log: (line: string) => void },
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { headers } = request.raw
    const mark = headers[callHeader]
    if (mark === undefined || !sameSecret(String(mark), secret)) {
      delete headers[flightHeader]
      delete headers[partHeader]
    }
    if (mark === undefined || !isForAdministrators(request)) {
      done()
      return
    }
    const message = `Rockpool does not call its own ${request.method} ${request.url.split('?')[0]} for a provider (Host: ${JSON.stringify(headers.host)}). Correct the endpoint or redirect of the provider whose sign-in was under way.`
    log(message)
    reply.code(403).header('cache-control', 'no-store').send({ error: 'forbidden', message })
  })
}

/** By the route, not by the path: a path may be spelled in many ways. */
const isForAdministrators = ({ method, routeOptions }: FastifyRequest): boolean =>
  isControl(routeOptions) || (method === 'POST' && routeOptions.url === '/')
