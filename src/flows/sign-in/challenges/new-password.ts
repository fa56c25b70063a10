import { mayTell } from '../../../core/app-client.js'
import type { UserRecord } from '../../../core/collections.js'
import { ensureConforms } from '../../../core/password.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { User } from '../../../core/user.js'
import { ensureAttributes } from '../../../core/user-attributes.js'
import type { UserPool } from '../../../core/user-pool.js'
import { attributesNotWritable } from '../../account/account-refusals.js'
import { userPassword } from '../../administration/create-user.js'
import type { Service } from '../../service.js'
import { type ChallengeSession, sessionUnknown } from '../challenge-session.js'
import * as refusals from '../sign-in-refusals.js'
import { type Asked, ask, type OngoingSignIn, type SignInResult } from '../sign-in-result.js'
import type { NewPasswordRequired } from './challenge.js'
import { completeChallenge, userOfSession } from './complete-challenge.js'
import { afterFirstFactor } from './second-factor.js'

/** Replacing a temporary password, and telling what the pool requires and the user lacks (user-pools-api.md §3.6). */

export const askForNewPassword = (
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
): Promise<Asked> =>
  ask(service, signIn, user, { challenge: 'NEW_PASSWORD_REQUIRED' }, newPasswordRequired(signIn.pool, user))

/** What the challenge says, also when it is shown again. */
export const newPasswordRequired = (pool: UserPool, user: User): NewPasswordRequired => ({
  name: 'NEW_PASSWORD_REQUIRED',
  attributes: user.attributes,
  missingAttributes: missingAttributes(pool, user),
})

const missingAttributes = (pool: UserPool, user: User): string[] =>
  pool.schema
    .filter(({ name, required }) => required && name !== 'sub' && !user.attributes[name])
    .map(({ name }) => name)

/**
 * Takes the new password: the user is confirmed, and the sign-in goes on. A password that breaks the policy leaves the
 * session open.
 */
export async function answerNewPassword(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession>,
  answer: { readonly password: string; readonly attributes: Readonly<Record<string, string>> },
): Promise<SignInResult> {
  const { pool } = signIn
  const { record: user } = await userOfSession(service, pool, session)
  // The password may have been set otherwise in the meantime.
  ensure(user.status === 'FORCE_CHANGE_PASSWORD', sessionUnknown)
  ensureConforms(pool, answer.password)
  const told = newlyTold(signIn, user, answer.attributes)
  const given = { text: answer.password, temporary: false }
  const password = userPassword(service, pool, user.username, given)
  const confirmed = await completeChallenge(service, pool, session, ({ attributes }) => ({
    attributes: { ...attributes, ...told },
    status: 'CONFIRMED',
    password,
  }))
  service.recorder.note('user', { pool: pool.name, username: user.username, status: 'CONFIRMED' })
  return afterFirstFactor(service, signIn, confirmed)
}

/** What the user did not have and tells now: all that the pool requires, and more that the client may write (§3.6). */
function newlyTold({ pool, client }: OngoingSignIn, user: User, told: Readonly<Record<string, string>>) {
  const missing = missingAttributes(pool, user)
  const stillMissing = missing.filter(name => !told[name]?.trim())
  ensure(stillMissing.length === 0, () => refusals.attributesMissing(stillMissing))
  const added = Object.fromEntries(
    Object.entries(told)
      .filter(([name, value]) => !user.attributes[name] && value.trim() !== '')
      .map(([name, value]) => [name, value.trim()]),
  )
  ensureAttributes(pool, added, 'creation', user.attributes)
  const unwritable = Object.keys(added).filter(name => !missing.includes(name) && !mayTell(client, name))
  ensure(unwritable.length === 0, () => attributesNotWritable(client, unwritable))
  return added
}
