import type { UserRecord } from '../../core/collections.js'
import * as collections from '../../core/collections.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import type { Identity } from '../../core/identity.js'
import type { UserMfa } from '../../core/mfa.js'
import { ensureConforms, passwordVerifier } from '../../core/password.js'
import { ensureNotUsedBefore, formerPasswordsOf } from '../../core/password-history.js'
import type { Ports } from '../../core/ports/ports.js'
import { insert, type Write } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import {
  aliasesOfUser,
  aliasKey,
  type User,
  type UserAttributes,
  type UserPassword,
  type UserStatus,
  userKey,
} from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { ensureAtPrimary } from '../at-primary.js'
import { userNamed } from '../directory/directory.js'

/** A user to be created, by an administrator or by signing up. */
export interface NewUser {
  /** In a pool whose users sign in by e-mail address or phone number: that. */
  readonly username: string
  /** Complete and in accordance with the pool's schema. */
  readonly attributes: UserAttributes
  readonly sub: string
  /** Without a password the user cannot sign in until an administrator sets one, unless the pool has passwordless sign-in. */
  readonly password?: { readonly text: string; readonly temporary: boolean }
  /** A user who signs up is `UNCONFIRMED` at first. */
  readonly unconfirmed?: boolean
  /** An imported user has to choose a password before anything else. */
  readonly resetRequired?: boolean
  /** Second factors, in force from the first sign-in on. */
  readonly mfa?: UserMfa
}

/** A user's first record. The writes hold only if the username is free; whether aliases are free is not part of them. */
export interface UserCreation {
  readonly record: UserRecord
  readonly writes: readonly Write[]
}

type NeedsToCreate = Pick<Ports, 'clock' | 'chance'>

/**
 * What `AdminCreateUser` does to the state (docs/facts/user-pools-api.md §2.6): a temporary password leaves the user in
 * `FORCE_CHANGE_PASSWORD`; a permanent one, or none where the pool needs none, makes the user `CONFIRMED`.
 * @throws Refusal when the password breaks the pool's policy
 */
export function userCreation(ports: NeedsToCreate, pool: UserPool, newUser: NewUser): UserCreation {
  const { username, attributes, sub, password, mfa } = newUser
  if (password !== undefined) ensureConforms(pool, password.text)
  const name = signsInByAttribute(pool) ? sub : username
  return newRecord(ports, pool, {
    username: name,
    sub,
    status: firstStatus(pool, newUser),
    attributes: withPlainFlags(attributes),
    ...(mfa && { mfa }),
    ...(password && { password: userPassword(ports, pool, name, password) }),
  })
}

/** A user whom an identity provider vouches for, with the account there that leads to this user. */
export interface NewProviderUser {
  readonly username: string
  readonly sub: string
  /** Complete and in accordance with the pool's schema. */
  readonly attributes: UserAttributes
  readonly identity: Identity
}

/** The first sign-in of a user through an identity provider (docs/facts/oauth-and-federation.md §8.6). */
export const providerUserCreation = (
  ports: Pick<Ports, 'clock'>,
  pool: UserPool,
  { identity, ...user }: NewProviderUser,
): UserCreation => newRecord(ports, pool, { ...user, status: 'EXTERNAL_PROVIDER', identities: [identity] })

/** A user of another pool or process, as exported there. What is left out is as for a new user. */
export type ImportedUser = Pick<User, 'username' | 'sub' | 'status' | 'attributes'> &
  Partial<Omit<User, 'poolId'>>

/** Takes a user over unchanged: `sub`, status, password verifier, identities and dates are kept. */
export const importedUserCreation = (
  ports: Pick<Ports, 'clock'>,
  pool: UserPool,
  user: ImportedUser,
): UserCreation => newRecord(ports, pool, user)

function newRecord({ clock }: Pick<Ports, 'clock'>, pool: UserPool, user: ImportedUser): UserCreation {
  ensureAtPrimary(pool, 'no users are created')
  const now = clock.now()
  const record: UserRecord = {
    enabled: true,
    identities: [],
    createdAt: now,
    modifiedAt: now,
    ...user,
    poolId: pool.id,
    aliases: aliasesOfUser(pool, user),
  }
  return { record, writes: [insert(collections.users, userKey(pool, user.username), record)] }
}

/** A password as it is kept with a user, from now on. It is not held to the pool's policy here. */
export const userPassword = (
  { clock, chance }: NeedsToCreate,
  pool: UserPool,
  username: string,
  { text, temporary }: { readonly text: string; readonly temporary: boolean },
): UserPassword => ({
  verifier: passwordVerifier(pool, username, text, chance.bytes(16)),
  setAt: clock.now(),
  temporary,
})

