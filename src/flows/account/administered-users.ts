import type { UserRecord } from '../../core/collections.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import type { Medium } from '../../core/message.js'
import { ensureConforms, temporaryPassword } from '../../core/password.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { ensureUsername, removalFindings } from '../../core/rules/user.js'
import { aliasesOf, type UserAttributes, type UserStatus } from '../../core/user.js'
import { changedAttributes, ensureAttributes } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import {
  createUser,
  replacingPassword,
  signsInByAttribute,
  withSignInAttribute,
} from '../administration/create-user.js'
import { userNamed } from '../directory/directory.js'
import { revokeAllGrants } from '../grants/sign-out.js'
import { type Asked, sendMessage } from '../messages.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import { noRecoveryContact, notUnconfirmed, passwordNotResettable } from './account-refusals.js'
import { takeAliases } from './confirm-sign-up.js'
import { sendCodesForChanges } from './own-attributes.js'
import { verifiedMedia } from './recovery.js'
import { postConfirmation, preSignUp } from './sign-up-triggers.js'
import { sendCode } from './verification-codes.js'

/** What administrators do to the users of a pool (docs/facts/user-pools-api.md §2.6). */

/** A user to be created and invited. */
export interface InvitedUser {
  /** In a pool whose users sign in by e-mail address or phone number: that. */
  readonly username: string
  readonly attributes: UserAttributes
  /** The temporary password. Absent: Rockpool draws one, or the user has none, if the pool allows users without. */
  readonly password?: string | undefined
  /** How to invite the user. The first medium for which the user has an address is taken; an empty list sends nothing. */
  readonly media: readonly Medium[]
  /** Whether an alias that another user has moves to this one; otherwise such a user is refused. */
  readonly forceAliasCreation?: boolean | undefined
  readonly forTriggers: ForTriggers
}

/** Creates a user and sends the invitation. */
export async function inviteUser(service: Service, pool: UserPool, user: InvitedUser): Promise<UserRecord> {
  const { username, media, forTriggers, password, forceAliasCreation } = user
  ensureUsername(pool, username)
  const given = withSignInAttribute(pool, username, user.attributes)
  ensureAttributes(pool, given, 'creation')
  const attributes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  const sub = service.chance.uuid()
  const about = { username: signsInByAttribute(pool) ? sub : username, attributes }
  await preSignUp(service, pool, 'PreSignUp_AdminCreateUser', about, { forTriggers })
  const text = password ?? (allowsNoPassword(pool) ? undefined : temporaryPassword(pool, service.chance))
  if (forceAliasCreation && (await userNamed(service, pool, username)) === undefined) {
    if (text !== undefined) ensureConforms(pool, text)
    await takeAliases(service, pool, sub, aliasesOf(pool, attributes))
  }
  if (text === undefined) return createUser(service, pool, { username, attributes, sub })
  const created = await createUser(service, pool, {
    username,
    attributes,
    sub,
    password: { text, temporary: true },
  })
  if (media.length > 0) await invite(service, pool, created, media, text)
  return created
}

/** Sends the invitation. Its triggers do not see what the administrator sent along (docs/facts/triggers.md §3). */
const invite = (
  service: Service,
  pool: UserPool,
  user: UserRecord,
  media: readonly Medium[],
  secret: string,
) => sendMessage(service, pool, user, media, { purpose: 'invitation', occasion: 'AdminCreateUser', secret })

/** Gives a user who was invited a new temporary password, valid from now, and sends it. */
export async function inviteAgain(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  { password, media }: Pick<InvitedUser, 'password' | 'media'>,
): Promise<UserRecord> {
  const { username, status } = user.record
  ensure(status === 'FORCE_CHANGE_PASSWORD', () => notInvited(username, status))
  const text = password ?? temporaryPassword(pool, service.chance)
  const record = await setPassword(service, pool, user, { text, temporary: true })
  await invite(service, pool, record, media, text)
  return record
}

const notInvited = refusal('UnsupportedUserStateException', (username: string, status: UserStatus) => ({
  told: 'Resend not possible. User status is not FORCE_CHANGE_PASSWORD',
  because: `${username} is ${status}: the user has no temporary password that a new one could replace.`,
  remedy: `Set a password of ${username} with AdminSetUserPassword, or let the user recover it with ForgotPassword.`,
}))

/**
 * Changes attributes, of which an administrator may write more than any client; an empty value deletes. A new address that the
 * pool verifies by itself gets a code, unless the administrator says that it is verified.
 */
export async function changeAttributes(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  given: UserAttributes,
  asked: Asked = {},
): Promise<UserRecord> {
  const { attributes } = user.record
  ensureAttributes(pool, given, 'change', attributes)
  const changed = await changeUser(service, pool, user, { attributes: changedAttributes(attributes, given) })
  await sendCodesForChanges(service, pool, user.record, given, asked)
  return changed
}

/** Deletes attributes that the pool allows to be absent. */
export async function deleteAttributes(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  names: readonly string[],
): Promise<UserRecord> {
  ensureSound(removalFindings(pool, names))
  const left = Object.entries(user.record.attributes).filter(([name]) => !names.includes(name))
  return changeUser(service, pool, user, { attributes: Object.fromEntries(left) })
}

/** Disables a user, whose refresh tokens end. */
export async function disableUser(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
): Promise<UserRecord> {
  const disabled = await changeUser(service, pool, user, { enabled: false })
  await revokeAllGrants(service, pool, disabled.sub)
  return disabled
}

/** Confirms a user who signed up, without the code. */
export async function confirmByAdministrator(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  forTriggers: ForTriggers,
): Promise<UserRecord> {
  const { username, status } = user.record
  ensure(status === 'UNCONFIRMED', () => notUnconfirmed(username, status))
  const confirmed = await changeUser(service, pool, user, { status: 'CONFIRMED' })
  await postConfirmation(service, pool, confirmed, { forTriggers })
  return confirmed
}

/** Sets a password: a temporary one has to be replaced at the next sign-in. */
export async function setPassword(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  { text, temporary }: { readonly text: string; readonly temporary: boolean },
): Promise<UserRecord> {
  return changeUser(service, pool, user, {
    status: temporary ? 'FORCE_CHANGE_PASSWORD' : 'CONFIRMED',
    ...replacingPassword(service, pool, user.record, { text, temporary }),
  })
}

/** Ends the password, and sends a code to a verified address of the user, by which the user chooses another (§4.8). */
export async function resetPassword(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
  asked: Asked = {},
): Promise<UserRecord> {
  const { username, status } = user.record
  ensure(status !== 'FORCE_CHANGE_PASSWORD' && status !== 'UNCONFIRMED', () =>
    passwordNotResettable(username, status),
  )
  const media = verifiedMedia(pool, user.record)
  ensure(media.length > 0, () => noRecoveryContact(username))
  const record = await changeUser(service, pool, user, { status: 'RESET_REQUIRED' })
  await sendCode(service, pool, record, 'password reset', { media, asked })
  return record
}
