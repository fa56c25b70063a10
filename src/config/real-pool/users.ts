import type { JsonMap } from '../import/source.js'
import { temporaryPassword } from '../import/temporary-password.js'
import type { Members } from './calls.js'
import type { Pseudonyms } from './pseudonyms.js'
import type { ReadUser } from './read.js'

/** Users of a real pool as a seed has them, and what of them could not be taken along. */
export interface SeedUsers {
  readonly users: readonly JsonMap[]
  /** How many came through a provider: they are made by their first sign-in through it. */
  readonly ofProviders: number
  readonly disabled: number
}

/**
 * @param password what all users have here: AWS shows no passwords. Without it, one is derived from the pool's id.
 */
export function seedUsers(
  read: readonly ReadUser[],
  pool: Members,
  { pseudonyms, password }: { readonly pseudonyms: Pseudonyms; readonly password?: string | undefined },
): SeedUsers {
  const own = read.filter(({ user }) => user.UserStatus !== 'EXTERNAL_PROVIDER')
  const text = password ?? temporaryPassword('real pool', String(pool.Id))
  const signsInBy = (Array.isArray(pool.UsernameAttributes) ? pool.UsernameAttributes : []) as string[]
  return {
    users: own.map(({ user, groups }) => seedUser(user, groups, { pseudonyms, text, signsInBy })),
    ofProviders: read.length - own.length,
    disabled: own.filter(({ user }) => user.Enabled === false).length,
  }
}

/** The password that all users of a pool have here, unless one is chosen. */
export const derivedPassword = (poolId: string): string => temporaryPassword('real pool', poolId)

function seedUser(
  { Username, Attributes, UserStatus }: Members,
  groups: readonly string[],
  {
    pseudonyms,
    text,
    signsInBy,
  }: { readonly pseudonyms: Pseudonyms; readonly text: string; readonly signsInBy: readonly string[] },
): JsonMap {
  const attributes = Object.fromEntries(
    (Array.isArray(Attributes) ? (Attributes as { Name: string; Value?: string }[]) : []).flatMap(
      ({ Name, Value = '' }) => {
        const value = pseudonyms.attribute(Name, Value)
        return value === undefined ? [] : [[Name, value]]
      },
    ),
  )
  const { sub, identities: _identities, ...others } = attributes
  // Where the address is the username, the stored username is the sub.
  const name = signsInBy.map(attribute => others[attribute]).find(value => value !== undefined)
  const isTemporary = UserStatus === 'FORCE_CHANGE_PASSWORD' || UserStatus === 'RESET_REQUIRED'
  return {
    Username: name ?? pseudonyms.username(String(Username)),
    ...(isTemporary ? { TemporaryPassword: text } : { Password: text }),
    ...(sub === undefined ? {} : { Sub: sub }),
    ...(Object.keys(others).length === 0 ? {} : { UserAttributes: others }),
    ...(groups.length === 0 ? {} : { Groups: [...groups] }),
  }
}
