import { type AppClient, challengeLifetime, localProvider } from '../core/app-client.js'
import { type UserRecord, users } from '../core/collections.js'
import { ensureConforms, isPassword, passwordPolicyOf, passwordVerifier } from '../core/password.js'
import { type Collection, insert, remove, replace, type Stored } from '../core/ports/store.js'
import { ensure } from '../core/refusal.js'
import { aliasesOf, type User } from '../core/user.js'
import { ensureAttributes } from '../core/user-attributes.js'
import type { UserPool } from '../core/user-pool.js'
import { fingerprint } from '../lib/secrets.js'
import { recordAuthEvent } from './auth-events.js'
import { userBySub, userNamed } from './directory.js'
import { countWrongPassword, ensureAttemptsLeft, forgetWrongPasswords } from './lockout.js'
import { ensureNoSecondFactor } from './mfa.js'
import type { Service } from './service.js'
import * as refusals from './sign-in-refusals.js'

/** Where a sign-in with a password stands. */
export type SignIn =
  | { readonly done: true; readonly sub: string }
  | ({ readonly done: false } & NewPasswordChallenge)

/** That a temporary password has to be replaced, and what else the user has to tell. */
export interface NewPasswordChallenge {
  /** Names the challenge; whoever has it may set the password, once. */
  readonly challenge: string
  readonly username: string
  /** Attributes that the pool requires and the user lacks (user-pools-api.md §3.8). */
  readonly missingAttributes: readonly string[]
}

/** A challenge as it is kept. Key: its fingerprint. */
interface PendingPassword {
  readonly poolId: string
  readonly clientId: string
  readonly sub: string
}

const pendingPasswords: Collection<PendingPassword> = { name: 'pending-passwords', indexes: {} }

/** Signs a user of the pool in with username, or alias, and password. */
export async function signInWithPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, password }: { username: string; password: string },
): Promise<SignIn> {
  const user = (await userNamed(service, pool, username))?.record
  ensure(user, () => refusals.unknownUser(pool, username))
  service.recorder.concerns({ user: user.username })
  await ensureAttemptsLeft(service, pool, user)
  if (!hasPassword(pool, user, password)) {
    await countWrongPassword(service, pool, user)
    // Whoever was imported has none yet, and is told, unless the client tells nothing of its users (§3.12).
    const hides = client.settings.PreventUserExistenceErrors === 'ENABLED'
    if (!user.password && user.status === 'RESET_REQUIRED' && !hides)
      throw refusals.passwordResetRequired(user.username)
    throw user.password
      ? refusals.wrongPassword(pool, user.username)
      : refusals.noPassword(pool, user.username, user.status)
  }
  await forgetWrongPasswords(service, pool, user)
  return signInProven(service, pool, client, user)
}

/** Signs in a user who has proven to know the password, by whichever protocol. */
export async function signInProven(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
): Promise<SignIn> {
  ensureMaySignIn(service, pool, user)
  await ensureNoSecondFactor(service, pool)
  if (user.status !== 'FORCE_CHANGE_PASSWORD') {
    service.recorder.note('sign-in', { provider: localProvider, pool: pool.name, username: user.username })
    await recordAuthEvent(service, pool, user, 'SignIn', 'Pass')
    return { done: true, sub: user.sub }
  }
  await recordAuthEvent(service, pool, user, 'SignIn', 'InProgress')
  return { done: false, ...(await challengeForNewPassword(service, pool, client, user)) }
}

const hasPassword = (pool: UserPool, user: User, password: string): boolean =>
  user.password !== undefined && isPassword(pool, user.username, password, user.password.verifier)

/** The guards that a right password does not open, in Cognito's order (user-pools-api.md §3.2). */
function ensureMaySignIn({ clock }: Service, pool: UserPool, user: User): void {
  ensure(user.enabled, () => refusals.userDisabled(user.username))
  ensure(user.status !== 'UNCONFIRMED', () => refusals.userNotConfirmed(user.username))
  ensure(user.status !== 'RESET_REQUIRED', () => refusals.passwordResetRequired(user.username))
  const days = passwordPolicyOf(pool).temporaryPasswordValidityDays
  const age = clock.now() - (user.password?.setAt ?? 0)
  ensure(!user.password?.temporary || age < days * 86_400_000, () =>
    refusals.temporaryPasswordExpired(user.username, days),
  )
}

