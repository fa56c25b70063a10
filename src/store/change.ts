import type { Collection, Filing, ImageEntry, Stored, Write } from '../core/ports/store.js'

/** What every store makes of a write before it touches anything, so that nothing can go wrong half-way. */
export interface Change {
  readonly collection: string
  readonly key: string
  readonly condition: Write['condition']
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined
  /** The record as JSON text; undefined removes what is there. */
  readonly json: string | undefined
  /** Where the indexes file the record, each place once. */
  readonly filings: readonly Filing[]
}

/** Reads a write: the record becomes text, and the indexes see what readers of that text will see. */
export function changeOf({ collection, key, record, expiresAt, condition }: Write): Change {
  const about = { collection: collection.name, key, condition, expiresAt }
  if (record === undefined) return { ...about, json: undefined, filings: [] }
  const json = JSON.stringify(record)
  return { ...about, json, filings: filingsOf(collection, thaw(json)) }
}

const filingsOf = (collection: Collection<never>, record: never): Filing[] =>
  Object.entries(collection.indexes).flatMap(([index, valuesOf]) =>
    [...new Set(valuesOf(record))].map(value => ({ index, value })),
  )

/** An entry of an image, as what a store makes of a write without a condition. */
export const changeOfEntry = ({ collection, key, record, expiresAt, filings }: ImageEntry): Change => ({
  collection,
  key,
  condition: 'none',
  expiresAt,
  json: JSON.stringify(record),
  filings,
})

const thaw = (json: string): never => JSON.parse(json) as never

/** A record as it is handed out: frozen in its depth, so whoever reads it cannot change what others read. */
export function stored<R>(
  key: string,
  json: string,
  version: number,
  expiresAt: number | undefined,
): Stored<R> {
  const record = JSON.parse(json, (_name, value: unknown) => Object.freeze(value)) as Readonly<R>
  return Object.freeze({ key, record, version, ...(expiresAt === undefined ? {} : { expiresAt }) })
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
