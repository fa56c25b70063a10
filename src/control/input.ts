import { didYouMean } from '../lib/nearest.js'
import { matches, type Shape, type StringShape, type StructureShape, shapeOf } from '../lib/shape.js'
import { Unmet } from './unmet.js'

/** Reads an input as its shape describes it. @throws Unmet with a sentence for each mistake */
export function readInput(shape: StructureShape, value: unknown): object {
  const mistakes = mistakesIn(shape, value, '')
  if (mistakes.length > 0) throw new Unmet(mistakes.join(' '))
  return value as object
}

/** What a query says, with numbers and switches as such where they are wanted. */
export const typedQuery = ({ members }: StructureShape, query: object): object =>
  Object.fromEntries(
    Object.entries(query).map(([name, text]) => {
      const member = Object.hasOwn(members, name) ? members[name] : undefined
      return [name, member === undefined ? text : typedText(shapeOf(member).type, text)]
    }),
  )

function typedText(type: Shape['type'], text: unknown): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(String(text))) return Number(text)
  return type === 'boolean' && /^(?:true|false)$/.test(String(text)) ? text === 'true' : text
}

/** A sentence for each mistake; `path` names the value, empty for the whole. */
function mistakesIn(shape: Shape, value: unknown, path: string): string[] {
  const objection = (what: string) => [
    `${path === '' ? 'The input' : JSON.stringify(path)} has to be ${what}.`,
  ]
  switch (shape.type) {
    case 'string':
    case 'blob':
      return typeof value === 'string'
        ? stringMistakes(shape as StringShape, value, path)
        : objection('a text')
    case 'integer': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = shape
      const isOne = Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      return isOne
        ? []
        : objection(
            `a whole number${shape.min === undefined ? '' : ` from ${min}`}${shape.max === undefined ? '' : ` up to ${max}`}`,
          )
    }
    case 'boolean':
      return typeof value === 'boolean' ? [] : objection('true or false')
    case 'document':
      return isObject(value) ? [] : objection('an object')
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((member, index) => mistakesIn(shape.member, member, `${path}[${index}]`))
        : objection('a list')
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([name, member]) =>
            mistakesIn(shape.value, member, `${path}.${name}`),
          )
        : objection('an object')
    case 'structure':
      return isObject(value) ? memberMistakes(shape, value, path) : objection('an object')
    case 'either':
      return shape.options.some(option => mistakesIn(option, value, path).length === 0)
        ? []
        : objection(shape.options.map(({ type }) => nouns[type] ?? 'something else').join(' or '))
  }
}

const nouns: { readonly [type in Shape['type']]?: string } = {
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  list: 'a list',
  structure: 'an object',
}

function memberMistakes({ members }: StructureShape, value: Record<string, unknown>, path: string): string[] {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const known = Object.keys(members)
  const strange = Object.keys(value).filter(name => !Object.hasOwn(members, name))
  return [
    ...strange.map(name => `${JSON.stringify(at(name))} is not known here.${didYouMean(name, known)}`),
    ...known.flatMap(name => {
      const member = members[name]
      if (member === undefined) return []
      if (value[name] === undefined)
        return 'required' in member ? [`${JSON.stringify(at(name))} is missing.`] : []
      return mistakesIn(shapeOf(member), value[name], at(name))
    }),
  ]
}

function stringMistakes(shape: StringShape, value: string, path: string): string[] {
  const { enum: values, pattern, min = 0, max = Number.POSITIVE_INFINITY } = shape
  const objection = (what: string) => [`${JSON.stringify(path)} has to be ${what}.`]
  if (values !== undefined && !values.includes(value))
    return [`${JSON.stringify(path)} has to be one of ${values.join(', ')}.${didYouMean(value, values)}`]
  if (value.length < min || value.length > max)
    return objection(
      max === Number.POSITIVE_INFINITY
        ? `at least ${min} characters long`
        : `${min} to ${max} characters long`,
    )
  return pattern !== undefined && !matches(pattern, value) ? objection(`a text of the form ${pattern}`) : []
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
