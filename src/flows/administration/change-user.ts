import { type UserRecord, users } from '../../core/collections.js'
import type { Ports } from '../../core/ports/ports.js'
import { replace, type Stored, type Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { aliasesOfUser, type User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { ensureAtPrimary } from '../at-primary.js'
import { conflict } from '../conflict.js'
import { revokeAllGrants } from '../grants/sign-out.js'
import type { Service } from '../service.js'
import { ensureAliasesFree } from './create-user.js'

/**
 * What a change says of a user: members that are left out stay, members that are `undefined` are taken away. What
 * identifies the user never changes; aliases and the date of the change follow by themselves.
 */
export type UserChange = {
  readonly [K in keyof Omit<User, 'poolId' | 'username' | 'sub' | 'createdAt' | 'modifiedAt'>]?:
    | User[K]
    | undefined
}

/**
 * Changes a user, together with other writes: all of them or none.
 * @param stored the user as it was read: the change holds only if the record is still the same
 * @returns the user as stored
 * @throws Refusal `conflict` when another request changed the user meanwhile, or a condition of the other writes does
 *   not hold; `AliasExistsException` when another user has an alias that the change would bring
 */
export async function changeUser(
  ports: Pick<Ports, 'clock' | 'store'>,
  pool: UserPool,
  stored: Stored<UserRecord>,
  change: UserChange,
  ...writes: readonly Write[]
): Promise<UserRecord> {
  const { record, write } = userChange(ports, pool, stored, change)
  const gained = record.aliases.filter(alias => !stored.record.aliases.includes(alias))
  if (gained.length > 0) await ensureAliasesFree(ports, pool, record)
  ensure(await ports.store.commit(write, ...writes), conflict)
  return record
}

/**
 * The same as a write, for callers that commit it themselves and try again when another request was first. It holds only
 * if the record is still the one that was read. Whether its aliases are free is for the caller to ask.
 */
export function userChange(
  { clock }: Pick<Ports, 'clock'>,
  pool: UserPool,
  stored: Stored<UserRecord>,
  change: UserChange,
): { readonly record: UserRecord; readonly write: Write } {
  ensureAtPrimary(pool, 'no users are changed')
  const record = changedUser(pool, stored.record, change, clock.now())
  return { record, write: replace(users, stored, record) }
}

function changedUser(pool: UserPool, before: UserRecord, change: UserChange, now: number): UserRecord {
  const members = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)
  const user = { ...(Object.fromEntries(members) as unknown as UserRecord), modifiedAt: now }
  const bearsOnAliases = change.attributes !== undefined || change.status !== undefined
  return bearsOnAliases ? { ...user, aliases: aliasesOfUser(pool, user) } : user
}

/**
 * Signs a user out everywhere: tokens issued before are refused, refresh tokens are revoked. The date of the last change
 * stays, because nothing changed that the user's record shows.
 * @throws Refusal `conflict` when another request changed the user meanwhile
 */
export async function signOutEverywhere(
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
): Promise<void> {
  const marked = { ...user.record, tokensValidFrom: service.clock.now() }
  ensure(await service.store.commit(replace(users, user, marked)), conflict)
  await revokeAllGrants(service, pool, user.record.sub)
}
