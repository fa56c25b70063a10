import type { Claims } from '../core/attribute-mapping.js'
import type { IdentityProvider, KeptMetadata } from '../core/identity-provider.js'
import type { MovableClock } from '../core/movable-clock.js'
import type { SocialType } from '../core/social-provider.js'
import type { UpstreamProvider } from '../core/upstream-provider.js'
import type { Instruments } from '../flows/federation/examination.js'
import type { Service } from '../flows/service.js'
import type { AllFlights } from '../recorder/all-flights.js'
import type { NamedSnapshots } from '../state/named-snapshots.js'
import type { State } from '../state/state.js'

/** What the pages of the console read, and what their forms act on. They write through `flows` and `state` only. */
export interface Console {
  readonly service: Service
  /** Those of all processes that share the state. */
  readonly flights: AllFlights
  readonly clock: MovableClock
  readonly state: State
  readonly snapshots: NamedSnapshots
  readonly instruments: Instruments
  readonly upstream: Upstream
}

/** What can be asked of identity providers, and of those that are built in. */
export interface Upstream {
  /** Finds the endpoints of a provider, and keeps them; throws a `Refusal` when it does not answer. */
  prepare(provider: IdentityProvider): Promise<void>
  /** Reads the metadata of a SAML provider, and keeps nothing; throws a `Refusal` where they are not to be had, or of no use. */
  metadata(provider: IdentityProvider): Promise<KeptMetadata>
  /** What a SAML response says that somebody pasted, unproven; undefined where nothing in it can be read. */
  pastedClaims(text: string): Promise<Claims | undefined>
  /** Where an address of a social provider leads: to the provider, or to the built-in one that stands in for it. */
  reach(type: SocialType, url: string): string
  /** The built-in identity providers. */
  builtIn(): readonly UpstreamProvider[]
}

/** The address of the console; all of it is below. */
export const consolePath = '/_rockpool'

/** The address of a page of the console, from the parts of its path, each of which may be any text. */
export const pathTo = (...parts: readonly string[]): string =>
  [consolePath, ...parts.map(encodeURIComponent)].join('/')
