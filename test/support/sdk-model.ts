import { readdirSync, readFileSync } from 'node:fs'
import * as sdk from '@aws-sdk/client-cognito-identity-provider'
import type { Model, ModelOperation, ModelShape } from './model.js'

/**
 * The service's model as the AWS SDK for JavaScript knows it, from the tables by which it writes and reads messages: operations,
 * members, which of them are required or secret, and exceptions. It knows no lengths, patterns or enumerations.
 */
export function modelOfSdk(): Model {
  const shapes: Record<string, ModelShape> = {}
  const operations: Record<string, ModelOperation> = {}
  for (const table of Object.values(sdk) as unknown[]) {
    if (!Array.isArray(table)) continue
    if (table[0] === kinds.error) nameOf(table, shapes)
    if (table[0] !== kinds.operation) continue
    const [, , name, , input, output] = table as [number, string, string, unknown, () => Table, () => Table]
    const answer = output()
    operations[name] = {
      auth: unsigned.has(name) ? 'none' : 'sigv4',
      input: nameOf(input(), shapes),
      // An answer without members is an empty body for some and an empty object for others: what is known of it, is neither.
      output: (answer[4]?.length ?? 0) === 0 ? null : nameOf(answer, shapes),
      errors: errorsOf(name),
    }
  }
  return { operations, shapes }
}

const kinds = { simple: 0, list: 1, map: 2, structure: 3, error: -3, operation: 9 } as const

/** `[kind, namespace, name, traits, …]`. */
type Table = readonly [number, string, string, unknown, ...(readonly unknown[])] & {
  readonly 4?: readonly string[]
}

/** What stands for a type where it has no table: a number, with the lists and maps of it. */
const primitives: Readonly<Record<number, string>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  15: 'document',
  21: 'blob',
}
const [listOf, mapOf] = [64, 128]
const sensitive = 8

/** Keeps the shape that a reference leads to, with all that it refers to, and answers its name. */
function nameOf(reference: unknown, shapes: Record<string, ModelShape>, traits = 0): string {
  if (typeof reference === 'function') return nameOf(reference(), shapes, traits)
  if (typeof reference === 'number') {
    const name = `${reference}${traits & sensitive ? ' sensitive' : ''}`
    shapes[name] ??= ofNumber(reference, shapes, traits)
    return name
  }
  const table = reference as readonly unknown[]
  // A member with traits of its own.
  if (typeof table[1] !== 'string') return nameOf(table[0], shapes, numberOf(table[1]))
  const [kind, , name, own, ...rest] = table as Table
  if (shapes[name] === undefined) {
    shapes[name] = { type: 'structure' }
    shapes[name] = ofTable(kind, numberOf(own), rest, shapes)
  }
  return name
}

const numberOf = (traits: unknown): number => (typeof traits === 'number' ? traits : 0)

function ofNumber(code: number, shapes: Record<string, ModelShape>, traits: number): ModelShape {
  const secret = traits & sensitive ? { sensitive: true as const } : {}
  if (code & mapOf)
    return { type: 'map', key: nameOf(0, shapes), value: nameOf(code & ~mapOf, shapes), ...secret }
  if (code & listOf) return { type: 'list', member: nameOf(code & ~listOf, shapes) }
  const type = primitives[code]
  if (type === undefined) throw new Error(`the SDK has a type ${code} that is not known here`)
  return type === 'document' ? { type, document: true } : { type, ...secret }
}

function ofTable(
  kind: number,
  traits: number,
  rest: readonly unknown[],
  shapes: Record<string, ModelShape>,
): ModelShape {
  const secret = traits & sensitive ? { sensitive: true as const } : {}
  switch (kind) {
    case kinds.simple:
      return ofNumber(Number(rest[0]), shapes, traits)
    case kinds.list:
      return { type: 'list', member: nameOf(rest[0], shapes) }
    case kinds.map:
      return { type: 'map', key: nameOf(rest[0], shapes), value: nameOf(rest[1], shapes), ...secret }
    default: {
      const [names, members, needed = 0] = rest as [string[], unknown[], number?]
      return {
        type: 'structure',
        ...(kind === kinds.error ? { exception: true as const } : {}),
        ...secret,
        // Those that are required come first.
        required: names.slice(0, needed),
        members: Object.fromEntries(names.map((name, index) => [name, nameOf(members[index], shapes)])),
      }
    }
  }
}

const folder = 'node_modules/@aws-sdk/client-cognito-identity-provider'

/** The operations that the SDK does not sign. */
const unsigned = new Set(
  [
    ...readFileSync(`${folder}/dist-es/auth/httpAuthSchemeProvider.js`, 'utf8').matchAll(
      /case "(\w+)":\s*\{\s*options\.push\(createSmithyApiNoAuth/g,
    ),
  ].map(([, name = '']) => name),
)

const documented = `${folder}/dist-types/commands`
const commands = new Set(readdirSync(documented))

/** What the documentation of a command says that it throws. */
const errorsOf = (operation: string): string[] => {
  const file = `${operation}Command.d.ts`
  if (!commands.has(file)) return []
  return [...readFileSync(`${documented}/${file}`, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)].map(
    ([, name = '']) => name,
  )
}
