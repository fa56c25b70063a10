import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import type { Filing, ImageEntry } from '../core/ports/store.js'
import { type JsonReader, jsonReader } from '../lib/json-reader.js'
import { inPieces, nextTurn, pieceSize, type Turn } from '../lib/pieces.js'
import { frozen } from '../store/change.js'
import { sharedTexts } from '../store/shared-texts.js'
import {
  canonical,
  canonicalMembers,
  type DocumentEntry,
  format,
  formatVersion,
  rebased,
  type SnapshotDocument,
  sealOf,
} from './document.js'
import { mistakeOfEntry } from './record-shapes.js'
import { SnapshotError } from './snapshot-error.js'

/** What a document is given as: an object, its text, or its text in pieces. */
export type GivenDocument = SnapshotDocument | string | AsyncIterable<string | Uint8Array>

/** A document that is as it was written. */
export interface ReadDocument extends Pick<SnapshotDocument, 'baseUrl' | 'clock' | 'secrets'> {
  /** The records, with the addresses of the Rockpool that wrote it turned into those of `baseUrl`. */
  entries(baseUrl: string): Iterable<ImageEntry>
}

/**
 * Reads what should be a document, piece by piece: what was read is kept compressed until all of it was seen.
 * @param reader the version of this Rockpool
 * @throws SnapshotError unless every byte of it is as it was written, by a Rockpool whose format is known here, and every
 * record has what its readers count on
 */
export async function readDocument(
  given: unknown,
  reader: string,
  turn: Turn = nextTurn,
): Promise<ReadDocument> {
  const found = newFindings(turn)
  if (isText(given)) await readText(textOf(given, turn), found)
  else if (typeof given === 'object' && given !== null) await readObject(given, found)
  await ensureSound(found, reader, turn)
  const { about, collections } = found
  const { baseUrl: from, clock, secrets } = about as unknown as SnapshotDocument
  return { baseUrl: from, clock, secrets, entries: baseUrl => entriesOf(collections, from, baseUrl) }
}

const isText = (given: unknown): given is string | AsyncIterable<string | Uint8Array> =>
  typeof given === 'string' || (typeof given === 'object' && given !== null && Symbol.asyncIterator in given)

/** What was found in a document, sound or not. */
interface Findings {
  /** All members but the collections. */
  readonly about: Record<string, unknown>
  /** The records of each collection: their canonical text, separated by commas, in compressed pieces. */
  readonly collections: Map<string, Buffer[]>
  /** That there is none, or one of another kind. */
  kindMistake: SnapshotError | undefined
  entryMistake: SnapshotError | undefined
  /** Takes the next records of a collection. */
  take(collection: string, entries: readonly unknown[]): Promise<void>
}

function newFindings(turn: Turn): Findings {
  const collections = new Map<string, Buffer[]>()
  const counts = new Map<string, number>()
  const found: Findings = {
    about: {},
    collections,
    kindMistake: unfitMembers,
    entryMistake: undefined,
    async take(collection, entries) {
      const before = counts.get(collection) ?? 0
      counts.set(collection, before + entries.length)
      const pieces = collections.get(collection) ?? []
      collections.set(collection, pieces)
      if (entries.length === 0) return
      entries.forEach((entry, index) => {
        found.entryMistake ??= mistakeOfEntry(collection, entry, before + index)
      })
      pieces.push(await deflated(entries.map(canonical).join(','), { level: 1 }))
      await turn()
    },
  }
  return found
}

const deflated = promisify(deflateRaw)

async function readObject(given: object, found: Findings): Promise<void> {
  const { collections, ...about } = given as { readonly collections?: unknown }
  Object.assign(found.about, about)
  if (typeof collections !== 'object' || collections === null || Array.isArray(collections)) return
  found.kindMistake = undefined
  for (const [name, entries] of Object.entries(collections)) {
    if (!Array.isArray(entries)) {
      found.kindMistake ??= noList(name)
      continue
    }
    await found.take(name, [])
    for await (const piece of inPieces(entries as unknown[])) await found.take(name, piece)
  }
}

async function readText(text: AsyncIterable<string>, found: Findings): Promise<void> {
  const json = jsonReader(text)
  try {
    if ((await json.next()) !== '{') {
      await json.value()
      return
    }
    for await (const name of json.members()) {
      if (name === 'collections' && (await json.next()) === '{') await readCollections(json, found)
      else found.about[name] = await json.value()
    }
    if ((await json.next()) !== '') throw new SyntaxError('something comes after its end')
  } catch (cause) {
    if (!isOfText(cause)) throw cause
    throw new SnapshotError(
      `The snapshot is no JSON (${cause.message}), as if it had been cut off. Take another copy of it.`,
      { cause },
    )
  }
}

/** That the text is no JSON, or that it cannot be decompressed. */
const isOfText = (error: unknown): error is Error =>
  error instanceof SyntaxError || /^Z_/.test((error as NodeJS.ErrnoException).code ?? '')

