import type { Infer } from '../lib/shape.js'
import type { schemaAttribute } from './shapes/common.js'
import type { SchemaAttribute } from './user-pool.js'

/**
 * The standard attributes of every pool, in Cognito's order (docs/facts/user-pools-api.md §6.3): all are optional and
 * mutable strings of 0 to 2048 characters, but for the exceptions given here.
 */
const standardAttributes: readonly SchemaAttribute[] = [
  standard('sub', { mutable: false, required: true, min: 1 }),
  standard('name'),
  standard('given_name'),
  standard('family_name'),
  standard('middle_name'),
  standard('nickname'),
  standard('preferred_username'),
  standard('profile'),
  standard('picture'),
  standard('website'),
  standard('email'),
  unlimited('email_verified', 'Boolean'),
  standard('gender'),
  standard('birthdate', { min: 10, max: 10 }),
  standard('zoneinfo'),
  standard('locale'),
  standard('phone_number'),
  unlimited('phone_number_verified', 'Boolean'),
  standard('address'),
  { ...unlimited('updated_at', 'Number'), min: 0 },
]

/**
 * The attribute that lists a user's accounts at other providers. Every pool has it, and no request writes it, so it is
 * in no stored schema (fact N29).
 */
export const identitiesSchema: SchemaAttribute = unlimited('identities', 'String')

const standardByName: ReadonlyMap<string, SchemaAttribute> = new Map(
  [...standardAttributes, identitiesSchema].map(attribute => [attribute.name, attribute]),
)

/** The standard attribute of a name (`email`) as every pool begins with it; a custom one (`custom:team`) is none. */
export const standardAttribute = (name: string): SchemaAttribute | undefined => standardByName.get(name)

export const standardAttributeNames: readonly string[] = standardAttributes.map(({ name }) => name)

const isStandardAttribute = (name: string): boolean => standardByName.has(name)

/** Whether the name is in the custom name space. */
export const isCustomAttribute = (name: string): boolean =>
  name.startsWith('custom:') || name.startsWith('dev:custom:')

/**
 * The complete schema of a pool from what the caller declared: a declaration for a standard attribute changes
 * its limits, mutability and whether it is required; any other declares a custom attribute. What is declared without
 * `Mutable` can never be changed, standard attributes too (fact I3).
 */
export function completeSchema(declared: readonly Infer<typeof schemaAttribute>[] = []): SchemaAttribute[] {
  const changes = new Map(declared.map(attribute => [attribute.Name ?? '', attribute]))
  const standards = standardAttributes.map(attribute => {
    const change = changes.get(attribute.name)
    return change === undefined ? attribute : adjusted(attribute, change)
  })
  const customs = declared.filter(({ Name }) => !isStandardAttribute(Name ?? '')).map(customAttribute)
  return [...standards, ...customs]
}

type Declaration = Infer<typeof schemaAttribute>

const adjusted = (attribute: SchemaAttribute, change: Declaration): SchemaAttribute => ({
  ...attribute,
  mutable: change.Mutable ?? false,
  required: change.Required ?? attribute.required,
  ...limitsOf(change),
})

const customAttribute = (declared: Declaration): SchemaAttribute => ({
  name: `${declared.DeveloperOnlyAttribute ? 'dev:custom:' : 'custom:'}${declared.Name ?? ''}`,
  type: declared.AttributeDataType ?? 'String',
  mutable: declared.Mutable ?? false,
  required: declared.Required ?? false,
  developerOnly: declared.DeveloperOnlyAttribute ?? false,
  ...limitsOf(declared),
})

function limitsOf({ StringAttributeConstraints, NumberAttributeConstraints }: Declaration) {
  const min = StringAttributeConstraints?.MinLength ?? NumberAttributeConstraints?.MinValue
  const max = StringAttributeConstraints?.MaxLength ?? NumberAttributeConstraints?.MaxValue
  return {
    ...(min === undefined ? {} : { min: Number(min) }),
    ...(max === undefined ? {} : { max: Number(max) }),
  }
}

function standard(name: string, exceptions: Partial<SchemaAttribute> = {}): SchemaAttribute {
  return { ...unlimited(name, 'String'), min: 0, max: 2048, ...exceptions }
}

function unlimited(name: string, type: SchemaAttribute['type']): SchemaAttribute {
  return { name, type, mutable: true, required: false, developerOnly: false }
}