async function challengeForNewPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
): Promise<NewPasswordChallenge> {
  const challenge = service.chance.bytes(32).toString('base64url')
  const pending = { poolId: pool.id, clientId: client.id, sub: user.sub }
  const expiresAt = service.clock.now() + challengeLifetime(client)
  await service.store.commit(insert(pendingPasswords, fingerprint(challenge), pending, { expiresAt }))
  service.recorder.note('sign-in', { username: user.username, challenge: 'NEW_PASSWORD_REQUIRED' })
  return { challenge, username: user.username, missingAttributes: missingAttributes(pool, user) }
}

const missingAttributes = (pool: UserPool, user: User): string[] =>
  pool.schema
    .filter(({ name, required }) => required && name !== 'sub' && !user.attributes[name])
    .map(({ name }) => name)

/** The challenge that a page shows again, after a mistake or a reload; refused when it is over. */
export async function pendingChallenge(
  service: Service,
  pool: UserPool,
  client: AppClient,
  challenge: string,
): Promise<NewPasswordChallenge> {
  const { user } = await pendingUser(service, pool, client, challenge)
  const { username } = user.record
  return { challenge, username, missingAttributes: missingAttributes(pool, user.record) }
}

/**
 * Answers the challenge: the user gets the password, and is confirmed. The challenge is over then; a password that
 * breaks the policy leaves it open.
 */
export async function setNewPassword(
  service: Service,
  pool: UserPool,
  client: AppClient,
  answer: { challenge: string; password: string; attributes: Readonly<Record<string, string>> },
): Promise<{ sub: string }> {
  const { pending, user } = await pendingUser(service, pool, client, answer.challenge)
  ensureConforms(pool, answer.password)
  const attributes = completed(pool, user.record, answer.attributes)
  const { username, sub } = user.record
  const verifier = passwordVerifier(pool, username, answer.password, service.chance.bytes(16))
  const now = service.clock.now()
  const confirmed: UserRecord = {
    ...user.record,
    attributes,
    aliases: aliasesOf(pool, attributes),
    status: 'CONFIRMED',
    password: { verifier, setAt: now, temporary: false },
    modifiedAt: now,
  }
  const once = await service.store.commit(remove(pendingPasswords, pending), replace(users, user, confirmed))
  ensure(once, refusals.challengeOver)
  service.recorder.note('user', { pool: pool.name, username, status: 'CONFIRMED' })
  await recordAuthEvent(service, pool, confirmed, 'SignIn', 'Pass')
  return { sub }
}

async function pendingUser(service: Service, pool: UserPool, client: AppClient, challenge: string) {
  const pending = await service.store.get(pendingPasswords, fingerprint(challenge))
  ensure(pending?.record.poolId === pool.id && pending.record.clientId === client.id, refusals.challengeOver)
  const user = await userBySub(service, pool, pending.record.sub)
  ensure(user?.record.enabled && user.record.status === 'FORCE_CHANGE_PASSWORD', refusals.challengeOver)
  return { pending, user: user satisfies Stored<UserRecord> }
}

/** The user's attributes with those that were missing and are told now; nothing else can be told here. */
function completed(pool: UserPool, user: User, told: Readonly<Record<string, string>>) {
  const missing = missingAttributes(pool, user)
  const stillMissing = missing.filter(name => !told[name]?.trim())
  ensure(stillMissing.length === 0, () => refusals.attributesMissing(stillMissing))
  const added = Object.fromEntries(missing.map(name => [name, told[name]?.trim() ?? '']))
  ensureAttributes(pool, added, 'creation')
  return { ...user.attributes, ...added }
}
