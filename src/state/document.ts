import { createHash, type Hash } from 'node:crypto'
import type { ClockState } from '../core/movable-clock.js'
import type { ImageEntry } from '../core/ports/store.js'
import { inPieces, type Turn } from '../lib/pieces.js'

/** A snapshot as JSON: all records of a Rockpool at one moment, to be kept in a file or sent somewhere else. */
export interface SnapshotDocument {
  readonly format: typeof format
  readonly version: number
  /** The version of the Rockpool that wrote it. */
  readonly writtenBy: string
  /** By the clock of that Rockpool. */
  readonly takenAt: string
  /** What it called itself; its own addresses among the records begin with it. */
  readonly baseUrl: string
  readonly clock: ClockState
  /** Whether secrets are in it. */
  readonly secrets: boolean
  /** What is not in it, and what becomes of that at a restore; a sentence each. */
  readonly leftOut: readonly string[]
  readonly collections: { readonly [name: string]: readonly DocumentEntry[] }
  /** Of all that stands above. */
  readonly digest: string
}

export interface DocumentEntry {
  readonly key: string
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
  /** Under which values which index files it. */
  readonly filed?: { readonly [index: string]: readonly string[] }
  readonly record: object
}

export const format = 'rockpool-snapshot'

/** Goes up when the form of records, of an index or of the document changes, so that older readers would misread it. */
export const formatVersion = 1

export type AboutDocument = Omit<SnapshotDocument, 'format' | 'version' | 'collections' | 'digest'>

/** Writes records as a document. */
export function writeDocument(about: AboutDocument, entries: Iterable<ImageEntry>): SnapshotDocument {
  const collections: Record<string, DocumentEntry[]> = {}
  for (const entry of entries) {
    collections[entry.collection] ??= []
    collections[entry.collection]?.push(documentEntry(entry))
  }
  const document = { format, version: formatVersion, ...about, collections } as const
  return { ...document, digest: digestOf(document) }
}

/**
 * Writes the same document as text, in pieces, with a turn of others after each. It is in the canonical form, so that
 * what is written is what is digested.
 */
export async function* writeText(
  about: AboutDocument,
  entries: Iterable<ImageEntry>,
  turn?: Turn,
): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const told = (text: string): string => {
    hash.update(text)
    return text
  }
  const members = { format, version: formatVersion, ...about }
  const { baseUrl, clock, ...rest } = members
  yield told(`{${canonicalMembers({ baseUrl, clock })},"collections":{`)
  let collection: string | undefined
  for await (const piece of inPieces(entries, turn)) {
    let text = ''
    for (const entry of piece) {
      if (entry.collection === collection) text += ','
      else text += `${collection === undefined ? '' : '],'}${JSON.stringify(entry.collection)}:[`
      collection = entry.collection
      text += canonical(documentEntry(entry))
    }
    yield told(text)
  }
  yield told(`${collection === undefined ? '' : ']'}},${canonicalMembers(rest)}`)
  // The brace that ends the document comes after the digest, which is of the document without it.
  hash.update('}')
  yield `,"digest":"${sealOf(hash)}"}`
}

function documentEntry({ key, version, expiresAt, filings, record }: ImageEntry): DocumentEntry {
  const filed: Record<string, string[]> = {}
  for (const { index, value } of filings) filed[index] = [...(filed[index] ?? []), value]
  return {
    key,
    version,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(filings.length === 0 ? {} : { filed }),
    record,
  }
}

/** Texts that are an address below `from`, below `to`. */
export function rebased(value: unknown, from: string, to: string): unknown {
  if (from === to) return value
  if (typeof value === 'string')
    return value === from || value.startsWith(`${from}/`) ? `${to}${value.slice(from.length)}` : value
  if (Array.isArray(value)) return value.map(member => rebased(member, from, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rebased(member, from, to)]))
}

const digestOf = (value: object): string => sealOf(createHash('sha256').update(canonical(value)))

export const sealOf = (hash: Hash): string => `sha256-${hash.digest('base64')}`

/** The same text however the members were ordered and the text was laid out: other programs may have rewritten it. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${canonicalMembers(value)}}`
}

export const canonicalMembers = (value: object): string =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .join(',')
