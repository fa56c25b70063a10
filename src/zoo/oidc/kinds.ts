import type { UpstreamKind, UpstreamProvider } from '../../core/upstream-provider.js'

/** What distinguishes a kind of OpenID Provider from another. */
export interface OidcKind {
  /** What the sign-in page calls it. */
  readonly title: string
  /** The claims that each scope releases. Those of a user that are in no list come with `openid`. */
  readonly claims: Readonly<Record<string, readonly string[]>>
}

/** The kinds that are built in, one entry each. */
const oidcKinds: Readonly<Partial<Record<UpstreamKind, OidcKind>>> & { readonly oidc: OidcKind } = {
  oidc: {
    title: 'OpenID Provider',
    // OIDC Core §5.4.
    claims: {
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
    },
  },
}

/** Whether providers of a kind speak OpenID Connect by the engine. */
export const isOidcKind = (kind: UpstreamKind): boolean => oidcKinds[kind] !== undefined

export const oidcKindOf = (kind: UpstreamKind): OidcKind => oidcKinds[kind] ?? oidcKinds.oidc

/** The claims that each scope releases at a provider, with those that only its users have. */
export function claimsByScope({ kind, users }: UpstreamProvider): Record<string, string[]> {
  const { claims } = oidcKindOf(kind)
  const listed = new Set(Object.values(claims).flat())
  const others = users.flatMap(user => Object.keys(user.claims)).filter(name => !listed.has(name))
  return {
    openid: [...new Set(['sub', ...others])],
    ...Object.fromEntries(Object.entries(claims).map(([scope, names]) => [scope, [...names]])),
  }
}
