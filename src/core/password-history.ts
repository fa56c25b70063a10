import { isPassword, type PasswordVerifier } from './password.js'
import { ensure, refusal } from './refusal.js'
import type { User } from './user.js'
import type { UserPool } from './user-pool.js'

/** Passwords that a user has had: as many as `PasswordHistorySize` says, the current one among them, may not be used again. */

type Had = Pick<User, 'username' | 'password' | 'formerPasswords'>

const sizeOf = ({ settings }: UserPool): number => settings.Policies?.PasswordPolicy?.PasswordHistorySize ?? 0

/** The newest first. */
const remembered = (pool: UserPool, { password, formerPasswords = [] }: Had): readonly PasswordVerifier[] =>
  [...(password === undefined ? [] : [password.verifier]), ...formerPasswords].slice(0, sizeOf(pool))

/** @throws Refusal when the user has had this password, as far as the pool remembers */
export function ensureNotUsedBefore(pool: UserPool, user: Had, password: string): void {
  const isUsed = remembered(pool, user).some(verifier => isPassword(pool, user.username, password, verifier))
  ensure(!isUsed, () => usedBefore(pool, user.username))
}

/** What is kept of the passwords that a new one follows; undefined where the pool keeps none. */
export function formerPasswordsOf(pool: UserPool, user: Had): readonly PasswordVerifier[] | undefined {
  // The new one counts itself: it is among the last passwords from now on.
  const kept = remembered(pool, user).slice(0, Math.max(0, sizeOf(pool) - 1))
  return kept.length === 0 ? undefined : kept
}

const usedBefore = refusal('PasswordHistoryPolicyViolationException', (pool: UserPool, username: string) => ({
  // The service's words are not known for certain.
  told: 'Password has previously been used',
  because: `The new password is one of the last ${sizeOf(pool)} of ${username}, and ${pool.name} has PasswordHistorySize ${sizeOf(pool)}.`,
  remedy: 'Choose another password, or lower Policies.PasswordPolicy.PasswordHistorySize of the pool.',
}))
