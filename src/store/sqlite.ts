import type Libsql from 'libsql'
import type { Clock } from '../core/ports/clock.js'
import type { Collection, Page, Store, Stored, Write } from '../core/ports/store.js'
import { type Change, changeOf, ensureDeclared, firstKey, holds, stored } from './change.js'
import { closeDatabase, openDatabase } from './database-file.js'

/**
 * A store in a SQLite database, `rockpool.db` in the directory (which is created). It belongs to one process at a
 * time. A write that was acknowledged survives the death of the process.
 * @throws DataDirectoryError when the directory cannot serve, in a sentence that says what to do
 */
export async function openSqliteStore(directory: string, clock: Clock): Promise<Store> {
  const database = await openDatabase(directory)
  const { get, list, lookup, remove, insert, file, sweep } = prepare(database)

  const current = (collection: string, key: string): Row | undefined =>
    get.get([collection, bytes(key), clock.now()]) as Row | undefined

  function perform({ collection, key, condition, json, expiresAt, filings }: Change): boolean {
    if (!holds(condition, current(collection, key)?.version)) return false
    remove.run([collection, bytes(key)])
    if (json === undefined) return true
    const { lastInsertRowid: version } = insert.run([collection, bytes(key), expiresAt ?? null, json])
    for (const { index, value } of filings) file.run([collection, index, bytes(value), bytes(key), version])
    return true
  }

  const commit = (writes: readonly Write[]): boolean => {
    const changes = writes.map(changeOf)
    return transaction(database, () => changes.every(perform))
  }

  return {
    async get<R>(collection: Collection<R>, key: string) {
      const row = current(collection.name, key)
      return row && fromRow<R>(row)
    },
    async list<R>(collection: Collection<R>, { after, limit }: Page) {
      return fromRows<R>(list.all([collection.name, bytes(firstKey(after)), clock.now(), count(limit)]))
    },
    async lookup<R>(
      collection: Collection<R>,
      index: string,
      value: string,
      { after, limit }: Partial<Page> = {},
    ) {
      ensureDeclared(collection, index)
      const from = [collection.name, index, bytes(value), bytes(firstKey(after))]
      return fromRows<R>(lookup.all([...from, clock.now(), count(limit)]))
    },
    commit: async (...writes) => commit(writes),
    sweep: async limit => sweep.run([clock.now(), count(limit)]).changes,
    close: async () => closeDatabase(database),
  }
}

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
  remove: database.prepare('DELETE FROM records WHERE collection = ? AND key = ?'),
  insert: database.prepare('INSERT INTO records (collection, key, expires_at, json) VALUES (?, ?, ?, ?)'),
  file: database.prepare(
    'INSERT INTO filings (collection, name, value, key, version) VALUES (?, ?, ?, ?, ?)',
  ),
  sweep: database.prepare(`
    DELETE FROM records WHERE version IN
      (SELECT version FROM records WHERE expires_at <= ? ORDER BY expires_at, version LIMIT ?)`),
})

/** Does the work and keeps its effects only if it answers true. */
function transaction(database: Libsql.Database, work: () => boolean): boolean {
  database.exec('BEGIN IMMEDIATE')
  try {
    const done = work()
    database.exec(done ? 'COMMIT' : 'ROLLBACK')
    return done
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}

interface Row {
  readonly key: Buffer
  readonly version: number
  readonly expires_at: number | null
  readonly json: string
}

const fromRow = <R>({ key, version, expires_at, json }: Row): Stored<R> =>
  stored(text(key), json, version, expires_at ?? undefined)
const fromRows = <R>(rows: unknown[]): Stored<R>[] => (rows as Row[]).map(fromRow<R>)

/**
 * Keys are kept as big-endian UTF-16, which SQLite compares byte by byte: the port's order exactly, and no two
 * texts become one, as they would in UTF-8 when they hold half a surrogate pair.
 */
const bytes = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const text = (bytes: Buffer): string => Buffer.from(bytes).swap16().toString('utf16le')

/** A limit as SQLite understands it, to which a negative number would mean none. */
const count = (limit = Number.MAX_SAFE_INTEGER): number =>
  Math.min(Math.max(limit, 0), Number.MAX_SAFE_INTEGER)
