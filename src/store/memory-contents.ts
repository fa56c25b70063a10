import sortedBtree from 'sorted-btree'
import type { Filing, ImageEntry, Stored } from '../core/ports/store.js'

const { default: BTree } = sortedBtree
type Tree<K, V> = InstanceType<typeof BTree<K, V>>

/** A record together with where it is filed, so that it can be taken out again. */
export interface Held {
  readonly collection: string
  readonly filings: readonly Filing[]
  readonly stored: Stored<unknown>
}

/** All that a store in memory holds, in ordered trees, so that no operation scans. */
export interface Contents {
  readonly shelves: Map<string, Shelf>
  readonly expiries: Tree<readonly [expiresAt: number, version: number], Held>
}

type Place = readonly [value: string, key: string]
type Index = Tree<Place, Held>

interface Shelf {
  readonly byKey: Tree<string, Held>
  readonly byIndex: Map<string, Index>
}

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
const byBoth = <T extends string | number>(a: readonly [T, T], b: readonly [T, T]): number =>
  compare(a[0], b[0]) || compare(a[1], b[1])

export const emptyContents = (): Contents => ({
  shelves: new Map(),
  expiries: new BTree(undefined, byBoth),
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
    for (const { index, value } of previous.filings) byIndex.get(index)?.delete([value, key])
    const { expiresAt, version } = previous.stored
    if (expiresAt !== undefined) expiries.delete([expiresAt, version])
  }
  if (next !== undefined) {
    byKey.set(key, next)
    for (const { index, value } of next.filings) getOrAdd(byIndex, index, newIndex).set([value, key], next)
    const { expiresAt, version } = next.stored
    if (expiresAt !== undefined) expiries.set([expiresAt, version], next)
  }
  return previous
}

const newShelf = (): Shelf => ({ byKey: new BTree<string, Held>(undefined, compare), byIndex: new Map() })
const newIndex = (): Index => new BTree<Place, Held>(undefined, byBoth)

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
  const beyond: Place = [`${value}\0`, '']
  shelves
    .get(collection)
    ?.byIndex.get(index)
    ?.forRange([value, key], beyond, false, (_place, held): unknown =>
      visit(held) === 'enough' ? { break: true } : undefined,
    )
}

/** The filings of an index from a place on, in the order of values and keys. */
export function* filingsFrom(
  { shelves }: Contents,
  collection: string,
  index: string,
  from: Place,
): Iterable<readonly [value: string, held: Held]> {
  for (const [[value], held] of shelves.get(collection)?.byIndex.get(index)?.entries(from) ?? [])
    yield [value, held]
}

/** Everything as the entries of an image. */
export function* entriesOf({ shelves }: Contents): Iterable<ImageEntry> {
  for (const name of [...shelves.keys()].sort(compare)) {
    for (const { collection, filings, stored } of shelves.get(name)?.byKey.values() ?? [])
      yield { ...(stored as Stored<object>), collection, filings }
  }
}
