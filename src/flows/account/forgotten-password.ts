import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { ensureConforms } from '../../core/password.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { userPassword } from '../administration/create-user.js'
import { countAttempt } from '../history/attempts.js'
import { recordAuthEvent } from '../history/auth-events.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import * as refusals from './account-refusals.js'
import { userNamedByClient } from './named-user.js'
import { verifiedMedia } from './recovery.js'
import { postConfirmation } from './sign-up-triggers.js'
import {
  type CodeDelivery,
  codeDelivery,
  codeExpired,
  pretendedDelivery,
  sendCode,
  takeCode,
} from './verification-codes.js'

/** Sends a user who has forgotten the password a code, by which a new one can be set. */
export async function forgotPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  username: string,
): Promise<CodeDelivery> {
  const user = (await userNamedByClient(service, pool, client, username))?.record
  if (user === undefined) return pretendedDelivery(username)
  ensure(user.enabled, () => refusals.userDisabled(user.username))
  const [first] = pool.settings.AccountRecoverySetting?.RecoveryMechanisms ?? []
  ensure(first?.Name !== 'admin_only', () => refusals.recoveryByAdministrator(pool))
  ensure(user.status !== 'FORCE_CHANGE_PASSWORD', () =>
    refusals.passwordNotResettable(user.username, user.status),
  )
  const media = verifiedMedia(pool, user)
  ensure(media.length > 0, () => refusals.noRecoveryContact(user.username))
  await countAttempt(service, pool, user, 'forgot password')
  const delivery = await sendCode(service, pool, user, 'password reset', { media })
  ensure(delivery, () => refusals.noRecoveryContact(user.username))
  await recordAuthEvent(service, pool, user, 'ForgotPassword', 'InProgress')
  return codeDelivery(delivery)
}

/** The answer to the code that a user who has forgotten the password was sent. */
export interface NewPassword {
  readonly username: string
  readonly code: string
  readonly password: string
  readonly forTriggers: ForTriggers
}

/** Sets a new password in the place of a forgotten one. The code also verifies the address that it was sent to. */
export async function confirmForgotPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, code, password, forTriggers }: NewPassword,
): Promise<UserRecord> {
  const user = await userNamedByClient(service, pool, client, username)
  ensure(user, codeExpired)
  ensureConforms(pool, password)
  await countAttempt(service, pool, user.record, 'forgot password')
  const { attribute } = await takeCode(service, pool, user.record, 'password reset', code)
  const changed = await changeUser(service, pool, user, {
    status: 'CONFIRMED',
    attributes: { ...user.record.attributes, [`${attribute}_verified`]: 'true' },
    password: userPassword(service, pool, user.record.username, { text: password, temporary: false }),
  })
  await recordAuthEvent(service, pool, changed, 'ForgotPassword', 'Pass')
  const source = 'PostConfirmation_ConfirmForgotPassword'
  await postConfirmation(service, pool, changed, { clientId: client.id, forTriggers }, source)
  return changed
}
