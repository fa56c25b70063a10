import type { Addresses } from '../../core/addresses.js'
import type { UpstreamProvider } from '../../core/upstream-provider.js'
import type { Located } from './draft.js'
import { each } from './lists.js'
import { type Locate, type Mistake, type Place, SeedError, topOf } from './mistakes.js'
import { neighbouringFile } from './neighbours.js'
import { checkPools } from './pool-checks.js'
import { domainAddresses } from './prefixes.js'
import { referencesTo, refersToSomething } from './references.js'
import { type PoolSeed, type Seed, seedShape } from './shape.js'
import { checkUpstreams, upstreamOf } from './upstreams.js'
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
  const resolve = referencesTo(
    readable.map(({ value }) => value),
    provisional,
  )
  const drafts = readable.map(({ file, value, locate }) => {
    const top = topOf(file, locate, mistakes)
    const neighbour = typeof value === 'object' && value !== null ? neighbouringFile(value) : undefined
    if (neighbour !== undefined) {
      top.wrong(`This is ${neighbour}, not a seed.`, {
        remedy: `Take its pools with --from ${file ?? 'FILE'} in the place of --seed, or write them as a seed: rockpool import ${file ?? 'FILE'}`,
      })
      return { top, draft: undefined }
    }
    if (Array.isArray(value)) {
      top.wrong('This must be a map, not a list.', {
        remedy: 'Write "UserPools:" above the list, and indent the list by two blanks.',
      })
      return { top, draft: undefined }
    }
    return { top, draft: validate(seedShape, value, top, resolve) }
  })
  checkPools(
    drafts.flatMap(({ top, draft }): Located[] =>
      (draft?.UserPools ?? []).map((seed, index) => ({
        seed: seed ?? {},
        place: top.at('UserPools', index),
      })),
    ),
  )
  checkUpstreams(
    drafts.flatMap(({ top, draft }) => each(draft?.UpstreamProviders, top.at('UpstreamProviders'))),
  )
  if (mistakes.length > 0) throw new SeedError(inOrder(mistakes, sources))
  return sources.map(({ file, value }) => ({ ...(file === undefined ? {} : { file }), ...(value as Seed) }))
}

/**
 * What checked seeds hold, with its references resolved.
 * @throws SeedError when a seed refers to something of a seed that is not among them
 */
export function resolveSeeds(
  seeds: readonly Seed[],
  addresses: Addresses,
): { readonly pools: PoolSeed[]; readonly upstreams: UpstreamProvider[] } {
  const mistakes: Mistake[] = []
  const resolve = referencesTo(seeds, addresses)
  const resolved = seeds.map(({ file, ...seed }) => {
    if (!refersToSomething(seed)) return seed
    const top: Place = topOf(file, () => undefined, mistakes)
    // Nothing was wrong, so nothing is missing.
    return validate(seedShape, seed, top, resolve) as unknown as Seed
  })
  if (mistakes.length > 0) throw new SeedError(mistakes)
  const pools = resolved.flatMap(({ UserPools }) => UserPools)
  const addressed = domainAddresses(pools)
  return {
    pools: pools.map((pool, index) => ({
      ...pool,
      ...(addressed[index] && { DomainAddress: addressed[index] }),
    })),
    upstreams: resolved.flatMap(({ UpstreamProviders = [] }) => UpstreamProviders.map(upstreamOf)),
  }
}

/** By file and line, as a person goes through them. */
function inOrder(mistakes: Mistake[], sources: readonly SeedSource[]): Mistake[] {
  const files = sources.map(({ file }) => file)
  return mistakes.toSorted(
    (one, other) =>
      files.indexOf(one.file) - files.indexOf(other.file) || (one.line ?? 0) - (other.line ?? 0),
  )
}
