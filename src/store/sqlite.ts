import type Libsql from 'libsql'
import type { Clock } from '../core/ports/clock.js'
import type { Collection, Filed, Page, PrefixPage, Store, Stored, Write } from '../core/ports/store.js'
import { inPieces, nextTurn, pieceSize, type Turn } from '../lib/pieces.js'
import { alone } from './alone.js'
import { beyond, bytes, text } from './byte-order.js'
import { type Change, changeOf, changesOf, ensureDeclared, firstKey, holds, storedRecord } from './change.js'
import { closeDatabase, openDatabase } from './database-file.js'
import { type RememberedReads, rememberedReads } from './remembered-reads.js'
import {
  count,
  fromRow,
  fromRows,
  prepare,
  type Row,
  type Statements,
  transaction,
  transactionInPieces,
} from './sqlite-statements.js'
import { wholeDatabase } from './sqlite-whole.js'

/**
 * A store in a SQLite database, `rockpool.db` in the directory (which is created). It belongs to one process at a
 * time, so that what was read stays true until it is written here. A write that was acknowledged survives the death
 * of the process.
 * @throws DataDirectoryError when the directory cannot serve, in a sentence that says what to do
 */
export async function openSqliteStore(
  directory: string,
  clock: Clock,
  turn: Turn = nextTurn,
): Promise<Store> {
  const database = await openDatabase(directory)
  const open: OpenDatabase = {
    database,
    directory,
    clock,
    statements: prepare(database),
    reads: rememberedReads(clock),
  }

  /** The driver ends the process when it is asked something after it was closed; work left running may ask. */
  function ensureOpen(): void {
    if (!database.open) throw new Error(`The database of ${directory} is closed: Rockpool has stopped.`)
  }

  const all = wholeDatabase(database, directory, turn)
  const work = alone()
  const wholly = <T>(done: () => Promise<T>): Promise<T> =>
    work.run(async () => {
      ensureOpen()
      return done()
    })

  async function readable(): Promise<void> {
    while (work.hiding !== undefined) await work.hiding
    ensureOpen()
  }

  /** Many writes in one transaction, a piece at a time. Other reads and writes of the store wait; other work of the process has its turn. */
  async function commitInPieces(writes: readonly Write[]): Promise<boolean> {
    const changes = await changesOf(writes, turn)
    return wholly(() => work.hide(inOneTransaction(open, changes, turn)))
  }

  return {
    ...reading(open, readable),
    async commit(...writes) {
      if (writes.length > pieceSize) return commitInPieces(writes)
      while (work.underWay !== undefined) await work.underWay
      ensureOpen()
      return commit(open, writes)
    },
    image: () => wholly(() => all.image()),
    replaceAll: (image, ...writes) =>
      wholly(async () => {
        await all.replaceAll(
          image,
          writes.map(write => changeOf(write)),
        )
        open.reads.clear()
      }),
    async sweep(limit) {
      while (work.underWay !== undefined) await work.underWay
      ensureOpen()
      return sweep(open, limit)
    },
    close: async () => closeDatabase(database),
  }
}

interface OpenDatabase {
  readonly database: Libsql.Database
  readonly directory: string
  readonly clock: Clock
  readonly statements: Statements
  readonly reads: RememberedReads
}

/** The reading half of the port; `readable` resolves when what is there may be read. */
const reading = (
  open: OpenDatabase,
  readable: () => Promise<void>,
): Pick<Store, 'get' | 'list' | 'lookup' | 'lookupPrefix'> => ({
  async get<R>({ name }: Collection<R>, key: string) {
    await readable()
    return current(open, name, key) as Stored<R> | undefined
  },
  async list<R>({ name }: Collection<R>, { after, limit }: Page) {
    await readable()
    const asked = [name, bytes(firstKey(after)), open.clock.now(), count(limit)]
    return fromRows<R>(open.statements.list.all(asked))
  },
  async lookup<R>(collection: Collection<R>, index: string, value: string, page: Partial<Page> = {}) {
    await readable()
    ensureDeclared(collection, index)
    return filed(open, collection.name, { index, value, ...page }) as Stored<R>[]
  },
  async lookupPrefix<R>(collection: Collection<R>, index: string, prefix: string, page: PrefixPage) {
    await readable()
    ensureDeclared(collection, index)
    return filedFrom<R>(open, collection.name, { index, prefix, ...page })
  },
})