async function readCollections(json: JsonReader, found: Findings): Promise<void> {
  found.kindMistake = undefined
  for await (const name of json.members()) {
    if ((await json.next()) !== '[') {
      await json.value()
      found.kindMistake ??= noList(name)
      continue
    }
    await found.take(name, [])
    let piece: unknown[] = []
    for await (const _ of json.items()) {
      piece.push(await json.value())
      if (piece.length < pieceSize) continue
      await found.take(name, piece)
      piece = []
    }
    await found.take(name, piece)
  }
}

async function* textOf(
  given: string | AsyncIterable<string | Uint8Array>,
  turn: Turn,
): AsyncGenerator<string> {
  if (typeof given === 'string') {
    for (let from = 0; from < given.length; from += textPiece) {
      yield given.slice(from, from + textPiece)
      await turn()
    }
    return
  }
  const decoder = new TextDecoder()
  for await (const piece of given)
    yield typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
  yield decoder.decode()
}

/** Characters of a text that are looked at without a turn of others. */
const textPiece = 65_536

async function ensureSound(
  { about, collections, kindMistake, entryMistake }: Findings,
  reader: string,
  turn: Turn,
): Promise<void> {
  if (about.format !== format)
    throw new SnapshotError(
      `This is no snapshot of a Rockpool: it has no member "format" with the value "${format}". Give a document as Rockpool wrote it.`,
    )
  const { version, writtenBy } = about
  if (typeof version === 'number' && version > formatVersion)
    throw new SnapshotError(
      `The snapshot has the format version ${version}, written by Rockpool ${writtenBy}; this Rockpool, ${reader}, knows versions up to ${formatVersion}. Restore it with a Rockpool as new as that one.`,
    )
  if (kindMistake !== undefined) throw kindMistake
  const { digest, ...rest } = about
  if (digest !== (await digestOf(rest, collections, turn)))
    throw new SnapshotError(
      'The snapshot is damaged, or was changed after it was written: its digest does not match. Take another copy of it. (To change users, export and import those.)',
    )
  // The digest is anybody's to compute, so what is read is not taken for what Rockpool writes.
  const { takenAt, baseUrl, secrets } = about
  if (typeof takenAt !== 'string' || typeof baseUrl !== 'string' || typeof secrets !== 'boolean')
    throw unfitMembers
  if (entryMistake !== undefined) throw entryMistake
}

const unfitMembers = new SnapshotError(
  'The snapshot cannot be restored: it needs the texts "takenAt" and "baseUrl", "secrets" (true or false) and the object "collections". Restore a snapshot as Rockpool wrote it.',
)
const noList = (collection: string): SnapshotError =>
  new SnapshotError(
    `The snapshot cannot be restored: its collection ${JSON.stringify(collection)} is no list of records. Restore a snapshot as Rockpool wrote it; to change users, export and import those.`,
  )

/** The digest of the canonical form: members in the order of their names, `collections` among them. */
async function digestOf(
  about: object,
  collections: ReadonlyMap<string, readonly Buffer[]>,
  turn: Turn,
): Promise<string> {
  const hash = createHash('sha256')
  const side = (isBefore: boolean) =>
    canonicalMembers(
      Object.fromEntries(Object.entries(about).filter(([name]) => name < 'collections' === isBefore)),
    )
  const [before, after] = [side(true), side(false)]
  hash.update(`{${before}${before === '' ? '' : ','}"collections":{`)
  let comma = ''
  for (const name of [...collections.keys()].sort()) {
    hash.update(`${comma}${JSON.stringify(name)}:[`)
    comma = ','
    for (const [at, piece] of (collections.get(name) ?? []).entries()) {
      if (at > 0) hash.update(',')
      hash.update(inflateRawSync(piece))
      await turn()
    }
    hash.update(']')
  }
  hash.update(`}${after === '' ? '' : ','}${after}}`)
  return sealOf(hash)
}

function* entriesOf(
  collections: ReadonlyMap<string, readonly Buffer[]>,
  from: string,
  to: string,
): Iterable<ImageEntry> {
  const share = sharedTexts()
  // A store takes over as it is what nobody can change any more.
  const kept = (record: object) => frozen(rebased(record, from, to) as object, share)
  for (const [collection, pieces] of collections)
    for (const piece of pieces)
      for (const entry of JSON.parse(`[${inflateRawSync(piece)}]`) as DocumentEntry[])
        yield imageEntry(collection, entry, kept)
}

function imageEntry(
  collection: string,
  { key, version, expiresAt, filed = {}, record }: DocumentEntry,
  kept: (record: object) => object,
): ImageEntry {
  const filings: Filing[] = Object.entries(filed).flatMap(([index, values]) =>
    values.map(value => ({ index, value })),
  )
  return {
    collection,
    key,
    version,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    filings,
    record: kept(record),
  }
}
