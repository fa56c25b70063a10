import { link, open, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import type Libsql from 'libsql'
import { makeFolder } from '../disk/folder.js'
import { ensureWhole } from './complete-files.js'
import { DataDirectoryError } from './data-directory-error.js'
import { applicationId, numberOf, schemaVersion, setUp } from './sqlite-tables.js'

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
    await makeFolder(directory, 0o700)
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
