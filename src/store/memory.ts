import sortedBtree from 'sorted-btree'
import type { Clock } from '../core/ports/clock.js'
import type {
  Collection,
  Filed,
  Filing,
  ImageEntry,
  Page,
  PrefixPage,
  Store,
  Stored,
  StoreImage,
  Write,
} from '../core/ports/store.js'
import {
  type Change,
  changeOf,
  changeOfEntry,
  ensureDeclared,
  firstKey,
  holds,
  storedRecord,
} from './change.js'

/** A store that is gone with the process. Everything is kept in ordered trees, so no operation scans. */
export function memoryStore(clock: Clock): Store {
  let held: Contents = { shelves: new Map(), expiries: new BTree(undefined, byBoth) }
  /** What the images of this store hold. */
  const images = new WeakMap<StoreImage, Contents>()
  let latestVersion = 0

  const shelf = (collection: string): Shelf => getOrAdd(held.shelves, collection, newShelf)
  const alive = ({ stored: { expiresAt } }: Held): boolean =>
    expiresAt === undefined || expiresAt > clock.now()
  const current = (collection: string, key: string): Stored<unknown> | undefined => {
    const found = shelf(collection).byKey.get(key)
    return found !== undefined && alive(found) ? found.stored : undefined
  }

  /** Puts something (or nothing) in the place of what is there, and answers what that was. */
  function exchange(collection: string, key: string, next: Held | undefined): Held | undefined {
    const { byKey, byIndex } = shelf(collection)
    const previous = byKey.get(key)
    if (previous !== undefined) {
      byKey.delete(key)
      for (const { index, value } of previous.filings) byIndex.get(index)?.delete([value, key])
      const { expiresAt, version } = previous.stored
      if (expiresAt !== undefined) held.expiries.delete([expiresAt, version])
    }
    if (next !== undefined) {
      byKey.set(key, next)
      for (const { index, value } of next.filings) getOrAdd(byIndex, index, newIndex).set([value, key], next)
      const { expiresAt, version } = next.stored
      if (expiresAt !== undefined) held.expiries.set([expiresAt, version], next)
    }
    return previous
  }

  function heldOf({ collection, key, record, expiresAt, filings }: Change): Held | undefined {
    if (record === undefined) return undefined
    latestVersion += 1
    return { collection, filings, stored: storedRecord(key, record, latestVersion, expiresAt) }
  }

  function commit(writes: readonly Write[]): boolean {
    const undo: (() => void)[] = []
    for (const change of writes.map(changeOf)) {
      const { collection, key, condition } = change
      if (!holds(condition, current(collection, key)?.version)) {
        for (const step of undo.reverse()) step()
        return false
      }
      const previous = exchange(collection, key, heldOf(change))
      undo.push(() => exchange(collection, key, previous))
    }
    return true
  }

  /** The first `limit` of the records that have not expired. */
  function page<R>(candidates: Iterable<Held>, limit = Number.POSITIVE_INFINITY): Stored<R>[] {
    const found: Stored<R>[] = []
    for (const candidate of candidates) {
      if (found.length >= limit) break
      if (alive(candidate)) found.push(candidate.stored as Stored<R>)
    }
    return found
  }

  /** Costs next to nothing: the trees share their nodes until one of them is changed. */
  function image(): StoreImage {
    const kept = copyOf(held)
    const image = { entries: () => entriesOf(kept) }
    images.set(image, kept)
    return image
  }

  function replaceAll(image: StoreImage, writes: readonly Write[]): void {
    const before = held
    const own = images.get(image)
    held = own === undefined ? { shelves: new Map(), expiries: new BTree(undefined, byBoth) } : copyOf(own)
    try {
      const changes = own === undefined ? [...image.entries()].map(changeOfEntry) : []
      for (const change of [...changes, ...writes.map(changeOf)])
        exchange(change.collection, change.key, heldOf(change))
    } catch (error) {
      held = before
      throw error
    }
  }

  function sweep(limit: number): number {
    const expired: Held[] = []
    for (const candidate of held.expiries.values()) {
      if (expired.length >= limit || alive(candidate)) break
      expired.push(candidate)
    }
    for (const { collection, stored } of expired) exchange(collection, stored.key, undefined)
    return expired.length
  }

  return {
    async get<R>(collection: Collection<R>, key: string) {
      return current(collection.name, key) as Stored<R> | undefined
    },
    async list<R>(collection: Collection<R>, { after, limit }: Page) {
      return page<R>(values(shelf(collection.name).byKey.entries(firstKey(after))), limit)
    },
    async lookup<R>(
      collection: Collection<R>,
      index: string,
      value: string,
      { after, limit }: Partial<Page> = {},
    ) {
      ensureDeclared(collection, index)
      const filed = shelf(collection.name).byIndex.get(index)
      return filed === undefined
        ? []
        : page<R>(filedUnder(value, filed.entries([value, firstKey(after)])), limit)
    },
    async lookupPrefix<R>(
      collection: Collection<R>,
      index: string,
      prefix: string,
      { after, limit }: PrefixPage,
    ) {
      ensureDeclared(collection, index)
      const filed = shelf(collection.name).byIndex.get(index)
      const from = after === undefined ? [prefix, ''] : [after.value, firstKey(after.key)]
      const found: Filed<R>[] = []
      for (const [[value], held] of filed?.entries(from as [string, string]) ?? []) {
        if (found.length >= limit || !value.startsWith(prefix)) break
        if (alive(held)) found.push({ value, stored: held.stored as Stored<R> })
      }
      return found
    },
    commit: async (...writes) => commit(writes),
    image: async () => image(),
    replaceAll: async (image, ...writes) => replaceAll(image, writes),
    sweep: async limit => sweep(limit),
    close: async () => {},
  }
}

