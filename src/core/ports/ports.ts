import type { Chance } from './chance.js'
import type { Clock } from './clock.js'
import type { Recorder } from './recorder.js'
import type { Store } from './store.js'
import type { Triggers } from './triggers.js'

/** Everything the rules ask of the outside. */
export interface Ports {
  readonly clock: Clock
  readonly chance: Chance
  readonly store: Store
  readonly recorder: Recorder
  readonly triggers: Triggers
}
