import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { Remembered } from '../../core/pending-sign-in.js'
import type { Refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import type { AuthorizationRequest, Parameters } from '../authorization/authorization-request.js'
import type { Onward } from '../authorization/ports.js'

/**
 * The port of a type of identity providers: how Rockpool speaks with all providers of the type `OIDC`, say. A type
 * sends the browser away and proves what it brings back. Everything else is the same for all types and is not theirs:
 * pending sign-ins, mapping, linking, users, triggers, sessions.
 */
export interface ProviderType {
  /** Where providers of this type send the browser back to. */
  readonly returnsTo: ReturnAddress
  /**
   * Begins a sign-in.
   * @throws Refusal for the app, where the provider cannot be used
   */
  begin(leaving: Leaving): Promise<Departure>
  /**
   * Proves what the provider answered.
   * @returns what the provider vouches for
   * @throws Refusal for the app, where the answer does not hold
   */
  finish(answered: Answered): Promise<Vouching>
  /**
   * Fetches ahead what a sign-in will need of the provider, such as its endpoints.
   * @throws Refusal where that fails
   */
  prepare?(provider: IdentityProvider): Promise<void>
  /** How the app reads a refusal of what follows the proof: of the user's attributes, or by a trigger. */
  refusalOf?(refusal: Refusal): Refusal
  /** Whether a provider may send users whom nobody has sent there. */
  beginsItself?(provider: IdentityProvider): boolean
  /** What is asked for where the provider began by itself: the parameters of an authorize request, from what stands for the state. */
  requestOf?(state: string): Parameters
  /** How users are signed out at the provider as well. */
  readonly signOut?: SignOut
  /** Forgets what was fetched in this process: another state took the place of the one it was fetched for. */
  forget?(): void
}

/** An address below a pool's domain at which browsers come back from providers. */
export interface ReturnAddress {
  readonly path: string
  readonly method: 'GET' | 'POST'
  /** The parameter that brings back the state. */
  readonly stateParameter: string
  /** What the user reads when the state is missing, or belongs to no pending sign-in of this browser. */
  readonly told: {
    readonly missing: string
    readonly invalid: string
    /** Where it belongs to a sign-in at a provider of another type; `invalid` if absent. */
    readonly elsewhere?: string
  }
}

/** Signing a user out at the provider that vouched for them. */
export interface SignOut {
  /** Where the provider posts its answer to. */
  readonly path: string
  readonly stateParameter: string
  /** The URL that the browser goes to; undefined where the provider is not to be asked. */
  begin(signingOut: SigningOut): Promise<string | undefined>
  /** Looks at the answer. The user is signed out here already, whatever it says. */
  finish(provider: string, answer: Parameters): void
}

export interface SigningOut {
  readonly provider: IdentityProvider
  readonly pool: UserPool
  /** What the provider's type kept of the session: see `Vouching`. */
  readonly session: Remembered
  /** Has to come back unchanged. */
  readonly state: string
}

/** A user who leaves for a provider. */
export interface Leaving {
  readonly provider: IdentityProvider
  /** What the app asks for. */
  readonly request: AuthorizationRequest
  /** Has to come back unchanged, in the parameter that `returnsTo` names. */
  readonly state: string
  /** The URL of `returnsTo` at the pool's domain. */
  readonly callbackUrl: string
}

/** Where the browser goes, and what the type wants to have again when it is back, such as the id of its request. */
export interface Departure {
  readonly onward: Onward
  readonly remembered?: Remembered
}

/** A user who is back from a provider, with an answer that is not proven yet. */
export interface Answered {
  readonly provider: IdentityProvider
  readonly pool: UserPool
  /** The query, or the form, with which the browser came back. */
  readonly answer: Parameters
  readonly callbackUrl: string
  /** Undefined where nobody asked: the provider began by itself. */
  readonly remembered: Remembered | undefined
}

/** What a provider vouches for. */
export interface Vouching {
  /** What it says of the user, unmapped. */
  readonly claims: Claims
  /** Where the claims are from, by the names that the trigger InboundFederation knows them by. */
  readonly sources?: {
    readonly [source in 'tokenResponse' | 'idToken' | 'userInfo' | 'samlResponse']?: Claims
  }
  /** Who vouches, where users see that: the entity id of a SAML provider. */
  readonly issuer?: string
  /** What it takes to sign the user out at the provider. */
  readonly session?: Remembered
}

/** An implementation of every type that Rockpool signs people in through. */
export type ProviderTypes = { readonly [type in IdentityProvider['type']]: ProviderType }
