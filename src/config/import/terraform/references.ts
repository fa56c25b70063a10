import { text } from '../intrinsics.js'
import { isJsonMap, type Json, type JsonMap } from '../source.js'
import type { TfResource } from './resources.js'

/** A resource that an expression refers to, and which of its attributes. */
export interface Referred {
  readonly resource: TfResource
  readonly attribute: string
}

const mapOf = (value: Json | undefined): JsonMap => (isJsonMap(value) ? value : {})
const textsOf = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.map(item => text(item as Json)) : []

/**
 * What an argument of a resource refers to, by the `configuration` of a plan: through outputs of modules and variables
 * handed to them. `each` and `local` have no expression there: nothing is found.
 */
export function referredBy(
  configuration: JsonMap,
  resources: readonly TfResource[],
  { module, type, name }: TfResource,
  argument: string,
): Referred[] {
  const own = moduleAt(configuration, module)
  const declared = (Array.isArray(own.resources) ? own.resources : [])
    .map(one => mapOf(one as Json))
    .find(one => one.type === type && one.name === name)
  const references = textsOf(mapOf(mapOf(declared?.expressions)[argument]).references)
  return followed(configuration, resources, module, references)
}

/** The configuration of a module, by the module's address without indexes. */
function moduleAt(configuration: JsonMap, address: string): JsonMap {
  return moduleNames(address).reduce<JsonMap>(
    (module, name) => mapOf(mapOf(mapOf(module.module_calls)[name]).module),
    mapOf(configuration.root_module),
  )
}

const moduleNames = (address: string): string[] =>
  [...address.matchAll(/module\.([\w-]+)/g)].map(([, name]) => name ?? '')

function followed(
  configuration: JsonMap,
  resources: readonly TfResource[],
  module: string,
  references: readonly string[],
  depth = 0,
): Referred[] {
  if (depth > 20) return []
  return references.flatMap((reference): Referred[] => {
    const [head = '', second = '', third] = reference.split('.')
    if (head === 'module') {
      const inner = `${module === '' ? '' : `${module}.`}module.${second}`
      const output = mapOf(mapOf(moduleAt(configuration, inner).outputs)[third ?? ''])
      const found = textsOf(mapOf(output.expression).references)
      return third === undefined ? [] : followed(configuration, resources, inner, found, depth + 1)
    }
    if (head === 'var') {
      const outer = module.replace(/\.?module\.[\w-]+(\[[^\]]*\])?$/, '')
      const call = mapOf(mapOf(moduleAt(configuration, outer).module_calls)[moduleNames(module).at(-1) ?? ''])
      const found = textsOf(mapOf(mapOf(call.expressions)[second]).references)
      return module === '' ? [] : followed(configuration, resources, outer, found, depth + 1)
    }
    if (third === undefined) return []
    const name = second.replace(/\[.*$/, '')
    const candidates = resources.filter(
      one => withoutIndexes(one.module) === withoutIndexes(module) && one.type === head && one.name === name,
    )
    const exact = candidates.filter(one => second === name || one.address.endsWith(`${head}.${second}`))
    return exact.length === 1 && exact[0] !== undefined ? [{ resource: exact[0], attribute: third }] : []
  })
}

const withoutIndexes = (address: string): string => address.replaceAll(/\[[^\]]*\]/g, '')
