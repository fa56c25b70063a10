import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toldContext } from '../core/evidence.js'
import { Refusal } from '../core/refusal.js'
import { createImports } from '../flows/administration/import-jobs/run.js'
import type { Service } from '../flows/service.js'
import { explainCredentials } from '../http/credentials-across-origins.js'
import { failureLine } from '../http/failures.js'
import { type ForeignPage, foreignPageBehind, type TrustedNames } from '../http/foreign-pages.js'
import { requestIdOf, tellContext } from '../http/request-evidence.js'
import { senderOf } from '../http/sender.js'
import { didYouMean } from '../lib/nearest.js'
import type { StructureShape } from '../lib/shape.js'
import { StoreFailure } from '../store/store-failure.js'
import { built } from './built.js'
import { isForKeyManagement, keyManagement } from './key-management.js'
import { inputOf, isSigned } from './operations.js'
import { regionFor } from './regions.js'
import type { Scope } from './scope.js'
import { callerOf } from './signature.js'
import { unknownMembers, validated } from './validate.js'
import {
  foreignHost,
  foreignOrigin,
  foreignSite,
  internalError,
  notBuilt,
  notJson,
  stateReplaced,
  storageFull,
  storeUnavailable,
  tooLarge,
  unknownOperation,
  unreadable,
} from './wire-refusals.js'

export { uploads } from './import-jobs/upload.js'

/** Whether the service has an operation of this name. */
export const isOperation = (name: string): boolean => inputOf(name) !== undefined

const targetPrefix = 'AWSCognitoIdentityProviderService.'
const contentType = 'application/x-amz-json-1.1'

/** Bytes of a body: an image of 2 MB in base64, and what goes with it. */
const longestBody = 3_000_000

/** How the API is set up. */
export interface ApiOptions {
  /** Stands in ARNs. */
  readonly accountId: string
  readonly discover: Scope['discover']
  /** Whose pages may send signed operations, asked for with each: the port may not be known yet. */
  readonly trusted: () => TrustedNames
  /** Takes a line about a mistake of our own. */
  readonly log: (line: string) => void
}

/**
 * The user pools JSON API, as every AWS SDK speaks it: `POST /` with `X-Amz-Target` (docs/facts/user-pools-api.md §1).
 * An operation is declared in a folder of its family; the ritual around it (signature, types, constraints, errors) is
 * here, once.
 */
export function userPoolsApi(app: FastifyInstance, service: Service, options: ApiOptions): void {
  const imports = createImports(service, options.log)
  app.addHook('onListen', () => imports.resume())
  app.addHook('onClose', () => imports.stop())
  app.register((api, _options, done) => {
    api.removeAllContentTypeParsers()
    api.addContentTypeParser('*', { parseAs: 'string', bodyLimit: longestBody }, (_request, body, parsed) =>
      parsed(null, body),
    )
    api.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const refused = refusalOf(error)
      service.recorder.refused(refused)
      if (statuses[refused.code] === 500) options.log(failureLine(request, error))
      return refuse(begun(service, reply), refused)
    })
    api.options('/', (request, reply) =>
      reply
        .code(200)
        .headers({
          ...readableByAll,
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': allowedHeaders(request, options.trusted()),
          'access-control-max-age': '172800',
        })
        .send(),
    )
    api.post('/', (request, reply) => answer(service, { ...options, imports }, request, reply))
    done()
  })
}

/**
 * The headers that a page may send, of those its browser asks for: all, but no signature from a page of somebody else. The
 * operations that need none are open to every page, as they are on AWS.
 */
function allowedHeaders({ headers }: FastifyRequest, trusted: TrustedNames): string {
  const asked = headers['access-control-request-headers'] ?? ''
  if (foreignPageBehind(headers, trusted) === undefined) return asked
  return asked
    .split(',')
    .filter(name => name.trim().toLowerCase() !== 'authorization')
    .join(',')
}

type Given = ApiOptions & Pick<Scope, 'imports'>

const readableByAll = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
}

async function answer(
  service: Service,
  options: Given,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  explainCredentials(service.recorder, request)
  const output = await perform(service, options, request)
  return send(begun(service, reply), output === undefined ? '' : JSON.stringify(output))
}

