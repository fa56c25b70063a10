import { ensure, Refusal } from '../../core/refusal.js'
import { ensureUsername } from '../../core/rules/user.js'
import { ensureAttributes } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import { createUser, withSignInAttribute } from '../../flows/administration/create-user.js'
import { mfaConfigurationOf } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { invalidParameter } from '../refusals.js'
import { mfaColumn, usernameColumn } from './header.js'

/** What became of a row. */
export type Outcome =
  | { readonly kind: 'imported' }
  | { readonly kind: 'skipped' | 'failed'; readonly sentence: string }

/** Makes a user of a row: without a password, which they choose when they first sign in. */
export async function importRow(
  service: Service,
  pool: UserPool,
  header: readonly string[],
  values: readonly string[],
): Promise<Outcome> {
  try {
    ensure(values.length === header.length, () =>
      invalidParameter(
        `The row has ${values.length} values, and the header ${header.length}.`,
        'Give each row as many values as the header; put values with commas in quotes.',
      ),
    )
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

function userOfRow(
  pool: UserPool,
  { [usernameColumn]: username = '', [mfaColumn]: mfa = '', ...rest }: Readonly<Record<string, string>>,
  mode: 'ON' | 'OFF' | 'OPTIONAL',
) {
  ensure(username !== '', () =>
    invalidParameter(
      `The value of ${usernameColumn} is missing.`,
      `Give the row a value in the column ${usernameColumn}.`,
    ),
  )
  ensure(/^(true|false|)$/i.test(mfa), () =>
    invalidParameter(
      `${mfaColumn} must be true or false.`,
      `Write true or false in the column ${mfaColumn}, or nothing.`,
    ),
  )
  ensure(mode === 'OPTIONAL' || mfa === '' || /^true$/i.test(mfa) === (mode === 'ON'), () =>
    invalidParameter(
      `${mfaColumn} must be ${mode === 'ON'} in a pool whose MFA is ${mode}.`,
      `Write ${mode === 'ON'} in the column ${mfaColumn}, or nothing.`,
    ),
  )
  ensure(!/\s/.test(username), () =>
    invalidParameter(
      `The value of ${usernameColumn} has a blank or a tab.`,
      `Give the row a user name without them in the column ${usernameColumn}.`,
    ),
  )
  const isAsked = /^true$/i.test(mfa)
  ensure(!isAsked || rest.phone_number, () =>
    invalidParameter(
      `${mfaColumn} is true, which needs a phone_number: codes come by text message.`,
      `Give the row a phone_number, or write false in the column ${mfaColumn}.`,
    ),
  )
  ensureUsername(pool, username)
  const { birthdate = '' } = rest
  ensure(birthdate === '' || /^(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01])\/\d{4}$/.test(birthdate), () =>
    invalidParameter('The birthdate must be in the form mm/dd/yyyy.', 'Write the birthdate as 12/31/1990.'),
  )
  // A flag that is false needs nothing that it is about (fact N27).
  const isMoot = (name: string) => name.endsWith('_verified') && !rest[name.replace(/_verified$/, '')]
  const given = Object.fromEntries(
    Object.entries(rest).filter(
      ([name, value]) => value !== '' && !(isMoot(name) && value.toLowerCase() === 'false'),
    ),
  )
  const attributes = withSignInAttribute(pool, username, given)
  ensureAttributes(pool, attributes, 'creation')
  ensureVerified(pool, attributes)
  return { username, attributes, ...(isAsked && { mfa: { enabled: ['SMS_MFA'] as const } }) }
}

/** An imported user has to be reached by mail or text message, to choose a password. */
function ensureVerified({ settings }: UserPool, attributes: Readonly<Record<string, string>>): void {
  const verifying = settings.AutoVerifiedAttributes ?? []
  ensure(
    verifying.length === 0 || verifying.some(name => /^true$/i.test(attributes[`${name}_verified`] ?? '')),
    () =>
      invalidParameter(
        'The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).',
        'Write true in the column email_verified or phone_number_verified, or leave AutoVerifiedAttributes of the pool empty.',
      ),
  )
}
