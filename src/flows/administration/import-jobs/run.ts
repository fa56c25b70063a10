import { setImmediate } from 'node:timers/promises'
import { importJobs, importPieces, runningImports } from '../../../core/collections.js'
import { csvHeader } from '../../../core/import-columns.js'
import type { ImportFile, ImportJob } from '../../../core/import-job.js'
import { remove, replace, type Store, type Stored, type Write } from '../../../core/ports/store.js'
import { poolById } from '../../directory/directory.js'
import type { Service } from '../../service.js'
import { dropFile, jobById, pieceKey } from './jobs.js'
import { type Row, rowsOf } from './rows.js'
import { importRow } from './user-of-row.js'

/** Imports that go on beside the requests. */
export interface Imports {
  /** Begins, or goes on with, a job that is under way by its record. */
  start(jobId: string): void
  /**
   * Goes on with what processes have begun that are gone. Where processes share the store, a job is one of those when its record
   * did not change between two looks; this goes on looking.
   */
  resume(): Promise<void>
  /** Leaves off where they are; they can be resumed. */
  stop(): Promise<void>
}

/** Rows after which others have their turn, and the counts are kept. */
const atOnce = 50
const mostRows = 500_000
/** Milliseconds between two looks at the jobs of other processes: one that lives keeps its counts far more often. */
const look = 5000
/** Lines about rows that the log gets of one job. */
const mostLines = 100

export function createImports(service: Service, log: (line: string) => void): Imports {
  const running = new Map<string, Promise<void>>()
  let stopped = false
  let looking: NodeJS.Timeout | undefined
  /** The version that each job under way had at the last look. */
  let versions = new Map<string, number>()

  function start(id: string): void {
    if (stopped || running.has(id)) return
    const done = run(service, id, { log, isStopped: () => stopped })
      .catch((error: Error) => log(`The import ${id} broke off: ${error.stack ?? error.message}`))
      .finally(() => running.delete(id))
    running.set(id, done)
  }

  async function lookAround(): Promise<void> {
    const found = new Map<string, number>()
    for (const { record } of await service.store.list(runningImports, { limit: Number.MAX_SAFE_INTEGER })) {
      const version = (await jobById(service.store, record.jobId))?.version
      if (version === undefined) continue
      found.set(record.jobId, version)
      if (!service.store.isShared || versions.get(record.jobId) === version) start(record.jobId)
    }
    versions = found
  }

  return {
    start,
    async resume() {
      await lookAround()
      if (!service.store.isShared || stopped) return
      looking = setInterval(() => {
        lookAround().catch((error: Error) =>
          log(`Looking for imports to go on with failed: ${error.message}`),
        )
      }, look)
      looking.unref()
    },
    async stop() {
      stopped = true
      clearInterval(looking)
      await Promise.all(running.values())
    },
  }
}

interface Run {
  readonly log: (line: string) => void
  readonly isStopped: () => boolean
}

type Counts = Pick<ImportJob, 'imported' | 'skipped' | 'failed'>

async function run(service: Service, id: string, { log, isStopped }: Run): Promise<void> {
  // The request that started the job is answered first.
  await setImmediate()
  const me = service.chance.uuid()
  const mine = { id, run: me }
  const begun = await change(service, id, job => ({
    run: me,
    ...(job.status === 'Pending' && { status: 'InProgress' }),
  }))
  if (begun?.file === undefined) return
  const counts = { imported: begun.imported, skipped: begun.skipped, failed: begun.failed }
  const done = counts.imported + counts.skipped + counts.failed
  const quietly = limited(log, mostLines)
  let header: readonly string[] | undefined
  let number = 0
  for await (const row of rowsOf(piecesOf(service.store, begun.file))) {
    if (header === undefined) {
      header = await headerOf(service, begun, row)
      if (header === undefined) return finish(service, mine, counts, 'Failed', badHeader)
      continue
    }
    number += 1
    if (number <= done) continue
    if (number > mostRows) return finish(service, mine, counts, 'Failed', tooManyRows)
    if (number % atOnce === 1) {
      await setImmediate()
      const job = await change(service, id, ({ run }) => (run === me ? counts : {}))
      if (isStopped()) return
      if (job?.run !== me || (await poolById(service, job.poolId)) === undefined) return
      if (job.status === 'Stopping') return finish(service, mine, counts, 'Stopped', stoppedByOwner)
    }
    await take(service, begun, { header, row, counts, log: quietly })
  }
  if (header === undefined) return finish(service, mine, counts, 'Failed', badHeader)
  const none = counts.imported === 0 && counts.skipped + counts.failed > 0
  return none
    ? finish(service, mine, counts, 'Failed', tooManyFailed)
    : finish(service, mine, counts, 'Succeeded', succeeded)
}

