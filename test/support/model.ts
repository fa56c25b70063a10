import { existsSync, readFileSync } from 'node:fs'
import { modelOfSdk } from './sdk-model.js'

/** The service's own model, reduced to what concerns shapes. */
export interface Model {
  readonly operations: Record<string, ModelOperation>
  readonly shapes: Record<string, ModelShape>
}
export interface ModelOperation {
  readonly auth: 'sigv4' | 'none' | 'bearer' | 'bearer-or-session'
  readonly input: string
  /** Null for an operation that answers with an empty body. */
  readonly output: string | null
  readonly errors: readonly string[]
}
export type Reference = string | { readonly shape: string }
export interface ModelShape {
  readonly type: string
  readonly exception?: true
  readonly required?: readonly string[]
  readonly members?: Record<string, Reference>
  readonly member?: Reference
  readonly key?: Reference
  readonly value?: Reference
  readonly document?: true
  readonly sensitive?: true
  readonly enum?: readonly string[]
}

const file = '../shared/cognito/api-model.json'
const additionsFile = '../shared/cognito/api-model-additions.json'

/** Whether lengths, patterns and enumerations are known: the model with them lies beside some checkouts, in none. */
export const knowsLimits = existsSync(file) && existsSync(additionsFile)

/** The model beside the checkout with what AWS has added since, else what the AWS SDK knows of it. */
export const model: Model = knowsLimits ? withAdditions(read(file), read(additionsFile)) : modelOfSdk()

function read<M>(path: string): M {
  return JSON.parse(readFileSync(path, 'utf8')) as M
}

/** What AWS has added since the model was published, in the same form. */
interface Additions extends Model {
  readonly addedMembers: Record<string, Record<string, string>>
  readonly addedErrors: Record<string, readonly string[]>
  readonly addedEnumValues: Record<string, readonly string[]>
}

function withAdditions(older: Model, added: Additions): Model {
  const operations = { ...older.operations, ...added.operations }
  for (const [name, errors] of Object.entries(added.addedErrors)) {
    const known = operations[name]
    if (known) operations[name] = { ...known, errors: [...known.errors, ...errors] }
  }
  const shapes = { ...older.shapes, ...added.shapes }
  for (const [name, shape] of Object.entries(shapes)) {
    const members = added.addedMembers[name]
    const values = added.addedEnumValues[name]
    if (members) shapes[name] = { ...shape, members: { ...shape.members, ...members } }
    if (values) shapes[name] = { ...shape, enum: [...(shape.enum ?? []), ...values] }
  }
  return { operations, shapes }
}

/** What any operation may be refused with before it is looked at (docs/facts/user-pools-api.md §1.3). */
export const frontEndErrors = [
  'IncompleteSignatureException',
  'InternalErrorException',
  'MissingAuthenticationTokenException',
  'NotImplementedException',
  'RequestEntityTooLargeException',
  // Of ours: the disk of the developer's machine is full, which no service of AWS's tells its callers.
  'InsufficientStorageException',
  'SerializationException',
  'UnknownOperationException',
]

/** Errors that the service is known to give although the model does not name them (docs/facts/user-pools-api.md §4.1). */
const knownErrors: Record<string, readonly string[]> = { AdminCreateUser: ['AliasExistsException'] }

/** Members that the service leaves out although the model requires them (§2.3, in its own example). */
const knownToLack = ['DescribeUserPoolDomain.DomainDescription.CustomDomainConfig.CertificateArn']

/** What is wrong with an answer by the model, a sentence each. */
export function offencesOf(operation: string, status: number, body: string): string[] {
  const known = model.operations[operation]
  if (known === undefined) return []
  if (status !== 200) {
    const { __type: code } = JSON.parse(body) as { __type: string }
    const may = [...known.errors, ...frontEndErrors, ...(knownErrors[operation] ?? [])]
    return may.includes(code) ? [] : [`${operation} is never refused with ${code}`]
  }
  if (known.output === null)
    return body === '' || (!knowsLimits && body === '{}') ? [] : [`${operation} answers with an empty body`]
  return differences(model, known.output, JSON.parse(body), operation)
}

function differences(model: Model, reference: Reference, value: unknown, path: string): string[] {
  const name = typeof reference === 'string' ? reference : reference.shape
  const shape = model.shapes[name]
  if (shape === undefined) return [`${path}: the model has no shape ${name}`]
  const { type, members = {}, required = [], member = '', value: inner = '' } = shape
  if (shape.document) return isObject(value) ? [] : [`${path} is no document`]
  switch (type) {
    case 'structure': {
      if (!isObject(value)) return [`${path} is no structure`]
      const missing = required
        .filter(name => value[name] === undefined && !knownToLack.includes(`${path}.${name}`))
        .map(name => `${path} lacks ${name}`)
      const wrong = Object.entries(value).flatMap(([name, of]) => {
        const known = members[name]
        return known === undefined
          ? [`${path} has no member ${name}`]
          : differences(model, known, of, `${path}.${name}`)
      })
      return [...missing, ...wrong]
    }
    case 'list':
      return Array.isArray(value)
        ? value.flatMap(each => differences(model, member, each, `${path}[]`))
        : [`${path} is no list`]
    case 'map':
      return isObject(value)
        ? Object.values(value).flatMap(each => differences(model, inner, each, `${path}{}`))
        : [`${path} is no map`]
    default:
      return typeof value === jsonTypes[type] ? [] : [`${path} is ${JSON.stringify(value)}, not a ${type}`]
  }
}

const jsonTypes: Record<string, string> = {
  string: 'string',
  blob: 'string',
  boolean: 'boolean',
  integer: 'number',
  long: 'number',
  double: 'number',
  number: 'number',
  timestamp: 'number',
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
