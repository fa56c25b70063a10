import { link, mkdir, open, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type Libsql from 'libsql'
import { type LogState, stateOfLog } from './write-ahead-log.js'

/** A data directory that cannot serve. The message is whole sentences for the operator: what is wrong, and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/**
 * Opens the database of a data directory for this process alone; creates what is missing.
 * @throws DataDirectoryError when that is not possible, with nothing changed in a file that is not ours
 */
export async function openDatabase(directory: string): Promise<Libsql.Database> {
  const path = resolve(directory)
  const file = join(path, 'rockpool.db')
  const Database = await loadDriver(path)
  await createFile(path, file, made => release(setUp(new Database(made))))
  const { dev, ino } = await stat(file)
  const id = `${dev} ${ino}`
  if (openHere.has(id)) throw inUse(path)
  const wasClosed = await ensureWhole(file)
  try {
    const database = claim(new Database(file), file, wasClosed)
    openHere.add(id)
    idOf.set(database, id)
    return database
  } catch (error) {
    throw error instanceof DataDirectoryError ? error : inWords(error, path, file)
  }
}

/**
 * The databases that this process has open, by the numbers of their files. Those are not opened another time, not even to
 * be read: closing a file gives up all locks that the process has on it.
 */
const openHere = new Set<string>()
const idOf = new WeakMap<Libsql.Database, string>()

function claim(database: Libsql.Database, file: string, wasClosed: boolean): Libsql.Database {
  try {
    // An exclusive lock also spares the shared memory file, which some container volumes cannot offer.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK')
    ensureOurs(database, file)
    if (!wasClosed || numberOf(database, 'SELECT page_count AS number FROM pragma_page_count') <= fewPages)
      ensureSound(database, file)
    // A committed write has been handed to the operating system: it survives `kill -9`. Only a crash of the machine itself
    // may take the latest writes, and it leaves a sound file.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    // A write, so that from now on there is a log: that one is missing is told by nothing else.
    database.exec(`PRAGMA user_version = ${schemaVersion}`)
    return database
  } catch (error) {
    release(database)
    throw error
  }
}

/** Closes the database and leaves a single file. */
export function closeDatabase(database: Libsql.Database): void {
  if (!database.open) return
  openHere.delete(idOf.get(database) ?? '')
  try {
    database.exec('PRAGMA journal_mode = DELETE')
  } catch {
    // The disk is full or the file was taken away. The log still holds every write, for the next who opens it.
  }
  release(database)
}

/** The driver's own close keeps the lock until the last statement is collected as garbage; so it is given back first. */
function release(database: Libsql.Database): void {
  try {
    // SQLite gives an exclusive lock back at the first access after it was told to.
    database.exec('PRAGMA locking_mode = NORMAL; SELECT 1 FROM sqlite_schema')
  } catch {
    // Another process has the lock, or the file is no database: there is nothing to give back.
  }
  database.close()
}

async function loadDriver(directory: string): Promise<typeof Libsql> {
  try {
    return (await import('libsql')).default
  } catch (cause) {
    throw new DataDirectoryError(
      `The data directory ${directory} cannot be used, because the optional package "libsql" is not installed or ` +
        'has no build for this platform. Install it with "npm install libsql", or start without a data ' +
        'directory to keep everything in memory.',
      { cause },
    )
  }
}

/**
 * Makes the directory, and the file if there is none: finished under another name first, so that a file of ours is never
 * found empty unless somebody has emptied it. Only their owner may read them: they hold signing keys and client secrets.
 */
async function createFile(directory: string, file: string, setUp: (made: string) => void): Promise<void> {
  const unfinished = `${file}.${pid}.unfinished`
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    // An existing file is not opened here: closing it would give up the locks that this process has on it.
    if (await isThere(file)) return
    await (await open(unfinished, 'w', 0o600)).close()
    setUp(unfinished)
    // Not renamed: of two who start at once, the second finds the file of the first.
    await link(unfinished, file)
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST' && (cause as NodeJS.ErrnoException).syscall === 'link') return
    throw new DataDirectoryError(
      `The data directory ${directory} cannot be created or written (${codeOf(cause)}). ` +
        'Name a directory that this user may write to.',
      { cause },
    )
  } finally {
    await rm(unfinished, { force: true }).catch(() => {})
  }
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    error => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )

