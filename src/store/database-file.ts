import { mkdir, open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type Libsql from 'libsql'

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
  await createFile(path, file)
  try {
    return claim(new Database(file), file)
  } catch (error) {
    throw error instanceof DataDirectoryError ? error : inWords(error, path, file)
  }
}

function claim(database: Libsql.Database, file: string): Libsql.Database {
  try {
    // An exclusive lock also spares the shared memory file, which some container volumes cannot offer.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK')
    ensureOurs(database, file)
    setUp(database)
    return database
  } catch (error) {
    release(database)
    throw error
  }
}

/** Closes the database and leaves a single file. */
export function closeDatabase(database: Libsql.Database): void {
  if (!database.open) return
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

/** Only their owner may read the directory and the file: they hold signing keys and client secrets. */
async function createFile(directory: string, file: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    // An existing file is not opened here: closing it would give up the locks that this process has on it.
    await (await open(file, 'wx', 0o600)).close()
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST' && (cause as NodeJS.ErrnoException).syscall === 'open') return
    throw new DataDirectoryError(
      `The data directory ${directory} cannot be created or written (${codeOf(cause)}). ` +
        'Name a directory that this user may write to.',
      { cause },
    )
  }
}

/** Marks the file as Rockpool's in SQLite's header: "POOL" in ASCII. */
const applicationId = 0x504f4f4c

/** Goes up when the tables change, and when an index of a collection does: filings are made when a record is written. */
const schemaVersion = 2

function ensureOurs(database: Libsql.Database, file: string): void {
  const owner = numberOf(database, 'SELECT application_id AS number FROM pragma_application_id')
  const version = numberOf(database, 'SELECT user_version AS number FROM pragma_user_version')
  const tables = numberOf(database, 'SELECT count(*) AS number FROM sqlite_schema')
  if (owner === 0 && version === 0 && tables === 0) return
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
  const { problem } = database
    .prepare('SELECT quick_check AS problem FROM pragma_quick_check(1)')
    .get([]) as {
    problem: string
  }
  if (problem !== 'ok') throw damaged(file, new Error(problem))
}

const numberOf = (database: Libsql.Database, sql: string): number =>
  (database.prepare(sql).get([]) as { number: number }).number

/**
 * With a write-ahead log and `synchronous = NORMAL`, a committed write has been handed to the operating system: it
 * survives `kill -9`. Only a crash of the machine itself may take the latest writes, and it leaves a sound file.
 */
function setUp(database: Libsql.Database): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON;
    BEGIN;
    CREATE TABLE IF NOT EXISTS records (
      version INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, also when the record is gone
      collection TEXT NOT NULL,
      key BLOB NOT NULL,
      expires_at INTEGER,
      json TEXT NOT NULL,
      UNIQUE (collection, key)
    );
    CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS filings (
      collection TEXT NOT NULL,
      name TEXT NOT NULL,
      value BLOB NOT NULL,
      key BLOB NOT NULL,
      version INTEGER NOT NULL REFERENCES records ON DELETE CASCADE,
      PRIMARY KEY (collection, name, value, key)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS filings_by_version ON filings (version);
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT`)
}

const damaged = (file: string, cause: unknown): DataDirectoryError =>
  new DataDirectoryError(
    `The file ${file} is damaged or is no database. Restore it from a copy, or move it away to start afresh.`,
    { cause },
  )

/** What SQLite refused, by its result code (https://sqlite.org/rescode.html). */
function inWords(error: unknown, directory: string, file: string): DataDirectoryError {
  const code = codeOf(error)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new DataDirectoryError(
      `The data directory ${directory} is in use by another Rockpool. Stop that one, or name another data directory.`,
      { cause: error },
    )
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
