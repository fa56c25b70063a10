import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import { built } from './built.js'
import { inputOf, isSigned } from './operations.js'
import type { Scope } from './scope.js'
import { callerOf } from './signature.js'
import { validated } from './validate.js'
import { notBuilt, notJson, unknownOperation } from './wire-refusals.js'

const targetPrefix = 'AWSCognitoIdentityProviderService.'
const contentType = 'application/x-amz-json-1.1'

/** How the API is set up. */
export interface ApiOptions {
  /** Stands in ARNs. */
  readonly accountId: string
  readonly discover: Scope['discover']
}

/**
 * The user pools JSON API, as every AWS SDK speaks it: `POST /` with `X-Amz-Target` (user-pools-api.md §1). An operation is
 * declared in a folder of its family; the ritual around it (signature, types, constraints, errors) is here, once.
 */
export function userPoolsApi(app: FastifyInstance, service: Service, options: ApiOptions): void {
  app.register((api, _options, done) => {
    api.removeAllContentTypeParsers()
    api.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 3_000_000 }, (_request, body, parsed) =>
      parsed(null, body),
    )
    api.options('/', (request, reply) =>
      reply
        .code(200)
        .headers({
          ...readableByAll,
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '',
          'access-control-max-age': '172800',
        })
        .send(),
    )
    api.post('/', (request, reply) => answer(service, options, request, reply))
    done()
  })
}

const readableByAll = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
}

async function answer(
  service: Service,
  options: ApiOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.headers({ ...readableByAll, 'content-type': contentType, 'x-amzn-requestid': service.chance.uuid() })
  try {
    const output = await perform(service, options, request)
    return reply.send(output === undefined ? '' : JSON.stringify(output))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    service.recorder.refused(error)
    return refuse(reply, error)
  }
}

/** Every exception is a 400, whatever the model's traits say (§10). */
function refuse(reply: FastifyReply, { code, told }: Refusal): FastifyReply {
  // A header holds no line breaks, nothing beyond Latin-1, and no more than clients read.
  const header = told
    .slice(0, 1024)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
  return reply
    .code(400)
    .headers({ 'x-amzn-errortype': `${code}:`, ...(header === '' ? {} : { 'x-amzn-errormessage': header }) })
    .send(JSON.stringify({ __type: code, ...(told === '' ? {} : { message: told }) }))
}

async function perform(
  service: Service,
  { accountId, discover }: ApiOptions,
  request: FastifyRequest,
): Promise<object | undefined> {
  const name = operationName(request.headers['x-amz-target'])
  const input = inputOf(name)
  if (input === undefined) throw unknownOperation(name)
  const body = jsonBody(request.body)
  const caller = isSigned(name) ? callerOf(name, request.headers.authorization) : undefined
  const operation = built.get(name)
  if (operation === undefined) throw notBuilt(name)
  const scope: Scope = { service, accountId, discover, region: caller?.region }
  return operation.run(scope, validated(input, body) as never)
}

function operationName(target: string | string[] | undefined): string {
  const text = String(target ?? '')
  return text.startsWith(targetPrefix) ? text.slice(targetPrefix.length) : text
}

function jsonBody(body: unknown): object {
  if (body === undefined || body === null || body === '') return {}
  try {
    const value: unknown = JSON.parse(String(body))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Told below, as any other body that is no object.
  }
  throw notJson()
}
