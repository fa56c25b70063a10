/** What other programs may import: a Rockpool in the same process. */

export { SeedError } from './config/seed/mistakes.js'
export { readSeeds, seedOf } from './config/seed/read.js'
export type { ClockState, Duration, MovableClock } from './core/movable-clock.js'
export type { Clock } from './core/ports/clock.js'
export { type Rockpool, type RockpoolOptions, startRockpool } from './emulator.js'
export type { ClientSummary, PoolSummary } from './flows/pool-summary.js'
export type { SnapshotDocument } from './state/document.js'
export { SnapshotError } from './state/document.js'
export type { Snapshot, State } from './state/state.js'
