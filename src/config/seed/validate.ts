import { formRemedy } from '../../core/forms.js'
import type { Draft } from '../../core/rules/finding.js'
import { deepestDocument, isShallow } from '../../lib/depth.js'
import { type Infer, matches, type Shape, type StringShape, shapeOf } from '../../lib/shape.js'
import type { Place } from './mistakes.js'
import { likelyMeant, partFor } from './neighbours.js'

/** Puts values in the place of references; reports the ones that name nothing. */
export type Resolve = (text: string, place: Place) => string | undefined

/**
 * Compares a value with its shape, reports everything that is wrong, and answers what is left: references resolved,
 * wrong values taken out (in a list they leave a hole, so that positions stay).
 */
export const validate = <S extends Shape>(
  shape: S,
  value: unknown,
  place: Place,
  resolve: Resolve,
): Draft<Infer<S>> | undefined => check(shape, value, place, resolve) as Draft<Infer<S>> | undefined

function check(shape: Shape, value: unknown, place: Place, resolve: Resolve): unknown {
  if (shape.type === 'either') {
    const option = shape.options.find(({ type }) => isOf(type, value))
    if (option !== undefined) return check(option, value, place, resolve)
    place.wrong(
      `This must be ${shape.options.map(({ type }) => nouns[type]).join(' or ')}, not ${kindOf(value)}.`,
    )
    return undefined
  }
  if (!isOf(shape.type, value)) {
    place.wrong(`This must be ${nouns[shape.type]}, not ${kindOf(value)}.${advice(shape.type, value)}`)
    return undefined
  }
  switch (shape.type) {
    case 'string':
      return checkString(shape, value as string, place, resolve)
    case 'integer':
      return withinLimits(shape, value as number, place, 'This') ? value : undefined
    case 'blob': {
      const { length } = Buffer.from(value as string, 'base64')
      return withinLimits(shape, length, place, 'The number of bytes') ? value : undefined
    }
    case 'boolean':
      return value
    case 'document':
      if (isShallow(value, deepestDocument)) return value
      place.wrong('This is nested deeper than Rockpool keeps.')
      return undefined
    case 'list':
      withinLimits(shape, (value as unknown[]).length, place, 'The number of entries')
      return (value as unknown[]).map((member, index) =>
        check(shape.member, member, place.at(index), resolve),
      )
    case 'map':
      return checkMap(shape, value as object, place, resolve)
    case 'structure':
      return checkStructure(shape, value as object, place, resolve)
  }
}

function checkString(shape: StringShape, value: string, place: Place, resolve: Resolve): string | undefined {
  const text = shape.sensitive ? value : resolve(value, place)
  if (text === undefined) return undefined
  if (shape.enum !== undefined && !shape.enum.includes(text)) {
    const valid = shape.enum
    place.wrong(`"${text}" is not one of ${valid.map(name => `"${name}"`).join(', ')}.`, {
      meant: { given: text, valid },
    })
    return undefined
  }
  const help = shape.pattern === undefined ? {} : { remedy: formRemedy(shape.pattern) }
  if (!withinLimits(shape, text.length, place, 'The number of characters', help)) return undefined
  if (shape.pattern !== undefined && !matches(shape.pattern, text)) {
    place.wrong(`${shape.sensitive ? 'This' : `"${text}"`} does not have the form ${shape.pattern}.`, help)
    return undefined
  }
  return text
}

function withinLimits(
  { min, max }: Limits,
  size: number,
  place: Place,
  what: string,
  help: { readonly remedy?: string } = {},
): boolean {
  if (min !== undefined && size < min) place.wrong(`${what} must be at least ${min}, and is ${size}.`, help)
  else if (max !== undefined && size > max)
    place.wrong(`${what} must be at most ${max}, and is ${size}.`, help)
  else return true
  return false
}
interface Limits {
  readonly min?: number
  readonly max?: number
}

const checkMap = (shape: Shape & { type: 'map' }, value: object, place: Place, resolve: Resolve): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => checkString(shape.key, key, place.at(key), text => text) !== undefined)
      .map(([key, member]) => [key, check(shape.value, member, place.at(key), resolve)])
      .filter(([, member]) => member !== undefined),
  )

function checkStructure(
  { members }: Shape & { type: 'structure' },
  value: object,
  place: Place,
  resolve: Resolve,
): object {
  const found: [string, unknown][] = []
  const misspelt = new Set<string>()
  for (const [name, given] of Object.entries(value)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined
    if (member === undefined) {
      const valid = Object.keys(members).filter(known => !(known in value))
      const part = partFor(name, members)
      const meant = part === undefined ? likelyMeant(name, valid) : undefined
      if (meant !== undefined) misspelt.add(meant)
      const remedy = part === undefined ? leaveOut(valid) : `Write it inside ${part}.`
      place.at(name).wrong(`"${name}" is not known here.`, {
        ...(meant === undefined ? { remedy } : {}),
        meant: { given: name, valid: part === undefined ? valid : [], isName: true },
      })
      continue
    }
    const checked = check(shapeOf(member), given, place.at(name), resolve)
    if (checked !== undefined) found.push([name, checked])
  }
  for (const [name, member] of Object.entries(members))
    if ('required' in member && !(name in value) && !misspelt.has(name))
      place.wrong(`"${name}" is missing.`, { remedy: `Add a line here: ${name}: …` })
  return Object.fromEntries(found)
}

/** What to do about a name that is like none of the valid ones. */
function leaveOut(valid: readonly string[]): string {
  const some = valid.slice(0, 8).join(', ')
  return `Leave it out. Valid here: ${some}${valid.length > 8 ? ', and others' : ''}.`
}

const nouns: Record<Shape['type'], string> = {
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  blob: 'a text in base64',
  document: 'a map',
  list: 'a list',
  map: 'a map',
  structure: 'a map',
  either: 'something else',
}

function isOf(type: Shape['type'], value: unknown): boolean {
  if (type === 'integer') return Number.isSafeInteger(value)
  if (type === 'list') return Array.isArray(value)
  if (type === 'map' || type === 'structure' || type === 'document') return isMap(value)
  if (type === 'blob') return typeof value === 'string'
  return typeof value === type
}

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (isMap(value)) return 'a map'
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? typeof value
  )
}

function advice(type: Shape['type'], value: unknown): string {
  if (type === 'string' && ['number', 'boolean'].includes(typeof value)) return ' Put it in quotes.'
  if (value === null || value === undefined) return ' Leave the line out, or give it a value.'
  if (type === 'list') return ' Write the entries one a line, each after "- ".'
  if (type === 'map' || type === 'structure' || type === 'document')
    return ' Write its members one a line, each as "Name: value".'
  if (typeof value !== 'string') return ''
  const isRight = type === 'boolean' ? /^(true|false)$/.test(value) : /^-?\d+$/.test(value)
  if (isRight) return ' Quotes make it a text: take them off.'
  return type === 'boolean' ? ' Write true or false, without quotes.' : ' Write it in digits, without quotes.'
}
