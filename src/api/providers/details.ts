import type { ProviderType } from '../../core/identity.js'
import { oidcEndpoints } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { isWebUrl } from '../../lib/url.js'
import { invalidParameter } from '../refusals.js'

type Details = Readonly<Record<string, string>>

/** What Describe adds to the details of a provider, by type (§2.4). */
export const derivedDetails = (type: ProviderType): Details => derived[type]

const derived: Record<ProviderType, Details> = {
  OIDC: { attributes_url_add_attributes: 'false' },
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

/** What a provider's details have to obey, in the service's words. */
export function ensureDetails(type: ProviderType, details: Details): void {
  for (const [obeyed, told] of rules[type] ?? socialRules)
    ensure(obeyed(details), () => invalidParameter(typeof told === 'string' ? told : told(details)))
}

type Rule = readonly [obeyed: (details: Details) => boolean, told: string | ((details: Details) => string)]

const having =
  (...names: string[]) =>
  (details: Details): boolean =>
    names.every(name => details[name])

const socialRules: readonly Rule[] = [
  [
    having('client_id', 'client_secret', 'authorize_scopes'),
    'clientId, clientSecret and authorizeScopes are all required idp details.',
  ],
]

const rules: { readonly [type in ProviderType]?: readonly Rule[] } = {
  OIDC: [
    [
      having('client_id', 'authorize_scopes', 'oidc_issuer', 'attributes_request_method'),
      'clientId, authorizeScopes, oidcIssuer and attributesRequestMethod are all required idp details.',
    ],
    // Plain http is let pass: here the provider may be on the same machine, where it is https on AWS.
    [
      details => ['oidc_issuer', ...oidcEndpoints].every(name => isWebUrl(details[name] ?? 'https://x')),
      'OIDC endpoint must start with https://',
    ],
    [
      ({ attributes_request_method: method = '' }) => ['GET', 'POST'].includes(method),
      ({ attributes_request_method: method }) =>
        `1 validation error detected: Value '${method}' at 'attributesRequestMethod' failed to satisfy constraint: Member must satisfy enum value set: [POST, GET]`,
    ],
  ],
  SAML: [
    [
      ({ MetadataURL, MetadataFile }) => Boolean(MetadataURL ?? MetadataFile),
      'At least one of the MetadataURL or MetadataFile should be provided.',
    ],
    [
      ({ MetadataURL, MetadataFile }) => !(MetadataURL && MetadataFile),
      'Only one of the MetadataURL or MetadataFile should be provided.',
    ],
  ],
  SignInWithApple: [
    [
      having('client_id', 'private_key', 'team_id', 'key_id'),
      'clientId, privateKey, teamId, and keyId are all required idp details.',
    ],
  ],
}