const succeeded = 'Import Job Completed Successfully.'
const tooManyFailed = 'Too many users have failed or been skipped during the import.'
const stoppedByOwner = 'The import job was stopped.'
const badHeader = "The header of the CSV file does not match the user pool's: see GetCSVHeader."
const tooManyRows = `The CSV file has more than ${mostRows} rows.`

/** The columns of the file, if they are the pool's, each once, in whatever order. */
async function headerOf(
  service: Service,
  { poolId }: ImportJob,
  row: Row,
): Promise<readonly string[] | undefined> {
  const pool = await poolById(service, poolId)
  if (pool === undefined || !('values' in row)) return undefined
  const expected = csvHeader(pool).toSorted()
  return row.values.toSorted().join('\n') === expected.join('\n') ? row.values : undefined
}

async function take(
  service: Service,
  { id, poolId }: ImportJob,
  { header, row, counts, log }: { header: readonly string[]; row: Row; counts: Counts; log: Run['log'] },
): Promise<void> {
  const pool = await poolById(service, poolId)
  if (pool === undefined) return
  const outcome =
    'mistake' in row
      ? ({ kind: 'failed', sentence: row.mistake } as const)
      : await importRow(service, pool, header, row.values)
  const counting = counts as { -readonly [count in keyof Counts]: number }
  counting[outcome.kind] += 1
  if (outcome.kind !== 'imported')
    log(`${id}: [${outcome.kind.toUpperCase()}] Line Number ${row.line} - ${outcome.sentence}`)
}

/** Ends a job, unless another run has taken it over. */
async function finish(
  service: Service,
  { id, run }: { readonly id: string; readonly run: string },
  counts: Counts,
  status: ImportJob['status'],
  message: string,
): Promise<void> {
  const completedAt = service.clock.now()
  const isMine = (job: ImportJob) => job.run === run
  const job = await change(
    service,
    id,
    job => (isMine(job) ? { ...counts, status, message, completedAt } : {}),
    job => (isMine(job) ? [remove(runningImports, job.poolId)] : []),
  )
  if (job?.file !== undefined && isMine(job)) await dropFile(service.store, job.file)
}

/** Changes the record of a job, again if another request changed it meanwhile; undefined when the job is gone. */
async function change(
  { store }: Service,
  id: string,
  changed: (job: ImportJob) => Partial<ImportJob>,
  besides: (job: ImportJob) => readonly Write[] = () => [],
): Promise<ImportJob | undefined> {
  for (;;) {
    const job: Stored<ImportJob> | undefined = await jobById(store, id)
    if (job === undefined) return undefined
    const next = { ...job.record, ...changed(job.record) }
    if (await store.commit(replace(importJobs, job, next), ...besides(next))) return next
  }
}

async function* piecesOf(store: Store, { id, pieces }: ImportFile): AsyncGenerator<string> {
  for (let number = 0; number < pieces; number += 1) {
    const piece = await store.get(importPieces, pieceKey(id, number))
    if (piece === undefined) throw new Error(`piece ${number} of the file is gone`)
    yield piece.record.text
  }
}

/** A log that is silent after so many lines. */
function limited(log: Run['log'], most: number): Run['log'] {
  let lines = 0
  return line => {
    lines += 1
    if (lines <= most) log(line)
    if (lines === most + 1) log('Further rows are counted, and not told.')
  }
}
