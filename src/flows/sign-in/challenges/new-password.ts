import { mayTell } from '../../../core/app-client.js'
import type { ChallengeSession } from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { User, UserAttributes } from '../../../core/user.js'
import { ensureAttributes } from '../../../core/user-attributes.js'
import type { UserPool } from '../../../core/user-pool.js'
import { attributesNotWritable } from '../../account/account-refusals.js'
import { replacingPassword } from '../../administration/create-user.js'
import { ensureAtPrimary } from '../../at-primary.js'
import { ensureNotCompromised } from '../../history/threat-protection.js'
import type { Service } from '../../service.js'
import { sessionUnknown } from '../challenge-session.js'
import type { Parameters } from '../parameters.js'
import * as refusals from '../sign-in-refusals.js'
import { type Asked, ask, type OngoingSignIn, type SignInResult } from '../sign-in-result.js'
import type { NewPasswordRequired } from './challenge.js'
import { completeChallenge, userOfSession } from './complete-challenge.js'
import { afterFirstFactor } from './second-factor.js'

/**
 * Replacing a temporary password, and telling what the pool requires and the user lacks (docs/facts/user-pools-api.md §3.6).
 */

export async function askForNewPassword(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
): Promise<Asked> {
  ensureAtPrimary(signIn.pool, 'no temporary password is replaced')
  return ask(service, signIn, user, {
    pending: { challenge: 'NEW_PASSWORD_REQUIRED' },
    challenge: newPasswordRequired(signIn.pool, user),
  })
}

/** The parameters of the challenge, the same when the page is opened again. */
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
  password: string,
  responses: Parameters,
): Promise<SignInResult> {
  const { pool } = signIn
  const { record: user } = await userOfSession(service, pool, session)
  // The password may have been set otherwise in the meantime.
  ensure(user.status === 'FORCE_CHANGE_PASSWORD', sessionUnknown)
  const added = addedAttributes(signIn, user, attributesIn(responses))
  const credentials = { username: user.username, password }
  await ensureNotCompromised(service, pool, signIn.client, credentials, 'PASSWORD_CHANGE')
  const given = { text: password, temporary: false }
  const replaced = replacingPassword(service, pool, user, given)
  const confirmed = await completeChallenge(service, pool, session, ({ attributes }) => ({
    attributes: { ...attributes, ...added },
    status: 'CONFIRMED',
    ...replaced,
  }))
  service.recorder.note('user', { pool: pool.name, username: user.username, status: 'CONFIRMED' })
  return afterFirstFactor(service, signIn, confirmed)
}

const prefix = 'userAttributes.'

/** The attributes in an answer: `userAttributes.given_name` and the like. */
const attributesIn = (responses: Parameters): UserAttributes =>
  Object.fromEntries(
    Object.entries(responses)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value.trim()]),
  )

/** Attributes that no user may set. An app that sends back all that the challenge has shown is refused because of them (fact N7). */
const isReadOnly = (name: string): boolean =>
  name === 'sub' || name === 'email_verified' || name === 'phone_number_verified'

/** The attributes that the answer adds: all that the pool requires, and more that the client may write (§3.6). */
function addedAttributes(
  { pool, client, journey }: OngoingSignIn,
  user: User,
  given: UserAttributes,
): UserAttributes {
  const readOnly = Object.keys(given).find(isReadOnly)
  ensure(readOnly === undefined, () => refusals.attributeReadOnly(readOnly ?? ''))
  const present = Object.keys(given).find(name => user.attributes[name])
  ensure(present === undefined, () => refusals.attributeAlreadyProvided(user.username, present ?? ''))
  const missing = missingAttributes(pool, user)
  const stillMissing = missing.filter(name => !given[name])
  ensure(stillMissing.length === 0 || !journey.atPages, () => refusals.attributesMissing(stillMissing))
  ensure(stillMissing.length === 0, () => refusals.requiredAttributeMissing(stillMissing[0] ?? ''))
  const added = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  ensureAttributes(pool, added, 'creation', user.attributes)
  const unwritable = Object.keys(added).filter(name => !missing.includes(name) && !mayTell(client, name))
  ensure(unwritable.length === 0, () => attributesNotWritable(client, unwritable))
  return added
}
