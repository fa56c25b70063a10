import sortedBtree from 'sorted-btree'
import type { Filing, ImageEntry, Stored } from '../core/ports/store.js'

const { default: BTree } = sortedBtree
type Tree<K, V> = InstanceType<typeof BTree<K, V>>

/** A record together with where it is filed, so that it can be taken out again. */
export interface Held {
  readonly collection: string
  readonly filings: readonly Place[]
  readonly stored: Stored<unknown>
}

/** Where an index files a record. The tree of the index has this very object for its key: there are millions of them. */
export interface Place extends Filing {
  readonly key: string
}

/** All that a store in memory holds, in ordered trees, so that no operation scans. */
export interface Contents {
  readonly shelves: Map<string, Shelf>
  /** Records that expire, the first to do so first: a set. */
  readonly expiries: Tree<Held, undefined>
}

type Index = Tree<Place, Held>

interface Shelf {
  readonly byKey: Tree<string, Held>
  readonly byIndex: Map<string, Index>
}

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
const byValueAndKey = (a: Place, b: Place): number => compare(a.value, b.value) || compare(a.key, b.key)
const byExpiry = ({ stored: a }: Held, { stored: b }: Held): number =>
  compare(a.expiresAt ?? 0, b.expiresAt ?? 0) || compare(a.version, b.version)

export const emptyContents = (): Contents => ({
  shelves: new Map(),
  expiries: new BTree<Held, undefined>(undefined, byExpiry),
})

/** Costs next to nothing: the trees share their nodes until one of them is changed. */
export const copyOf = ({ shelves, expiries }: Contents): Contents => ({
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

/** The record under a key, expired or not. */
export const heldAt = (contents: Contents, collection: string, key: string): Held | undefined =>
  contents.shelves.get(collection)?.byKey.get(key)

/** Puts a record (or nothing) in the place of what is there, and returns what that was. */
export function exchange(
  { shelves, expiries }: Contents,
  collection: string,
  key: string,
  next: Held | undefined,
): Held | undefined {
  const { byKey, byIndex } = getOrAdd(shelves, collection, newShelf)
  const previous = byKey.get(key)
  if (previous !== undefined) {
    byKey.delete(key)
    for (const place of previous.filings) byIndex.get(place.index)?.delete(place)
    if (previous.stored.expiresAt !== undefined) expiries.delete(previous)
  }
  if (next !== undefined) {
    byKey.set(next.stored.key, next)
    for (const place of next.filings) getOrAdd(byIndex, place.index, newIndex).set(place, next)
    if (next.stored.expiresAt !== undefined) expiries.set(next, undefined)
  }
  return previous
}

const newShelf = (): Shelf => ({ byKey: new BTree<string, Held>(undefined, compare), byIndex: new Map() })
const newIndex = (): Index => new BTree<Place, Held>(undefined, byValueAndKey)

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key) ?? create()
  map.set(key, found)
  return found
}

/** The records of a collection from a key on, in the order of their keys. */
export function* heldFrom({ shelves }: Contents, collection: string, key: string): Iterable<Held> {
  for (const [, held] of shelves.get(collection)?.byKey.entries(key) ?? []) yield held
}

/**
 * Shows the records that an index files under a value, from a key on, until somebody has seen enough. Sign-ins look up many
 * times: this takes a third of what an iterator does.
 */
export function visitUnder(
  { shelves }: Contents,
  { collection, index, value, key }: { collection: string; index: string; value: string; key: string },
  visit: (held: Held) => 'enough' | undefined,
): void {
  // The next text by UTF-16 code unit: whatever is filed under it, or later, is left out.
  const beyond: Place = { index, value: `${value}\0`, key: '' }
  shelves
    .get(collection)
    ?.byIndex.get(index)
    ?.forRange({ index, value, key }, beyond, false, (_place, held): unknown =>
      visit(held) === 'enough' ? { break: true } : undefined,
    )
}

/** The filings of an index from a place on, in the order of values and keys. */
export function* filingsFrom(
  { shelves }: Contents,
  collection: string,
  index: string,
  from: Pick<Place, 'value' | 'key'>,
): Iterable<readonly [value: string, held: Held]> {
  const places =
    shelves
      .get(collection)
      ?.byIndex.get(index)
      ?.entries({ index, ...from }) ?? []
  for (const [{ value }, held] of places) yield [value, held]
}

/** Everything as the entries of an image. */
export function* entriesOf({ shelves }: Contents): Iterable<ImageEntry> {
  for (const name of [...shelves.keys()].sort(compare)) {
    for (const { collection, filings: places, stored } of shelves.get(name)?.byKey.values() ?? []) {
      const filings = places.map(({ index, value }): Filing => ({ index, value }))
      yield { ...(stored as Stored<object>), collection, filings }
    }
  }
}
