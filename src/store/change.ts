import type { Collection, Filing, ImageEntry, Stored, Write } from '../core/ports/store.js'
import { inPieces, pieceSize, type Turn } from '../lib/pieces.js'
import type { ShareText } from './shared-texts.js'

/** What every store makes of a write before it touches anything, so that nothing can go wrong half-way. */
export interface Change {
  readonly collection: string
  readonly key: string
  readonly condition: Write['condition']
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined
  /** The record as reads return it; undefined removes the one that is there. */
  readonly record: object | undefined
  /** The same as JSON text. */
  readonly json: string | undefined
  /** Where the indexes file the record, each place once. */
  readonly filings: readonly Filing[]
}

/**
 * Reads a write: the record becomes text, and the indexes see what readers of that text will see.
 * @param share for a store that keeps the record itself
 */
export function changeOf(
  { collection, key, record: given, expiresAt, condition }: Write,
  share?: ShareText,
): Change {
  const about = { collection: collection.name, key, condition, expiresAt }
  if (given === undefined) return { ...about, record: undefined, json: undefined, filings: [] }
  const json = JSON.stringify(given)
  const record = parsed<object>(json, share)
  return { ...about, record, json, filings: filingsOf(collection, record as never) }
}

/** Reads many writes, in pieces between which others have their turn; few are read at once. */
export async function changesOf(writes: readonly Write[], turn: Turn, share?: ShareText): Promise<Change[]> {
  const read = (write: Write) => changeOf(write, share)
  if (writes.length <= pieceSize) return writes.map(read)
  const changes: Change[] = []
  for await (const piece of inPieces(writes, turn)) changes.push(...piece.map(read))
  return changes
}

const filingsOf = (collection: Collection<never>, record: never): Filing[] =>
  Object.entries(collection.indexes).flatMap(([index, valuesOf]) =>
    [...new Set(valuesOf(record))].map(value => ({ index, value })),
  )

/** An entry of an image, as what a store makes of a write without a condition. */
export function changeOfEntry({ collection, key, record, expiresAt, filings }: ImageEntry): Change {
  const about = { collection, key, condition: 'none', expiresAt, filings } as const
  // What a store has handed out can be taken as it is; a store in memory then needs no text of it.
  if (Object.isFrozen(record))
    return {
      ...about,
      record,
      get json() {
        return JSON.stringify(record)
      },
    }
  const json = JSON.stringify(record)
  return { ...about, record: parsed<object>(json), json }
}

/** A record as it is handed out: frozen in its depth, so that no reader can change what others read. */
export const stored = <R>(
  key: string,
  json: string,
  version: number,
  expiresAt: number | undefined,
): Stored<R> => storedRecord(key, parsed<R>(json), version, expiresAt)

/** The same of a record that was parsed already. */
export const storedRecord = <R>(
  key: string,
  record: Readonly<R>,
  version: number,
  expiresAt: number | undefined,
): Stored<R> => Object.freeze({ key, record, version, ...(expiresAt === undefined ? {} : { expiresAt }) })

const parsed = <R>(json: string, share?: ShareText): Readonly<R> => frozen(JSON.parse(json) as R, share)

/**
 * Freezes plain data in its depth: several times as fast as a reviver, which makes parsing slow too.
 * @param share given for data that was just parsed, whose texts are then shared with other records
 */
export function frozen<T>(value: T, share?: ShareText): T {
  if (typeof value !== 'object' || value === null) return value
  for (const name in value) {
    const part = value[name]
    if (typeof part !== 'string') frozen(part, share)
    else if (share !== undefined) value[name] = share(part) as typeof part
  }
  return Object.freeze(value)
}

/** Says whether a condition holds, given the version of the record that is there, if one is. */
export const holds = (condition: Write['condition'], version: number | undefined): boolean =>
  condition === 'none' || version === (condition === 'absent' ? undefined : condition.version)

/** The first key that a page may contain: right after a text, by UTF-16 code unit, comes the text and a NUL. */
export const firstKey = (after: string | undefined): string => (after === undefined ? '' : `${after}\0`)

/** Refuses an index that the collection does not declare: it would find nothing, for ever. */
export function ensureDeclared<R>(collection: Collection<R>, index: string): void {
  if (!Object.hasOwn(collection.indexes, index)) {
    throw new TypeError(`The collection ${collection.name} declares no index ${index}.`)
  }
}
