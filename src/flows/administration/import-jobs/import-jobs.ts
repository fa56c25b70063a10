import { importJobs, runningImports } from '../../../core/collections.js'
import type { ImportJob } from '../../../core/import-job.js'
import { base32Hex, randomText } from '../../../core/ports/chance.js'
import type { Ports } from '../../../core/ports/ports.js'
import { insert, replace, type Stored } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { UserPool } from '../../../core/user-pool.js'
import { conflict } from '../../conflict.js'
import * as refusals from './import-refusals.js'
import { isRunning, jobById, jobKey, statusOf } from './jobs.js'

/** The writer of import jobs: created, started and stopped by an administrator. `run.ts` carries them out. */

type Needs = Pick<Ports, 'chance' | 'clock' | 'store'>

/** Jobs that a pool may have, past and present (docs/facts/user-pools-api.md §7). */
const mostJobs = 1000

/** What an administrator says of a new job. */
export interface NewImportJob {
  readonly name: string
  readonly roleArn: string
  /** How passwords of the file are hashed. */
  readonly hashing?: string | undefined
}

/** @throws Refusal when the pool has too many jobs, or the file is said to hold hashes of passwords */
export async function createImportJob(
  { chance, clock, store }: Needs,
  pool: UserPool,
  { name, roleArn, hashing }: NewImportJob,
): Promise<ImportJob> {
  ensure(hashing === undefined, () => refusals.hashesUnsupported(hashing ?? ''))
  const before = await store.lookup(importJobs, 'pool', pool.id, { limit: mostJobs })
  ensure(before.length < mostJobs, () => refusals.tooManyJobs(mostJobs))
  const job: ImportJob = {
    id: `import-${randomText(chance, 10, base32Hex)}`,
    poolId: pool.id,
    name,
    roleArn,
    status: 'Created',
    secret: chance.bytes(32).toString('base64url'),
    imported: 0,
    skipped: 0,
    failed: 0,
    createdAt: clock.now(),
  }
  ensure(await store.commit(insert(importJobs, jobKey(job), job)), conflict)
  return job
}

/** @throws Refusal when the pool has no such job */
export async function storedImportJob(
  { store }: Pick<Ports, 'store'>,
  pool: UserPool,
  id: string,
): Promise<Stored<ImportJob>> {
  const job = await jobById(store, id, pool)
  ensure(job, () => refusals.jobNotFound(id))
  return job
}

/**
 * Marks a job as started. `Imports.start` then carries it out.
 * @throws Refusal unless the job is new, has a file, and is the only one of the pool that runs
 */
export async function startImportJob(
  { clock, store }: Needs,
  pool: UserPool,
  id: string,
): Promise<ImportJob> {
  const job = await storedImportJob({ store }, pool, id)
  const now = clock.now()
  const status = statusOf(job.record, now)
  ensure(status === 'Created', () => refusals.notStartable(status))
  ensure(job.record.file, () => refusals.noFile(id))
  ensure((pool.settings.AutoVerifiedAttributes ?? []).length > 0, refusals.nothingVerified)
  ensure((await store.get(runningImports, pool.id)) === undefined, refusals.anotherRuns)
  const started: ImportJob = { ...job.record, status: 'Pending', startedAt: now }
  ensure(
    await store.commit(
      replace(importJobs, job, started),
      insert(runningImports, pool.id, { jobId: started.id }),
    ),
    refusals.anotherRuns,
  )
  return started
}

/**
 * Asks a job that runs to stop.
 * @throws Refusal when the job does not run
 */
export async function stopImportJob(
  { store }: Pick<Ports, 'store'>,
  pool: UserPool,
  id: string,
): Promise<ImportJob> {
  const job = await storedImportJob({ store }, pool, id)
  const { status } = job.record
  ensure(isRunning(status), () => refusals.notRunning(status))
  const stopping: ImportJob = { ...job.record, status: 'Stopping' }
  ensure(await store.commit(replace(importJobs, job, stopping)), conflict)
  return stopping
}
