import { importJobs, runningImports } from '../../core/collections.js'
import type { ImportJob } from '../../core/import-job.js'
import { base32Hex, randomText } from '../../core/ports/chance.js'
import { insert, replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { conflict, exception, invalidParameter, notFound } from '../refusals.js'
import { poolOf, type Scope, timestamp } from '../scope.js'
import { csvHeader } from './header.js'
import { hasExpired, isRunning, jobById, jobKey, preSignedUrl } from './jobs.js'

export const GetCSVHeader = operation('GetCSVHeader', async (scope, { UserPoolId }) => ({
  UserPoolId,
  CSVHeader: csvHeader(await poolOf(scope, UserPoolId)),
}))

/** A pool's jobs, past and present (docs/facts/user-pools-api.md §7). */
const mostJobs = 1000

export const CreateUserImportJob = operation('CreateUserImportJob', async (scope, input) => {
  const { chance, clock, store } = scope.service
  const pool = await poolOf(scope, input.UserPoolId)
  // A password is kept as SRP's verifier, which no hash can be turned into.
  ensure(input.PasswordHashingAlgorithm === undefined, () =>
    invalidParameter(
      `Rockpool cannot import password hashes (PasswordHashingAlgorithm ${input.PasswordHashingAlgorithm}).`,
      'Leave it out: imported users choose a password when they first sign in. AdminSetUserPassword sets one.',
    ),
  )
  const before = await store.lookup(importJobs, 'pool', pool.id, { limit: mostJobs })
  ensure(before.length < mostJobs, () =>
    exception('LimitExceededException')(
      `A user pool can have up to ${mostJobs} import jobs.`,
      'Import into another pool: jobs are never deleted.',
    ),
  )
  const job: ImportJob = {
    id: `import-${randomText(chance, 10, base32Hex)}`,
    poolId: pool.id,
    name: input.JobName,
    roleArn: input.CloudWatchLogsRoleArn,
    status: 'Created',
    secret: chance.bytes(32).toString('base64url'),
    imported: 0,
    skipped: 0,
    failed: 0,
    createdAt: clock.now(),
  }
  ensure(await store.commit(insert(importJobs, jobKey(job), job)), conflict)
  return { UserImportJob: jobType(scope, job) }
})

/** The address is there as long as the file can be put. */
function jobType({ service: { base, clock } }: Scope, job: ImportJob) {
  const now = clock.now()
  const expired = hasExpired(job, now)
  const date = (time: number | undefined) => (time === undefined ? undefined : timestamp(time))
  return defined({
    JobName: job.name,
    JobId: job.id,
    UserPoolId: job.poolId,
    PreSignedUrl: job.status === 'Created' && !expired ? preSignedUrl(base, job, now) : undefined,
    CreationDate: timestamp(job.createdAt),
    StartDate: date(job.startedAt),
    CompletionDate: date(job.completedAt),
    Status: expired ? 'Expired' : job.status,
    CloudWatchLogsRoleArn: job.roleArn,
    ImportedUsers: job.imported,
    SkippedUsers: job.skipped,
    FailedUsers: job.failed,
    CompletionMessage: job.message,
  })
}

async function jobOf({ service }: Scope, pool: UserPool, id: string): Promise<Stored<ImportJob>> {
  const job = await jobById(service.store, id, pool)
  ensure(job, () =>
    notFound(
      `User import job ${id} does not exist.`,
      'Use a JobId that ListUserImportJobs shows for the pool.',
    ),
  )
  return job
}

export const DescribeUserImportJob = operation('DescribeUserImportJob', async (scope, input) => {
  const { record } = await jobOf(scope, await poolOf(scope, input.UserPoolId), input.JobId)
  return { UserImportJob: jobType(scope, record) }
})

export const ListUserImportJobs = operation('ListUserImportJobs', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { items, next } = await page(
    'ListUserImportJobs',
    input,
    input.PaginationToken,
    input.MaxResults,
    wanted => scope.service.store.lookup(importJobs, 'pool', pool.id, wanted),
  )
  return defined({ UserImportJobs: items.map(({ record }) => jobType(scope, record)), PaginationToken: next })
})

const preconditionNotMet = exception('PreconditionNotMetException')
const anotherRuns = () =>
  preconditionNotMet(
    'Another user import job of this user pool is in progress.',
    'Wait until it has ended, or stop it with StopUserImportJob.',
  )

export const StartUserImportJob = operation('StartUserImportJob', async (scope, input) => {
  const { clock, store } = scope.service
  const pool = await poolOf(scope, input.UserPoolId)
  const job = await jobOf(scope, pool, input.JobId)
  const { status, file } = job.record
  const now = clock.now()
  ensure(status === 'Created' && !hasExpired(job.record, now), () =>
    preconditionNotMet(
      `The job cannot be started in its current state: ${status === 'Created' ? 'Expired' : status}.`,
      'Create another job: each can be started once, within a day.',
    ),
  )
  ensure(file, () =>
    preconditionNotMet(
      `No csv file was uploaded for ${job.record.id}`,
      'Put the file to the PreSignedUrl that DescribeUserImportJob shows, then start the job.',
    ),
  )
  // Cognito's words for this are not known.
  ensure((pool.settings.AutoVerifiedAttributes ?? []).length > 0, () =>
    preconditionNotMet(
      'The user pool has no auto-verified attributes.',
      'Add email or phone_number to AutoVerifiedAttributes of the pool: imported users are sent a code there.',
    ),
  )
  ensure((await store.get(runningImports, pool.id)) === undefined, anotherRuns)
  const started: ImportJob = { ...job.record, status: 'Pending', startedAt: now }
  ensure(
    await store.commit(
      replace(importJobs, job, started),
      insert(runningImports, pool.id, { jobId: started.id }),
    ),
    anotherRuns,
  )
  scope.imports.start(started.id)
  return { UserImportJob: jobType(scope, started) }
})

export const StopUserImportJob = operation('StopUserImportJob', async (scope, input) => {
  const job = await jobOf(scope, await poolOf(scope, input.UserPoolId), input.JobId)
  const { status } = job.record
  ensure(isRunning(status), () =>
    preconditionNotMet(`The job is not in progress. Its state is ${status}.`, 'Nothing is left to stop.'),
  )
  const stopping: ImportJob = { ...job.record, status: 'Stopping' }
  ensure(await scope.service.store.commit(replace(importJobs, job, stopping)), conflict)
  return { UserImportJob: jobType(scope, stopping) }
})
