/**
 * An app client as the built-in relying party knows it: what anybody who registers an app has to be told, and
 * nothing of what the pool keeps to itself.
 */
export interface RelyingPartyClient {
  readonly poolName: string
  readonly poolId: string
  /** What `iss` says in the pool's tokens. */
  readonly issuer: string
  /** URL of the discovery document; the issuer may be one that leads elsewhere. */
  readonly discoveryUrl: string
  /** The user pool domain, without a slash at the end. */
  readonly domainUrl: string
  readonly clientId: string
  readonly clientName: string
  /** None for a public client. */
  readonly clientSecret?: string
  /** The relying party's callback, if the client registers it. */
  readonly redirectUri?: string
  /** Where `/logout` may send the browser back to, if the client registers an address of the relying party. */
  readonly signOutUri?: string
  /** What the client may ask for. */
  readonly scopes: readonly string[]
}

/** Everybody a person may sign in to; asked again for every page. */
export type Apps = () => Promise<RelyingPartyClient[]>

/** Registers the relying party's callback and sign-out URL with a client that lacks them. */
export type LetIn = (client: RelyingPartyClient) => Promise<void>

/** Where the relying party is found, below the public base URL. */
export const appPath = '/_rockpool/app'
export const callbackPath: string = `${appPath}/callback`
