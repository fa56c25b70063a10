import { importJobs, importPieces } from '../../../core/collections.js'
import type { ImportFile } from '../../../core/import-job.js'
import { insert, replace } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { Service } from '../../service.js'
import * as refusals from './import-refusals.js'
import { dropFile, isGoodAddress, jobById, pieceKey, statusOf } from './jobs.js'

/** The CSV file of an import job: kept in pieces as it comes in, and never held as a whole. */

/** Bytes of a file (docs/facts/user-pools-api.md §7). */
const largestFile = 100 * 1024 * 1024
/** Characters of a piece of its text. */
const pieceSize = 256 * 1024
/** Milliseconds for which a file is kept. No job needs it longer. */
const kept = 2 * 86_400_000

/**
 * Refuses a file before its bytes are read: without a good address of a job that waits for one, and one that is too large.
 * @param query of the address
 * @param size in bytes, as far as it is known
 * @throws Refusal `AccessDenied`, `EntityTooLarge`
 */
export async function ensureFileAwaited(
  { store, clock }: Service,
  id: string,
  query: Readonly<Record<string, string>>,
  size: number,
): Promise<void> {
  const job = (await jobById(store, id))?.record
  const now = clock.now()
  const isAwaited = job !== undefined && statusOf(job, now) === 'Created' && isGoodAddress(job, query, now)
  ensure(isAwaited, refusals.addressNotGood)
  ensure(size <= largestFile, () => refusals.fileTooLarge(largestFile))
}

/**
 * Keeps a file for a job, in place of one that was put before.
 * @throws Refusal when the file is too large or no text, or the job was started meanwhile; then nothing is kept
 */
export async function putImportFile(
  service: Service,
  id: string,
  body: AsyncIterable<Buffer>,
): Promise<void> {
  const { store } = service
  const file = await keep(service, body)
  const job = await jobById(store, id)
  const attached =
    job?.record.status === 'Created' &&
    (await store.commit(replace(importJobs, job, { ...job.record, file })))
  if (!attached) {
    await dropFile(store, file)
    throw refusals.addressNotGood()
  }
  if (job.record.file !== undefined) await dropFile(store, job.record.file)
}

/** Stores the text in pieces. If the file turns out to be unreadable, the pieces are deleted. */
async function keep({ store, chance, clock }: Service, body: AsyncIterable<Buffer>): Promise<ImportFile> {
  const id = chance.uuid()
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let [pieces, size, text] = [0, 0, '']
  const write = async () => {
    const expiresAt = clock.now() + kept
    await store.commit(insert(importPieces, pieceKey(id, pieces), { text }, { expiresAt }))
    pieces += 1
    text = ''
  }
  try {
    for await (const chunk of body) {
      size += chunk.length
      ensure(size <= largestFile, () => refusals.fileTooLarge(largestFile))
      text += decoded(decoder, chunk)
      if (text.length >= pieceSize) await write()
    }
    text += decoded(decoder)
    if (text !== '') await write()
    return { id, pieces }
  } catch (error) {
    await dropFile(store, { id, pieces })
    throw error
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk?: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined })
  } catch {
    throw refusals.fileNotText()
  }
}
