import type { ProviderType } from './identity.js'
import type { UpstreamKind } from './upstream-kind.js'

/**
 * The social providers: what Cognito knows of each without being told (docs/facts/user-pools-api.md §2.4,
 * docs/facts/saml-and-social.md §7).
 */

type Details = { readonly [name: string]: string | undefined }

export const socialTypes = ['Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'] as const
export type SocialType = (typeof socialTypes)[number]

/** The kind of the built-in provider that stands in for a real one. */
export const socialKinds = {
  Google: 'google',
  Facebook: 'facebook',
  LoginWithAmazon: 'amazon',
  SignInWithApple: 'apple',
} as const satisfies Record<SocialType, UpstreamKind>

const isSocial = (type: ProviderType): type is SocialType =>
  (socialTypes as readonly ProviderType[]).includes(type)

/** The version of Facebook's API where the details name none [guess]. */
const facebookVersion = 'v17.0'

/** What Describe adds to the details of a provider, by type. */
export function derivedDetails(
  type: ProviderType,
  { api_version: version }: Details = {},
): Record<string, string> {
  return isSocial(type) ? derived[type](version || facebookVersion) : {}
}

const derived: Record<SocialType, (version: string) => Record<string, string>> = {
  Google: () => ({
    attributes_url: 'https://people.googleapis.com/v1/people/me?personFields=',
    attributes_url_add_attributes: 'true',
    authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth',
    oidc_issuer: 'https://accounts.google.com',
    token_request_method: 'POST',
    token_url: 'https://www.googleapis.com/oauth2/v4/token',
  }),
  Facebook: version => ({
    attributes_url: `https://graph.facebook.com/${version}/me?fields=`,
    attributes_url_add_attributes: 'true',
    authorize_url: `https://www.facebook.com/${version}/dialog/oauth`,
    token_request_method: 'GET',
    token_url: `https://graph.facebook.com/${version}/oauth/access_token`,
  }),
  LoginWithAmazon: () => ({
    attributes_url: 'https://api.amazon.com/user/profile',
    attributes_url_add_attributes: 'false',
    authorize_url: 'https://www.amazon.com/ap/oa',
    token_request_method: 'POST',
    token_url: 'https://api.amazon.com/auth/o2/token',
  }),
  SignInWithApple: () => ({
    attributes_url_add_attributes: 'false',
    authorize_url: 'https://appleid.apple.com/auth/authorize',
    oidc_issuer: 'https://appleid.apple.com',
    token_request_method: 'POST',
    token_url: 'https://appleid.apple.com/auth/token',
  }),
}

/** Where the keys are that ID tokens of these providers are signed with. */
export const publishedKeysOf: Readonly<Partial<Record<SocialType, string>>> = {
  Google: 'https://www.googleapis.com/oauth2/v3/certs',
  SignInWithApple: 'https://appleid.apple.com/auth/keys',
}

/** Details that are never shown again. */
export const secretDetails: readonly string[] = ['private_key']