/** An answer with the headers that all answers have. */
const begun = ({ chance }: Service, reply: FastifyReply): FastifyReply =>
  reply.headers({
    ...readableByAll,
    'content-type': contentType,
    'x-amzn-requestid': requestIdOf(reply.request, chance),
  })

/** As bytes: to a text, Fastify would add a character set that the service does not name. */
const send = (reply: FastifyReply, text: string): FastifyReply => reply.send(Buffer.from(text))

function refusalOf(error: Error & { statusCode?: number }): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof StoreFailure) return storeFailures[error.statusCode](error.message)
  const { statusCode = 500 } = error
  if (statusCode >= 500) return internalError()
  return statusCode === 413 ? tooLarge(longestBody) : unreadable(error.message)
}

const storeFailures = { 409: stateReplaced, 503: storeUnavailable, 507: storageFull } as const

/** Every exception is a 400, whatever the model's traits say (§10), but for those of the server and its limits. */
const statuses: Record<string, number> = {
  InternalErrorException: 500,
  RequestEntityTooLargeException: 413,
  ServiceUnavailable: 503,
  InsufficientStorageException: 507,
}

function refuse(reply: FastifyReply, { code, told }: Refusal): FastifyReply {
  // A header holds no line breaks, nothing beyond Latin-1, and no more than clients read.
  const header = told
    .slice(0, 1024)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
  reply
    .code(statuses[code] ?? 400)
    .headers({ 'x-amzn-errortype': `${code}:`, ...(header === '' ? {} : { 'x-amzn-errormessage': header }) })
  return send(reply, JSON.stringify({ __type: code, ...(told === '' ? {} : { message: told }) }))
}

async function perform(
  service: Service,
  { accountId, discover, imports, trusted }: Given,
  request: FastifyRequest,
): Promise<object | undefined> {
  const target = String(request.headers['x-amz-target'] ?? '')
  if (isForKeyManagement(target)) return keyManagement(target, jsonBody(request.body))
  const name = operationName(target)
  const input = inputOf(name)
  if (input === undefined) throw unknownOperation(target)
  if (isSigned(name)) ensureTrustedPage(name, request, trusted())
  const body = jsonBody(request.body)
  const caller = isSigned(name) ? callerOf(name, request.headers.authorization) : undefined
  const operation = built.get(name)
  if (operation === undefined) throw notBuilt(name)
  const valid = validated(input, body)
  warnOfUnknown(service, name, input, body)
  noteContext(request, valid)
  const sent = { signedFor: caller?.region, hostname: request.hostname }
  const region = await regionFor(service, name, sent, valid)
  const scope: Scope = {
    service,
    accountId,
    discover,
    imports,
    sender: senderOf(request),
    region,
  }
  return operation.run(scope, valid as never)
}

/** What an operation says about the device of its user is evidence of the request. */
function noteContext(request: FastifyRequest, input: object): void {
  const { ContextData, UserContextData } = input as { ContextData?: object; UserContextData?: object }
  const given = ContextData ?? UserContextData
  if (given !== undefined) tellContext(request, toldContext(given, ContextData !== undefined))
}

/** The service leaves out what it does not know and says nothing (§1.3). So do we, but the log has it. */
function warnOfUnknown({ recorder }: Service, name: string, input: StructureShape, body: object): void {
  const unknown = [...new Set(unknownMembers(input, body))]
  if (unknown.length === 0) return
  const [first = ''] = unknown
  recorder.note('warning', {
    warning: `${name} has no ${unknown.slice(0, 10).join(', ').slice(0, 300)}: that was left out, as on AWS.`,
    remedy: `Write the members as the API reference has them.${didYouMean(first, Object.keys(input.members))}`,
  })
}

/** Signatures are not checked, so a page of somebody else would be an administrator: browsers tell on it. */
function ensureTrustedPage(name: string, { headers }: FastifyRequest, trusted: TrustedNames): void {
  const page = foreignPageBehind(headers, trusted)
  if (page !== undefined) throw refusalOfPage(name, page)
}

function refusalOfPage(name: string, page: ForeignPage): Refusal {
  switch (page.by) {
    case 'host':
      return foreignHost(name, page.host)
    case 'origin':
      return foreignOrigin(name, page.origin)
    case 'site':
      return foreignSite(name)
  }
}

/** The operation that a target names, if it is one of this service's. */
const operationName = (target: string): string =>
  target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : ''

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
