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
