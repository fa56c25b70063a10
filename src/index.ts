/** What other programs may import: a Rockpool in the same process. */

export { SeedError } from './config/seed/mistakes.js'
export { readSeeds, seedOf } from './config/seed/read.js'
export type { SignInRequest } from './control/headless/sign-in.js'
export { SignInError } from './control/headless/sign-in-error.js'
export type { Tokens, ToMint } from './control/minting.js'
export type { Which } from './control/operations.js'
export type { CreatedUser, PortableUser, UserToCreate, UserToImport } from './control/people.js'
export type { Message } from './core/message.js'
export type { ClockState, Duration, MovableClock } from './core/movable-clock.js'
export type { Clock } from './core/ports/clock.js'
export type { TriggerEvent, TriggerName } from './core/ports/triggers.js'
export type { SentMessage } from './courier/plain-text.js'
export type { ClientSummary, PoolSummary } from './flows/directory/pool-summary.js'
export type { Flight, FlightSummary } from './recorder/flight.js'
export type { SnapshotDocument } from './state/document.js'
export { SnapshotError } from './state/snapshot-error.js'
export type { Snapshot } from './state/state.js'
export { type BuiltInProvider, type FixtureOptions, type Rockpool, startRockpool } from './testing/fixture.js'
export type {
  HandlerFunction,
  NamedFunctions,
  PoolTriggers,
  TriggerHandler,
  TriggerHandlers,
} from './triggers/pool-triggers.js'
