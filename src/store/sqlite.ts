import type Libsql from 'libsql'
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
import { beyond, bytes, text } from './byte-order.js'
import {
  type Change,
  changeOf,
  changeOfEntry,
  ensureDeclared,
  firstKey,
  holds,
  stored,
  storedRecord,
} from './change.js'
import { closeDatabase, openDatabase } from './database-file.js'
import { recent } from './recent.js'
import { orStorageFull } from './storage-full.js'

/** Records, and pages of look-ups, that are remembered: what every request asks for is not fetched every time. */
const remembered = 1000
/** Records of a page beyond which it is not remembered. */
const smallPage = 20

/**
 * A store in a SQLite database, `rockpool.db` in the directory (which is created). It belongs to one process at a
 * time, so that what was read stays true until it is written here. A write that was acknowledged survives the death
 * of the process.
 * @throws DataDirectoryError when the directory cannot serve, in a sentence that says what to do
 */
export async function openSqliteStore(directory: string, clock: Clock): Promise<Store> {
  const database = await openDatabase(directory)
  const { get, list, lookup, lookupPrefix, remove, insert, file, sweep, all, allFilings } = prepare(database)

  const records = recent<Stored<unknown>>(remembered)
  const pages = recent<RememberedPage>(remembered)
  /** How often each collection was written, which makes older pages of it worthless. */
  const generations = new Map<string, number>()

  const generation = (collection: string): number => generations.get(collection) ?? 0
  const alive = ({ expiresAt }: Stored<unknown>): boolean =>
    expiresAt === undefined || expiresAt > clock.now()

  function current(collection: string, key: string): Stored<unknown> | undefined {
    const place = placeOf(collection, key)
    const known = records.get(place)
    if (known !== undefined) return alive(known) ? known : undefined
    const row = get.get([collection, bytes(key), clock.now()]) as Row | undefined
    if (row === undefined) return undefined
    const found = fromRow(row)
    records.set(place, found)
    return found
  }

  function filed(collection: string, index: string, value: string, page: Partial<Page>): Stored<unknown>[] {
    const { after, limit } = page
    const question = JSON.stringify([collection, index, value, after, limit])
    const known = pages.get(question)
    // Where something has expired, something else may have moved up; where the clock went back, something may be back.
    const isSound = known?.asOf === generation(collection) && known.readAt <= clock.now()
    if (isSound && known.found.every(alive)) return [...known.found]
    const from = [collection, index, bytes(value), bytes(firstKey(after))]
    const found = fromRows(lookup.all([...from, clock.now(), count(limit)]))
    if (found.length <= smallPage)
      pages.set(question, { found: [...found], asOf: generation(collection), readAt: clock.now() })
    return found
  }

  function forget(collection: string, key: string): void {
    records.delete(placeOf(collection, key))
    generations.set(collection, generation(collection) + 1)
  }

  function perform({ collection, key, condition, record, json, expiresAt, filings }: Change): boolean {
    if (condition !== 'none' && !holds(condition, current(collection, key)?.version)) return false
    forget(collection, key)
    remove.run([collection, bytes(key)])
    if (json === undefined || record === undefined) return true
    const { lastInsertRowid: version } = insert.run([collection, bytes(key), expiresAt ?? null, json])
    for (const { index, value } of filings) file.run([collection, index, bytes(value), bytes(key), version])
    // What was written is what is read next. It is forgotten where the transaction is not kept.
    records.set(placeOf(collection, key), storedRecord(key, record, Number(version), expiresAt))
    return true
  }

  function commit(writes: readonly Write[]): boolean {
    const changes = writes.map(changeOf)
    let done = false
    try {
      done = transaction(database, directory, () => changes.every(perform))
      return done
    } finally {
      // Conditions may have seen what was then taken back.
      if (!done) for (const { collection, key } of changes) forget(collection, key)
    }
  }

  function image(): StoreImage {
    const filings = new Map<number, Filing[]>()
    for (const row of allFilings.all([]) as FilingRow[]) {
      const filed = filings.get(row.version) ?? []
      filings.set(row.version, filed)
      filed.push({ index: row.name, value: text(row.value) })
    }
    const rows = (all.all([]) as (Row & { readonly collection: string })[]).map(row => ({
      ...row,
      // Read once: the driver's bytes are swapped in place.
      key: text(row.key),
    }))
    return { entries: () => entriesOf(rows, filings) }
  }

  function replaceAll(image: StoreImage, writes: readonly Write[]): void {
    const changes = [...[...image.entries()].map(changeOfEntry), ...writes.map(changeOf)]
    try {
      transaction(database, directory, () => {
        database.exec('DELETE FROM filings; DELETE FROM records')
        return changes.every(change => perform({ ...change, condition: 'none' }))
      })
    } finally {
      records.clear()
      pages.clear()
    }
  }

  function clear(limit: number): number {
    const { changes } = sweep.run([clock.now(), count(limit)])
    if (changes > 0) {
      records.clear()
      pages.clear()
    }
    return changes
  }

  /** The driver ends the process when it is asked something after it was closed; work left running may ask. */
  function ensureOpen(): void {
    if (!database.open) throw new Error(`The database of ${directory} is closed: Rockpool has stopped.`)
  }

  return {
    async get<R>(collection: Collection<R>, key: string) {
      ensureOpen()
      return current(collection.name, key) as Stored<R> | undefined
    },
    async list<R>(collection: Collection<R>, { after, limit }: Page) {
      ensureOpen()
      return fromRows<R>(list.all([collection.name, bytes(firstKey(after)), clock.now(), count(limit)]))
    },
    async lookup<R>(collection: Collection<R>, index: string, value: string, page: Partial<Page> = {}) {
      ensureOpen()
      ensureDeclared(collection, index)
      return filed(collection.name, index, value, page) as Stored<R>[]
    },
    async lookupPrefix<R>(
      collection: Collection<R>,
      index: string,
      prefix: string,
      { after, limit }: PrefixPage,
    ) {
      ensureOpen()
      ensureDeclared(collection, index)
      const from = [bytes(after?.value ?? prefix), bytes(after === undefined ? '' : firstKey(after.key))]
      const asked = [collection.name, index, ...from, beyond(bytes(prefix)), clock.now(), count(limit)]
      const rows = lookupPrefix.all(asked) as (Row & { readonly value: Buffer })[]
      return rows.map((row): Filed<R> => ({ value: text(row.value), stored: fromRow<R>(row) }))
    },
    async commit(...writes) {
      ensureOpen()
      return commit(writes)
    },
    async image() {
      ensureOpen()
      return image()
    },
    async replaceAll(image, ...writes) {
      ensureOpen()
      replaceAll(image, writes)
    },
    async sweep(limit) {
      ensureOpen()
      return clear(limit)
    },
    close: async () => closeDatabase(database),
  }
}

