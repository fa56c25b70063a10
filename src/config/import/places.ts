import type { Path } from '../../core/rules/finding.js'
import { pathOf } from './members.js'
import type { ImportedPool } from './pool.js'
import { isJsonMap, type Json, lineOf } from './source.js'
import type { Resource } from './stack.js'

/** Properties that a seed calls by another name. */
const renamed: Readonly<Record<string, string>> = { PoolName: 'UserPoolName' }

/**
 * Finds where members of an imported pool stand in its templates.
 * @param lists the resources that became the entries of the seed's lists, in the same order
 */
export const placesIn =
  (
    pool: Resource,
    lists: Readonly<Record<string, readonly { readonly resource: Resource }[]>>,
  ): ImportedPool['placeOf'] =>
  path => {
    const [member = '', second, ...rest] = path
    const list = lists[member]
    if (list === undefined) return placeIn(pool, path)
    if (typeof second !== 'number')
      return placeIn(list[0]?.resource ?? pool, [member === 'CustomDomain' ? 'Domain' : member])
    return placeIn(list[second]?.resource ?? pool, rest)
  }

/** The deepest line that is known of a path below the properties of a resource. */
function placeIn({ stack, id, properties }: Resource, path: Path): ReturnType<ImportedPool['placeOf']> {
  const { source } = stack
  const resources = isJsonMap(source.value) ? source.value.Resources : undefined
  let line = lineOf(source, resources, id).line
  let container: Json | undefined = properties
  const steps = path.map((step, index) => (index === 0 ? (renamed[step] ?? step) : step))
  for (const step of steps) {
    line = lineOf(source, container, step).line ?? line
    container =
      typeof container === 'object' && container !== null ? (Reflect.get(container, step) as Json) : undefined
  }
  return { file: source.file, ...(line === undefined ? {} : { line }), path: pathOf(id, steps) }
}
