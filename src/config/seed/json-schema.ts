import { type JsonSchema, plainStrings, type StringKeywords, schemaOf } from '../../lib/json-schema.js'
import { seedShape } from './shape.js'

/**
 * The JSON Schema by which editors complete and check seed files. It accepts everything the loader accepts; the
 * loader knows more: names that must exist or must not collide, settings that contradict.
 */
export const seedJsonSchema = (): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Rockpool seed',
  description: 'User pools and what belongs to them, in the vocabulary of the Cognito user pools API.',
  ...schemaOf(seedShape, orReference),
})

/** A text with a reference has its form and length only after the reference is resolved. */
const orReference: StringKeywords = shape => {
  const limits = plainStrings(shape)
  if (shape.enum !== undefined || shape.sensitive) return limits
  return Object.keys(limits).length === 0 ? {} : { anyOf: [limits, { pattern: reference }] }
}

const reference = '\\$\\{[^}]*\\}'
