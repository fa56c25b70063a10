import { integer, oneOf, required, string, structure } from '../../lib/shape.js'
import { arn, paginationKey, userPoolId } from './common.js'

/** Importing users from CSV. */

const userImportJobId = string({ min: 1, max: 55, pattern: 'import-[0-9a-zA-Z-]+' })

export const createUserImportJob = structure({
  JobName: required(string({ min: 1, max: 128, pattern: '[\\w\\s+=,.@-]+' })),
  UserPoolId: required(userPoolId),
  CloudWatchLogsRoleArn: required(arn),
  PasswordHashingAlgorithm: oneOf('BCRYPT', 'SCRYPT', 'ARGON2ID', 'PBKDF2_SHA256'),
})

export const describeUserImportJob = structure({
  UserPoolId: required(userPoolId),
  JobId: required(userImportJobId),
})

export const startUserImportJob = structure({
  UserPoolId: required(userPoolId),
  JobId: required(userImportJobId),
})

export const stopUserImportJob = structure({
  UserPoolId: required(userPoolId),
  JobId: required(userImportJobId),
})

export const listUserImportJobs = structure({
  UserPoolId: required(userPoolId),
  MaxResults: required(integer({ min: 1, max: 60 })),
  PaginationToken: paginationKey,
})

export const getCSVHeader = structure({
  UserPoolId: required(userPoolId),
})
