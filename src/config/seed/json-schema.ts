import { type Members, type Shape, type StringShape, shapeOf, toRegExp } from '../../lib/shape.js'
import { seedShape } from './shape.js'

/** JSON Schema, as far as it is used here. */
interface JsonSchema {
  readonly [keyword: string]: unknown
}

/**
 * The JSON Schema by which editors complete and check seed files. It accepts everything the loader accepts; the
 * loader knows more: names that must exist or must not collide, settings that contradict.
 */
export const seedJsonSchema = (): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Rockpool seed',
  description: 'User pools and what belongs to them, in the vocabulary of the Cognito user pools API.',
  ...schemaOf(seedShape),
})

function schemaOf(shape: Shape): JsonSchema {
  const { about } = shape
  return { ...(about === undefined ? {} : { description: about }), ...keywordsOf(shape) }
}

function keywordsOf(shape: Shape): JsonSchema {
  switch (shape.type) {
    case 'string':
      return { type: 'string', ...stringKeywords(shape) }
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
        items: schemaOf(shape.member),
        minItems: shape.min,
        maxItems: shape.max,
      })
    case 'map':
      return {
        type: 'object',
        propertyNames: stringKeywords({ ...shape.key, sensitive: true }),
        additionalProperties: schemaOf(shape.value),
      }
    case 'structure':
      return { type: 'object', ...memberKeywords(shape.members) }
    case 'either':
      return { anyOf: shape.options.map(schemaOf) }
  }
}

function memberKeywords(members: Members): JsonSchema {
  const required = Object.keys(members).filter(name => 'required' in (members[name] ?? {}))
  return {
    properties: Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, schemaOf(shapeOf(member))]),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

/** A text with a reference has its form and length only after the reference is resolved. */
function stringKeywords({ min, max, pattern, enum: values, sensitive }: StringShape): JsonSchema {
  if (values !== undefined) return { enum: values }
  if (sensitive) return defined({ minLength: min, maxLength: max, pattern: pattern && sourceOf(pattern) })
  const limits = defined({ minLength: min, maxLength: max, pattern: pattern && sourceOf(pattern) })
  return Object.keys(limits).length === 0 ? {} : { anyOf: [limits, { pattern: reference }] }
}

const reference = '\\$\\{[^}]*\\}'

/** JSON Schema has no flag by which a dot means line breaks too. */
function sourceOf(pattern: string): string {
  const { source, dotAll } = toRegExp(pattern)
  return dotAll ? source.replaceAll('.', '[\\s\\S]') : source
}

const defined = (keywords: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined))
