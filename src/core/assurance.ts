import type { IdentityProvider } from './identity-provider.js'
import type { UserPool } from './user-pool.js'

/**
 * How sure a sign-in is of its user (docs/facts/additions-2026.md §3): the methods by which the user proved who they are (`amr`), and
 * the level that they come to (`acr`). Pure functions and tables.
 */

const methodNames = ['pwd', 'otp', 'sms', 'email_otp', 'swk', 'hwk', 'fed'] as const

/** A method, by its name in `amr` (RFC 8176, and Cognito's own). `fed` is another provider's word. */
export type Method = (typeof methodNames)[number]

export const levels = [1, 2, 3, 4] as const

export type Level = (typeof levels)[number]

/** What reaches a level: one method, or the password and another (§3.1). Passkeys count alike, wherever they are kept. */
export const ways: readonly { readonly level: Level; readonly by: readonly Means[] }[] = [
  { level: 1, by: ['pwd'] },
  { level: 2, by: ['email_otp'] },
  { level: 2, by: ['sms'] },
  { level: 3, by: ['passkey'] },
  { level: 3, by: ['pwd', 'sms'] },
  { level: 3, by: ['pwd', 'email_otp'] },
  { level: 4, by: ['pwd', 'otp'] },
]

/** What a user may be asked for. */
export type Means = 'pwd' | 'otp' | 'sms' | 'email_otp' | 'passkey'

export const meansOf = (method: Method): Means | undefined => {
  if (method === 'swk' || method === 'hwk') return 'passkey'
  return method === 'fed' ? undefined : method
}

/** The highest level that methods of Cognito's own satisfy; undefined for those of a custom sign-in without a password. */
export function levelOf(methods: readonly Method[]): Level | undefined {
  const proven = methods.map(meansOf)
  return ways.findLast(({ by }) => by.every(means => proven.includes(means)))?.level
}

/** The claim `amr`: methods in the order in which they were proven, and `mfa` where there were several. */
const amrOf = (methods: readonly string[]): readonly string[] => {
  const distinct = [...new Set(methods)].filter(method => method !== 'mfa')
  return distinct.length > 1 ? [...distinct, 'mfa'] : distinct
}

/** The methods among the values of a claim `amr`, of a token of ours or of another provider's. */
export const methodsIn = (amr: unknown): readonly Method[] =>
  Array.isArray(amr) ? amr.filter((value): value is Method => methodNames.includes(value)) : []

type LevelName = `Level${Level}`

const nameOf = (level: Level): LevelName => `Level${level}`

/** The name that a level has for apps, by default (§3.1). */
export const defaultAcr = (level: Level): string => `urn:cognito:loa:${level}`

/** The names of all levels in a pool: those that it has set, the defaults for the others (§3.3). */
export const acrNames = ({ AcrConfiguration }: UserPool['settings']): Readonly<Record<LevelName, string>> =>
  Object.fromEntries(
    levels.map(level => [nameOf(level), AcrConfiguration?.[nameOf(level)]?.AcrValue ?? defaultAcr(level)]),
  ) as Record<LevelName, string>

const acrOf = ({ settings }: Pick<UserPool, 'settings'>, level: Level): string =>
  acrNames(settings)[nameOf(level)]

/** The level of a name; undefined for one that the pool does not have, or has no more. */
export const levelNamed = ({ settings }: Pick<UserPool, 'settings'>, acr: unknown): Level | undefined => {
  const names = acrNames(settings)
  return levels.find(level => names[nameOf(level)] === acr)
}

/** The levels that a list of names asks for, the wanted one in front. Names that the pool does not have are passed over (§3.4, §3.5). */
export const levelsAsked = (pool: Pick<UserPool, 'settings'>, names: string | undefined): readonly Level[] =>
  (names ?? '').split(/\s+/).flatMap(name => levelNamed(pool, name) ?? [])

/** Whether the tokens of every sign-in of the pool say `acr` and `amr`: once the pool has an `AcrConfiguration` (§10). */
const tellsAssurance = ({ settings }: Pick<UserPool, 'settings'>): boolean =>
  settings.AcrConfiguration !== undefined

/** The value by which a provider knows a level (§3.6). */
export const upstreamAcr = ({ acrMapping }: IdentityProvider, level: Level): string | undefined =>
  acrMapping?.[nameOf(level)]

/** What another provider's `acr` and `amr` come to: an unknown level is the lowest (fact N56). */
export function vouchedAssurance(
  provider: IdentityProvider,
  { acr, amr }: { readonly acr?: unknown; readonly amr?: unknown },
): { readonly level: Level; readonly methods: readonly Method[] } {
  const known = methodsIn(amr)
  const level = acr === undefined ? undefined : levels.findLast(each => upstreamAcr(provider, each) === acr)
  return { level: level ?? 1, methods: known.length === 0 ? ['fed'] : known }
}

/** What a grant keeps of it: the methods always, the level by its name where the tokens say it. */
export interface Assurance {
  readonly methods: readonly Method[]
  /** By its name at that time: a renaming does not change it. */
  readonly acr?: string
  /** Whether the tokens say `acr` and `amr`. */
  readonly isTold: boolean
}

/**
 * The assurance of a sign-in that ends.
 * @param level of another provider's word; otherwise it follows from the methods
 * @param isAskedFor whether the sign-in named a level
 */
export function assurance(
  pool: Pick<UserPool, 'settings'>,
  {
    methods,
    level = levelOf(methods),
  }: { readonly methods: readonly Method[]; readonly level?: Level | undefined },
  isAskedFor: boolean,
): Assurance {
  return {
    methods,
    ...(level === undefined ? {} : { acr: acrOf(pool, level) }),
    isTold: isAskedFor || tellsAssurance(pool),
  }
}

/** The claims of it, in both tokens (§3.2). */
export const assuranceClaims = (
  of: Assurance | undefined,
): { readonly acr?: string; readonly amr?: readonly string[] } =>
  of?.isTold
    ? {
        ...(of.acr === undefined ? {} : { acr: of.acr }),
        ...(of.methods.length === 0 ? {} : { amr: amrOf(of.methods) }),
      }
    : {}
