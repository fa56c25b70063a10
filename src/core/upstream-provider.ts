import type { UpstreamKind } from './upstream-kind.js'
import type { UpstreamQuirk } from './upstream-quirks.js'

/**
 * A built-in identity provider: a stranger that pools federate to, as to Google or Okta, though it runs in this process
 * and is configured by the seed.
 */
export interface UpstreamProvider {
  /** Names it in its address. */
  readonly name: string
  readonly kind: UpstreamKind
  readonly clients: readonly UpstreamClient[]
  /** Who may sign in; a few made up people if there are none. */
  readonly users: readonly UpstreamUser[]
  /** What it does wrong, as real ones do now and then. */
  readonly quirks: readonly UpstreamQuirk[]
  /** The username of the user who is signed in without a page; people are asked if absent. */
  readonly signsIn?: string
}

/** How a relying party, such as one of our pools, is registered there. */
export interface UpstreamClient {
  readonly id: string
  /** Absent: the client is public, and has to use PKCE. */
  readonly secret?: string
  readonly redirectUris: readonly string[]
}

export interface UpstreamUser {
  readonly username: string
  /** What the provider says of the user; `sub` among it. */
  readonly claims: UpstreamClaims & { readonly sub: string }
}

export type UpstreamClaims = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** The path below which the built-in providers are found: browsers and our own federation go there, as to any other. */
export const zooPath = '/_rockpool/zoo'

/** The issuer of a built-in provider. */
export const upstreamIssuer = (base: string, name: string): string => `${base}${zooPath}/${name}`

/** Where a built-in provider publishes its SAML metadata; its entity id as well. */
export const upstreamMetadata = (base: string, name: string): string =>
  `${base}${zooPath}/${name}/saml/metadata`