/**
 * Sees that nobody has taken away or damaged a part of what was written: SQLite would begin with what is left. What it
 * was is left as it is.
 * @returns whether whoever had it before has closed it
 */
async function ensureWhole(file: string): Promise<boolean> {
  const { size } = await stat(file)
  if (size === 0)
    throw new DataDirectoryError(
      `The file ${file} is empty, though Rockpool never leaves it so: what it held is gone. ` +
        'Restore it from a copy, remove it to start afresh, or name another data directory.',
    )
  const { state, wasClosed } = await settled(file)
  if (state === 'missing' && !wasClosed)
    throw new DataDirectoryError(
      `The file ${logOf(file)} is missing: Rockpool was not stopped in order, and its latest writes are in that file alone. ` +
        'Put it back beside the database or restore both from a copy, or name another data directory. To go on without ' +
        'those writes, put an empty file in its place.',
    )
  if (state === 'damaged')
    throw new DataDirectoryError(
      `The file ${logOf(file)}, which holds the latest writes, is damaged. ` +
        'Restore it and the database from a copy, or name another data directory. To go on without those writes, put an ' +
        'empty file in its place.',
    )
  return wasClosed
}

/** What is read while somebody writes it may look damaged; whoever does is found by the lock on the database. */
async function settled(file: string): Promise<{ readonly state: LogState; readonly wasClosed: boolean }> {
  for (let attempt = 0; ; attempt++) {
    const before = await stat(logOf(file)).catch(() => undefined)
    const wasClosed = await saysClosed(file)
    const state = stateOfLog(logOf(file))
    if (state === 'sound' || state === 'empty' || (state === 'missing' && wasClosed))
      return { state, wasClosed: wasClosed && state === 'missing' }
    await setTimeout(50)
    const after = await stat(logOf(file)).catch(() => undefined)
    if (after?.mtimeMs === before?.mtimeMs && after?.size === before?.size) return { state, wasClosed }
    if (attempt === 20) return { state: 'sound', wasClosed: false }
  }
}

/** Whether the header tells of no write-ahead log (bytes 18 and 19): who closes a database leaves none. */
async function saysClosed(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { buffer } = await handle.read(new Uint8Array(20), 0, 20, 0)
    return buffer[18] !== 2
  } finally {
    await handle.close()
  }
}

const logOf = (file: string): string => `${file}-wal`

/** Marks the file as Rockpool's in SQLite's header: "POOL" in ASCII. */
const applicationId = 0x504f4f4c

/** Goes up when the tables change, and when an index of a collection does: filings are made when a record is written. */
const schemaVersion = 2

function ensureOurs(database: Libsql.Database, file: string): void {
  const owner = numberOf(database, 'SELECT application_id AS number FROM pragma_application_id')
  const version = numberOf(database, 'SELECT user_version AS number FROM pragma_user_version')
  if (owner !== applicationId) {
    throw new DataDirectoryError(
      `The file ${file} is a database of another program. Move it away or name another data directory.`,
    )
  }
  if (version !== schemaVersion) {
    throw new DataDirectoryError(
      `The file ${file} has schema version ${version}, but this Rockpool knows version ${schemaVersion}. ` +
        'Start the Rockpool that wrote it, or name another data directory.',
    )
  }
}

/** Pages of a database that is looked through at every start, which takes some milliseconds; a larger one only after an end that was none. */
const fewPages = 2000

function ensureSound(database: Libsql.Database, file: string): void {
  const { problem } = database
    .prepare('SELECT quick_check AS problem FROM pragma_quick_check(1)')
    .get([]) as {
    problem: string
  }
  if (problem !== 'ok') throw damaged(file, new Error(problem))
}

const numberOf = (database: Libsql.Database, sql: string): number =>
  (database.prepare(sql).get([]) as { number: number }).number

