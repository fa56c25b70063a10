import type { Addresses } from '../../core/addresses.js'
import type { Located } from './draft.js'
import { type Locate, type Mistake, type Place, SeedError, topOf } from './mistakes.js'
import { checkPools } from './pool-checks.js'
import { referencesTo } from './references.js'
import { type PoolSeed, type Seed, seedShape } from './shape.js'
import { validate } from './validate.js'

/** An input as it was read, and how to find its lines. */
export interface SeedSource {
  readonly file?: string
  /** Undefined when it could not be read at all. */
  readonly value: unknown
  readonly locate: Locate
}

/** A stand-in: the port, and so the base URL, may be known only after listening. */
const provisional: Addresses = { base: 'http://localhost:7665' }

/**
 * Checks seeds together, because they may refer to each other and must not collide.
 * @param mistakes what reading them already found
 * @throws SeedError with all mistakes
 */
export function checkSeeds(sources: readonly SeedSource[], mistakes: Mistake[] = []): Seed[] {
  const readable = sources.filter(({ value }) => value !== undefined)
  const resolve = referencesTo(readable.flatMap(poolsIn), provisional)
  const drafts: Located[] = readable.flatMap(({ file, value, locate }) => {
    const top = topOf(file, locate, mistakes)
    const pools = validate(seedShape, value, top, resolve)?.UserPools ?? []
    return pools.map((seed, index) => ({ seed: seed ?? {}, place: top.at('UserPools', index) }))
  })
  checkPools(drafts)
  if (mistakes.length > 0) throw new SeedError(inOrder(mistakes, sources))
  return sources.map(({ file, value }) => ({
    ...(file === undefined ? {} : { file }),
    UserPools: (value as Seed).UserPools,
  }))
}

/**
 * The pools of checked seeds with their references resolved.
 * @throws SeedError when a seed refers to a pool of a seed that is not among them
 */
export function resolveSeeds(seeds: readonly Seed[], addresses: Addresses): PoolSeed[] {
  const mistakes: Mistake[] = []
  const resolve = referencesTo(
    seeds.flatMap(({ UserPools }) => UserPools),
    addresses,
  )
  const resolved = seeds.flatMap(({ file, UserPools }) => {
    const top: Place = topOf(file, () => undefined, mistakes)
    return validate(seedShape, { UserPools }, top, resolve)?.UserPools ?? []
  })
  if (mistakes.length > 0) throw new SeedError(mistakes)
  // Nothing was wrong, so nothing is missing.
  return resolved as unknown as PoolSeed[]
}

const poolsIn = ({ value }: SeedSource): unknown[] => {
  const pools: unknown = Reflect.get(Object(value), 'UserPools')
  return Array.isArray(pools) ? pools : []
}

/** By file and line, as a person goes through them. */
function inOrder(mistakes: Mistake[], sources: readonly SeedSource[]): Mistake[] {
  const files = sources.map(({ file }) => file)
  return mistakes.toSorted(
    (one, other) =>
      files.indexOf(one.file) - files.indexOf(other.file) || (one.line ?? 0) - (other.line ?? 0),
  )
}
