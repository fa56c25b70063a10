import { type Members, type Shape, type StringShape, shapeOf, toRegExp } from './shape.js'

/** JSON Schema, as far as it is used here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** How strings are described: a seed's may be references. */
export type StringKeywords = (shape: StringShape) => JsonSchema

/** The JSON Schema of what a shape describes. */
export function schemaOf(shape: Shape, strings: StringKeywords = plainStrings): JsonSchema {
  const { about } = shape
  return { ...(about === undefined ? {} : { description: about }), ...keywordsOf(shape, strings) }
}

function keywordsOf(shape: Shape, strings: StringKeywords): JsonSchema {
  switch (shape.type) {
    case 'string':
      return { type: 'string', ...strings(shape) }
    case 'integer':
      return defined({ type: 'integer', minimum: shape.min, maximum: shape.max })
    case 'boolean':
      return { type: 'boolean' }
    case 'blob':
      return { type: 'string', contentEncoding: 'base64' }
    case 'document':
      return { type: 'object' }
    case 'list':
      return defined({
        type: 'array',
        items: schemaOf(shape.member, strings),
        minItems: shape.min,
        maxItems: shape.max,
      })
    case 'map':
      return {
        type: 'object',
        propertyNames: strings({ ...shape.key, sensitive: true }),
        additionalProperties: schemaOf(shape.value, strings),
      }
    case 'structure':
      return { type: 'object', ...memberKeywords(shape.members, strings) }
    case 'either':
      return { anyOf: shape.options.map(option => schemaOf(option, strings)) }
  }
}

function memberKeywords(members: Members, strings: StringKeywords): JsonSchema {
  const required = Object.keys(members).filter(name => 'required' in (members[name] ?? {}))
  return {
    properties: Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, schemaOf(shapeOf(member), strings)]),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

/** The limits of a string. */
export const plainStrings: StringKeywords = ({ min, max, pattern, enum: values }) =>
  values === undefined
    ? defined({ minLength: min, maxLength: max, pattern: pattern && sourceOf(pattern) })
    : { enum: values }

/** JSON Schema has no flag by which a dot means line breaks too. */
function sourceOf(pattern: string): string {
  const { source, dotAll } = toRegExp(pattern)
  return dotAll ? source.replaceAll('.', '[\\s\\S]') : source
}

const defined = (keywords: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined))
