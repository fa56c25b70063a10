import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { countAttempt } from '../history/attempts.js'
import type { Service } from '../service.js'
import { poolMfa } from './mfa.js'
import { judgeCode, newSecret } from './software-token.js'

/** Setting an authenticator app up, for a user who is signed in (docs/facts/user-pools-api.md §2.10). */

/** Hands out a secret for an authenticator app. It counts once a code has proven that the app has it. */
export async function offerSoftwareToken(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
): Promise<string> {
  await ensureOffered(service, pool)
  const offeredSecret = await newSecret(service.chance)
  await changeUser(service, pool, user, { mfa: { enabled: [], ...user.record.mfa, offeredSecret } })
  return offeredSecret
}

/** Takes the code that proves that the app has the secret. Whether the user is asked for codes is a setting of its own. */
export async function verifySoftwareToken(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  { code, friendlyDeviceName }: { readonly code: string; readonly friendlyDeviceName?: string | undefined },
): Promise<void> {
  await ensureOffered(service, pool)
  const { offeredSecret: secret, ...mfa } = user.record.mfa ?? { enabled: [] }
  ensure(secret, softwareTokenMissing)
  await countAttempt(service, pool, user.record, 'verify software token')
  const judgement = await judgeCode(service, pool, user.record.sub, secret, code)
  ensure(judgement === 'right', () => enablingFailed(user.record.username))
  const softwareToken = { secret, ...(friendlyDeviceName === undefined ? {} : { friendlyDeviceName }) }
  await changeUser(service, pool, user, { mfa: { ...mfa, softwareToken } })
}

/**
 * Takes the authenticator app of a user away: nothing asks for its codes any more. Without one, nothing changes.
 * @throws Refusal when the user has not been confirmed
 */
export async function removeSoftwareToken(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
): Promise<void> {
  const { username, status, mfa } = user.record
  ensure(status !== 'UNCONFIRMED', () => notConfirmed(username))
  if (mfa === undefined) return
  const { softwareToken: _app, offeredSecret: _offered, preferred, enabled, ...rest } = mfa
  const others = {
    ...rest,
    enabled: enabled.filter(factor => factor !== 'SOFTWARE_TOKEN_MFA'),
    ...(preferred !== undefined && preferred !== 'SOFTWARE_TOKEN_MFA' && { preferred }),
  }
  await changeUser(service, pool, user, { mfa: others })
}

const notConfirmed = refusal('UserNotConfirmedException', (username: string) => ({
  told: 'User is not confirmed.',
  because: `${username} has not confirmed the sign-up, and so has no authenticator app.`,
  remedy: 'Confirm the user with AdminConfirmSignUp first.',
}))

async function ensureOffered(service: Service, pool: UserPool): Promise<void> {
  ensure((await poolMfa(service, pool)).factors.includes('SOFTWARE_TOKEN_MFA'), softwareTokenOff)
}

export const softwareTokenOff = refusal('SoftwareTokenMFANotFoundException', () => ({
  told: 'Software Token MFA has not been enabled by the userPool',
  because: 'The pool does not offer authenticator apps as a second factor.',
  remedy: 'Enable SoftwareTokenMfaConfiguration with SetUserPoolMfaConfig.',
}))

export const softwareTokenMissing = refusal('SoftwareTokenMFANotFoundException', () => ({
  told: 'Software Token MFA does not exist for the user.',
  because: 'No secret was handed out that a code could prove.',
  remedy: 'Call AssociateSoftwareToken first.',
}))

export const enablingFailed = refusal('EnableSoftwareTokenMFAException', (username: string) => ({
  told: 'Code mismatch and fail enable Software Token MFA',
  because: `The code is not one that an app with the secret given to ${username} shows now, or it was used before.`,
  remedy: 'Check the time of the device: a moved clock moves the codes with it.',
}))
