import type { RelyingPartyClient } from './client.js'
import type { Claims } from './decoded.js'
import type { Journey } from './journey.js'

/** One journey of the relying party, from the click on "Sign in" until it signs out. Plain data: it is kept as JSON. */
export interface SignIn {
  /** Names it among the sign-ins of a browser; no secret. */
  readonly id: string
  readonly client: RelyingPartyClient
  /** What was asked for. */
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly sent: AuthorizationDetails
  /** Known once the browser is back. */
  readonly journey?: Journey | undefined
  readonly stage: Stage
}

/** What the answer to an authorization request is held against, and where it will be redeemed. */
export interface AuthorizationDetails {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly redirectUri: string
  readonly tokenEndpoint: string
}

export type Stage =
  | { readonly at: 'provider' }
  /** Back, with a code that is not redeemed or an error. `query` is encoded, as it was received. */
  | { readonly at: 'callback'; readonly query: string; readonly problem?: Problem }
  | SignedIn

export interface SignedIn {
  readonly at: 'app'
  readonly tokens: Tokens
  readonly userInfo: UserInfo
  /** How many times the tokens were refreshed. */
  readonly refreshes: number
  /** Why the last refresh failed. */
  readonly problem?: Problem
}

export interface Tokens {
  readonly accessToken: string
  /** Only with the scope `openid`. */
  readonly idToken?: string
  readonly refreshToken?: string
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
}

export type UserInfo = { readonly claims: Claims } | { readonly problem: Problem }

/** Something that went wrong on the way, for a person to read. */
export interface Problem {
  /** One sentence. */
  readonly summary: string
  /** The error as the protocol or the library names it. */
  readonly error: string
  readonly description?: string
  readonly remedy: string
}

/** Does work on a sign-in when that before it is done: a second click waits for the first. */
export function turns(): (signIn: string, work: () => Promise<void>) => Promise<void> {
  const latest = new Map<string, Promise<void>>()
  return (signIn, work) => {
    const done = (latest.get(signIn) ?? Promise.resolve()).then(work)
    const over = done
      .catch(() => undefined)
      .then(() => {
        if (latest.get(signIn) === over) latest.delete(signIn)
      })
    latest.set(signIn, over)
    return done
  }
}
