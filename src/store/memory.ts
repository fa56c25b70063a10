import type { Clock } from '../core/ports/clock.js'
import type {
  Collection,
  Filed,
  Page,
  PrefixPage,
  Store,
  Stored,
  StoreImage,
  Write,
} from '../core/ports/store.js'
import { inPieces, nextTurn, pieceSize, type Turn } from '../lib/pieces.js'
import { alone } from './alone.js'
import {
  type Change,
  changeOf,
  changeOfEntry,
  changesOf,
  ensureDeclared,
  firstKey,
  holds,
  storedRecord,
} from './change.js'
import {
  type Contents,
  copyOf,
  emptyContents,
  entriesOf,
  exchange,
  filingsFrom,
  type Held,
  heldAt,
  heldFrom,
  type Place,
  visitUnder,
} from './memory-contents.js'
import { type ShareText, sharedTexts } from './shared-texts.js'

/** Of records that no index files. */
const unfiled: readonly Place[] = []

/** A store that is gone with the process. */
export function memoryStore(clock: Clock, turn: Turn = nextTurn): Store {
  let contents = emptyContents()
  /** What the images of this store hold. */
  const images = new WeakMap<StoreImage, Contents>()
  /** What takes many turns; nobody else writes meanwhile. */
  const work = alone()
  const isAlive = ({ stored: { expiresAt } }: Held): boolean =>
    expiresAt === undefined || expiresAt > clock.now()
  const share = sharedTexts()
  const { take, commit, commitInPieces } = writing(isAlive, share)

  /** The other state is made beside this one, in pieces, and takes its place when it is complete. */
  async function replaceAll(image: StoreImage, writes: readonly Write[]): Promise<void> {
    const own = images.get(image)
    const next = own === undefined ? emptyContents() : copyOf(own)
    // Nobody reads it any more, and it can go: both would not have room where there is room for one.
    if (image.isSeen) contents = emptyContents()
    if (own === undefined)
      for await (const piece of inPieces(image.entries(), turn))
        for (const entry of piece) take(next, changeOfEntry(entry))
    for (const write of writes) take(next, changeOf(write, share))
    contents = next
  }

  function sweep(limit: number): number {
    const expired = firstExpired(contents, isAlive, limit)
    for (const { collection, stored } of expired) exchange(contents, collection, stored.key, undefined)
    return expired.length
  }

  return {
    ...reading(() => contents, isAlive),
    async commit(...writes) {
      const changes = await changesOf(writes, turn, share)
      if (changes.length > pieceSize)
        return work.run(async () => {
          const next = await commitInPieces(contents, changes, turn)
          contents = next ?? contents
          return next !== undefined
        })
      while (work.underWay !== undefined) await work.underWay
      return commit(contents, changes)
    },
    async image() {
      const kept = copyOf(contents)
      const image = { entries: () => entriesOf(kept) }
      images.set(image, kept)
      return image
    },
    replaceAll: (image, ...writes) => work.run(() => replaceAll(image, writes)),
    async sweep(limit) {
      while (work.underWay !== undefined) await work.underWay
      return sweep(limit)
    },
    close: async () => {},
  }
}

/** The writing half, which gives each version once. */
function writing(isAlive: (held: Held) => boolean, share: ShareText) {
  let latestVersion = 0

  function heldOf(change: Change): Held | undefined {
    const { collection, record, expiresAt } = change
    if (record === undefined) return undefined
    latestVersion += 1
    const key = share(change.key)
    const filings = change.filings.map(({ index, value }) => ({ index, value: share(value), key }))
    return {
      collection,
      filings: filings.length === 0 ? unfiled : filings,
      stored: storedRecord(key, record, latestVersion, expiresAt),
    }
  }

  const take = (into: Contents, change: Change): Held | undefined =>
    exchange(into, change.collection, change.key, heldOf(change))

  function isMet({ collection, key, condition }: Change, by: Contents): boolean {
    const current = heldAt(by, collection, key)
    return holds(condition, current && isAlive(current) ? current.stored.version : undefined)
  }

  return {
    /** Makes a change whatever was there, and returns what that was. */
    take,
    /** Makes all changes, or none of them where the condition of one does not hold when its turn comes. */
    commit(contents: Contents, changes: readonly Change[]): boolean {
      const undo: (() => void)[] = []
      for (const change of changes) {
        if (!isMet(change, contents)) {
          for (const step of undo.reverse()) step()
          return false
        }
        const previous = take(contents, change)
        undo.push(() => exchange(contents, change.collection, change.key, previous))
      }
      return true
    },
    /** The same a piece at a time, in a copy, which is for readers to see once it is complete; none where a condition does not hold. */
    async commitInPieces(
      contents: Contents,
      changes: readonly Change[],
      turn: Turn,
    ): Promise<Contents | undefined> {
      const next = copyOf(contents)
      for await (const piece of inPieces(changes, turn))
        for (const change of piece) {
          if (!isMet(change, next)) return undefined
          take(next, change)
        }
      return next
    },
  }
}

function firstExpired({ expiries }: Contents, isAlive: (held: Held) => boolean, limit: number): Held[] {
  const expired: Held[] = []
  for (const candidate of expiries.keys()) {
    if (expired.length >= limit || isAlive(candidate)) break
    expired.push(candidate)
  }
  return expired
}

/** The reading half of the port, which sees no record that has expired. */
const reading = (
  contents: () => Contents,
  isAlive: (held: Held) => boolean,
): Pick<Store, 'get' | 'list' | 'lookup' | 'lookupPrefix'> => ({
  async get<R>({ name }: Collection<R>, key: string) {
    const found = heldAt(contents(), name, key)
    return found !== undefined && isAlive(found) ? (found.stored as Stored<R>) : undefined
  },
  async list<R>({ name }: Collection<R>, { after, limit }: Page) {
    return firstOf<R>(heldFrom(contents(), name, firstKey(after)), isAlive, limit)
  },
  async lookup<R>(
    collection: Collection<R>,
    index: string,
    value: string,
    { after, limit }: Partial<Page> = {},
  ) {
    ensureDeclared(collection, index)
    const place = { collection: collection.name, index, value, key: firstKey(after) }
    const found: Stored<R>[] = []
    const atMost = limit ?? Number.POSITIVE_INFINITY
    if (atMost > 0)
      visitUnder(contents(), place, held => {
        if (isAlive(held)) found.push(held.stored as Stored<R>)
        return found.length >= atMost ? 'enough' : undefined
      })
    return found
  },
  async lookupPrefix<R>(
    collection: Collection<R>,
    index: string,
    prefix: string,
    { after, limit }: PrefixPage,
  ) {
    ensureDeclared(collection, index)
    const from =
      after === undefined ? { value: prefix, key: '' } : { value: after.value, key: firstKey(after.key) }
    const found: Filed<R>[] = []
    for (const [value, held] of filingsFrom(contents(), collection.name, index, from)) {
      if (found.length >= limit || !value.startsWith(prefix)) break
      if (isAlive(held)) found.push({ value, stored: held.stored as Stored<R> })
    }
    return found
  },
})

/** The first `limit` of the records that have not expired. */
function firstOf<R>(
  candidates: Iterable<Held>,
  isAlive: (held: Held) => boolean,
  limit: number,
): Stored<R>[] {
  const found: Stored<R>[] = []
  for (const candidate of candidates) {
    if (found.length >= limit) break
    if (isAlive(candidate)) found.push(candidate.stored as Stored<R>)
  }
  return found
}
