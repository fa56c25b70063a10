import { mfaColumn, usernameColumn } from '../../../core/import-columns.js'
import { ensure, Refusal } from '../../../core/refusal.js'
import { ensureSound } from '../../../core/rules/finding.js'
import {
  asksForMfa,
  type ImportedRow,
  reachableFindings,
  rowFindings,
} from '../../../core/rules/imported-user.js'
import { ensureUsername } from '../../../core/rules/user.js'
import { ensureAttributes } from '../../../core/user-attributes.js'
import type { UserPool } from '../../../core/user-pool.js'
import { mfaConfigurationOf } from '../../directory/directory.js'
import type { Service } from '../../service.js'
import { createUser, withSignInAttribute } from '../create-user.js'
import { wrongNumberOfValues } from './import-refusals.js'

/** What became of a row. */
export type Outcome =
  | { readonly kind: 'imported' }
  | { readonly kind: 'skipped' | 'failed'; readonly sentence: string }

/** Creates the user of a row, without a password: imported users choose one when they first sign in. */
export async function importRow(
  service: Service,
  pool: UserPool,
  header: readonly string[],
  values: readonly string[],
): Promise<Outcome> {
  try {
    ensure(values.length === header.length, () => wrongNumberOfValues(values.length, header.length))
    const row = Object.fromEntries(header.map((name, index) => [name, values[index]?.trim() ?? '']))
    const { MfaConfiguration: mode } = await mfaConfigurationOf(service, pool)
    const user = userOfRow(pool, row, mode)
    await createUser(service, pool, { ...user, sub: service.chance.uuid(), resetRequired: true })
    return { kind: 'imported' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const sentence = error.told.trim()
    return error.code === 'UsernameExistsException'
      ? { kind: 'skipped', sentence: 'The user already exists.' }
      : { kind: 'failed', sentence }
  }
}

function userOfRow(pool: UserPool, row: ImportedRow, mode: 'ON' | 'OFF' | 'OPTIONAL') {
  ensureSound(rowFindings(row, mode))
  const { [usernameColumn]: username = '', [mfaColumn]: _mfa, ...rest } = row
  ensureUsername(pool, username)
  // A verified flag that is false needs no attribute that it is about (fact N27).
  const isMoot = (name: string) => name.endsWith('_verified') && !rest[name.replace(/_verified$/, '')]
  const given = Object.fromEntries(
    Object.entries(rest).filter(
      ([name, value]) => value !== '' && !(isMoot(name) && value.toLowerCase() === 'false'),
    ),
  )
  const attributes = withSignInAttribute(pool, username, given)
  ensureAttributes(pool, attributes, 'creation')
  ensureSound(reachableFindings(pool, attributes))
  return { username, attributes, ...(asksForMfa(row) && { mfa: { enabled: ['SMS_MFA'] as const } }) }
}
