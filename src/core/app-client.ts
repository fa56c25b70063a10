import { ifAny } from '../lib/if-any.js'
import type { Infer } from '../lib/shape.js'
import type { createUserPoolClient } from './shapes/app-clients.js'
import type { UserPool } from './user-pool.js'

/** The configuration of an app client, in the vocabulary of `CreateUserPoolClient`. */
export type ClientSettings = Omit<
  Infer<typeof createUserPoolClient>,
  'UserPoolId' | 'ClientName' | 'GenerateSecret' | 'ClientSecret'
>

export interface AppClient {
  readonly id: string
  readonly poolId: string
  readonly name: string
  /** None for a public client, at most two for a confidential one: either is accepted. */
  readonly secrets: readonly ClientSecret[]
  readonly settings: ClientSettings
  /** Minutes after a sign-in for which browsers get in without another, once that was set: see `ssoMinutesOf`. */
  readonly ssoMinutes?: number
  /** Absent for clients that somebody configured: this one registered itself (fact N59). */
  readonly type?: 'DCR'
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
}

export interface ClientSecret {
  readonly id: string
  readonly value: string
  readonly createdAt: number
}

/** The name by which the pool's own users are a provider among others. */
export const localProvider = 'COGNITO'

export const isConfidential = (client: AppClient): boolean => client.secrets.length > 0

/** Whether the client may use an OAuth flow at all: flows count only when the client is enabled for OAuth. */
export const allowsFlow = (client: AppClient, flow: 'code' | 'implicit' | 'client_credentials'): boolean =>
  client.settings.AllowedOAuthFlowsUserPoolClient === true &&
  (client.settings.AllowedOAuthFlows ?? []).includes(flow)

/** The providers whose users may sign in through this client; `COGNITO` stands for the pool's own. */
export const providersOf = (client: AppClient): readonly string[] =>
  client.settings.SupportedIdentityProviders ?? []

/** Milliseconds an app may take to answer a challenge, and a sign-in page to be sent in. */
export const challengeLifetime = (client: AppClient): number =>
  (client.settings.AuthSessionValidity ?? 3) * 60_000

/** Whether tokens of this client can be revoked one sign-in at a time (and so carry `origin_jti`). */
export const tokensAreRevocable = (client: AppClient): boolean =>
  client.settings.EnableTokenRevocation ?? true

/** Whether each refresh of this client's gives a new refresh token. */
export const rotates = ({ settings }: AppClient): boolean =>
  settings.RefreshTokenRotation?.Feature === 'ENABLED'

const secondsIn = { seconds: 1, minutes: 60, hours: 3600, days: 86400 } as const

/** Seconds that tokens of this client are valid (docs/facts/oauth-and-federation.md §7.7). */
export function tokenLifetimes({ settings }: Pick<AppClient, 'settings'>): {
  id: number
  access: number
  refresh: number
} {
  const units = settings.TokenValidityUnits
  const seconds = (value: number, unit: keyof typeof secondsIn) => value * secondsIn[unit]
  return {
    id: seconds(
      settings.IdTokenValidity ?? 1,
      settings.IdTokenValidity ? (units?.IdToken ?? 'hours') : 'hours',
    ),
    access: seconds(
      settings.AccessTokenValidity ?? 1,
      settings.AccessTokenValidity ? (units?.AccessToken ?? 'hours') : 'hours',
    ),
    // 0 stands for the default of 30 days.
    refresh: settings.RefreshTokenValidity
      ? seconds(settings.RefreshTokenValidity, units?.RefreshToken ?? 'days')
      : seconds(30, 'days'),
  }
}

/** What `oidc:profile` stands for in a list (fact N20); the scope `profile` releases two more. */
export const profileAttributes: readonly string[] = [
  'name',
  'family_name',
  'given_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
]

/** The name by which the lists of a client name the attributes of the scope `profile` all at once (fact N20). */
export const profileShorthand = 'oidc:profile'

/** The attributes that a list of a client names; undefined where there is none, which an empty list means too. */
export const namedAttributes = (list: readonly string[] | undefined): readonly string[] | undefined =>
  ifAny(list)?.flatMap(name => (name === profileShorthand ? profileAttributes : [name]))

/**
 * Whether the client may read an attribute of its users. Without a list it reads all of them, but for those only
 * a developer may see.
 */
export const mayRead = ({ settings }: AppClient, attribute: string): boolean =>
  namedAttributes(settings.ReadAttributes)?.includes(attribute) ?? !isForDevelopers(attribute)

const isForDevelopers = (attribute: string): boolean => attribute.startsWith('dev:')

const verifiedFlag = /^(email|phone_number)_verified$/

/**
 * Whether the client may write an attribute. Without a list it writes what it may read, custom attributes too (fact N18).
 * A verified flag is in no list of attributes: it goes with its address.
 */
export const mayWrite = ({ settings }: AppClient, attribute: string): boolean => {
  const subject = verifiedFlag.exec(attribute)?.[1] ?? attribute
  return namedAttributes(settings.WriteAttributes)?.includes(subject) ?? !isForDevelopers(subject)
}

/** Whether users may set an attribute themselves through the client. They may not set verified flags. */
export const mayTell = (client: AppClient, attribute: string): boolean =>
  !verifiedFlag.test(attribute) && mayWrite(client, attribute)

/** Whether a browser would run, or show as a page, what the URL itself says: no app is ever found at such a URL. */
export const isScriptUrl = (url: string): boolean => /^\s*(javascript|data|vbscript):/i.test(url)

/**
 * Whether an app may be sent back to this URL: one of the registered callbacks, compared as text. There are no
 * wildcards and no prefixes (docs/facts/oauth-and-federation.md §3.1, §13).
 */
export const isCallback = ({ settings }: AppClient, url: string): boolean =>
  (settings.CallbackURLs ?? []).includes(url)

/** Whether a browser may be sent here after signing out. */
export const isSignOutUrl = ({ settings }: AppClient, url: string): boolean =>
  (settings.LogoutURLs ?? []).includes(url)

/** Whether the client belongs to the pool. */
export const isClientOf = (pool: UserPool, client: AppClient | undefined): client is AppClient =>
  client?.poolId === pool.id
