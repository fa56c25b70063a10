import { type Shape, shapeOf } from '../../lib/shape.js'
import { evaluate, isCall, noValue, Unresolved, type Value } from './intrinsics.js'
import { isJsonMap, type Json, type JsonMap, lineOf } from './source.js'
import type { Resource } from './stack.js'

/** The properties of a resource with all expressions evaluated. What has no value is reported, by its place in the source. */
export function evaluated(resource: Resource): JsonMap {
  const { stack, properties } = resource
  const { file } = stack.source
  const { messages } = stack.world

  function visit(value: Json, path: readonly (string | number)[], line: number | undefined): Value {
    if (typeof value !== 'object' || value === null || isCall(value)) return attempt(value, path, line)
    if (Array.isArray(value))
      return value
        .map((item, index) => visit(item, [...path, index], lineOf(stack.source, value, index).line ?? line))
        .filter((item): item is Json => item !== noValue)
    return Object.fromEntries(
      Object.entries(value)
        .map(
          ([name, member]) =>
            [name, visit(member, [...path, name], lineOf(stack.source, value, name).line ?? line)] as const,
        )
        .filter((entry): entry is readonly [string, Json] => entry[1] !== noValue),
    )
  }

  function attempt(value: Json, path: readonly (string | number)[], line: number | undefined): Value {
    try {
      return evaluate(value, stack.scope)
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error
      const place = { file, ...(line === undefined ? {} : { line }), path: pathOf(resource.id, path) }
      if (isCredential(resource, path)) {
        messages.warn({
          ...place,
          text: `${path.at(-1)} of the provider ${String(properties.ProviderName ?? resource.id)} has no value; a placeholder stands in its place, and sign-ins through it fail. ${error.message}`,
          remedy: error.remedy,
        })
        return `not-given-${String(path.at(-1)).replaceAll('_', '-')}`
      }
      messages.fail({ ...place, text: error.message, remedy: error.remedy })
      return noValue
    }
  }

  const result = visit(properties, [], undefined)
  return isJsonMap(result) ? result : {}
}

/** What another provider gives out for its client: it may be missing while the rest is tried out. */
const isCredential = ({ type }: Resource, path: readonly (string | number)[]): boolean =>
  type === 'AWS::Cognito::UserPoolIdentityProvider' &&
  path[0] === 'ProviderDetails' &&
  ['client_id', 'client_secret', 'private_key'].includes(String(path[1]))

/** A path below a resource, as a person reads it: `Web.CallbackURLs[3]`. */
export const pathOf = (id: string, path: readonly (string | number)[]): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${step}`), id)

/**
 * A value as the API wants it: CloudFormation takes `"true"` for true, `"8"` for 8, a number for a text, and one entry for
 * a list of one.
 */
function coerced(value: Json, shape: Shape): Json {
  switch (shape.type) {
    case 'boolean':
      return typeof value === 'string' && /^(true|false)$/i.test(value) ? /^true$/i.test(value) : value
    case 'integer':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
    case 'list':
      return (Array.isArray(value) ? value : [value]).map((item: Json) => coerced(item, shape.member))
    case 'map':
      return isJsonMap(value)
        ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, coerced(item, shape.value)]))
        : value
    case 'structure':
      return isJsonMap(value) ? coercedMembers(value, shape.members) : value
    default:
      return value
  }
}

const coercedMembers = (value: JsonMap, members: (Shape & { type: 'structure' })['members']): JsonMap =>
  Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const member = Object.hasOwn(members, name) ? members[name] : undefined
      return [name, member === undefined ? item : coerced(item, shapeOf(member))]
    }),
  )

/** The members that a shape knows, coerced; the names of the others. */
export function knownMembers(
  value: JsonMap,
  members: (Shape & { type: 'structure' })['members'],
): { known: JsonMap; unknown: string[] } {
  const names = Object.keys(value)
  const known = Object.fromEntries(
    names.filter(name => Object.hasOwn(members, name)).map(name => [name, value[name] as Json]),
  )
  return {
    known: coercedMembers(known, members),
    unknown: names.filter(name => !Object.hasOwn(members, name)),
  }
}
