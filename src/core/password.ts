import { sameSecret } from '../lib/secrets.js'
import { type Chance, randomText } from './ports/chance.js'
import { ensure, refusal } from './refusal.js'
import { power } from './srp-group.js'
import { pad, sha256, toNumber } from './srp-numbers.js'
import type { PoolSettings, UserPool } from './user-pool.js'

/**
 * What Rockpool keeps of a password: enough to verify one that is sent, and to take part in SRP otherwise
 * (docs/facts/user-pools-api.md §3.5). It is no stronger against guessing than SRP's own verifier, which Cognito keeps too.
 */
export type PasswordVerifier = KeptHash | KeptVerifier

/** SRP's private value, of which the verifier is made once SRP needs it: most passwords are only ever sent. */
interface KeptHash {
  /** 16 random bytes, in hexadecimal. */
  readonly salt: string
  /** `x`, in hexadecimal. */
  readonly x: string
}

/** The verifier itself, as users bring it who were exported by an earlier version. */
interface KeptVerifier {
  readonly salt: string
  /** `v = g^x mod N`, in hexadecimal. */
  readonly srp: string
  /** SHA-256 of SRP's private value `x`: compared when the password itself is sent. */
  readonly check: string
}

/** Makes the verifier of a password. `salt` must be 16 random bytes. */
export const passwordVerifier = (
  pool: UserPool,
  username: string,
  password: string,
  salt: Buffer,
): PasswordVerifier => ({
  salt: salt.toString('hex'),
  x: privateValue(pool, username, password, salt).toString('hex'),
})

/** Whether this is the password. */
export function isPassword(
  pool: UserPool,
  username: string,
  password: string,
  verifier: PasswordVerifier,
): boolean {
  const x = privateValue(pool, username, password, Buffer.from(verifier.salt, 'hex'))
  return 'x' in verifier
    ? sameSecret(x.toString('hex'), verifier.x)
    : sameSecret(sha256(x).toString('hex'), verifier.check)
}

/** Keyed by the kept hash: a new password is another object, and a deleted one is collected. */
const computed = new WeakMap<PasswordVerifier, string>()

/** SRP's verifier `v`, in hexadecimal. */
export function srpVerifier(kept: PasswordVerifier): string {
  if ('srp' in kept) return kept.srp
  const known = computed.get(kept) ?? power(2n, Buffer.from(kept.x, 'hex')).toString(16)
  computed.set(kept, known)
  return known
}

/** SRP's `x = H(pad(salt) | H(poolName | userIdForSrp | ":" | password))`. */
function privateValue({ id }: UserPool, username: string, password: string, salt: Buffer): Buffer {
  const poolName = id.slice(id.lastIndexOf('_') + 1)
  return sha256(pad(toNumber(salt)), sha256(Buffer.from(`${poolName}${username}:${password}`)))
}

/** What a password of the pool must look like; Cognito's defaults where the pool says nothing. */
export interface PasswordPolicy {
  readonly minimumLength: number
  readonly requires: readonly CharacterClass[]
  readonly temporaryPasswordValidityDays: number
}

/** A kind of character a password may have to contain, with the words of Cognito's refusal. */
export interface CharacterClass {
  readonly name: 'uppercase' | 'lowercase' | 'numeric' | 'symbol'
  readonly pattern: RegExp
}

const characterClasses: readonly (CharacterClass & { readonly setting: CharacterRequirement })[] = [
  { name: 'uppercase', setting: 'RequireUppercase', pattern: /[A-Z]/ },
  { name: 'lowercase', setting: 'RequireLowercase', pattern: /[a-z]/ },
  { name: 'numeric', setting: 'RequireNumbers', pattern: /[0-9]/ },
  // A blank counts as a symbol unless it is first or last (§4.3).
  {
    name: 'symbol',
    setting: 'RequireSymbols',
    pattern: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|(?<=.) (?=.)/,
  },
]
type CharacterRequirement = 'RequireUppercase' | 'RequireLowercase' | 'RequireNumbers' | 'RequireSymbols'

/**
 * What a policy requires, in Cognito's vocabulary, with what is left out. A pool without a policy requires every kind of character; a policy that is
 * given requires what it says, and nothing else (fact I4).
 */
export const wholePasswordPolicy = <P extends object>(given: P | undefined) => ({
  MinimumLength: 8,
  RequireUppercase: given === undefined,
  RequireLowercase: given === undefined,
  RequireNumbers: given === undefined,
  RequireSymbols: given === undefined,
  ...given,
})

/**
 * Days for which a temporary password is good: by the policy, or by the older setting in its place; 0 stands for the default
 * of seven.
 */
export const temporaryPasswordValidityDays = ({ Policies, AdminCreateUserConfig }: PoolSettings): number =>
  (Policies?.PasswordPolicy?.TemporaryPasswordValidityDays ??
    AdminCreateUserConfig?.UnusedAccountValidityDays) ||
  7

export function passwordPolicyOf({ settings }: UserPool): PasswordPolicy {
  const given = settings.Policies?.PasswordPolicy
  const policy = given ?? {}
  // Without a policy all are required; a policy requires what it says, and nothing else.
  const isRequired = given === undefined
  return {
    minimumLength: policy.MinimumLength ?? 8,
    requires: characterClasses.filter(({ setting }) => policy[setting] ?? isRequired),
    temporaryPasswordValidityDays: temporaryPasswordValidityDays(settings),
  }
}

/** A random password that conforms to the pool's policy, for an invitation. */
export function temporaryPassword(pool: UserPool, chance: Chance): string {
  const { minimumLength } = passwordPolicyOf(pool)
  const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%+:=?@']
  const one = alphabets.map(alphabet => randomText(chance, 1, alphabet)).join('')
  return `${one}${randomText(chance, Math.max(minimumLength, 12) - one.length, alphabets.join(''))}`
}

/** The first rule a password breaks, in Cognito's words and order; undefined when it breaks none. */
export function policyViolation(pool: UserPool, password: string): string | undefined {
  const policy = passwordPolicyOf(pool)
  if (password.length < policy.minimumLength) return 'Password not long enough'
  const missing = policy.requires.find(({ pattern }) => !pattern.test(password))
  return missing && `Password must have ${missing.name} characters`
}

const passwordTooWeak = refusal(
  'InvalidPasswordException',
  (violation: string, poolName: string, head: string) => ({
    told: `${head}: ${violation}`,
    because: `The new password breaks the password policy of ${poolName}: ${violation}.`,
    remedy: 'Choose another password, or relax Policies.PasswordPolicy of the pool.',
  }),
)

/** Refuses a password that breaks the pool's policy; signing up has words of its own (§4.3). */
export function ensureConforms(
  pool: UserPool,
  password: string,
  head = 'Password does not conform to policy',
): void {
  const violation = policyViolation(pool, password)
  ensure(violation === undefined, () => passwordTooWeak(violation ?? '', pool.name, head))
}
