import { mfaColumn, usernameColumn } from '../import-columns.js'
import type { UserPool } from '../user-pool.js'
import type { Finding } from './finding.js'

type Mode = 'ON' | 'OFF' | 'OPTIONAL'

/** The values of a row of a CSV file, by column. A value that is empty was not given. */
export type ImportedRow = Readonly<Record<string, string>>

/**
 * What is wrong with a row of a user import (docs/facts/user-pools-api.md §2.13), besides what no user may be. The sentences
 * are ours.
 * @param mode the pool's `MfaConfiguration`
 */
export function* rowFindings(row: ImportedRow, mode: Mode): Generator<Finding> {
  yield* usernameFindings(row[usernameColumn] ?? '')
  yield* mfaColumnFindings(row, mode)
  const { birthdate = '' } = row
  if (birthdate !== '' && !/^(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01])\/\d{4}$/.test(birthdate))
    yield finding(
      'birthdate',
      'The birthdate must be in the form mm/dd/yyyy.',
      'Write the birthdate as 12/31/1990.',
    )
}

const finding = (column: string, told: string, remedy: string): Finding => ({
  path: [column],
  told,
  because: told,
  remedy,
})

function* usernameFindings(username: string): Generator<Finding> {
  if (username === '')
    yield finding(
      usernameColumn,
      `The value of ${usernameColumn} is missing.`,
      `Give the row a value in the column ${usernameColumn}.`,
    )
  if (/\s/.test(username))
    yield finding(
      usernameColumn,
      `The value of ${usernameColumn} has a blank or a tab.`,
      `Give the row a user name without them in the column ${usernameColumn}.`,
    )
}

/** Whether a row asks for a second factor. */
export const asksForMfa = (row: ImportedRow): boolean => /^true$/i.test(row[mfaColumn] ?? '')

function* mfaColumnFindings(row: ImportedRow, mode: Mode): Generator<Finding> {
  const { [mfaColumn]: mfa = '', phone_number: phoneNumber = '' } = row
  if (!/^(true|false|)$/i.test(mfa))
    yield finding(
      mfaColumn,
      `${mfaColumn} must be true or false.`,
      `Write true or false in the column ${mfaColumn}, or nothing.`,
    )
  if (mode !== 'OPTIONAL' && mfa !== '' && asksForMfa(row) !== (mode === 'ON'))
    yield finding(
      mfaColumn,
      `${mfaColumn} must be ${mode === 'ON'} in a pool whose MFA is ${mode}.`,
      `Write ${mode === 'ON'} in the column ${mfaColumn}, or nothing.`,
    )
  if (asksForMfa(row) && phoneNumber === '')
    yield finding(
      mfaColumn,
      `${mfaColumn} is true, which needs a phone_number: codes come by text message.`,
      `Give the row a phone_number, or write false in the column ${mfaColumn}.`,
    )
}

/** What is wrong with an imported user who can be reached neither by mail nor by text message, to choose a password. */
export function* reachableFindings({ settings }: UserPool, row: ImportedRow): Generator<Finding> {
  const verifying = settings.AutoVerifiedAttributes ?? []
  if (verifying.length > 0 && !verifying.some(name => /^true$/i.test(row[`${name}_verified`] ?? '')))
    yield finding(
      `${verifying[0]}_verified`,
      'The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).',
      'Write true in the column email_verified or phone_number_verified, or leave AutoVerifiedAttributes of the pool empty.',
    )
}
