import type { UserRecord } from '../../core/collections.js'
import { isPassword } from '../../core/password.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { replacingPassword } from '../administration/create-user.js'
import { countAttempt } from '../history/attempts.js'
import { recordAuthEvent } from '../history/auth-events.js'
import { compromised, ensureNotCompromised } from '../history/threat-protection.js'
import type { Service } from '../service.js'
import { noOwnPassword, wrongPassword } from './account-refusals.js'

/** Replaces a user's password by another, for a user who is signed in. A user without one needs no previous password. */
export async function changePassword(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  { previous = '', proposed }: { readonly previous?: string | undefined; readonly proposed: string },
): Promise<void> {
  const { username, password, status } = user.record
  ensure(status !== 'EXTERNAL_PROVIDER', () => noOwnPassword(username))
  await countAttempt(service, pool, user.record, 'change password')
  const isRight = password === undefined || isPassword(pool, username, previous, password.verifier)
  if (!isRight)
    await recordAuthEvent(service, pool, user.record, { type: 'PasswordChange', response: 'Fail' })
  ensure(isRight, () => wrongPassword(pool, username))
  const credentials = { username, password: proposed }
  const { isCompromised } = await ensureNotCompromised(
    service,
    pool,
    undefined,
    credentials,
    'PASSWORD_CHANGE',
  )
  const given = { text: proposed, temporary: false }
  const changed = await changeUser(service, pool, user, replacingPassword(service, pool, user.record, given))
  await recordAuthEvent(service, pool, changed, {
    type: 'PasswordChange',
    response: 'Pass',
    ...compromised(isCompromised),
  })
}