const { default: BTree } = sortedBtree
type Tree<K, V> = InstanceType<typeof BTree<K, V>>

/** A record together with where it is filed, so that it can be taken out again. */
interface Held {
  readonly collection: string
  readonly filings: readonly Filing[]
  readonly stored: Stored<unknown>
}

type Index = Tree<readonly [value: string, key: string], Held>

interface Shelf {
  readonly byKey: Tree<string, Held>
  readonly byIndex: Map<string, Index>
}

/** All that a store holds. */
interface Contents {
  readonly shelves: Map<string, Shelf>
  readonly expiries: Tree<readonly [expiresAt: number, version: number], Held>
}

const copyOf = ({ shelves, expiries }: Contents): Contents => ({
  shelves: new Map(
    [...shelves].map(([name, { byKey, byIndex }]) => [
      name,
      {
        byKey: byKey.clone(),
        byIndex: new Map([...byIndex].map(([index, tree]) => [index, tree.clone()])),
      },
    ]),
  ),
  expiries: expiries.clone(),
})

function* entriesOf({ shelves }: Contents): Iterable<ImageEntry> {
  for (const name of [...shelves.keys()].sort(compare)) {
    for (const { collection, filings, stored } of shelves.get(name)?.byKey.values() ?? [])
      yield { ...(stored as Stored<object>), collection, filings }
  }
}

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
const byBoth = <T extends string | number>(a: readonly [T, T], b: readonly [T, T]): number =>
  compare(a[0], b[0]) || compare(a[1], b[1])

const newShelf = (): Shelf => ({ byKey: new BTree<string, Held>(undefined, compare), byIndex: new Map() })
const newIndex = (): Index => new BTree<readonly [string, string], Held>(undefined, byBoth)

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key) ?? create()
  map.set(key, found)
  return found
}

function* values(entries: Iterable<[unknown, Held]>): Iterable<Held> {
  for (const [, held] of entries) yield held
}

function* filedUnder(
  wanted: string,
  entries: Iterable<[readonly [value: string, key: string], Held]>,
): Iterable<Held> {
  for (const [[value], held] of entries) {
    if (value !== wanted) return
    yield held
  }
}
