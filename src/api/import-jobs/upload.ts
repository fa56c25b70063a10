import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Refusal } from '../../core/refusal.js'
import { ensureFileAwaited, putImportFile } from '../../flows/administration/import-jobs/file.js'
import { importsPath } from '../../flows/administration/import-jobs/jobs.js'
import type { Service } from '../../flows/service.js'

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
        const size = Number(request.headers['content-length'] ?? 0)
        await ensureFileAwaited(service, id, request.query, size)
        await putImportFile(service, id, piecesOf(request.body as Readable | undefined))
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

/** A body that is refused half-way is left as it is: destroyed, it would take the connection with it, and the answer too. */
const piecesOf = (body: Readable | undefined): AsyncIterable<Buffer> =>
  (body ?? Readable.from([])).iterator({ destroyOnReturn: false })
