import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { importJobs, importPieces } from '../../core/collections.js'
import type { ImportFile } from '../../core/import-job.js'
import { insert, replace } from '../../core/ports/store.js'
import { ensure, type Refusal, refusal } from '../../core/refusal.js'
import type { Service } from '../../flows/service.js'
import { dropFile, hasExpired, importsPath, isGoodAddress, jobById, pieceKey } from './jobs.js'

/** Bytes of a file (docs/facts/user-pools-api.md §7). */
const largestFile = 100 * 1024 * 1024
/** Characters of a piece of its text. */
const pieceSize = 256 * 1024
/** A file is not needed any longer than its job may take. */
const kept = 2 * 86_400_000

/** Where CSV files are put: what `PreSignedUrl` of a job leads to. */
export function uploads(app: FastifyInstance, service: Service): void {
  app.register((files, _options, done) => {
    files.removeAllContentTypeParsers()
    // The body is read as it comes, and never held as a whole.
    files.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))
    files.setErrorHandler((error: Refusal, _request, reply) => {
      const status = statuses[error.code]
      if (status === undefined) throw error
      service.recorder.refused(error)
      return reply
        .code(status)
        .header('cache-control', 'no-store')
        .send({ error: error.code, message: error.told })
    })
    files.put<{ Params: { id: string }; Querystring: Record<string, string> }>(
      `${importsPath}/:id`,
      async (request, reply) => {
        const { id } = request.params
        await ensureAwaited(service, id, request.query)
        ensure(Number(request.headers['content-length'] ?? 0) <= largestFile, tooLarge)
        const file = await keep(service, piecesOf(request.body as Readable | undefined))
        await attach(service, id, file)
        return reply.code(200).header('cache-control', 'no-store').send()
      },
    )
    done()
  })
}

const statuses: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  EntityTooLarge: 413,
  InvalidRequest: 400,
}

const accessDenied = refusal('AccessDenied', () => ({
  told: 'The address is not good, or not any longer: describe the import job to get a new one.',
  because: 'The address to put the CSV file to was altered, has expired, or its job has been started.',
  remedy: 'Take the PreSignedUrl that DescribeUserImportJob gives, and use it within 15 minutes.',
}))
const tooLarge = refusal('EntityTooLarge', () => ({
  told: `The CSV file has more than ${largestFile} bytes.`,
  because: 'Cognito takes CSV files of up to 100 MB.',
  remedy: 'Split the file, and import each part by a job of its own.',
}))
const notText = refusal('InvalidRequest', () => ({
  told: 'The CSV file is no UTF-8 text.',
  because: 'The bytes that were put are no UTF-8 text.',
  remedy: 'Save the file as UTF-8.',
}))

async function ensureAwaited(
  { store, clock }: Service,
  id: string,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  const job = (await jobById(store, id))?.record
  const now = clock.now()
  ensure(job?.status === 'Created' && !hasExpired(job, now) && isGoodAddress(job, query, now), accessDenied)
}

/** A body that is refused half-way is left as it is: destroyed, it would take the connection with it, and the answer too. */
const piecesOf = (body: Readable | undefined): AsyncIterable<Buffer> =>
  (body ?? Readable.from([])).iterator({ destroyOnReturn: false })

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
      ensure(size <= largestFile, tooLarge)
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
    throw notText()
  }
}

/** The file becomes the job's, in place of one that was put before. */
async function attach({ store }: Service, id: string, file: ImportFile): Promise<void> {
  const job = await jobById(store, id)
  const attached =
    job?.record.status === 'Created' &&
    (await store.commit(replace(importJobs, job, { ...job.record, file })))
  if (!attached) {
    await dropFile(store, file)
    throw accessDenied()
  }
  if (job.record.file !== undefined) await dropFile(store, job.record.file)
}
