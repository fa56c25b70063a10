import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Explanation, Refusal } from '../core/refusal.js'
import { poolById } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { StoreFailure } from '../store/store-failure.js'
import { wantsPage } from './asks-for-page.js'
import type { Hosting } from './hosted-refusals.js'
import { meantAddress } from './meant-address.js'
import { pageHeaders, withScript } from './page-headers.js'

/** What went wrong where no surface answers for it. */
interface Failure {
  readonly status: number
  readonly error: string
  /** For a person, in a sentence. */
  readonly message: string
  readonly explanation?: Explanation
}

/**
 * Answers whatever no surface has answered: refusals outside of any domain, addresses that lead nowhere, malformed
 * requests, and our own mistakes. A request for HTML gets a page, every other one JSON. A stack trace goes to the
 * log, never to the caller.
 */
export function answerFailures(app: FastifyInstance, hosting: Hosting, log: (line: string) => void): void {
  const { service } = hosting
  app.setErrorHandler((error: FailedRequest, request, reply) => {
    if (error instanceof Refusal) service.recorder.refused(error)
    const failure = failureOf(error)
    if (failure.status >= 500) log(failureLine(request, error))
    return answer(hosting, request, reply, failure)
  })
  app.setNotFoundHandler(async (request, reply) =>
    answer(hosting, request, reply, {
      status: 404,
      error: 'not_found',
      message: 'There is nothing here.',
      explanation: await nothingAt(service, request),
    }),
  )
}

/** An issuer is the address that people have and open, and Cognito serves nothing there. */
async function nothingAt(service: Service, { method, url }: FastifyRequest): Promise<Explanation> {
  const path = url.split('?')[0] ?? ''
  const nothing = `There is nothing at ${method} ${path}`
  const { base } = service
  const pool = await poolById(service, path.replace(/^\/|\/$/g, ''))
  if (pool !== undefined)
    return {
      because: `${nothing}, which is the issuer of the user pool ${pool.name}: only programs look below it.`,
      remedy: `Its discovery document is ${base}/${pool.id}/.well-known/openid-configuration, its page in the console ${base}/_rockpool/pools/${pool.id}. To sign in, open ${base}/_rockpool/app.`,
    }
  const meant = await meantAddress(service, path)
  if (meant !== undefined) return { because: `${nothing}.`, remedy: meant }
  return {
    because: `${nothing}.`,
    remedy: `The console is at ${base}/_rockpool/, and the built-in app at ${base}/_rockpool/app. They have the addresses of all pools.`,
  }
}

/** What Fastify and our own handlers throw; `explanation` is said where the request's sender can mend it. */
type FailedRequest = Error & {
  readonly statusCode?: number
  readonly code?: string
  readonly explanation?: Explanation
}

function failureOf(error: FailedRequest): Failure {
  if (error instanceof Refusal) {
    const { code, told, explanation } = error
    return { status: 404, error: code, message: told, explanation }
  }
  const { statusCode: status = 500, message, explanation } = error
  if (error instanceof StoreFailure) return { status, error: error.error, message }
  return status < 500
    ? { status, error: 'invalid_request', message, ...(explanation && { explanation }) }
    : { status, error: 'server_error', message: 'Rockpool made a mistake here. Its log has the details.' }
}

/** What the operator reads of a mistake of ours. */
export const failureLine = ({ method, url }: FastifyRequest, error: Error): string =>
  `Rockpool failed at ${method} ${url.split('?')[0]}: ${error.stack ?? error.message}`

async function answer(
  { service, errorPage }: Hosting,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, error, message, explanation }: Failure,
): Promise<FastifyReply> {
  reply.code(status).header('cache-control', 'no-store')
  if (!wantsPage(request.headers.accept)) {
    const text = explanation === undefined ? message : `${explanation.because} ${explanation.remedy}`
    return reply.send({ error, message: text })
  }
  const { flightId } = service.recorder
  const page = await errorPage({
    message: message === '' ? error : message,
    ...(explanation === undefined ? {} : { explanation }),
    ...(flightId === undefined ? {} : { flightUrl: `${service.base}/_rockpool/flights/${flightId}` }),
  })
  return reply
    .headers({ ...pageHeaders, ...withScript })
    .type('text/html; charset=utf-8')
    .send(page)
}
