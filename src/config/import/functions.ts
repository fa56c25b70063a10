import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { seedShape } from '../seed/shape.js'
import type { Imported } from './index.js'
import type { JsonMap } from './source.js'
import type { ImportedTrigger } from './triggers.js'

/**
 * The imported seed, with the functions of triggers whose code is at hand: those are run from where the input has them.
 * @param paths the inputs, as they were given
 * @param warn takes a line about each trigger that nothing will call
 */
export function seedWithFunctions(
  { seed, pools }: Imported,
  paths: readonly string[],
  warn: (line: string) => void,
): { readonly UserPools: readonly JsonMap[] } {
  const folders = paths.map(path => (isFolder(path) ? path : dirname(path)))
  const poolShape = seedShape.members.UserPools.required.member
  const called = Object.keys(poolShape.members.Triggers.members)
  return {
    UserPools: seed.UserPools.map((pool, index) => {
      const triggers: [string, JsonMap][] = []
      for (const trigger of pools[index]?.triggers ?? []) {
        if (!called.includes(trigger.name))
          warn(`The trigger ${trigger.name} is not called: Rockpool does not have it yet.`)
        else if (trigger.runs) {
          const found = functionOf(trigger, folders)
          if (found === undefined)
            warn(
              `The code of ${trigger.function} (${trigger.name}) is not at ${trigger.code}: build it first.`,
            )
          else triggers.push([trigger.name, found])
        }
      }
      return triggers.length === 0 ? pool : { ...pool, Triggers: Object.fromEntries(triggers) }
    }),
  }
}

/** A trigger as a seed names it. */
function functionOf(trigger: ImportedTrigger, folders: readonly string[]): JsonMap | undefined {
  const { inline, code = '', handler, environment } = trigger
  const how = {
    ...(Object.keys(environment).length === 0 ? {} : { Environment: { ...environment } }),
  }
  if (inline !== undefined) return { Function: handler, InlineCode: inline, ...how }
  const folder = [code, ...folders.map(one => join(one, code))].map(one => resolve(one)).find(isFolder)
  return folder === undefined ? undefined : { Function: join(folder, handler), ...how }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