/** Makes the tables of a new database. */
function setUp(database: Libsql.Database): Libsql.Database {
  database.exec(`
    BEGIN;
    ${tables('', '')}
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT`)
  return database
}

/**
 * Tables for another state, beside those of the state: `records_next` and `filings_next`. Versions go on from the latest.
 * What is left of an earlier attempt is gone.
 */
export function makeNextTables(database: Libsql.Database): void {
  database.exec(`
    BEGIN IMMEDIATE;
    DROP TABLE IF EXISTS filings_next;
    DROP TABLE IF EXISTS records_next;`)
  const { latest } = database
    .prepare("SELECT max(seq) AS latest FROM sqlite_sequence WHERE name IN ('records', 'records_old')")
    .get([]) as { latest: number | null }
  // An index keeps its name when its table is given another one. This number goes up with each change of the tables.
  const unique = numberOf(database, 'SELECT schema_version AS number FROM pragma_schema_version')
  database.exec(`
    ${tables('_next', `_${unique}`)}
    INSERT INTO sqlite_sequence (name, seq) VALUES ('records_next', ${latest ?? 0});
    COMMIT`)
}

/** Puts the tables for another state in the place of those of the state, which become `records_old` and `filings_old`. */
export function swapTables(database: Libsql.Database): void {
  database.exec(`
    ALTER TABLE filings RENAME TO filings_old;
    ALTER TABLE records RENAME TO records_old;
    ALTER TABLE records_next RENAME TO records;
    ALTER TABLE filings_next RENAME TO filings;`)
}

/** Deletes a piece of a state that is over; answers whether there is more of it. */
export function dropOldPiece(database: Libsql.Database, size: number): boolean {
  const old = numberOf(
    database,
    "SELECT count(*) AS number FROM sqlite_schema WHERE type = 'table' AND name = 'records_old'",
  )
  if (old === 0) return false
  const { changes } = database
    .prepare('DELETE FROM records_old WHERE version IN (SELECT version FROM records_old LIMIT ?)')
    .run([size])
  if (changes > 0) return true
  database.exec('BEGIN IMMEDIATE; DROP TABLE IF EXISTS filings_old; DROP TABLE IF EXISTS records_old; COMMIT')
  return false
}

const tables = (suffix: string, unique: string): string => `
    CREATE TABLE records${suffix} (
      version INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, also when the record is gone
      collection TEXT NOT NULL,
      key BLOB NOT NULL,
      expires_at INTEGER,
      json TEXT NOT NULL,
      UNIQUE (collection, key)
    );
    CREATE INDEX records_by_expiry${unique} ON records${suffix} (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE filings${suffix} (
      collection TEXT NOT NULL,
      name TEXT NOT NULL,
      value BLOB NOT NULL,
      key BLOB NOT NULL,
      version INTEGER NOT NULL REFERENCES records${suffix} ON DELETE CASCADE,
      PRIMARY KEY (collection, name, value, key)
    ) WITHOUT ROWID;
    CREATE INDEX filings_by_version${unique} ON filings${suffix} (version);`

const damaged = (file: string, cause: unknown): DataDirectoryError =>
  new DataDirectoryError(
    `The file ${file} is damaged or is no database. Restore it from a copy, or move it away to start afresh.`,
    { cause },
  )

const inUse = (directory: string, cause?: unknown): DataDirectoryError =>
  new DataDirectoryError(
    `The data directory ${directory} is in use by another Rockpool. Stop that one, or name another data directory.`,
    { cause },
  )

/** What SQLite refused, by its result code (https://sqlite.org/rescode.html). */
function inWords(error: unknown, directory: string, file: string): DataDirectoryError {
  const code = codeOf(error)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return inUse(directory, error)
  }
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) return damaged(file, error)
  const reason = error instanceof Error ? error.message : String(error)
  return new DataDirectoryError(
    `The file ${file} cannot be opened (${reason}). Make sure that this user may read and write it, and that the ` +
      'disk is not full.',
    { cause: error },
  )
}

const codeOf = (error: unknown): string =>
  String((error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown')
