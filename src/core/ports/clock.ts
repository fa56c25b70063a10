/** What time it is. Nothing else in Rockpool asks the system, so that a test can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The time in whole seconds, as tokens carry it. */
export const epochSeconds = (clock: Clock): number => Math.floor(clock.now() / 1000)
