import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'
import type { Messages } from './messages.js'

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
export type JsonMap = { readonly [name: string]: Json }

/** A file that was read: its value, and where each part of it stands. */
export interface Source {
  readonly file: string
  readonly value: Json
  /** The line of a member of a map or list that came from this file. */
  lineOf(container: unknown, member: string | number): number | undefined
  /** Says that a map takes the place of one that was read, so that its members keep their lines. */
  inPlaceOf<T extends object>(original: unknown, copy: T): T
}

/** CloudFormation's short tags whose long form is not `Fn::` and the tag's name. */
const longForms: Readonly<Record<string, string>> = { Ref: 'Ref', Condition: 'Condition' }

/**
 * Reads YAML or JSON as CloudFormation takes it: YAML 1.2, in which `OFF` and `2010-09-09` are texts; short tags become
 * their long forms; of a key that stands twice the last counts, with a warning.
 */
export function readSource(text: string, file: string, messages: Messages): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  for (const { message, pos } of document.errors) {
    messages.fail({
      file,
      line: lines.linePos(pos[0]).line,
      path: '',
      text: `This is neither YAML nor JSON: ${message.split(':')[0]}.`,
      remedy: 'Mend this line; `aws cloudformation validate-template` names the same place.',
    })
  }
  const places = new WeakMap<object, Map<string | number, number>>()
  const reader = plainReader({ document, lines, places, file, messages })
  return {
    file,
    value: document.errors.length > 0 ? null : reader(document.contents, []),
    lineOf: (container, member) =>
      typeof container === 'object' && container !== null ? places.get(container)?.get(member) : undefined,
    inPlaceOf(original, copy) {
      const known = typeof original === 'object' && original !== null ? places.get(original) : undefined
      if (known !== undefined) places.set(copy, known)
      return copy
    },
  }
}

interface Reading {
  readonly document: Document
  readonly lines: LineCounter
  readonly places: WeakMap<object, Map<string | number, number>>
  readonly file: string
  readonly messages: Messages
}

/** Makes plain values of nodes, and remembers on which line each member stands. */
function plainReader({ document, lines, places, file, messages }: Reading) {
  const lineOf = (node: unknown): number | undefined => {
    const range = (node as Partial<Node> | null)?.range
    return range ? lines.linePos(range[0]).line : undefined
  }

  function plain(node: unknown, path: readonly string[]): Json {
    if (isAlias(node)) return plain(node.resolve(document), path)
    const value = untagged(node, path)
    const tag = (node as Partial<Node> | null)?.tag
    if (tag === undefined || !tag.startsWith('!') || tag.startsWith('!!')) return value
    const name = tag.slice(1)
    const long = longForms[name] ?? `Fn::${name}`
    const tagged = { [long]: name === 'GetAtt' ? attributeOf(value) : value }
    remember(tagged, long, lineOf(node))
    return tagged
  }

  function untagged(node: unknown, path: readonly string[]): Json {
    if (isMap(node)) return mapOf(node.items, path)
    if (isSeq(node)) {
      const list = node.items.map((item, index) => plain(item, [...path, String(index)]))
      node.items.forEach((item, index) => {
        remember(list, index, lineOf(item))
      })
      return list
    }
    return isScalar(node) ? ((node.value as Json) ?? null) : null
  }

  function mapOf(pairs: readonly Pair[], path: readonly string[]): JsonMap {
    const map: { [name: string]: Json } = {}
    for (const { key, value } of pairs) {
      const name = String(isScalar(key) ? key.value : key)
      if (name === '<<') {
        Object.assign(map, ...mergedOf(plain(value, path)), { ...map })
        continue
      }
      const line = lineOf(key)
      const earlier = places.get(map)?.get(name)
      if (earlier !== undefined) {
        messages.warn({
          file,
          ...(line === undefined ? {} : { line }),
          path: [...path, name].filter(part => !['Resources', 'Properties'].includes(part)).join('.'),
          text: `${name} of ${path.filter(part => !['Resources', 'Properties'].includes(part)).join('.')} is given twice, on lines ${earlier} and ${line}; the last one counts.`,
          remedy: 'Leave one of them out.',
        })
      }
      map[name] = plain(value, [...path, name])
      remember(map, name, line ?? lineOf(value))
    }
    return map
  }

  function remember(container: object, member: string | number, line: number | undefined): void {
    const known = places.get(container) ?? new Map<string | number, number>()
    places.set(container, known)
    if (line !== undefined) known.set(member, line)
  }

  return plain
}

/** What a merge key brings, the first map having precedence. */
const mergedOf = (value: Json): object[] =>
  (Array.isArray(value) ? [...value].reverse() : [value]).filter(item => typeof item === 'object')

/** `A.B.C` names the attribute `B.C` of `A`: it splits at the first dot. */
const attributeOf = (value: Json): Json => {
  if (typeof value !== 'string') return value
  const dot = value.indexOf('.')
  return dot === -1 ? [value, ''] : [value.slice(0, dot), value.slice(dot + 1)]
}

/** Whether a value is a map. */
export const isJsonMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members of a map by name; none where the value is no map. */
export const entriesOf = (value: unknown): [string, Json][] => (isJsonMap(value) ? Object.entries(value) : [])

/** The line of a member, as a message takes it. */
export function lineOf(source: Source, container: unknown, member: string | number): { line?: number } {
  const line = source.lineOf(container, member)
  return line === undefined ? {} : { line }
}
