import { dataDirectory, isDatabase } from '../config/data-place.js'
import type { Clock } from '../core/ports/clock.js'
import type { Store } from '../core/ports/store.js'
import { poolOfDomain } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { isOurName } from '../http/our-names.js'
import { memoryStore } from '../store/memory.js'
import type { SharedStore } from '../store/postgres.js'
import type { News } from '../store/postgres-news.js'
import { type Authority, createAuthority } from '../tls/authority.js'
import { freshKeys, type KeySource, keyStock, oneAhead, recycledKeys } from '../tokens/key-stock.js'
import { makeKeys } from '../tokens/signing-keys.js'
import type { RockpoolOptions } from './options.js'
import { systemChance, systemClock } from './system.js'

/** How a process hears of others that share its database. */
export interface Neighbours {
  /** Called with what others did, and with the moves of the clock by this process. */
  readonly heard: (news: News) => void
  /** Answers what another process asks about this one; undefined where there is nothing to say. */
  readonly asked: (question: unknown) => unknown
  readonly log: (line: string) => void
}

/** A store and, where other processes share it, what it can do because of them. */
export interface OpenStore {
  readonly store: Store
  readonly shared?: SharedStore
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
    return { store, shared: store }
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