const current = (
  { reads, statements, clock }: OpenDatabase,
  collection: string,
  key: string,
): Stored<unknown> | undefined =>
  reads.record(collection, key, () => {
    const row = statements.get.get([collection, bytes(key), clock.now()]) as Row | undefined
    return row && fromRow(row)
  })

function filed(
  { reads, statements, clock }: OpenDatabase,
  collection: string,
  { index, value, after, limit }: { index: string; value: string } & Partial<Page>,
): Stored<unknown>[] {
  const question = JSON.stringify([collection, index, value, after, limit])
  return reads.page(collection, question, () => {
    const from = [collection, index, bytes(value), bytes(firstKey(after))]
    return fromRows(statements.lookup.all([...from, clock.now(), count(limit)]))
  })
}

function filedFrom<R>(
  { statements, clock }: OpenDatabase,
  collection: string,
  { index, prefix, after, limit }: { index: string; prefix: string } & PrefixPage,
): Filed<R>[] {
  const from = [bytes(after?.value ?? prefix), bytes(after === undefined ? '' : firstKey(after.key))]
  const asked = [collection, index, ...from, beyond(bytes(prefix)), clock.now(), count(limit)]
  const rows = statements.lookupPrefix.all(asked) as (Row & { readonly value: Buffer })[]
  return rows.map((row): Filed<R> => ({ value: text(row.value), stored: fromRow<R>(row) }))
}

const nothing = { changes: 0, lastInsertRowid: 0 as number | bigint }

/** Makes one change, inside a transaction, and says whether its condition held. */
function perform(open: OpenDatabase, change: Change): boolean {
  const { collection, key, condition, record, json, expiresAt, filings } = change
  const { reads, statements } = open
  const row = json === undefined ? undefined : [collection, bytes(key), expiresAt ?? null, json]
  // Mostly something new is written: one statement does that, unless there is a record under the key, expired or not.
  let written = row !== undefined && typeof condition === 'string' ? statements.insert.run(row) : nothing
  if (written.changes === 0) {
    if (condition !== 'none' && !holds(condition, current(open, collection, key)?.version)) return false
    statements.remove.run([collection, bytes(key)])
    if (row !== undefined) written = statements.insert.run(row)
  }
  reads.forget(collection, key)
  if (record === undefined) return true
  const version = written.lastInsertRowid
  for (const { index, value } of filings)
    statements.file.run([collection, index, bytes(value), bytes(key), version])
  // What was written is what is read next. It is forgotten where the transaction is not kept.
  reads.keep(collection, storedRecord(key, record, Number(version), expiresAt))
  return true
}

function commit(open: OpenDatabase, writes: readonly Write[]): boolean {
  const changes = writes.map(write => changeOf(write))
  let done = false
  try {
    done = transaction(open.database, open.directory, () => changes.every(change => perform(open, change)))
    return done
  } finally {
    // Conditions may have seen what was then taken back.
    if (!done) for (const { collection, key } of changes) open.reads.forget(collection, key)
  }
}

async function inOneTransaction(
  open: OpenDatabase,
  changes: readonly Change[],
  turn: Turn,
): Promise<boolean> {
  let done = false
  try {
    done = await transactionInPieces(open.database, open.directory, async () => {
      for await (const piece of inPieces(changes, turn)) {
        if (!open.database.open)
          throw new Error(`The database of ${open.directory} is closed: Rockpool has stopped.`)
        if (!piece.every(change => perform(open, change))) return false
      }
      return true
    })
    return done
  } finally {
    if (!done) for (const { collection, key } of changes) open.reads.forget(collection, key)
  }
}

function sweep({ reads, statements, clock }: OpenDatabase, limit: number): number {
  const { changes } = statements.sweep.run([clock.now(), count(limit)])
  if (changes > 0) reads.clear()
  return changes
}
