import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { ensureConforms } from '../../core/password.js'
import { isRecoveredByAdministrators } from '../../core/recovery.js'
import { ensure, type Refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { replacingPassword } from '../administration/create-user.js'
import { ensureAtPrimary } from '../at-primary.js'
import { userBySub, userNamed } from '../directory/directory.js'
import { countAttempt } from '../history/attempts.js'
import { recordAuthEvent } from '../history/auth-events.js'
import { compromised, ensureAddressAllowed, ensureNotCompromised } from '../history/threat-protection.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import * as refusals from './account-refusals.js'
import { migratedUser } from './migration.js'
import { hidesUsers, nobody, userNamedByClient } from './named-user.js'
import { verifiedMedia } from './recovery.js'
import { postConfirmation } from './sign-up-triggers.js'
import {
  type CodeDelivery,
  codeDelivery,
  codeMismatch,
  pretendCode,
  pretendedDelivery,
  rightCode,
  sendCode,
} from './verification-codes.js'

/**
 * Sends a user who has forgotten the password a code, by which a new one can be set. A client that hides which users exist
 * hears of a code in any case, and the log tells why none was sent.
 */
export async function forgotPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  username: string,
  { clientMetadata }: ForTriggers = {},
): Promise<CodeDelivery> {
  ensureAtPrimary(pool, noReset)
  const isUnknown = service.triggers.has('UserMigration', pool) && !(await isKnown(service, pool, username))
  if (isUnknown) await migratedUser(service, pool, client, { username, forTriggers: { clientMetadata } })
  const user = (await userNamedByClient(service, pool, client, username))?.record
  await ensureAddressAllowed(service, pool, client, 'ForgotPassword', user)
  const hides = hidesUsers(client)
  if (hides) ensureUsersMayRecover(pool)
  const obstacle = user === undefined ? undefined : obstacleTo(pool, user)
  if (user === undefined || (hides && obstacle !== undefined)) {
    if (obstacle !== undefined) service.recorder.refused(obstacle)
    const asked = user ?? nobody(pool, username)
    await countAttempt(service, pool, asked, 'forgot password')
    await pretendCode(service, pool, asked, 'password reset')
    return pretendedDelivery(username)
  }
  if (obstacle !== undefined) throw obstacle
  await countAttempt(service, pool, user, 'forgot password')
  const media = verifiedMedia(pool, user)
  const delivery = await sendCode(service, pool, user, 'password reset', {
    media,
    asked: { client, clientMetadata },
  })
  ensure(delivery, () => refusals.noRecoveryContact(user.username))
  await recordAuthEvent(service, pool, user, { type: 'ForgotPassword', response: 'InProgress', client })
  return codeDelivery(delivery)
}

const isKnown = async (service: Service, pool: UserPool, username: string): Promise<boolean> =>
  ((await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))) !== undefined

/** Why this user is sent no code; undefined if one is. */
function obstacleTo(pool: UserPool, user: UserRecord): Refusal | undefined {
  const { username, enabled, status } = user
  if (!enabled) return refusals.userDisabled(username)
  if (isRecoveredByAdministrators(pool)) return refusals.recoveryByAdministrator(pool)
  if (status === 'FORCE_CHANGE_PASSWORD' || status === 'EXTERNAL_PROVIDER')
    return refusals.passwordNotResettable(username, status)
  return verifiedMedia(pool, user).length === 0 ? refusals.noRecoveryContact(username) : undefined
}

/** A refusal that all users of a pool get reveals nothing of any of them. */
const ensureUsersMayRecover = (pool: UserPool): void =>
  ensure(!isRecoveredByAdministrators(pool), () => refusals.recoveryByAdministrator(pool))

/** The answer to the code that a user who has forgotten the password was sent. */
export interface NewPassword {
  readonly username: string
  readonly code: string
  readonly password: string
  readonly forTriggers: ForTriggers
}

const noReset = 'no passwords are reset'

/** Sets a new password in the place of a forgotten one. The code also verifies the address that it was sent to. */
export async function confirmForgotPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, code, password, forTriggers }: NewPassword,
): Promise<UserRecord> {
  ensureAtPrimary(pool, noReset)
  const user = await userNamedByClient(service, pool, client, username)
  ensureConforms(pool, password)
  const asked = user?.record ?? nobody(pool, username)
  await countAttempt(service, pool, asked, 'forgot password')
  const given = { text: password, temporary: false }
  const { isCompromised } = await ensureNotCompromised(
    service,
    pool,
    client,
    { username: asked.username, password },
    'PASSWORD_CHANGE',
  )
  const { verified, useUp } = await rightCode(service, pool, asked, 'password reset', code)
  // No code is right for somebody who does not exist, nor, where that is hidden, for a disabled user
  // (docs/facts/user-pools-api.md §3.12).
  ensure(user !== undefined && (user.record.enabled || !hidesUsers(client)), codeMismatch)
  // A password that is refused leaves the code good.
  const change = {
    status: 'CONFIRMED',
    attributes: { ...user.record.attributes, [`${verified.attribute}_verified`]: 'true' },
    ...replacingPassword(service, pool, user.record, given),
  } as const
  const changed = await changeUser(service, pool, user, change, useUp)
  await recordAuthEvent(service, pool, changed, {
    type: 'ForgotPassword',
    response: 'Pass',
    client,
    ...compromised(isCompromised),
  })
  const source = 'PostConfirmation_ConfirmForgotPassword'
  await postConfirmation(service, pool, changed, { clientId: client.id, forTriggers }, source)
  return changed
}
