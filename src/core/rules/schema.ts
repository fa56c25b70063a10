import type { Infer } from '../../lib/shape.js'
import { standardAttribute } from '../schema.js'
import type { schemaAttribute } from '../shapes/common.js'
import type { SchemaAttribute } from '../user-pool.js'
import { type Draft, entriesOf, type Finding, type Path } from './finding.js'

type Declared = Draft<Infer<typeof schemaAttribute>>
/** Attributes as `CreateUserPool` and `AddCustomAttributes` declare them. */
export type SchemaDeclaration = readonly Infer<typeof schemaAttribute>[]

type Declarations = readonly (Declared | undefined)[] | undefined

/** What is wrong with the schema of a new pool (docs/facts/user-pools-api.md §2.1): paths begin at the list. */
export const schemaFindings = (declared: Declarations): Generator<Finding> =>
  findingsOf(declared, standardAttribute)

/** What is wrong with attributes that are added to a pool: none of them is a standard one. */
export const addedAttributeFindings = (declared: Declarations): Generator<Finding> =>
  findingsOf(declared, () => undefined)

function* findingsOf(
  declared: Declarations,
  standardOf: (name: string) => SchemaAttribute | undefined,
): Generator<Finding> {
  const attributes = entriesOf(declared)
  for (const [{ Name }, index] of attributes) {
    const before = attributes.some(([other, place]) => place < index && other.Name === Name)
    if (Name !== undefined && before)
      yield {
        path: [index, 'Name'],
        ...(standardOf(Name) === undefined && {
          told: `Duplicate custom attribute names custom:${Name} are not allowed in a user pool schema.`,
        }),
        because: `The attribute "${Name}" is declared twice.`,
        remedy: 'Leave one of the two declarations out.',
      }
  }
  for (const [attribute, index] of attributes) {
    const standard = standardOf(attribute.Name ?? '')
    if (standard === undefined) yield* customFindings(attribute, index)
    else yield* standardFindings(attribute, standard, index)
    yield* limitFindings(attribute, standard !== undefined, index)
  }
}

function* standardFindings(declared: Declared, standard: SchemaAttribute, index: number): Generator<Finding> {
  const { AttributeDataType: type = standard.type, DeveloperOnlyAttribute } = declared
  if (type !== standard.type || DeveloperOnlyAttribute)
    yield {
      path: [index, type === standard.type ? 'DeveloperOnlyAttribute' : 'AttributeDataType'],
      told: `You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${standard.name}`,
      because: `The standard attribute ${standard.name} is a ${standard.type}, for users as well as for developers.`,
      remedy: 'Leave AttributeDataType and DeveloperOnlyAttribute out, or declare a custom attribute.',
    }
}

function* customFindings({ Name, AttributeDataType, Required }: Declared, index: number): Generator<Finding> {
  if (Name === undefined) {
    yield {
      path: [index],
      told: 'A custom attribute of the schema has no Name.',
      because: '"Name" is missing.',
      remedy: 'Give the attribute a Name, without the prefix "custom:".',
    }
    return
  }
  if (/^(dev:)?custom:/.test(Name))
    yield {
      path: [index, 'Name'],
      because: 'A custom attribute is declared without its prefix.',
      remedy: `Write ${Name.replace(/^(dev:)?custom:/, '')}: the pool puts the prefix before it.`,
    }
  if (AttributeDataType === undefined)
    yield {
      path: [index],
      told: 'Invalid AttributeDataType input, consider using the provided AttributeDataType enum.',
      because: `"AttributeDataType" is missing: "${Name}" is a custom attribute.`,
      remedy: `Give custom attribute ${Name} an AttributeDataType.`,
    }
  if (Required)
    yield {
      path: [index, 'Required'],
      told: 'Required custom attributes are not supported currently.',
      because: 'Custom attributes cannot be required.',
      remedy: `Leave Required out of ${Name}.`,
    }
}

/** The limits of an attribute. Cognito has other words for those of standard attributes. */
function* limitFindings(attribute: Declared, isStandard: boolean, index: number): Generator<Finding> {
  const {
    Name = '',
    StringAttributeConstraints: text = {},
    NumberAttributeConstraints: number = {},
  } = attribute
  yield* unreadable(text, /^\d+$/, 'StringAttributeConstraints', Name, index)
  yield* unreadable(number, /^-?\d+(\.\d+)?$/, 'NumberAttributeConstraints', Name, index)
  for (const member of ['MinLength', 'MaxLength'] as const)
    if (Number(text[member] ?? 0) > 2048)
      yield {
        path: [index, 'StringAttributeConstraints', member],
        told: `user.${Name}: String attributes cannot have a length of more than 2048`,
        because: 'It can be at most 2048.',
        remedy: `Set ${member} to 2048 or less.`,
      }
  const contrary = (path: Path, [min, max]: readonly [string, string], told: string): Finding => ({
    path: [index, ...path],
    told,
    because: `${max} is less than ${min}.`,
    remedy: `Make ${max} of ${Name} at least as large as ${min}.`,
  })
  if (Number(text.MinLength) > Number(text.MaxLength))
    yield contrary(
      ['StringAttributeConstraints', 'MaxLength'],
      ['MinLength', 'MaxLength'],
      isStandard
        ? `user.${Name}: Max length cannot be less than min length.`
        : `Attribute custom:${Name} cannot have a max length shorter than it's min length`,
    )
  if (Number(number.MinValue) > Number(number.MaxValue))
    yield contrary(
      ['NumberAttributeConstraints', 'MaxValue'],
      ['MinValue', 'MaxValue'],
      isStandard
        ? `user.${Name}: Max value cannot be less than min value.`
        : `Attribute custom:${Name} cannot have a max value smaller than it's min value`,
    )
}

function* unreadable(
  constraints: { readonly [member: string]: string | undefined },
  form: RegExp,
  kind: string,
  name: string,
  index: number,
): Generator<Finding> {
  for (const [member, value] of Object.entries(constraints))
    if (value !== undefined && !form.test(value))
      yield {
        path: [index, kind, member],
        told: `Invalid ${kind} for schema attribute ${name}`,
        because: `"${value}" is not a number.`,
        remedy: `Write ${member} of ${name} as a number, in quotes.`,
      }
}
