import { createHash } from 'node:crypto'
import type { UpstreamKind } from '../../core/upstream-kind.js'
import type { UpstreamClaims, UpstreamProvider, UpstreamUser } from '../../core/upstream-provider.js'
import { usersOf } from '../../core/upstream-users.js'

/** What distinguishes a kind of OpenID Provider from another. */
export interface OidcKind {
  /** What the sign-in page calls it. */
  readonly title: string
  /** The claims that each scope releases. Those of a user that are in no list come with `openid`. */
  readonly claims: Readonly<Record<string, readonly string[]>>
  /** What it says of a user: as the seed has it, if absent. */
  readonly told?: (claims: UpstreamUser['claims']) => UpstreamClaims
}

/** The claims of OIDC Core §5.4. */
const standardClaims = {
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  profile: [
    'birthdate',
    'family_name',
    'gender',
    'given_name',
    'locale',
    'middle_name',
    'name',
    'nickname',
    'picture',
    'preferred_username',
    'profile',
    'updated_at',
    'website',
    'zoneinfo',
  ],
}

/** The kinds that are built in, one entry each (docs/facts/saml-and-social.md §8.3). */
const oidcKinds: Readonly<Partial<Record<UpstreamKind, OidcKind>>> & { readonly oidc: OidcKind } = {
  oidc: { title: 'OpenID Provider', claims: standardClaims },
  entra: {
    title: 'Microsoft Entra ID',
    claims: standardClaims,
    // Entra does not say whether an address is the user's. Its lasting id is oid; sub differs from client to client.
    told: ({ email_verified: _unknown, ...claims }) => ({
      oid: guidOf(claims.sub),
      tid: guidOf('tenant'),
      preferred_username: claims.email ?? claims.sub,
      ...claims,
    }),
  },
  okta: {
    title: 'Okta',
    claims: standardClaims,
    told: claims => ({
      preferred_username: claims.email ?? claims.sub,
      zoneinfo: 'America/Los_Angeles',
      ...claims,
    }),
  },
  auth0: {
    title: 'Auth0',
    claims: standardClaims,
    told: claims => ({ nickname: String(claims.email ?? claims.sub).split('@')[0] ?? '', ...claims }),
  },
  keycloak: {
    title: 'Keycloak',
    claims: standardClaims,
    told: claims => ({
      preferred_username: String(claims.email ?? claims.sub).split('@')[0] ?? '',
      ...claims,
    }),
  },
}

/** An id of the form that Microsoft has, the same for the same text. */
export const guidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

/** A user, as a kind of provider tells of them. */
export function oidcUser(kind: UpstreamKind, user: UpstreamUser): UpstreamUser {
  const { told = claims => claims } = oidcKindOf(kind)
  return { username: user.username, claims: { ...told(user.claims), sub: user.claims.sub } }
}

/** Whether providers of a kind speak OpenID Connect by the engine. */
export const isOidcKind = (kind: UpstreamKind): boolean => oidcKinds[kind] !== undefined

export const oidcKindOf = (kind: UpstreamKind): OidcKind => oidcKinds[kind] ?? oidcKinds.oidc

/** The claims that each scope releases at a provider, with those that only its users have. */
export function claimsByScope(provider: UpstreamProvider): Record<string, string[]> {
  const users = usersOf(provider).map(user => oidcUser(provider.kind, user))
  const { claims } = oidcKindOf(provider.kind)
  const listed = new Set(Object.values(claims).flat())
  const others = users.flatMap(user => Object.keys(user.claims)).filter(name => !listed.has(name))
  return {
    openid: [...new Set(['sub', ...others])],
    ...Object.fromEntries(Object.entries(claims).map(([scope, names]) => [scope, [...names]])),
  }
}

/** The claims that the engine's configuration names. */
export const knownClaims = (provider: UpstreamProvider): ReadonlySet<string> =>
  new Set(Object.values(claimsByScope(provider)).flat())
