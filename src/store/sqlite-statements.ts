import type Libsql from 'libsql'
import type { Stored } from '../core/ports/store.js'
import { text } from './byte-order.js'
import { stored } from './change.js'
import { orStorageFull } from './storage-full.js'

/** A row of the table of records. */
export interface Row {
  readonly key: Buffer
  readonly version: number
  readonly expires_at: number | null
  readonly json: string
}

/** A prepared statement. The driver does not export the name of its type, which declarations need. */
type Statement = ReturnType<Libsql.Database['prepare']>

export type Statements = Readonly<
  Record<'get' | 'list' | 'lookup' | 'lookupPrefix' | 'remove' | 'insert' | 'file' | 'sweep', Statement>
>

/** The statements. Parameters are always given as one list: the driver takes a lone buffer for named ones. */
export const prepare = (database: Libsql.Database): Statements => ({
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
  insert: database.prepare(`
    INSERT INTO records (collection, key, expires_at, json) VALUES (?, ?, ?, ?)
    ON CONFLICT (collection, key) DO NOTHING`),
  file: database.prepare(
    'INSERT INTO filings (collection, name, value, key, version) VALUES (?, ?, ?, ?, ?)',
  ),
  sweep: database.prepare(`
    DELETE FROM records WHERE version IN
      (SELECT version FROM records WHERE expires_at <= ? ORDER BY expires_at, version LIMIT ?)`),
})

/** Does the work and keeps its effects only if it returns true. */
export function transaction(database: Libsql.Database, directory: string, work: () => boolean): boolean {
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

/** The same for work that lets others have their turn. Nothing else may begin a transaction meanwhile. */
export async function transactionInPieces(
  database: Libsql.Database,
  directory: string,
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    database.exec('BEGIN IMMEDIATE')
    const done = await work()
    if (!database.open) throw new Error(`The database of ${directory} is closed: Rockpool has stopped.`)
    database.exec(done ? 'COMMIT' : 'ROLLBACK')
    return done
  } catch (error) {
    if (database.open && database.inTransaction) database.exec('ROLLBACK')
    throw orStorageFull(error, directory)
  }
}

export const fromRow = <R>({ key, version, expires_at, json }: Row): Stored<R> =>
  stored(text(key), json, version, expires_at ?? undefined)
export const fromRows = <R>(rows: unknown[]): Stored<R>[] => (rows as Row[]).map(fromRow<R>)

/** A limit as SQLite understands it, to which a negative number would mean none. */
export const count = (limit = Number.MAX_SAFE_INTEGER): number =>
  Math.min(Math.max(limit, 0), Number.MAX_SAFE_INTEGER)
