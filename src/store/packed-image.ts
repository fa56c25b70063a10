import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import type { ImageEntry, StoreImage } from '../core/ports/store.js'
import { inPieces, type Turn } from '../lib/pieces.js'
import { frozen } from './change.js'
import { sharedTexts } from './shared-texts.js'

const packed = promisify(deflateRaw)

/**
 * An image of entries that come from elsewhere (a database, a file): kept in compressed pieces, a tenth of what the records
 * take, each of which is unpacked when it is its turn.
 */
export async function packedImage(
  entries: Iterable<ImageEntry> | AsyncIterable<ImageEntry>,
  turn?: Turn,
): Promise<StoreImage> {
  const pieces: Buffer[] = []
  // The first level: four times as fast as the usual one, for a fifth more bytes.
  for await (const piece of inPieces(entries, turn))
    pieces.push(await packed(JSON.stringify(piece), { level: 1 }))
  return { entries: () => unpacked(pieces), isSeen: true }
}

function* unpacked(pieces: readonly Buffer[]): Iterable<ImageEntry> {
  const share = sharedTexts()
  for (const piece of pieces)
    yield* frozen(JSON.parse(inflateRawSync(piece).toString()) as ImageEntry[], share)
}
