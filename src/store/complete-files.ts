import { open, stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { DataDirectoryError } from './data-directory-error.js'
import { type LogState, stateOfLog } from './write-ahead-log.js'

/**
 * Refuses a database of which a part is missing or damaged: SQLite would begin with what is left. Changes nothing.
 * @returns whether the last process that had the database open has closed it
 * @throws DataDirectoryError naming the file, and what to do
 */
export async function ensureWhole(file: string): Promise<boolean> {
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

/**
 * Reads the state of the log until two readings agree. A log that another process is writing may look damaged; the lock on
 * the database tells of that process later.
 */
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

/** Whether the header says that there is no write-ahead log (byte 18): closing a database removes the log. */
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
