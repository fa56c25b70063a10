import type Libsql from 'libsql'
import type { Filing, ImageEntry, StoreImage } from '../core/ports/store.js'
import { inPieces, pieceSize, type Turn } from '../lib/pieces.js'
import { bytes, text } from './byte-order.js'
import { type Change, changeOfEntry, stored } from './change.js'
import { packedImage } from './packed-image.js'
import { type Row, transaction } from './sqlite-statements.js'
import { dropOldPiece, makeNextTables, oldTables, swapTables } from './sqlite-tables.js'
import { orStorageFull } from './storage-full.js'

/**
 * What concerns all of a database, done in pieces between which other requests have their turn. The caller keeps other writes
 * away until it is done.
 */
export interface WholeDatabase {
  image(): Promise<StoreImage>
  /**
   * Puts an image and changes in the place of all there is: they are written beside it, a piece in a transaction, and take its
   * place in the last of them. What is left of the former state is deleted later.
   */
  replaceAll(image: StoreImage, changes: readonly Change[]): Promise<void>
}

export function wholeDatabase(database: Libsql.Database, directory: string, turn: Turn): WholeDatabase {
  /** Settles when nothing is left of former states. */
  let clearing = clearAway()

  /** Beside the requests, but in no transaction of theirs. What is not done by the end goes on at the next start. */
  async function clearAway(): Promise<void> {
    try {
      do await turn()
      while (database.open && (database.inTransaction || dropOldPiece(database, pieceSize)))
    } catch {
      // The disk is full: what is left is in nobody's way, and is tried again before there is more of it.
    }
  }

  return {
    image: () => packedImage(entriesOf(database), turn),
    async replaceAll(image, changes) {
      if (oldTables(database).length >= mostOld) {
        await clearing
        await clearAway()
      }
      try {
        makeNextTables(database)
      } catch (error) {
        throw orStorageFull(error, directory)
      }
      const write = nextTables(database)
      for await (const piece of inPieces(image.entries(), turn))
        inTransaction(() => {
          for (const entry of piece) write(changeOfEntry(entry))
        })
      inTransaction(() => {
        for (const change of changes) write(change)
        swapTables(database)
      })
      clearing = clearing.then(clearAway)
    },
  }

  function inTransaction(work: () => void): void {
    if (!database.open) throw new Error(`The database of ${directory} is closed: Rockpool has stopped.`)
    transaction(database, directory, () => {
      work()
      return true
    })
  }
}

/** States that are over and wait for their deletion. Each takes room on the disk, so there are never more. */
const mostOld = 3

/** How another state is written: into tables beside those of the state. */
function nextTables(database: Libsql.Database): (change: Change) => void {
  const remove = database.prepare('DELETE FROM records_next WHERE collection = ? AND key = ?')
  const insert = database.prepare(
    'INSERT INTO records_next (collection, key, expires_at, json) VALUES (?, ?, ?, ?)',
  )
  const file = database.prepare(
    'INSERT INTO filings_next (collection, name, value, key, version) VALUES (?, ?, ?, ?, ?)',
  )
  return ({ collection, key, json, expiresAt, filings }) => {
    remove.run([collection, bytes(key)])
    if (json === undefined) return
    const { lastInsertRowid: version } = insert.run([collection, bytes(key), expiresAt ?? null, json])
    for (const { index, value } of filings) file.run([collection, index, bytes(value), bytes(key), version])
  }
}

interface FilingRow {
  readonly version: number
  readonly name: string
  readonly value: Buffer
}

/** All records, read page by page. */
function* entriesOf(database: Libsql.Database): Iterable<ImageEntry> {
  const page = `FROM records WHERE (collection, key) > (?, ?) ORDER BY collection, key LIMIT ${pieceSize}`
  const rowsAfter = database.prepare(`SELECT collection, key, version, expires_at, json ${page}`)
  // CROSS JOIN keeps SQLite to this order: from the records of the page to their filings.
  const filingsAfter = database.prepare(`
    SELECT filings.version, name, value
    FROM (SELECT version ${page}) AS some CROSS JOIN filings ON filings.version = some.version
    ORDER BY filings.version, name, value`)
  type Place = readonly [collection: string, key: Buffer]
  let after: Place | undefined = ['', Buffer.alloc(0)]
  while (after !== undefined) {
    const from: Place = after
    const filings = new Map<number, Filing[]>()
    for (const { version, name, value } of filingsAfter.all(from) as FilingRow[]) {
      const filed = filings.get(version) ?? []
      filings.set(version, filed)
      filed.push({ index: name, value: text(value) })
    }
    const rows = (rowsAfter.all(from) as (Row & { readonly collection: string })[]).map(row => ({
      ...row,
      // Read once: the driver's bytes are swapped in place.
      key: text(row.key),
    }))
    for (const { collection, key, json, version, expires_at } of rows)
      yield {
        ...stored<object>(key, json, version, expires_at ?? undefined),
        collection,
        filings: filings.get(version) ?? [],
      }
    const last = rows.at(-1)
    after = last && rows.length === pieceSize ? [last.collection, bytes(last.key)] : undefined
  }
}
