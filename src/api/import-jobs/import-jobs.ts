import { importJobs } from '../../core/collections.js'
import { csvHeader } from '../../core/import-columns.js'
import type { ImportJob } from '../../core/import-job.js'
import {
  createImportJob,
  startImportJob,
  stopImportJob,
  storedImportJob,
} from '../../flows/administration/import-jobs/import-jobs.js'
import { preSignedUrl, statusOf } from '../../flows/administration/import-jobs/jobs.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { poolOf, type Scope, timestamp } from '../scope.js'

export const GetCSVHeader = operation('GetCSVHeader', async (scope, { UserPoolId }) => ({
  UserPoolId,
  CSVHeader: csvHeader(await poolOf(scope, UserPoolId)),
}))

export const CreateUserImportJob = operation('CreateUserImportJob', async (scope, input) => {
  const { JobName: name, CloudWatchLogsRoleArn: roleArn, PasswordHashingAlgorithm: hashing } = input
  const pool = await poolOf(scope, input.UserPoolId)
  return {
    UserImportJob: jobType(scope, await createImportJob(scope.service, pool, { name, roleArn, hashing })),
  }
})

/** The address is there as long as the file can be put. */
function jobType({ service: { base, clock } }: Scope, job: ImportJob) {
  const now = clock.now()
  const status = statusOf(job, now)
  const date = (time: number | undefined) => (time === undefined ? undefined : timestamp(time))
  return defined({
    JobName: job.name,
    JobId: job.id,
    UserPoolId: job.poolId,
    PreSignedUrl: status === 'Created' ? preSignedUrl(base, job, now) : undefined,
    CreationDate: timestamp(job.createdAt),
    StartDate: date(job.startedAt),
    CompletionDate: date(job.completedAt),
    Status: status,
    CloudWatchLogsRoleArn: job.roleArn,
    ImportedUsers: job.imported,
    SkippedUsers: job.skipped,
    FailedUsers: job.failed,
    CompletionMessage: job.message,
  })
}

export const DescribeUserImportJob = operation('DescribeUserImportJob', async (scope, input) => {
  const { record } = await storedImportJob(scope.service, await poolOf(scope, input.UserPoolId), input.JobId)
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

export const StartUserImportJob = operation('StartUserImportJob', async (scope, input) => {
  const started = await startImportJob(scope.service, await poolOf(scope, input.UserPoolId), input.JobId)
  scope.imports.start(started.id)
  return { UserImportJob: jobType(scope, started) }
})

export const StopUserImportJob = operation('StopUserImportJob', async (scope, input) => {
  const stopping = await stopImportJob(scope.service, await poolOf(scope, input.UserPoolId), input.JobId)
  return { UserImportJob: jobType(scope, stopping) }
})
