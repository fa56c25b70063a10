import type { Draft } from '../../core/rules/finding.js'
import { regionOf } from '../../core/user-pool.js'
import { poolsOfPrefix } from '../../flows/directory/directory.js'
import type { Located } from './draft.js'
import { poolIdOf } from './identifiers.js'
import { unique } from './lists.js'
import { type Mistake, SeedError, topOf } from './mistakes.js'
import type { PoolSeed, Seed } from './shape.js'

/**
 * Prefixes of domains, which are unique in their region only: the pools of one prefix have different addresses, and a seed says,
 * or its order does, which pool has the short one.
 */

type Addressed = Draft<Pick<PoolSeed, 'Id' | 'PoolName' | 'Domain' | 'DomainAddress'>>

/**
 * How the domain of each pool is addressed: as the pool says; else the first one with the prefix has the short address, unless
 * another one says that it has it. Undefined for a pool without a prefix.
 */
export function domainAddresses(pools: readonly Addressed[]): ('short' | 'regional' | undefined)[] {
  const short = new Set(pools.filter(saysShort).map(({ Domain }) => Domain))
  return pools.map(({ Domain, DomainAddress }) => {
    if (Domain === undefined) return undefined
    if (DomainAddress !== undefined) return DomainAddress
    if (short.has(Domain)) return 'regional'
    short.add(Domain)
    return 'short'
  })
}

const saysShort = ({ DomainAddress }: Addressed): boolean => DomainAddress === 'short'

/** Checks that a prefix is one pool's in its region, and the short address of it one pool's altogether. */
export function checkPrefixes(pools: readonly Located[]): void {
  unique(
    'domain',
    pools.map(({ seed, place }) => [seed.Domain && inRegion(seed), place.at('Domain')]),
  )
  unique(
    'short address of a domain',
    pools
      .filter(({ seed }) => saysShort(seed))
      .map(({ seed, place }) => [seed.Domain, place.at('DomainAddress')]),
  )
}

const inRegion = (pool: Addressed): string => `${pool.Domain} ${regionOf(poolIdOf(pool))}`

/**
 * Refuses seeds that want a prefix which a pool has that is none of theirs: one that was made by the API, or by a seed before.
 * @param pools what the seeds hold, in their order, each with its `DomainAddress`
 * @throws SeedError
 */
export async function ensurePrefixesFree(
  from: Parameters<typeof poolsOfPrefix>[0],
  seeds: readonly Seed[],
  pools: readonly PoolSeed[],
): Promise<void> {
  const mistakes: Mistake[] = []
  const ids = new Set(pools.map(poolIdOf))
  const places = seeds.flatMap(({ file, UserPools }) => {
    const top = topOf(file, () => undefined, mistakes)
    return UserPools.map((_, index) => top.at('UserPools', index, 'Domain'))
  })
  for (const [index, pool] of pools.entries()) {
    if (pool.Domain === undefined) continue
    const region = regionOf(poolIdOf(pool))
    const others = (await poolsOfPrefix(from, pool.Domain)).filter(({ id }) => !ids.has(id))
    const same = others.find(({ id }) => regionOf(id) === region)
    const short = others.find(({ domainAddress }) => domainAddress === undefined)
    if (same !== undefined)
      places[index]?.wrong(
        `The pool ${same.id} (${same.name}), which is kept and no seed has, has this domain in ${region}.`,
        {
          remedy: `Choose another Domain; or start without this pool and call DeleteUserPoolDomain for ${same.id}.`,
        },
      )
    else if (short !== undefined && pool.DomainAddress !== 'regional')
      places[index]?.wrong(
        `The pool ${short.id} (${short.name}), which is kept and no seed has, has the short address of this domain.`,
        { remedy: 'Say DomainAddress: regional beside Domain. The address has the region in it then.' },
      )
  }
  if (mistakes.length > 0) throw new SeedError(mistakes)
}