/** A page of a look-up, at which generation of its collection and at what time it was read. */
interface RememberedPage {
  readonly found: readonly Stored<unknown>[]
  readonly asOf: number
  readonly readAt: number
}

const placeOf = (collection: string, key: string): string => `${collection} ${key}`

/** The statements. Parameters are always given as one list: the driver takes a lone buffer for named ones. */
const prepare = (database: Libsql.Database) => ({
  get: database.prepare(`
    SELECT key, version, expires_at, json FROM records
    WHERE collection = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)`),
  list: database.prepare(`
    SELECT key, version, expires_at, json FROM records
    WHERE collection = ? AND key >= ? AND (expires_at IS NULL OR expires_at > ?)
    ORDER BY key LIMIT ?`),
  // CROSS JOIN keeps SQLite to this order: from the filings, which are few, to their records.
  lookup: database.prepare(`
    SELECT records.key, records.version, expires_at, json
    FROM filings CROSS JOIN records ON records.version = filings.version
    WHERE filings.collection = ? AND name = ? AND value = ? AND filings.key >= ?
      AND (expires_at IS NULL OR expires_at > ?)
    ORDER BY filings.key LIMIT ?`),
  lookupPrefix: database.prepare(`
    SELECT filings.value, records.key, records.version, expires_at, json
    FROM filings CROSS JOIN records ON records.version = filings.version
    WHERE filings.collection = ? AND name = ? AND (value, filings.key) >= (?, ?) AND value < ?
      AND (expires_at IS NULL OR expires_at > ?)
    ORDER BY value, filings.key LIMIT ?`),
  remove: database.prepare('DELETE FROM records WHERE collection = ? AND key = ?'),
  insert: database.prepare('INSERT INTO records (collection, key, expires_at, json) VALUES (?, ?, ?, ?)'),
  file: database.prepare(
    'INSERT INTO filings (collection, name, value, key, version) VALUES (?, ?, ?, ?, ?)',
  ),
  all: database.prepare(
    'SELECT collection, key, version, expires_at, json FROM records ORDER BY collection, key',
  ),
  allFilings: database.prepare('SELECT version, name, value FROM filings ORDER BY version, name, value'),
  sweep: database.prepare(`
    DELETE FROM records WHERE version IN
      (SELECT version FROM records WHERE expires_at <= ? ORDER BY expires_at, version LIMIT ?)`),
})

/** Does the work and keeps its effects only if it answers true. */
function transaction(database: Libsql.Database, directory: string, work: () => boolean): boolean {
  try {
    database.exec('BEGIN IMMEDIATE')
    const done = work()
    database.exec(done ? 'COMMIT' : 'ROLLBACK')
    return done
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (database.inTransaction) database.exec('ROLLBACK')
    throw orStorageFull(error, directory)
  }
}

interface Row {
  readonly key: Buffer
  readonly version: number
  readonly expires_at: number | null
  readonly json: string
}

interface FilingRow {
  readonly version: number
  readonly name: string
  readonly value: Buffer
}

function* entriesOf(
  rows: readonly (Omit<Row, 'key'> & { readonly collection: string; readonly key: string })[],
  filings: ReadonlyMap<number, readonly Filing[]>,
): Iterable<ImageEntry> {
  for (const { collection, key, json, version, expires_at } of rows)
    yield {
      ...stored<object>(key, json, version, expires_at ?? undefined),
      collection,
      filings: filings.get(version) ?? [],
    }
}

const fromRow = <R>({ key, version, expires_at, json }: Row): Stored<R> =>
  stored(text(key), json, version, expires_at ?? undefined)
const fromRows = <R>(rows: unknown[]): Stored<R>[] => (rows as Row[]).map(fromRow<R>)

/** A limit as SQLite understands it, to which a negative number would mean none. */
const count = (limit = Number.MAX_SAFE_INTEGER): number =>
  Math.min(Math.max(limit, 0), Number.MAX_SAFE_INTEGER)
