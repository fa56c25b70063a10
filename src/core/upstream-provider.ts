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
}

/** The kinds of provider that are built in. */
export const upstreamKinds = [
  'oidc',
  'saml',
  'google',
  'facebook',
  'amazon',
  'apple',
  'entra',
  'okta',
  'auth0',
  'keycloak',
] as const
export type UpstreamKind = (typeof upstreamKinds)[number]

/**
 * What real providers are known to do to those who federate to them (docs/facts/saml-and-social.md §9), each a switch.
 */
export const upstreamQuirks = [
  'unsigned',
  'sign-response',
  'sign-both',
  'sha1',
  'no-key-info',
  'foreign-key',
  'expired-certificate',
  'encrypts',
  'wrong-audience',
  'wrong-recipient',
  'wrong-issuer',
  'no-in-response-to',
  'expired',
  'no-name-id',
  'long-name-id',
  'upper-case-name-id',
  'no-email',
  'short-names',
  'repeated-attributes',
  'many-groups',
  'emoji',
  'cut-relay-state',
  'empty-relay-state',
  'long-access-token',
  'refuses',
  'logout-by-redirect',
] as const
export type UpstreamQuirk = (typeof upstreamQuirks)[number]

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
