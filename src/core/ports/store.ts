/**
 * Where state is kept: named collections of plain records. The port is honest about other processes: whatever
 * depends on what was read before is written with a condition, and several writes happen together or not at all.
 */

/** A kind of record. An index is a function from a record to the values it can be looked up by. */
export interface Collection<R> {
  readonly name: string
  readonly indexes: { readonly [index: string]: (record: R) => readonly string[] }
}

/** A record as the store holds it. It is frozen: change a copy and write that. */
export interface Stored<R> {
  readonly key: string
  readonly record: Readonly<R>
  /** Changes with every write of this record; the condition of a conditional write. */
  readonly version: number
  /** Milliseconds since the epoch (of the store's clock) from which the record is gone; absent: it stays. */
  readonly expiresAt?: number
}

/** One page of an ordered listing: at most `limit` records whose keys come after `after`. */
export interface Page {
  readonly after?: string
  readonly limit: number
}

/** A record together with the value that an index files it under. */
export interface Filed<R> {
  readonly value: string
  readonly stored: Stored<R>
}

/** One page of a listing that is in the order of values and keys. */
export interface PrefixPage {
  readonly after?: { readonly value: string; readonly key: string }
  readonly limit: number
}

/** One change. Build them with `put`, `insert`, `replace` and `remove`. */
export type Write = {
  readonly collection: Collection<never>
  readonly key: string
  /** The record to store; undefined removes what is there. */
  readonly record: unknown
  readonly expiresAt?: number
  /** What must be true for the write (and all written with it) to happen. */
  readonly condition: 'none' | 'absent' | { readonly version: number }
}

export interface Store {
  /** Set where other processes may work on the same records. */
  readonly isShared?: true
  get<R>(collection: Collection<R>, key: string): Promise<Stored<R> | undefined>
  /** Records of a collection in the order of their keys (by UTF-16 code unit). */
  list<R>(collection: Collection<R>, page: Page): Promise<Stored<R>[]>
  /** Records that an index files under a value, in the order of their keys. */
  lookup<R>(collection: Collection<R>, index: string, value: string, page?: Page): Promise<Stored<R>[]>
  /**
   * Records that an index files under values that begin with a text, in the order of the values, then of their keys. A
   * record that is filed under several of them comes once for each.
   */
  lookupPrefix<R>(
    collection: Collection<R>,
    index: string,
    prefix: string,
    page: PrefixPage,
  ): Promise<Filed<R>[]>
  /**
   * Does all the writes in turn, or none of them if a condition does not hold when its turn comes; says which.
   * When it resolves with true, the writes are as durable as the store ever makes them.
   */
  commit(...writes: Write[]): Promise<boolean>
  /** All that is there, at one moment. */
  image(): Promise<StoreImage>
  /**
   * Puts an image in the place of all that is there, and does the writes, whatever was there: at one stroke, or not at
   * all. Versions are kept at most where the image is of this very store; records of any other get new ones, so that no
   * condition from before holds by chance.
   */
  replaceAll(image: StoreImage, ...writes: Write[]): Promise<void>
  /** Deletes at most `limit` expired records, oldest first; answers how many it deleted. */
  sweep(limit: number): Promise<number>
  close(): Promise<void>
}

/** What a store held at one moment. It never changes, whatever becomes of the store. */
export interface StoreImage {
  /** In the order of collections and keys. */
  entries(): Iterable<ImageEntry>
  /**
   * Set when every entry was read before, and can be read again without fail: a store that takes the image over may then drop
   * its former state first, and never holds both.
   */
  readonly isSeen?: true
}

/** A record with all that another store needs to take it over. */
export interface ImageEntry extends Stored<object> {
  readonly collection: string
  readonly filings: readonly Filing[]
}

/** One value under which one index files a record. */
export interface Filing {
  readonly index: string
  readonly value: string
}

interface Expiry {
  /** Milliseconds since the epoch from which the record is gone. */
  readonly expiresAt?: number | undefined
}

/** Stores the record, whatever was there. */
export const put = <R>(collection: Collection<R>, key: string, record: R, expiry: Expiry = {}): Write =>
  write(collection, key, record, 'none', expiry)

/** Stores the record if there is none under the key. */
export const insert = <R>(collection: Collection<R>, key: string, record: R, expiry: Expiry = {}): Write =>
  write(collection, key, record, 'absent', expiry)

/** Stores the record if what was read is still there unchanged. It keeps its expiry unless another is given. */
export const replace = <R>(
  collection: Collection<R>,
  read: Stored<R>,
  record: R,
  expiry: Expiry = read,
): Write => write(collection, read.key, record, { version: read.version }, expiry)

/** Removes the record; given one that was read, only if it is unchanged. */
export const remove = <R>(collection: Collection<R>, keyOrRead: string | Stored<R>): Write =>
  typeof keyOrRead === 'string'
    ? write(collection, keyOrRead, undefined, 'none', {})
    : write(collection, keyOrRead.key, undefined, { version: keyOrRead.version }, {})

const write = <R>(
  collection: Collection<R>,
  key: string,
  record: unknown,
  condition: Write['condition'],
  { expiresAt }: Expiry,
): Write => ({
  collection: collection as Collection<never>,
  key,
  record,
  condition,
  ...(expiresAt === undefined ? {} : { expiresAt }),
})

/** Joins the parts of a key. No part may contain a blank, which none of the service's names does. */
export const keyOf = (...parts: string[]): string => parts.join(' ')
