import type { UserRecord } from '../../core/collections.js'
import { isPassword, passwordPolicyOf } from '../../core/password.js'
import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { wrongPassword } from '../account/account-refusals.js'
import { migratedUser } from '../account/migration.js'
import { userNamed } from '../directory/directory.js'
import { countFailure, ensureNotLockedOut, forgetFailures } from '../history/lockout.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import { askForNewPassword } from './challenges/new-password.js'
import { afterFirstFactor } from './challenges/second-factor.js'
import { withKnownPassword } from './known-password.js'
import { ensureMaySignIn } from './may-sign-in.js'
import { withMethod } from './methods.js'
import * as refusals from './sign-in-refusals.js'
import type { OngoingSignIn, SignInResult } from './sign-in-result.js'
import { preAuthentication } from './sign-in-triggers.js'

/**
 * Signs a user of the pool in with username, or alias, and password.
 * @param begins what the app sent along for the trigger before a sign-in; absent if the sign-in has begun before
 */
export async function signInWithPassword(
  service: Service,
  signIn: OngoingSignIn,
  { username, password }: { readonly username: string; readonly password: string },
  begins?: Pick<ForTriggers, 'validationData'>,
): Promise<SignInResult> {
  const { pool, client } = signIn
  const known = (await userNamed(service, pool, username))?.record
  const user =
    known ??
    (begins && (await migratedUser(service, pool, client, { username, password, forTriggers: begins })))
  const isAsked = () => preAuthentication(service, pool, client, { username, user }, begins?.validationData)
  if (user === undefined && begins) await isAsked()
  ensure(user, () => refusals.unknownUser(pool, username))
  service.recorder.concerns({ user: user.username })
  await ensureNotLockedOut(service, pool, user, 'password')
  if (begins) await isAsked()
  if (!hasPassword(pool, user, password)) {
    await countFailure(service, signIn, user, 'password')
    // An imported user has no password yet, and reads so, unless the client hides which users exist (§3.12).
    const hides = client.settings.PreventUserExistenceErrors === 'ENABLED'
    if (!user.password && user.status === 'RESET_REQUIRED' && !hides)
      throw refusals.passwordResetRequired(user.username)
    throw user.password
      ? wrongPassword(pool, user.username)
      : refusals.noPassword(pool, user.username, user.status)
  }
  await forgetFailures(service, pool, user, 'password')
  ensureMaySignIn(user)
  return signInProven(service, await withKnownPassword(service, signIn, user, password), user)
}

/** Goes on after a right password, be it sent or proven by SRP. */
export async function signInProven(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
): Promise<SignInResult> {
  ensureMaySignIn(user)
  ensureNotExpired(service, signIn.pool, user)
  const proven = withMethod(signIn, 'pwd')
  return user.status === 'FORCE_CHANGE_PASSWORD'
    ? askForNewPassword(service, proven, user)
    : afterFirstFactor(service, proven, user)
}

const hasPassword = (pool: UserPool, user: User, password: string): boolean =>
  user.password !== undefined && isPassword(pool, user.username, password, user.password.verifier)

/** Refuses a temporary password that was never replaced and is too old by now (docs/facts/user-pools-api.md §3.2). */
function ensureNotExpired({ clock }: Service, pool: UserPool, { username, password }: User): void {
  const days = passwordPolicyOf(pool).temporaryPasswordValidityDays
  const age = clock.now() - (password?.setAt ?? 0)
  ensure(!password?.temporary || age < days * 86_400_000, () =>
    refusals.temporaryPasswordExpired(username, days),
  )
}
