import type { Identity } from './identity.js'
import type { UserMfa } from './mfa.js'
import type { PasswordVerifier } from './password.js'
import { keyOf } from './ports/store.js'
import { foldCase, type UserPool } from './user-pool.js'

/** Where a user stands (docs/facts/user-pools-api.md §4.2). */
export type UserStatus =
  | 'UNCONFIRMED'
  | 'CONFIRMED'
  | 'FORCE_CHANGE_PASSWORD'
  | 'RESET_REQUIRED'
  | 'EXTERNAL_PROVIDER'

export interface User {
  readonly poolId: string
  readonly username: string
  readonly sub: string
  readonly status: UserStatus
  readonly enabled: boolean
  /** Texts, as the service keeps them (`email_verified` is "true" or "false"), without `sub` and `identities`. */
  readonly attributes: UserAttributes
  /** The accounts at other providers that lead to this user, the one that created it first. */
  readonly identities: readonly Identity[]
  readonly password?: UserPassword
  /** Earlier passwords, the newest first, where the pool's policy forbids to use them again. */
  readonly formerPasswords?: readonly PasswordVerifier[]
  /** Absent: never set up. */
  readonly mfa?: UserMfa
  /** Milliseconds since the epoch; tokens issued earlier are refused (a global sign-out, a disabled user). */
  readonly tokensValidFrom?: number
  readonly createdAt: number
  readonly modifiedAt: number
}

export type UserAttributes = { readonly [name: string]: string }

export interface UserPassword {
  readonly verifier: PasswordVerifier
  /** Milliseconds since the epoch. */
  readonly setAt: number
  readonly temporary: boolean
}

/** Where a user's record is kept. The username is unique in the pool, in the pool's sense of case. */
export const userKey = (pool: UserPool, username: string): string => keyOf(pool.id, foldCase(pool, username))

/**
 * What a user may be found by besides the username, as the index files it: a verified e-mail or phone number and the
 * preferred username where the pool makes them aliases; any of them where they *are* the username
 * (docs/facts/user-pools-api.md §4.1).
 */
export function aliasesOf(pool: UserPool, attributes: UserAttributes): string[] {
  const aliases = (pool.settings.AliasAttributes ?? []).filter(
    name => name === 'preferred_username' || attributes[`${name}_verified`] === 'true',
  )
  return [...aliases, ...(pool.settings.UsernameAttributes ?? [])].flatMap(name => {
    const value = attributes[name]
    return value === undefined || value === '' ? [] : [aliasKey(pool, value)]
  })
}

/**
 * The aliases of a user's record. A user who came through a provider is not found by e-mail or phone number
 * (docs/facts/oauth-and-federation.md §8.6).
 */
export const aliasesOfUser = (
  pool: UserPool,
  { status, attributes }: Pick<User, 'status' | 'attributes'>,
): string[] => (status === 'EXTERNAL_PROVIDER' ? [] : aliasesOf(pool, attributes))

/** An alias as the index files it. */
export const aliasKey = (pool: UserPool, value: string): string => keyOf(pool.id, foldCase(pool, value))
