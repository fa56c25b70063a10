import { ensure } from '../core/refusal.js'
import { deepestDocument, isShallow } from '../lib/depth.js'
import {
  type ListShape,
  type MapShape,
  matches,
  type Required,
  type Shape,
  type StructureShape,
  shapeOf,
} from '../lib/shape.js'
import { invalidConstraints, notConvertible, tooDeep } from './wire-refusals.js'

/**
 * Reads an input as its table describes it: members that are not known, or null, are left out; a value of another JSON
 * type is refused as the service's front end does (docs/facts/user-pools-api.md §1.3), then all broken constraints at
 * once (§1.4).
 */
export function validated(shape: StructureShape, body: unknown): object {
  const input = typed(shape, body) as object
  const broken = structureViolations(shape, input, { path: '', isSecret: false })
  if (broken.length > 0) throw invalidConstraints(broken)
  return input
}

/** The places of members that the table does not know, and that are therefore left out: `Policies.PasswordPolcy`. */
export function unknownMembers(member: Shape | Required, value: unknown, path = ''): string[] {
  const shape = shapeOf(member)
  if (shape.type === 'list' && Array.isArray(value))
    return value.flatMap(each => unknownMembers(shape.member, each, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  switch (shape.type) {
    case 'map':
      return Object.entries(value).flatMap(([name, each]) => unknownMembers(shape.value, each, at(name)))
    case 'structure':
      return Object.entries(value).flatMap(([name, each]) =>
        Object.hasOwn(shape.members, name)
          ? unknownMembers(shape.members[name] as Shape, each, at(name))
          : [at(name)],
      )
    default:
      return []
  }
}

function typed(shape: Shape, value: unknown): unknown {
  switch (shape.type) {
    case 'structure':
      return members(value, (name, member) =>
        Object.hasOwn(shape.members, name) ? typed(shapeOf(shape.members[name] as Shape), member) : undefined,
      )
    case 'map':
      return members(value, (_name, member) => typed(shape.value, member))
    case 'document':
      ensure(isShallow(value, deepestDocument), tooDeep)
      return members(value, (_name, member) => member)
    case 'list':
      if (!Array.isArray(value)) throw notConvertible(misplaced(value, 'Expected list or null'))
      return shape.member.type === 'structure'
        ? value.map(member => (member === null ? null : typed(shape.member, member)))
        : value.filter(member => member !== null).map(member => typed(shape.member, member))
    case 'boolean':
      return shape.takesText && typeof value === 'string' ? value !== 'false' : scalar(shape.type, value)
    default:
      return scalar(shape.type, value)
  }
}

function members(value: unknown, read: (name: string, member: unknown) => unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notConvertible(
      Array.isArray(value) ? 'Start of list found where not expected.' : 'Expected map or null',
    )
  const entries = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .map(([name, member]): [string, unknown] => [name, read(name, member)])
  // A null prototype: a member called `__proto__` is a member like any other.
  return Object.assign(
    Object.create(null),
    Object.fromEntries(entries.filter(([, member]) => member !== undefined)),
  )
}

const jsonTypes = {
  string: 'string',
  blob: 'string',
  boolean: 'boolean',
  integer: 'number',
  either: 'any',
} as const
const nouns = {
  string: 'a String',
  blob: 'a String',
  boolean: 'a Boolean',
  integer: 'an Integer',
  either: '',
} as const

function scalar(type: keyof typeof jsonTypes, value: unknown): unknown {
  const right = typeof value === jsonTypes[type] && (type !== 'integer' || Number.isSafeInteger(value))
  if (!right)
    throw notConvertible(misplaced(value, `${kindOf(value)} can not be converted to ${nouns[type]}`))
  return value
}

const misplaced = (value: unknown, otherwise: string): string => {
  if (Array.isArray(value)) return 'Start of list found where not expected.'
  return typeof value === 'object' ? 'Start of structure or map found where not expected.' : otherwise
}

function kindOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return typeof value === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE'
}

/** Where a value stands, as messages name it, and whether it stands inside something sensitive. */
interface Place {
  readonly path: string
  readonly isSecret: boolean
}

/** The entries of `N validation errors detected`, in the order of the table. */
function violations(shape: Shape, value: unknown, place: Place): string[] {
  const constraints = brokenBy(shape, value).map(constraint => entry(shape, value, place, constraint))
  switch (shape.type) {
    case 'structure':
      return structureViolations(shape, value as object, place)
    case 'list':
      return [...constraints, ...listViolations(shape, value as unknown[], place)]
    case 'map':
      return [...constraints, ...mapViolations(shape, value as Record<string, unknown>, place)]
    default:
      return constraints
  }
}

function structureViolations(
  { members, sensitive }: StructureShape,
  value: object,
  { path, isSecret }: Place,
): string[] {
  return Object.entries(members).flatMap(([name, member]: [string, Shape | Required]) => {
    const given = (value as Record<string, unknown>)[name]
    const at = `${path === '' ? '' : `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    if (given !== undefined)
      return violations(shapeOf(member), given, { path: at, isSecret: isSecret || sensitive === true })
    return 'required' in member
      ? [`Value null at '${at}' failed to satisfy constraint: Member must not be null`]
      : []
  })
}

/** A bad member that is a text is reported on the list, with all that its members must satisfy. */
function listViolations(shape: ListShape, values: readonly unknown[], place: Place): string[] {
  const { member } = shape
  if (values.includes(null))
    return [entry(shape, values, place, 'Member must satisfy constraint: [Member must not be null]')]
  if (member.type === 'structure' || member.type === 'list' || member.type === 'map')
    return values.flatMap((value, index) =>
      violations(member, value, { ...place, path: `${place.path}.${index + 1}.member` }),
    )
  return values.some(value => brokenBy(member, value).length > 0)
    ? [entry(shape, values, place, `Member must satisfy constraint: [${allConstraints(member).join(', ')}]`)]
    : []
}

function mapViolations(shape: MapShape, entries: Record<string, unknown>, place: Place): string[] {
  const { key, value } = shape
  const ofValues =
    value.type === 'structure'
      ? Object.entries(entries).flatMap(([name, each]) =>
          violations(value, each, { ...place, path: `${place.path}.${name}.member` }),
        )
      : within('Map value', value, Object.values(entries))
  return [...within('Map keys', key, Object.keys(entries)), ...ofValues]

  function within(what: string, of: Shape, found: unknown[]): string[] {
    return found.some(each => brokenBy(of, each).length > 0)
      ? [entry(shape, entries, place, `${what} must satisfy constraint: [${allConstraints(of).join(', ')}]`)]
      : []
  }
}

/** A constraint in the service's words, and whether a value breaks it. */
interface Constraint {
  readonly words: string
  readonly broken: (value: unknown) => boolean
}

const brokenBy = (shape: Shape, value: unknown): string[] =>
  constraintsOf(shape)
    .filter(({ broken }) => broken(value))
    .map(({ words }) => words)
const allConstraints = (shape: Shape): string[] => constraintsOf(shape).map(({ words }) => words)

function constraintsOf(shape: Shape): Constraint[] {
  if (!('min' in shape || 'max' in shape || 'pattern' in shape || 'enum' in shape)) return []
  const { min, max } = shape as { min?: number; max?: number }
  const noun = shape.type === 'integer' ? 'value' : 'length'
  const constraints: Constraint[] = []
  if (max !== undefined)
    constraints.push({
      words: `Member must have ${noun} less than or equal to ${max}`,
      broken: value => sizeOf(shape, value) > max,
    })
  if (min !== undefined)
    constraints.push({
      words: `Member must have ${noun} greater than or equal to ${min}`,
      broken: value => sizeOf(shape, value) < min,
    })
  if (shape.type !== 'string') return constraints
  const { pattern, enum: values } = shape
  if (pattern !== undefined)
    constraints.push({
      words: `Member must satisfy regular expression pattern: ${pattern}`,
      broken: value => !matches(pattern, String(value)),
    })
  if (values !== undefined)
    constraints.push({
      words: `Member must satisfy enum value set: [${inServiceOrder(values).join(', ')}]`,
      broken: value => !values.includes(String(value)),
    })
  return constraints
}

function sizeOf(shape: Shape, value: unknown): number {
  if (shape.type === 'integer') return Number(value)
  if (shape.type === 'blob') return Buffer.from(String(value), 'base64').length
  if (Array.isArray(value)) return value.length
  return typeof value === 'string' ? value.length : Object.keys(value as object).length
}

/** The service prints the values of an enumeration in an order of its own; these are known (§1.4). */
const knownOrders = [
  ['OPTIONAL', 'OFF', 'ON'],
  ['implicit', 'client_credentials', 'code'],
  ['phone_number', 'email'],
  ['BLOCK', 'NO_ACTION'],
  ['MFA_IF_CONFIGURED', 'BLOCK', 'NO_ACTION', 'MFA_REQUIRED'],
  ['SIGN_IN', 'PASSWORD_CHANGE', 'SIGN_UP'],
  ['Boolean', 'Number', 'String', 'DateTime'],
]
const inServiceOrder = (values: readonly string[]): readonly string[] =>
  knownOrders.find(order => order.length === values.length && order.every(value => values.includes(value))) ??
  values

function entry(shape: Shape, value: unknown, { path, isSecret }: Place, constraint: string): string {
  const given = isSecret || holdsSensitive(shape) ? '' : `'${shown(value)}' `
  return `Value ${given}at '${path}' failed to satisfy constraint: ${constraint}`
}

/** Whether a value of the shape is a secret or personal, or has one inside. */
function holdsSensitive(member: Shape | Required): boolean {
  const shape = shapeOf(member)
  if ('sensitive' in shape && shape.sensitive) return true
  if (shape.type === 'list') return holdsSensitive(shape.member)
  if (shape.type === 'map') return holdsSensitive(shape.key) || holdsSensitive(shape.value)
  return shape.type === 'structure' && Object.values(shape.members).some(holdsSensitive)
}

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  return typeof value === 'object' && value !== null
    ? `{${Object.entries(value as object)
        .map(([name, member]) => `${name}=${shown(member)}`)
        .join(', ')}}`
    : String(value)
}
