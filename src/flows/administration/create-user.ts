import type { UserRecord } from '../../core/collections.js'
import * as collections from '../../core/collections.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import type { UserMfa } from '../../core/mfa.js'
import { ensureConforms, passwordVerifier } from '../../core/password.js'
import type { Ports } from '../../core/ports/ports.js'
import { insert, type Write } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import { aliasesOf, aliasKey, type UserAttributes, type UserStatus, userKey } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { userNamed } from '../directory/directory.js'

/** Somebody an administrator makes a user of a pool. */
export interface NewUser {
  /** In a pool whose users sign in by e-mail address or phone number: that. */
  readonly username: string
  /** Complete and in accordance with the pool's schema. */
  readonly attributes: UserAttributes
  readonly sub: string
  /** Without one nobody can sign in until an administrator sets one, unless the pool lets people in by codes. */
  readonly password?: { readonly text: string; readonly temporary: boolean }
  /** Whoever signs up is `UNCONFIRMED` at first. */
  readonly unconfirmed?: boolean
  /** Whoever was imported has to choose a password before anything else. */
  readonly resetRequired?: boolean
  /** Second factors, asked for from the first sign-in on. */
  readonly mfa?: UserMfa
}

type NeedsToCreate = Pick<Ports, 'clock' | 'chance'>

/**
 * What `AdminCreateUser` does to the state (user-pools-api.md §2.6): a temporary password leaves the user in
 * `FORCE_CHANGE_PASSWORD`, a permanent one, or none where none is needed, makes them `CONFIRMED`. The writes hold only if the username is free.
 * @throws Refusal when the password breaks the pool's policy
 */
export function userCreation(
  { clock, chance }: NeedsToCreate,
  pool: UserPool,
  newUser: NewUser,
): { readonly record: UserRecord; readonly writes: readonly Write[] } {
  const { username, attributes, sub, password, mfa } = newUser
  if (password !== undefined) ensureConforms(pool, password.text)
  const now = clock.now()
  const name = signsInByAttribute(pool) ? sub : username
  const stored = withPlainFlags(attributes)
  const record: UserRecord = {
    poolId: pool.id,
    username: name,
    sub,
    status: firstStatus(pool, newUser),
    enabled: true,
    attributes: stored,
    identities: [],
    ...(mfa && { mfa }),
    ...(password === undefined
      ? {}
      : {
          password: {
            verifier: passwordVerifier(pool, name, password.text, chance.bytes(16)),
            setAt: now,
            temporary: password.temporary,
          },
        }),
    aliases: aliasesOf(pool, stored),
    createdAt: now,
    modifiedAt: now,
  }
  return { record, writes: [insert(collections.users, userKey(pool, name), record)] }
}

/** Where a user stands at first (§4.2). */
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
  ensure((await userNamed(ports, pool, newUser.username)) === undefined, () => usernameExists(pool.name))
  const { record, writes } = userCreation(ports, pool, newUser)
  await ensureAliasesFree(ports, pool, record)
  ensure(await ports.store.commit(...writes), () => usernameExists(pool.name))
  return record
}

/** Refuses a user who would be found by what another one is found by. */
export async function ensureAliasesFree(
  { store }: Pick<Ports, 'store'>,
  pool: UserPool,
  record: UserRecord,
): Promise<void> {
  for (const alias of record.aliases) {
    const holders = await store.lookup(collections.users, 'alias', alias, { limit: 2 })
    const other = holders.find(holder => holder.record.sub !== record.sub)
    ensure(other === undefined, () => aliasExists(attributeOf(pool, record, alias), pool.name))
  }
}

/** Whether an e-mail address or phone number is the username; then the stored one is the `sub` (§4.1). */
export const signsInByAttribute = ({ settings }: UserPool): boolean =>
  (settings.UsernameAttributes ?? []).length > 0

/** `email_verified` and `phone_number_verified` are stored as the texts "true" and "false". */
const withPlainFlags = (attributes: UserAttributes): UserAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name === 'email_verified' || name === 'phone_number_verified' ? value.toLowerCase() : value,
    ]),
  )

const usernameExists = refusal('UsernameExistsException', (poolName: string) => ({
  told: 'User account already exists',
  because: `${poolName} has a user by this username already.`,
  remedy: 'Choose another username, or change the existing user.',
}))

/** The attribute that an alias is made of. */
const attributeOf = (pool: UserPool, { attributes }: UserRecord, alias: string): string =>
  Object.keys(attributes).find(name => aliasKey(pool, attributes[name] ?? '') === alias) ?? 'email'

const aliasExists = refusal('AliasExistsException', (attribute: string, poolName: string) => ({
  told: `An account with the given ${attribute} already exists.`,
  because: `Another user of ${poolName} already signs in by this ${attribute}.`,
  remedy: 'Give the user another one, or leave it unverified.',
}))
