import { text } from './intrinsics.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, type Source } from './source.js'

/** `Fn::ForEach::Name: [identifier, list, { Key: value }]`: members for each entry of a list (AWS::LanguageExtensions). */
const loop = /^Fn::ForEach::\w+$/

/**
 * A part of a template with its loops written out, those in loops too. In keys and values `${identifier}`, `&{identifier}` and a
 * `Ref` to it stand for the entry; `&{…}` leaves letters and digits alone.
 * @param listOf evaluates what a loop goes through
 */
export function withoutLoops(value: Json, source: Source, listOf: (list: Json) => readonly Json[]): Json {
  if (Array.isArray(value))
    return source.inPlaceOf(
      value,
      value.map((item: Json) => withoutLoops(item, source, listOf)),
    )
  if (!isJsonMap(value)) return value
  const members: { [name: string]: Json } = {}
  for (const [name, member] of Object.entries(value)) {
    if (loop.test(name)) Object.assign(members, written(member, source, listOf))
    else members[name] = withoutLoops(member, source, listOf)
  }
  return source.inPlaceOf(value, members)
}

function written(argument: Json, source: Source, listOf: (list: Json) => readonly Json[]): JsonMap {
  const [identifier = '', list = [], body = {}] = Array.isArray(argument) ? (argument as readonly Json[]) : []
  const entries = listOf(list).map(text)
  return Object.assign(
    {},
    ...entries.map(entry => withoutLoops(substituted(body, text(identifier), entry, source), source, listOf)),
  ) as JsonMap
}

function substituted(value: Json, identifier: string, entry: string, source: Source): Json {
  const put = (given: string): string =>
    given
      .replaceAll(`\${${identifier}}`, entry)
      .replaceAll(`&{${identifier}}`, entry.replaceAll(/[^a-zA-Z0-9]/g, ''))
  if (typeof value === 'string') return put(value)
  if (Array.isArray(value))
    return source.inPlaceOf(
      value,
      value.map((item: Json) => substituted(item, identifier, entry, source)),
    )
  if (!isJsonMap(value)) return value
  if (value.Ref === identifier && Object.keys(value).length === 1) return entry
  return source.inPlaceOf(
    value,
    Object.fromEntries(
      entriesOf(value).map(([name, member]) => [put(name), substituted(member, identifier, entry, source)]),
    ),
  )
}

/** Whether a template has a loop anywhere: most have none, and stay as they were read. */
export const hasLoops = (value: Json): boolean =>
  Array.isArray(value)
    ? value.some((item: Json) => hasLoops(item))
    : isJsonMap(value) && Object.entries(value).some(([name, member]) => loop.test(name) || hasLoops(member))
