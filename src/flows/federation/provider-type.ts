import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider, SupportedType } from '../../core/identity-provider.js'
import type { Remembered } from '../../core/pending-sign-in.js'
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
  readonly told: { readonly missing: string; readonly invalid: string }
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
  readonly remembered: Remembered
}

/** What a provider vouches for. */
export interface Vouching {
  /** What it says of the user, unmapped. */
  readonly claims: Claims
  /** Where the claims are from, by the names that the trigger InboundFederation knows them by. */
  readonly sources?: { readonly [source in 'tokenResponse' | 'idToken' | 'userInfo']: Claims }
}

/** An implementation of every type that Rockpool signs people in through. */
export type ProviderTypes = { readonly [type in SupportedType]: ProviderType }
