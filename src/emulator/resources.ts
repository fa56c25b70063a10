import type { Clock } from '../core/ports/clock.js'
import type { Store } from '../core/ports/store.js'
import { poolOfDomain } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { isOurName } from '../http/our-names.js'
import { memoryStore } from '../store/memory.js'
import { type Authority, createAuthority } from '../tls/authority.js'
import { freshKeys, type KeySource, keyStock, oneAhead, recycledKeys } from '../tokens/key-stock.js'
import { makeKeys } from '../tokens/signing-keys.js'
import type { RockpoolOptions } from './options.js'
import { systemChance, systemClock } from './system.js'

/** Opens the store: in memory, or below a data directory. */
export async function openStore(directory: string | undefined, clock: Clock): Promise<Store> {
  if (directory === undefined) return memoryStore(clock)
  // A native module: loaded by those who want it.
  const { openSqliteStore } = await import('../store/sqlite.js')
  return openSqliteStore(directory, clock)
}

/** Where the keys of pools come from that have none yet. */
export function keySourceOf({ keys, keyStock: directory }: RockpoolOptions): KeySource {
  const stock = directory === undefined ? undefined : keyStock(directory, makeKeys, systemChance)
  const source = stock ?? freshKeys(makeKeys)
  // Recycled keys go back when the source is closed, whether a pool had them or not.
  return keys === 'recycled'
    ? oneAhead(recycledKeys(source), async () => {})
    : oneAhead(source, stock?.putBack ?? (async () => {}))
}

/** Opens the authority behind our https certificates. It vouches for our own names only. */
export function authorityOf(
  service: Service,
  { caDir, dataDir, hostNames = [] }: RockpoolOptions,
): Authority {
  const directory = caDir ?? dataDir
  return createAuthority({
    ...(directory === undefined ? {} : { directory }),
    now: systemClock.now,
    isOurs: async name =>
      isOurName(name, { base: service.base, hostNames }) || (await poolOfDomain(service, name)) !== undefined,
  })
}