/**
 * A password in the place of the user's present one, with what is kept of those before: both members of a change of the user.
 * @throws Refusal when the password breaks the pool's policy, or the user has had it before
 */
export function replacingPassword(
  ports: NeedsToCreate,
  pool: UserPool,
  user: Pick<User, 'username' | 'password' | 'formerPasswords'>,
  given: { readonly text: string; readonly temporary: boolean },
): Pick<Partial<User>, 'password'> & { readonly formerPasswords: User['formerPasswords'] | undefined } {
  ensureConforms(pool, given.text)
  ensureNotUsedBefore(pool, user, given.text)
  return {
    password: userPassword(ports, pool, user.username, given),
    formerPasswords: formerPasswordsOf(pool, user),
  }
}

/** Where a user stands at first (docs/facts/user-pools-api.md §4.2). */
function firstStatus(pool: UserPool, { password, unconfirmed, resetRequired }: NewUser): UserStatus {
  if (unconfirmed) return 'UNCONFIRMED'
  if (resetRequired) return 'RESET_REQUIRED'
  const isReady = password === undefined ? allowsNoPassword(pool) : !password.temporary
  return isReady ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
}

/**
 * Creates the user.
 * @throws Refusal when the name, or what the user would sign in by, is taken, or the password breaks the policy
 */
export async function createUser(
  ports: Pick<Ports, 'clock' | 'chance' | 'store'>,
  pool: UserPool,
  newUser: NewUser,
): Promise<UserRecord> {
  ensure((await userNamed(ports, pool, newUser.username)) === undefined, () =>
    usernameExists(pool, newUser.username),
  )
  const { record, writes } = userCreation(ports, pool, newUser)
  await ensureAliasesFree(ports, pool, record)
  ensure(await ports.store.commit(...writes), () => usernameExists(pool, newUser.username))
  return record
}

/** Throws `AliasExistsException` if another user of the pool has one of the aliases that this user would have. */
export async function ensureAliasesFree(
  { store }: Pick<Ports, 'store'>,
  pool: UserPool,
  user: User,
): Promise<void> {
  for (const alias of aliasesOfUser(pool, user)) {
    const holders = await store.lookup(collections.users, 'alias', alias, { limit: 2 })
    const other = holders.find(holder => holder.record.sub !== user.sub)
    ensure(other === undefined, () => aliasExists(attributeOf(pool, user, alias), pool.name))
  }
}

/**
 * Whether an e-mail address or phone number is the username; then the stored one is the `sub`
 * (docs/facts/user-pools-api.md §4.1).
 */
export const signsInByAttribute = ({ settings }: UserPool): boolean =>
  (settings.UsernameAttributes ?? []).length > 0

/**
 * Attributes of a new user; where the e-mail address or phone number is the username, that one is among them
 * (docs/facts/user-pools-api.md §4.1).
 */
export const withSignInAttribute = (
  pool: UserPool,
  username: string,
  given: UserAttributes,
): UserAttributes =>
  signsInByAttribute(pool)
    ? { ...given, [username.includes('@') ? 'email' : 'phone_number']: username }
    : given

/** `email_verified` and `phone_number_verified` are stored as the texts "true" and "false". */
const withPlainFlags = (attributes: UserAttributes): UserAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name === 'email_verified' || name === 'phone_number_verified' ? value.toLowerCase() : value,
    ]),
  )

const usernameExists = refusal('UsernameExistsException', (pool: UserPool, username: string) => ({
  told: signsInByAttribute(pool) ? accountExists(username) : 'User account already exists',
  because: `${pool.name} has a user by this username already.`,
  remedy: 'Choose another username, or change the existing user.',
}))

/** Cognito's words where the e-mail address or phone number of a new user is that of another user, whose username it is. */
export const accountExists = (username: string): string =>
  `An account with the given ${username.includes('@') ? 'email' : 'phone_number'} already exists.`

/** The attribute that an alias is made of. */
const attributeOf = (pool: UserPool, { attributes }: User, alias: string): string =>
  Object.keys(attributes).find(name => aliasKey(pool, attributes[name] ?? '') === alias) ?? 'email'

const aliasExists = refusal('AliasExistsException', (attribute: string, poolName: string) => ({
  told: `An account with the given ${attribute} already exists.`,
  because: `Another user of ${poolName} already signs in by this ${attribute}.`,
  remedy: 'Give the user another one, or leave it unverified.',
}))
