import { readFileSync } from 'node:fs'

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
  /** Of a string its length, of a list or map the number of members, of a number its value. */
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
}

/** The model, which `api-model.txt` has in lines. Its form is explained there. */
export const model: Model = readModel(readFileSync(new URL('api-model.txt', import.meta.url), 'utf8'))

function readModel(text: string): Model {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const operations: Record<string, ModelOperation> = {}
  const shapes: Record<string, ModelShape> = {}
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(' '))
    const operation = operationIn(line)
    if (operation === undefined) shapes[name] = shapeIn(line.slice(name.length + 1))
    else operations[name] = operation
  }
  return { operations, shapes }
}

function operationIn(line: string): ModelOperation | undefined {
  const [, auth, input = '', output = '', errors = ''] =
    /^\w+ (sigv4|none|bearer|bearer-or-session) (\w+) -> (\w+) !(.*)$/.exec(line) ?? []
  return auth === undefined
    ? undefined
    : {
        auth: auth as ModelOperation['auth'],
        input,
        output: output === 'nothing' ? null : output,
        errors: errors.split(' ').flatMap(error => (error === '' ? [] : `${error}Exception`)),
      }
}

/** Reads a shape but for its name. */
function shapeIn(text: string): ModelShape {
  const [, head = '', pattern, body] = /^(.*?)(?: \/(.*)\/)?(?: \{(.*)\})?$/.exec(text) ?? []
  const [type = '', ...words] = head.split(' ')
  const [key, value] = type === 'map' ? words.splice(0, 2) : []
  const [member] = type === 'list' ? words.splice(0, 1) : []
  const [, min, max] = /^(-?\d*)\.\.(-?\d*)$/.exec(words.find(word => word.includes('..')) ?? '') ?? []
  const values = words.find(word => word.includes('|'))?.split('|')
  return {
    type,
    ...(words.includes('sensitive') && { sensitive: true as const }),
    ...(words.includes('exception') && { exception: true as const }),
    ...(words.includes('document') && { document: true as const }),
    ...(member && { member }),
    ...(key && value && { key, value }),
    ...(min && { min: Number(min) }),
    ...(max && { max: Number(max) }),
    ...(values && { enum: values.filter(one => one !== '') }),
    ...(pattern !== undefined && { pattern }),
    ...(body !== undefined && membersIn(body)),
  }
}

function membersIn(body: string): Pick<ModelShape, 'members' | 'required'> {
  const pairs = body.split(',').flatMap((member): [string, string][] => {
    const [name = '', shape = ''] = member.trim().split(' ')
    return name === '' ? [] : [[name, shape]]
  })
  return {
    required: pairs.flatMap(([name]) => (name.endsWith('!') ? [name.slice(0, -1)] : [])),
    members: Object.fromEntries(pairs.map(([name, shape]) => [name.replace('!', ''), shape])),
  }
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
  if (known.output === null) return body === '' ? [] : [`${operation} answers with an empty body`]
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
