import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'

/**
 * Answers whatever no surface has answered: refusals outside of any domain, addresses that lead nowhere, malformed
 * requests, and our own mistakes. A stack trace goes to the log, never to the caller.
 */
export function answerFailures(app: FastifyInstance, service: Service, log: (line: string) => void): void {
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    if (error instanceof Refusal) {
      service.recorder.refused(error)
      const { because, remedy } = error.explanation
      return say(request, reply, 404, error.code, `${because} ${remedy}`)
    }
    const status = error.statusCode ?? 500
    if (status < 500) return say(request, reply, status, 'invalid_request', error.message)
    log(failureLine(request, error))
    return say(request, reply, 500, 'server_error', 'Rockpool made a mistake here. Its log has the details.')
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    return say(
      request,
      reply,
      404,
      'not_found',
      `There is nothing at ${request.method} ${path}. Pools are at ${service.base}/{poolId}, their hosted pages at ` +
        `${service.base}/{domain}/login, and ${service.base}/_rockpool/app lets you try them.`,
    )
  })
}

/** What the operator reads of a mistake of ours. */
export const failureLine = ({ method, url }: FastifyRequest, error: Error): string =>
  `Rockpool failed at ${method} ${url.split('?')[0]}: ${error.stack ?? error.message}`

const say = (
  _request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: string,
  message: string,
): FastifyReply => reply.code(status).header('cache-control', 'no-store').send({ error, message })
