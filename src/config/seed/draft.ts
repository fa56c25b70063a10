import { type Draft, entriesOf, type Finding } from '../../core/rules/finding.js'
import { completeSchema } from '../../core/schema.js'
import type { UserPool } from '../../core/user-pool.js'
import { poolIdOf } from './identifiers.js'
import type { Place } from './mistakes.js'
import { likelyMeant } from './neighbours.js'
import type { PoolSeed } from './shape.js'

/** A pool as far as its input was sound, and where it stands. */
export interface Located {
  readonly seed: Draft<PoolSeed>
  readonly place: Place
}

/** The same with the pool that comes about if the rest is mended, which the rules for its parts ask for. */
export interface PoolDraft extends Located {
  readonly pool: UserPool
}

export const draftOf = ({ seed, place }: Located): PoolDraft => ({
  seed,
  place,
  pool: {
    id: poolIdOf(seed),
    name: seed.PoolName ?? '',
    settings: seed as UserPool['settings'],
    schema: completeSchema(entriesOf(seed.Schema).map(([attribute]) => attribute) as PoolSeed['Schema']),
    issuer: 'local',
    createdAt: 0,
    modifiedAt: 0,
  },
})

/**
 * Reports what the rules found, each finding at its line.
 * @param place where the record stands that was checked
 */
export function report(findings: Iterable<Finding>, place: Place): void {
  const found = [...findings]
  const misspelt = found.map(({ meant }) => meant?.isName && likelyMeant(meant.given, meant.valid))
  for (const { path, because, remedy, meant, absent } of found)
    if (absent === undefined || !misspelt.includes(absent))
      place.at(...path).wrong(because, { remedy, ...(meant && { meant }) })
}
