import type { ImportJob } from '../../../core/import-job.js'
import { refusal } from '../../../core/refusal.js'

/** What import jobs refuse. Where the comment says so, Cognito's words are not known. */

export const hashesUnsupported = refusal('InvalidParameterException', (algorithm: string) => ({
  told: `Rockpool cannot import password hashes (PasswordHashingAlgorithm ${algorithm}).`,
  because: "A password is kept as SRP's verifier, which no hash can be turned into.",
  remedy:
    'Leave PasswordHashingAlgorithm out: imported users choose a password when they first sign in. AdminSetUserPassword sets one.',
}))

export const tooManyJobs = refusal('LimitExceededException', (most: number) => ({
  told: `A user pool can have up to ${most} import jobs.`,
  because: `The pool has ${most} import jobs, past and present.`,
  remedy: 'Import into another pool: jobs are never deleted.',
}))

export const jobNotFound = refusal('ResourceNotFoundException', (id: string) => ({
  told: `User import job ${id} does not exist.`,
  because: `The pool has no import job ${id}.`,
  remedy: 'Use a JobId that ListUserImportJobs shows for the pool.',
}))

export const anotherRuns = refusal('PreconditionNotMetException', () => ({
  told: 'Another user import job of this user pool is in progress.',
  because: 'A pool runs one import job at a time.',
  remedy: 'Wait until it has ended, or stop it with StopUserImportJob.',
}))

export const notStartable = refusal('PreconditionNotMetException', (status: ImportJob['status']) => ({
  told: `The job cannot be started in its current state: ${status}.`,
  because: `The job is ${status}: each job is started once, within a day of its creation.`,
  remedy: 'Create another job, put the file to its PreSignedUrl, and start that.',
}))

export const noFile = refusal('PreconditionNotMetException', (id: string) => ({
  told: `No csv file was uploaded for ${id}`,
  because: `Nothing was put to the PreSignedUrl of ${id}.`,
  remedy: 'Put the file to the PreSignedUrl that DescribeUserImportJob shows, then start the job.',
}))

/** Cognito's words are not known. */
export const nothingVerified = refusal('PreconditionNotMetException', () => ({
  told: 'The user pool has no auto-verified attributes.',
  because: 'Imported users are sent a code to an attribute that the pool verifies, and it verifies none.',
  remedy: 'Add email or phone_number to AutoVerifiedAttributes of the pool.',
}))

export const notRunning = refusal('PreconditionNotMetException', (status: ImportJob['status']) => ({
  told: `The job is not in progress. Its state is ${status}.`,
  because: `The job is ${status}.`,
  remedy: 'Leave the job as it is: nothing is left to stop.',
}))

/** Cognito's words are not known. */
export const wrongNumberOfValues = refusal(
  'InvalidParameterException',
  (values: number, columns: number) => ({
    told: `The row has ${values} values, and the header ${columns}.`,
    because: `The header names ${columns} columns, and the row has ${values} values.`,
    remedy: 'Give each row as many values as the header; put values with commas in quotes.',
  }),
)

export const addressNotGood = refusal('AccessDenied', () => ({
  told: 'The address is not good, or not any longer: describe the import job to get a new one.',
  because: 'The address to put the CSV file to was altered, has expired, or its job has been started.',
  remedy: 'Take the PreSignedUrl that DescribeUserImportJob gives, and use it within 15 minutes.',
}))

export const fileTooLarge = refusal('EntityTooLarge', (most: number) => ({
  told: `The CSV file has more than ${most} bytes.`,
  because: 'Cognito takes CSV files of up to 100 MB.',
  remedy: 'Split the file, and import each part by a job of its own.',
}))

export const fileNotText = refusal('InvalidRequest', () => ({
  told: 'The CSV file is no UTF-8 text.',
  because: 'The bytes that were put are no UTF-8 text.',
  remedy: 'Save the file as UTF-8.',
}))
