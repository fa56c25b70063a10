import type { ProviderType } from '../../core/identity.js'

type Details = Readonly<Record<string, string>>

/** What Describe adds to the details of a provider, by type (docs/facts/user-pools-api.md §2.4). */
export const derivedDetails = (type: ProviderType): Details => derived[type]

const derived: Record<ProviderType, Details> = {
  OIDC: {},
  SAML: {},
  Google: {
    attributes_url: 'https://people.googleapis.com/v1/people/me?personFields=',
    attributes_url_add_attributes: 'true',
    authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth',
    oidc_issuer: 'https://accounts.google.com',
    token_request_method: 'POST',
    token_url: 'https://www.googleapis.com/oauth2/v4/token',
  },
  Facebook: {
    attributes_url: 'https://graph.facebook.com/v17.0/me?fields=',
    attributes_url_add_attributes: 'true',
    authorize_url: 'https://www.facebook.com/v17.0/dialog/oauth',
    token_request_method: 'GET',
    token_url: 'https://graph.facebook.com/v17.0/oauth/access_token',
  },
  LoginWithAmazon: {
    attributes_url: 'https://api.amazon.com/user/profile',
    attributes_url_add_attributes: 'false',
    authorize_url: 'https://www.amazon.com/ap/oa',
    token_request_method: 'POST',
    token_url: 'https://api.amazon.com/auth/o2/token',
  },
  SignInWithApple: {
    attributes_url_add_attributes: 'false',
    authorize_url: 'https://appleid.apple.com/auth/authorize',
    oidc_issuer: 'https://appleid.apple.com',
    token_request_method: 'POST',
    token_url: 'https://appleid.apple.com/auth/token',
  },
}

/** Details that are never shown again. */
export const secretDetails: readonly string[] = ['private_key']
