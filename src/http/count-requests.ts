import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Counts } from '../recorder/counts.js'
import { hostedPathOf } from './hosted-answers.js'

/**
 * Counts every answer by its route, with the time that it took. What goes by `X-Amz-Target` is counted by operation.
 * @param isOperation whether the user pools API has an operation of this name
 */
export function countRequests(
  app: FastifyInstance,
  counts: Counts,
  isOperation: (name: string) => boolean,
): void {
  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000
    counts.answered(routeOf(request, isOperation), { status: reply.raw.statusCode, seconds })
    done()
  })
}

/** The pattern of a route, never an address: it has no names of domains, pools or users, and no secrets. */
function routeOf(request: FastifyRequest, isOperation: (name: string) => boolean): string {
  const { url } = request.routeOptions
  if (url === undefined) return 'none'
  const target = request.headers['x-amz-target']
  if (url === '/' && typeof target === 'string') {
    const name = target.slice(target.lastIndexOf('.') + 1)
    return isOperation(name) ? name : 'unknown operation'
  }
  // Of what is our own the first name says enough.
  if (url.startsWith('/_rockpool')) return url.split('/', 3).join('/')
  return hostedPathOf(request) ?? url
}
