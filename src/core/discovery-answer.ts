import type { Endpoints } from './identity-provider.js'

/** What a provider says of itself in its discovery document (OpenID Connect Discovery §3), or why it could not be read. */
export type DiscoveryAnswer = DiscoveryFound | DiscoveryFailed

export interface DiscoveryFound {
  /** The address that was asked. */
  readonly url: string
  readonly issuer: string | undefined
  /** Those that it names, as URLs. */
  readonly endpoints: Partial<Endpoints>
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
}

export interface DiscoveryFailed {
  readonly url: string
  /** The end of a sentence. */
  readonly failed: string
}
