import type { UserPool } from './user-pool.js'

export const usernameColumn = 'cognito:username'
export const mfaColumn = 'cognito:mfa_enabled'

/** The columns of a pool's CSV files, in the order of `GetCSVHeader` (docs/facts/user-pools-api.md §2.13). */
export const csvHeader = ({ schema }: Pick<UserPool, 'schema'>): string[] => [
  ...standardColumns,
  ...schema.map(({ name }) => name).filter(name => name.includes(':')),
  mfaColumn,
  usernameColumn,
]

const standardColumns = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'email',
  'email_verified',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
  'phone_number_verified',
  'address',
  'updated_at',
]
