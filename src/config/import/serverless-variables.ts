import { text } from './intrinsics.js'
import type { Messages } from './messages.js'
import { type ImportOptions, regionOr } from './options.js'
import { isJsonMap, type Json, type JsonMap, type Source } from './source.js'

/** Replacements inside one text after which the rest is left as it is: a variable may name itself. */
const deepest = 50

/** A variable, the innermost first: `${self:custom.${opt:stage}}`. */
const variablePattern = /\$\{([a-zA-Z]+(?:\([^)]*\))?:[^${}]*)\}/

interface Service {
  readonly root: JsonMap
  readonly source: Source
  readonly options: ImportOptions
  readonly messages: Messages
}

/** The service with `${…}` variables replaced. Each may stand in a name of another. */
export function variablesResolved(source: Source, options: ImportOptions, messages: Messages): JsonMap {
  const root = isJsonMap(source.value) ? source.value : {}
  const result = visit({ root, source, options, messages }, root, '')
  return isJsonMap(result) ? result : {}
}

/** A value with the variables in it replaced; `path` says where it stands. */
function visit(service: Service, value: Json, path: string): Json {
  const { source } = service
  if (typeof value === 'string') return resolved(service, value, path)
  if (Array.isArray(value)) {
    return source.inPlaceOf(
      value,
      value.map((item: Json, index) => visit(service, item, `${path}[${index}]`)),
    )
  }
  if (!isJsonMap(value)) return value
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      visit(service, member, path === '' ? name : `${path}.${name}`),
    ]),
  )
  return source.inPlaceOf(value, copy)
}

function resolved(service: Service, given: string, path: string, depth = 0): Json {
  const innermost = variablePattern.exec(given)
  if (innermost === null || depth > deepest) return given
  const [whole, expression = ''] = innermost
  const value = evaluated(service, expression, path, depth)
  if (whole === given)
    return typeof value === 'string' ? resolved(service, value, path, depth + 1) : visit(service, value, path)
  return resolved(
    service,
    given.replace(whole, () => text(value)),
    path,
    depth + 1,
  )
}

/** The value of the first of the candidates (`opt:stage, 'dev'`) that has one. */
function evaluated(service: Service, expression: string, path: string, depth: number): Json {
  for (const candidate of expression.split(/,\s*/)) {
    const value = lookedUp(service, candidate.trim())
    if (value !== undefined)
      return typeof value === 'string' ? resolved(service, value, path, depth + 1) : value
  }
  service.messages.fail({
    file: service.source.file,
    path,
    text: `The variable \${${expression}} has no value here.`,
    remedy:
      'Package the service (`serverless package`) and import .serverless/cloudformation-template-update-stack.json, or give the value with --secret or --set.',
  })
  return ''
}

function lookedUp(service: Service, candidate: string): Json | undefined {
  const literal = /^(['"])(.*)\1$/.exec(candidate)
  if (literal !== null) return literal[2] ?? ''
  const colon = candidate.indexOf(':')
  if (colon === -1) return undefined
  return kinds.get(candidate.slice(0, colon))?.(service, candidate.slice(colon + 1))
}

const fromSecrets: Kind = ({ options }, name) => options.secrets?.[name] ?? options.set?.[name]

type Kind = (service: Service, name: string) => Json | undefined

/** What each kind of variable means. One that is not listed has no value here. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries<Kind>({
    self: ({ root }, path) =>
      path === ''
        ? root
        : path
            .split('.')
            .reduce<Json | undefined>((value, step) => (isJsonMap(value) ? value[step] : undefined), root),
    opt: ({ options }, name) =>
      name === 'stage' ? options.stage : name === 'region' ? options.region : options.parameters?.[name],
    sls: (service, name) =>
      name === 'stage'
        ? (service.options.stage ?? lookedUp(service, 'self:provider.stage') ?? 'dev')
        : undefined,
    env: ({ options }, name) => options.environment?.[name],
    param: ({ options }, name) => options.parameters?.[name],
    ssm: fromSecrets,
    cf: fromSecrets,
    s3: fromSecrets,
    aws: ({ options }, name) =>
      name === 'region' ? regionOr(options) : name === 'accountId' ? '000000000000' : undefined,
  }),
)
