import { groups, type UserRecord, users } from '../core/collections.js'
import { groupKey } from '../core/group.js'
import type { Identity } from '../core/identity.js'
import type { UserMfa } from '../core/mfa.js'
import { appWith } from '../core/mfa.js'
import { ensureConforms, type PasswordVerifier, temporaryPassword } from '../core/password.js'
import { allFiled } from '../core/ports/all-filed.js'
import type { Write } from '../core/ports/store.js'
import { type UserAttributes, type UserPassword, type UserStatus, userKey } from '../core/user.js'
import { ensureAttributes } from '../core/user-attributes.js'
import type { UserPool } from '../core/user-pool.js'
import {
  createUser,
  type ImportedUser,
  importedUserCreation,
  type UserCreation,
  userPassword,
} from '../flows/administration/create-user.js'
import { joinGroup } from '../flows/administration/groups.js'
import { groupsOf, userBySub, userNamed } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { inPieces, nextTurn } from '../lib/pieces.js'
import { Unmet, unknown } from './unmet.js'

/** A user to create. Without any password the user gets one that conforms, which the answer shows. */
export interface UserToCreate {
  readonly username: string
  readonly password?: string | undefined
  /** Has to be replaced at the first sign-in. */
  readonly temporaryPassword?: string | undefined
  readonly attributes?: Readonly<Record<string, string | boolean | number>> | undefined
  readonly groups?: readonly string[] | undefined
  readonly sub?: string | undefined
  /** The secret of an authenticator app, in base32, whose codes are asked for from then on. */
  readonly totpSecret?: string | undefined
}

/** A user as made. */
export interface CreatedUser {
  readonly username: string
  readonly sub: string
  readonly status: UserStatus
  readonly password: string
  readonly attributes: UserAttributes
}

export async function addUser(service: Service, pool: UserPool, given: UserToCreate): Promise<CreatedUser> {
  const { username, password, temporaryPassword: temporary, groups: names = [] } = given
  if (password !== undefined && temporary !== undefined)
    throw new Unmet('Give a password or a temporaryPassword, not both.')
  const text = password ?? temporary ?? temporaryPassword(pool, service.chance)
  const attributes = asTexts(pool, username, given.attributes)
  ensureAttributes(pool, attributes, 'creation')
  const sub = given.sub ?? service.chance.uuid()
  const taken = await userBySub(service, pool, sub)
  if (taken !== undefined) throw new Unmet(`${pool.name} has a user with the sub ${sub} already.`, 409)
  const writes = await membershipsOf(service, pool, sub, names)
  const { username: name, status } = await createUser(service, pool, {
    username,
    attributes,
    sub,
    password: { text, temporary: temporary !== undefined },
    ...(given.totpSecret === undefined ? {} : { mfa: appWith(given.totpSecret) }),
  })
  await service.store.commit(...writes)
  return { username: name, sub, status, password: text, attributes }
}

async function membershipsOf(
  { store }: Service,
  pool: UserPool,
  sub: string,
  names: readonly string[],
): Promise<Write[]> {
  return Promise.all(
    names.map(async group => {
      if ((await store.get(groups, groupKey(pool.id, group))) === undefined) {
        const known = (await store.lookup(groups, 'pool', pool.id)).map(({ record }) => record.name)
        throw unknown(`group of ${pool.name}`, group, known)
      }
      return joinGroup(pool, group, { sub })
    }),
  )
}

/**
 * Texts all, with the attribute that the username is where the pool's users sign in by one
 * (docs/facts/user-pools-api.md §4.1).
 */
function asTexts(
  { settings }: UserPool,
  username: string,
  given: UserToCreate['attributes'] = {},
): UserAttributes {
  const kind = username.includes('@') ? 'email' : 'phone_number'
  const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))
  return settings.UsernameAttributes?.includes(kind) ? { [kind]: username, ...texts } : texts
}

/** A user as they are taken along: to a file, and to another Rockpool. */
export interface PortableUser {
  readonly username: string
  readonly sub: string
  readonly status: UserStatus
  readonly enabled: boolean
  readonly attributes: UserAttributes
  readonly groups: readonly string[]
  readonly identities?: readonly Identity[]
  /** As it is kept: enough to verify it. It is good in pools whose id ends alike, and for this username only. */
  readonly verifier?: PasswordVerifier & {
    readonly pool: string
    readonly temporary: boolean
    readonly setAt: number
  }
  /** The second factors, with the secret of an authenticator app. */
  readonly mfa?: UserMfa
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
}

export async function exportedUsers(
  service: Service,
  pool: UserPool,
  { secrets = false }: { readonly secrets?: boolean | undefined },
): Promise<PortableUser[]> {
  const exported: PortableUser[] = []
  for await (const piece of allFiled(service.store, users, 'pool', pool.id, atOnce))
    exported.push(...(await Promise.all(piece.map(({ record }) => portable(service, pool, record, secrets)))))
  return exported
}

