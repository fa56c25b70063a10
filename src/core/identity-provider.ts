import type { AttributeMapping } from './attribute-mapping.js'
import type { ProviderType } from './identity.js'

/** Another provider that may vouch for users of a pool. */
export interface IdentityProvider {
  readonly poolId: string
  readonly name: string
  readonly type: ProviderType
  /** As `CreateIdentityProvider` takes it and `DescribeIdentityProvider` shows it. */
  readonly details: { readonly [key: string]: string }
  readonly mapping: AttributeMapping
  /** The values by which the provider knows the pool's levels of assurance. */
  readonly acrMapping?: { readonly [level: string]: string }
  /** Other names to ask for it by, often e-mail domains. */
  readonly identifiers: readonly string[]
  /** The pool's attributes by which administrators have linked its accounts to users: five at most (fact S57). */
  readonly linkingAttributes?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
}

/**
 * The claim that names the user at a provider of this type; a mapping cannot change it
 * (docs/facts/oauth-and-federation.md §8.5).
 */
export const subjectClaims: Record<ProviderType, string> = {
  OIDC: 'sub',
  Google: 'sub',
  SignInWithApple: 'sub',
  Facebook: 'id',
  LoginWithAmazon: 'user_id',
  SAML: 'NameID',
}

/**
 * The mapping a provider has when it is made: social and OIDC providers map the username
 * (docs/facts/oauth-and-federation.md §8.5).
 */
export const withDefaultMapping = (type: ProviderType, mapping: AttributeMapping = {}): AttributeMapping =>
  type === 'SAML' ? mapping : { username: subjectClaims[type], ...mapping }

/** The addresses of an OIDC provider that a sign-in needs. */
export const oidcEndpoints = ['authorize_url', 'token_url', 'attributes_url', 'jwks_uri'] as const

/** The four addresses of a provider that a sign-in needs. */
export type Endpoints = { readonly [name in (typeof oidcEndpoints)[number]]: string }

/** What a SAML provider says of itself, and when and where that was read. */
export interface KeptMetadata {
  /** The metadata's address; of a file, its digest. */
  readonly source: string
  readonly entityId: string
  readonly ssoUrl: string
  readonly sloUrl?: string
  /** Base64 of DER. */
  readonly certificates: readonly string[]
  /** Milliseconds since the epoch. */
  readonly validUntil?: number
  /** Whether it says that it takes signed requests only. Cognito does not heed it (docs/facts/saml-and-social.md §1.3). */
  readonly wantsSignedRequests?: boolean
  readonly readAt: number
}

/** What discovery found, kept apart from what was configured by hand. */
export interface Discovery {
  readonly issuer: string
  readonly endpoints: Endpoints
}
