import type { IdentityProvider } from '../core/identity-provider.js'
import type { MovableClock } from '../core/movable-clock.js'
import type { Instruments } from '../flows/federation/examination.js'
import type { Service } from '../flows/service.js'
import type { FlightRecorder } from '../recorder/flight-recorder.js'
import type { NamedSnapshots } from '../state/named-snapshots.js'
import type { State } from '../state/state.js'

/** What the pages of the console read, and what their forms act on. They write through `flows` and `state` only. */
export interface Console {
  readonly service: Service
  readonly recorder: FlightRecorder
  readonly clock: MovableClock
  readonly state: State
  readonly snapshots: NamedSnapshots
  readonly instruments: Instruments
  /** Finds the endpoints of a provider, and keeps them; throws a `Refusal` when it does not answer. */
  prepare(provider: IdentityProvider): Promise<void>
}

/** The address of the console; all of it is below. */
export const consolePath = '/_rockpool'

/** The address of a page of the console, from the parts of its path, each of which may be any text. */
export const pathTo = (...parts: readonly string[]): string =>
  [consolePath, ...parts.map(encodeURIComponent)].join('/')