async function portable(
  service: Service,
  pool: UserPool,
  record: UserRecord,
  secrets: boolean,
): Promise<PortableUser> {
  const { username, sub, status, enabled, attributes, identities, password, mfa, createdAt, modifiedAt } =
    record
  const verifier = secrets &&
    password && {
      ...password.verifier,
      pool: nameInId(pool),
      temporary: password.temporary,
      setAt: password.setAt,
    }
  return {
    username,
    sub,
    status,
    enabled,
    attributes,
    groups: (await groupsOf(service, pool, sub)).map(({ name }) => name),
    ...(identities.length === 0 ? {} : { identities }),
    ...(verifier ? { verifier } : {}),
    ...(secrets && mfa !== undefined ? { mfa } : {}),
    createdAt,
    modifiedAt,
  }
}

/** What SRP takes for the pool's name. */
const nameInId = ({ id }: UserPool): string => id.slice(id.lastIndexOf('_') + 1)

/** A user to take in; what is left out is as for a new one. A password may be given in plain text instead of a verifier. */
export type UserToImport = Pick<PortableUser, 'username'> & {
  readonly [name in keyof PortableUser]?: PortableUser[name] | undefined
} & {
  readonly password?: string | undefined
  readonly temporaryPassword?: string | undefined
}

/**
 * Takes users in, all of them or none, as they were: with their `sub`, their status, and their passwords where those
 * came along.
 */
export async function importUsers(
  service: Service,
  pool: UserPool,
  given: readonly UserToImport[],
): Promise<{ readonly imported: number }> {
  const creations: UserCreation[] = []
  for await (const piece of inPieces(given, nextTurn, atOnce))
    for (const user of piece) creations.push(importedUserCreation(service, pool, asWas(service, pool, user)))
  const records = creations.map(({ record }) => record)
  await ensureFree(service, pool, records)
  const inserts = creations.flatMap(({ writes }) => writes)
  const joins: Write[] = []
  for (const [index, { sub }] of records.entries())
    joins.push(...(await membershipsOf(service, pool, sub, given[index]?.groups ?? [])))
  if (!(await service.store.commit(...inserts, ...joins)))
    throw new Unmet(
      'Another request created one of these users meanwhile. Nothing was imported: send the import again.',
      409,
    )
  return { imported: records.length }
}

/** Users that are looked at without a turn of others: passwords in plain text take a fraction of a millisecond each. */
const atOnce = 25

/** The user as it was, or as a new one where the import leaves something out. */
function asWas(service: Service, pool: UserPool, user: UserToImport): ImportedUser {
  const attributes = user.attributes ?? asTexts(pool, user.username)
  ensureAttributes(pool, attributes, 'creation')
  const password = passwordOf(service, pool, user)
  const { identities, enabled, mfa, createdAt, modifiedAt } = user
  return {
    username: user.username,
    sub: user.sub ?? service.chance.uuid(),
    status: user.status ?? statusOf(identities ?? [], password),
    attributes,
    ...(identities && { identities }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(password && { password }),
    ...(mfa && { mfa }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
  }
}

function statusOf(identities: readonly Identity[], password: UserPassword | undefined): UserStatus {
  if (identities.length > 0) return 'EXTERNAL_PROVIDER'
  return password?.temporary === false ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
}

function passwordOf(
  service: Service,
  pool: UserPool,
  { username, verifier, password, temporaryPassword: temporary }: UserToImport,
): UserPassword | undefined {
  const text = password ?? temporary
  if (text !== undefined) {
    ensureConforms(pool, text)
    return userPassword(service, pool, username, { text, temporary: password === undefined })
  }
  if (verifier === undefined) return undefined
  const { pool: from, temporary: isTemporary, setAt, ...kept } = verifier
  if (from !== nameInId(pool))
    throw new Unmet(
      `The verifier of ${username} is good in a pool whose id ends in "_${from}" only, and ${pool.name} has the id ${pool.id}. Give a password instead, or none.`,
    )
  if (!('x' in kept) && !('srp' in kept && 'check' in kept))
    throw new Unmet(
      `The verifier of ${username} has neither "x" nor "srp" and "check". Take it as an export with secrets gives it.`,
    )
  return { verifier: kept, setAt, temporary: isTemporary }
}

async function ensureFree(service: Service, pool: UserPool, records: readonly UserRecord[]): Promise<void> {
  const seen = new Set<string>()
  for await (const piece of inPieces(records, nextTurn, atOnce)) {
    for (const { username, sub, aliases } of piece) {
      const names = [userKey(pool, username), `sub ${sub}`, ...aliases]
      if (names.some(name => seen.has(name)))
        throw new Unmet(`${username} shares a username, sub or alias with another user of this import.`)
      for (const name of names) seen.add(name)
    }
    // Together: a database that answers over the network is not waited for user by user.
    const holders = await Promise.all(piece.map(record => holderOf(service, pool, record)))
    for (const [at, other] of holders.entries())
      if (other !== undefined)
        throw new Unmet(
          `${pool.name} has a user with the username, sub or an alias of ${piece[at]?.username} already: ${other.username}. Nothing was imported.`,
          409,
        )
  }
}

/** A user who has the username, the sub or an alias of a record already. */
async function holderOf(
  service: Service,
  pool: UserPool,
  { username, sub, aliases }: UserRecord,
): Promise<UserRecord | undefined> {
  const found = await Promise.all([
    userNamed(service, pool, username),
    userBySub(service, pool, sub),
    ...aliases.map(async alias => (await service.store.lookup(users, 'alias', alias, { limit: 1 }))[0]),
  ])
  return found.find(holder => holder !== undefined)?.record
}
