import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../core/ports/clock.js'
import { Refusal } from '../core/refusal.js'
import { ownSiteOnly } from '../http/own-site-only.js'
import { deepestDocument, isShallow } from '../lib/depth.js'
import { SnapshotError } from '../state/snapshot-error.js'
import { readInput, typedQuery } from './input.js'
import { openApi } from './openapi.js'
import type { Operations } from './operations.js'
import type { Context, Route } from './route.js'
import { routes } from './routes.js'
import { Unmet } from './unmet.js'

/** Bytes of a body, of the routes that name no limit of their own. */
const longestBody = 65_536

/**
 * The control API under `/_rockpool`: what tests and the developer at this machine may do with Rockpool, in any language. JSON,
 * never cached, and not for pages of other sites. `/_rockpool/openapi.json` describes it.
 */
export function control(
  app: FastifyInstance,
  {
    operations,
    clock,
    startedAt,
    version,
    baseUrl,
  }: {
    readonly operations: Operations
    /** The system's clock, which does not move with ours. */
    readonly clock: Clock
    /** When Rockpool was started, by that clock, in milliseconds since the epoch. */
    readonly startedAt: number
    readonly version: string
    /** The public base URL, asked for with each request: the port may not be known yet. */
    readonly baseUrl: () => string
  },
): void {
  const context = (): Context => ({ operations, clock, startedAt, version, baseUrl: baseUrl() })

  app.register(
    (own, _options, done) => {
      own.addHook('onRequest', ownSiteOnly(baseUrl))
      own.addHook('onSend', (_request, reply, payload, sent) => {
        reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
        sent(null, payload)
      })
      own.setErrorHandler(answerRefusal)
      // Whatever type it is said to be: curl calls what it sends a form.
      own.removeAllContentTypeParsers()
      own.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
        parseJson(String(body), parsed),
      )
      for (const route of routes)
        if (route.body?.type === 'document') own.register(streaming(route, context))
        else serve(own, route, context)
      for (const path of writtenOnly(routes)) own.get(path, sayPost(baseUrl))
      own.get('/openapi.json', () => openApi(routes, { version, baseUrl: baseUrl() }))
      done()
    },
    { prefix: '/_rockpool' },
  )
}

/** Paths that a browser's address line cannot ask for anything: what they do, they do by POST. */
const writtenOnly = (routes: readonly Route[]): string[] => {
  const read = new Set(routes.flatMap(({ method, path }) => (method === 'GET' ? [path] : [])))
  const posted = routes.flatMap(({ method, path }) => (method === 'POST' ? [path] : []))
  return posted.filter(path => !read.has(path) && !path.includes('{'))
}

const sayPost = (baseUrl: () => string) => (request: FastifyRequest, reply: FastifyReply) => {
  const [path = ''] = request.url.split('?')
  return reply
    .code(405)
    .header('allow', 'POST')
    .send({
      error: 'method_not_allowed',
      message: `This changes something, so it takes POST, not GET: curl -X POST ${baseUrl()}${path}`,
    })
}

function serve(own: FastifyInstance, route: Route, context: () => Context): void {
  own.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: route.bodyLimit ?? longestBody,
    config: {
      ...(route.outside ? { outside: true } : {}),
      ...(route.isPublic ? { isPublic: true } : {}),
    },
    async handler(request, reply) {
      const answer = await route.handle(context(), inputOf(route, request) as never)
      return answer instanceof Readable ? reply.type('application/json; charset=utf-8').send(answer) : answer
    },
  })
}

/** A document may be large: its route gets it as it comes in. */
const streaming =
  (route: Route, context: () => Context): FastifyPluginCallback =>
  (own, _options, done) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))
    serve(own, route, context)
    done()
  }

/**
 * A body that is not read to its end is left as it is: destroyed, it would take the connection with it, and the answer too.
 * @throws an error that is answered with 413 when more comes in
 */
async function* atMost(bytes: number, body: Readable): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const piece of body.iterator({ destroyOnReturn: false })) {
    left -= piece.length
    if (left < 0) throw Object.assign(new Error('The body is too large.'), { statusCode: 413 })
    yield piece
  }
}

function parseJson(text: string, parsed: (error: Error | null, body?: unknown) => void): void {
  try {
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    if (isShallow(body, deepestDocument)) parsed(null, body)
    else parsed(new Unmet(`The body is nested more than ${deepestDocument} levels deep.`))
  } catch (error) {
    parsed(new Unmet(`The body is no JSON: ${(error as Error).message}.`))
  }
}

/** Parameters, query and body as one, each as its shape describes it. */
function inputOf({ parameters, query, body }: Route, request: FastifyRequest): object {
  if (body?.type === 'document')
    return atMost(request.routeOptions.bodyLimit ?? longestBody, (request.body ?? request.raw) as Readable)
  return {
    ...readInput(parameters, request.params),
    ...readInput(query, typedQuery(query, request.query as object)),
    ...(body === undefined ? {} : readInput(body, request.body ?? {})),
  }
}

/** Renders a refusal as sentences. Our own mistakes are answered and logged as on every other route. */
function answerRefusal(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
  const [status, message] = refusalOf(error, request)
  if (status >= 500 && codes[status] === undefined) throw error
  return reply.code(status).send({ error: codes[status] ?? 'bad_request', message })
}

function refusalOf(
  error: Error & { statusCode?: number },
  request: FastifyRequest,
): [status: number, message: string] {
  if (error.statusCode === 413)
    return [413, `The body is longer than the ${request.routeOptions.bodyLimit} bytes that this route takes.`]
  if (error instanceof Refusal) return [400, `${error.explanation.because} ${error.explanation.remedy}`]
  if (error instanceof SnapshotError || error instanceof RangeError) return [400, error.message]
  return [error.statusCode ?? 500, error.message]
}

const codes: Readonly<Record<number, string>> = {
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  503: 'unavailable',
  507: 'insufficient_storage',
}
