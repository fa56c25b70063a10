import { createHash } from 'node:crypto'
import type { ClockState } from '../core/movable-clock.js'
import type { Filing, ImageEntry } from '../core/ports/store.js'
import { ensureEntries } from './record-shapes.js'
import { SnapshotError } from './snapshot-error.js'

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

interface DocumentEntry {
  readonly key: string
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
  /** Under which values which index files it. */
  readonly filed?: { readonly [index: string]: readonly string[] }
  readonly record: object
}

const format = 'rockpool-snapshot'

/** Goes up when the form of records, of an index or of the document changes, so that older readers would misread it. */
const formatVersion = 1

/** Writes records as a document. */
export function writeDocument(
  about: Omit<SnapshotDocument, 'format' | 'version' | 'collections' | 'digest'>,
  entries: Iterable<ImageEntry>,
): SnapshotDocument {
  const collections: Record<string, DocumentEntry[]> = {}
  for (const entry of entries) {
    collections[entry.collection] ??= []
    collections[entry.collection]?.push(documentEntry(entry))
  }
  const document = { format, version: formatVersion, ...about, collections } as const
  return { ...document, digest: digestOf(document) }
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

/**
 * Reads what should be a document.
 * @throws SnapshotError unless every byte of it is as it was written, by a Rockpool whose format is known here, and every
 * record has what its readers count on
 */
export function readDocument(given: unknown, reader: string): SnapshotDocument {
  const document = (typeof given === 'string' ? parsed(given) : given) as Partial<SnapshotDocument> | null
  if (typeof document !== 'object' || document === null || document.format !== format)
    throw new SnapshotError(
      `This is no snapshot of a Rockpool: it has no member "format" with the value "${format}". Give a document as Rockpool wrote it.`,
    )
  const { version, writtenBy } = document
  if (typeof version === 'number' && version > formatVersion)
    throw new SnapshotError(
      `The snapshot has the format version ${version}, written by Rockpool ${writtenBy}; this Rockpool, ${reader}, knows versions up to ${formatVersion}. Restore it with a Rockpool as new as that one.`,
    )
  const { digest, ...rest } = document
  if (digest !== digestOf(rest))
    throw new SnapshotError(
      'The snapshot is damaged, or was changed after it was written: its digest does not match. Take another copy of it. (To change users, export and import those.)',
    )
  ensureParts(document)
  return document as SnapshotDocument
}

/** The digest is anybody's to compute, so what is read is not taken for what Rockpool writes. */
function ensureParts({
  takenAt,
  baseUrl,
  secrets,
  collections,
}: {
  readonly [member: string]: unknown
}): void {
  const isOurs =
    typeof takenAt === 'string' &&
    typeof baseUrl === 'string' &&
    typeof secrets === 'boolean' &&
    typeof collections === 'object' &&
    collections !== null &&
    !Array.isArray(collections)
  if (!isOurs)
    throw new SnapshotError(
      'The snapshot cannot be restored: it needs the texts "takenAt" and "baseUrl", "secrets" (true or false) and the object "collections". Restore a snapshot as Rockpool wrote it.',
    )
  for (const [name, entries] of Object.entries(collections)) ensureEntries(name, entries)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SnapshotError(
      `The snapshot is no JSON (${(cause as Error).message}), as if it had been cut off. Take another copy of it.`,
      { cause },
    )
  }
}

/** The records of a document, with the addresses of the Rockpool that wrote it turned into those of `baseUrl`. */
export function* entriesOf(document: SnapshotDocument, baseUrl: string): Iterable<ImageEntry> {
  for (const [collection, entries] of Object.entries(document.collections)) {
    for (const { key, version, expiresAt, filed = {}, record } of entries) {
      const filings: Filing[] = Object.entries(filed).flatMap(([index, values]) =>
        values.map(value => ({ index, value })),
      )
      const moved = rebased(record, document.baseUrl, baseUrl) as object
      yield {
        collection,
        key,
        version,
        ...(expiresAt === undefined ? {} : { expiresAt }),
        filings,
        record: moved,
      }
    }
  }
}

/** Texts that are an address below `from`, below `to`. */
function rebased(value: unknown, from: string, to: string): unknown {
  if (from === to) return value
  if (typeof value === 'string')
    return value === from || value.startsWith(`${from}/`) ? `${to}${value.slice(from.length)}` : value
  if (Array.isArray(value)) return value.map(member => rebased(member, from, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rebased(member, from, to)]))
}

const digestOf = (value: object): string =>
  `sha256-${createHash('sha256').update(canonical(value)).digest('base64')}`

/** The same text however the members were ordered and the text was laid out: other programs may have rewritten it. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}
