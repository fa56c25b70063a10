/** An account at another provider, as far as this pool knows it. */
export interface Identity {
  /** The subject at the provider, its case kept; where an attribute links, that attribute's value. */
  readonly userId: string
  /** The pool's attribute that links, where it is not the subject (fact N13). Never shown. */
  readonly linkedBy?: string
  readonly providerName: string
  readonly providerType: ProviderType
  /** The entity id of a SAML provider; null for all others. */
  readonly issuer: string | null
  /** Whether this identity created the profile; one that was linked to an existing profile did not. */
  readonly primary: boolean
  /** Milliseconds since the epoch. */
  readonly dateCreated: number
}

export type ProviderType = 'SAML' | 'Facebook' | 'Google' | 'LoginWithAmazon' | 'SignInWithApple' | 'OIDC'

/**
 * As the user attribute `identities` carries it: a JSON text with native types (docs/facts/oauth-and-federation.md §7.4).
 */
export const identitiesAttribute = (identities: readonly Identity[]): string =>
  JSON.stringify(identities.map(ordered))

/** As the ID token carries it: every value a text, but for a null issuer (§7.4, fact O16). */
export const identitiesClaim = (identities: readonly Identity[]): Record<string, string | null>[] =>
  identities.map(identity => ({
    ...ordered(identity),
    primary: String(identity.primary),
    dateCreated: String(identity.dateCreated),
  }))

const ordered = ({ userId, providerName, providerType, issuer, primary, dateCreated }: Identity) => ({
  userId,
  providerName,
  providerType,
  issuer,
  primary,
  dateCreated,
})

/**
 * How an identity is filed, so that a sign-in through a provider finds the user it leads to. A key may be that of several:
 * who finds one has to compare.
 */
export const identityKey = (poolId: string, providerName: string, subject: string): string =>
  `${poolId} ${providerName} ${subject}`

/** The same, and in lower case too: a subject in another case is told from one that nobody has heard of (fact N14). */
export const identityKeys = (poolId: string, { providerName, userId }: Identity): string[] => [
  ...new Set([userId, userId.toLowerCase()].map(subject => identityKey(poolId, providerName, subject))),
]
