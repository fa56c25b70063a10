import { dataDirectory, isDatabase } from '../config/data-place.js'
import type { Clock } from '../core/ports/clock.js'
import type { Store } from '../core/ports/store.js'
import { poolOfDomain } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { isOurName } from '../http/our-names.js'
import { memoryStore } from '../store/memory.js'
import type { News, SharedStore } from '../store/postgres.js'
import { type Authority, createAuthority } from '../tls/authority.js'
import { freshKeys, type KeySource, keyStock, oneAhead, recycledKeys } from '../tokens/key-stock.js'
import { makeKeys } from '../tokens/signing-keys.js'
import type { RockpoolOptions } from './options.js'
import { systemChance, systemClock } from './system.js'

/** What processes that share a database tell each other. */
export interface Neighbours {
  /** Called with what another process tells. */
  readonly heard: (news: News) => void
  readonly log: (line: string) => void
}

/** A store and, where other processes share it, the way to notify them. */
export interface OpenStore {
  readonly store: Store
  readonly tell?: SharedStore['tell']
}

/** Opens the store: in memory, below a data directory, or in a database. */
export async function openStore(
  place: string | undefined,
  clock: Clock,
  neighbours: Neighbours,
): Promise<OpenStore> {
  if (place === undefined) return { store: memoryStore(clock) }
  if (isDatabase(place)) {
    const { openPostgresStore } = await import('../store/postgres.js')
    const store = await openPostgresStore({ url: place, clock, ...neighbours })
    return { store, tell: store.tell }
  }
  // A native module: loaded only where a data directory is given.
  const { openSqliteStore } = await import('../store/sqlite.js')
  return { store: await openSqliteStore(place, clock) }
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
  const directory = caDir ?? dataDirectory(dataDir)
  return createAuthority({
    ...(directory === undefined ? {} : { directory }),
    now: systemClock.now,
    isOurs: async name =>
      isOurName(name, { base: service.base, hostNames }) || (await poolOfDomain(service, name)) !== undefined,
  })
}
