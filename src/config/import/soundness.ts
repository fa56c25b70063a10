import type { Path } from '../../core/rules/finding.js'
import { checkSeeds } from '../seed/check.js'
import { type Mistake, SeedError } from '../seed/mistakes.js'
import type { Messages } from './messages.js'
import type { ImportedPool } from './pool.js'
import type { JsonMap } from './source.js'

/**
 * Checks imported pools, clients, providers and users against the rules. A finding names the place of the input that it came
 * from.
 */
export function ensureSoundPools(
  seed: { readonly UserPools: readonly JsonMap[] },
  pools: readonly ImportedPool[],
  messages: Messages,
): void {
  try {
    checkSeeds([{ value: structuredClone(seed), locate: () => undefined }])
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    for (const mistake of error.mistakes) {
      const [, index, ...path] = stepsOf(mistake.path)
      const pool = pools[Number(index)]
      const place = pool === undefined ? { file: '', path: mistake.path } : pool.placeOf(path)
      messages.fail({ ...place, ...told(mistake) })
    }
  }
}

const told = ({ sentence, suggestion, remedy }: Mistake): { text: string; remedy: string } => ({
  text: sentence,
  remedy:
    [suggestion === undefined ? undefined : `Did you mean "${suggestion}"?`, remedy]
      .filter(part => part !== undefined)
      .join(' ') || 'Give it a value that Cognito takes.',
})

/** The steps of a path that a mistake has as a text: `UserPools[0].Clients[1].CallbackURLs`. */
const stepsOf = (path: string): Path =>
  [...path.matchAll(/\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  )
