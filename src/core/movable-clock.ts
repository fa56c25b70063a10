import type { Clock } from './ports/clock.js'

/** A length of time; its members add up. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

const lengths: Required<Duration> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
}

/** The members that a duration may have. */
const durationUnits = Object.keys(lengths) as (keyof Duration)[]

/** Milliseconds. */
const millisecondsOf = (duration: Duration): number =>
  durationUnits.reduce((sum, unit) => sum + (duration[unit] ?? 0) * lengths[unit], 0)

/** How a clock was moved: by how much it is ahead of the one below it, or at which moment it stands. */
export type ClockState =
  | { readonly aheadMs: number; readonly frozenAt?: undefined }
  | { readonly frozenAt: number; readonly aheadMs?: undefined }

/**
 * A clock that can be moved. Everything in Rockpool that lasts is measured by it; timers are not, so sweeps and
 * timeouts go on as they did.
 */
export interface MovableClock extends Clock {
  /** How it was moved so far. Times are milliseconds, since the epoch where they are moments. */
  readonly state: ClockState
  /** Seconds by which it is ahead of the clock below it, right now; negative when it is behind. */
  readonly aheadSeconds: number
  /** Moves it on; a negative duration moves it back. A frozen clock stays frozen. */
  advance(by: Duration): void
  /** Makes it stand, at this moment or at the one given. */
  freeze(at?: Date | number | string): void
  /** Lets it go on, from where it stands. */
  resume(): void
  /** Moves it to a moment. A frozen clock stays frozen, one that goes goes on from there. */
  set(to: Date | number | string): void
  /** Lets it go with the clock below it again, as at the start. */
  reset(): void
  /**
   * Puts it where it was when `state` was read: as far ahead, or at the same moment.
   * @throws RangeError when that is no time it can show; it stays where it is
   */
  restore(state: ClockState): void
  /** The moment that it would show in this state. @throws RangeError when it is none that it can show */
  momentIn(state: unknown): number
  /**
   * Waits until all that share the clock follow its moves so far.
   * @throws Error when they could not be told; the moves are taken back
   */
  settled(): Promise<void>
}

/**
 * The end of the year 9999, in milliseconds since the epoch. A `Date` goes further, but whatever is valid for years from
 * the clock's time on has to end within a `Date` too, and only up to here do its texts sort and have four digits.
 */
const latestMoment = Date.UTC(10_000, 0) - 1

/** A clock on top of another one, which goes with it until it is moved. */
export function movableClock(below: Clock): MovableClock {
  let state: ClockState = { aheadMs: 0 }
  const now = (): number => state.frozenAt ?? below.now() + state.aheadMs
  /** Checked before anything is changed. */
  const moment = (at: Date | number | string): number => {
    const ms = typeof at === 'number' ? at : new Date(at).getTime()
    if (!(ms >= 0 && ms <= latestMoment))
      throw new RangeError(
        `${JSON.stringify(at)} is no time that the clock can show, which are those from 1970 to the end of 9999: give a Date, milliseconds since 1970, or a text like "2030-01-31T12:00:00Z".`,
      )
    return Math.round(ms)
  }
  const momentIn = (given: unknown): number => {
    const { aheadMs, frozenAt } = (given ?? {}) as { readonly aheadMs?: unknown; readonly frozenAt?: unknown }
    const ms = frozenAt === undefined ? below.now() + numberOr(aheadMs) : numberOr(frozenAt)
    if (ms >= 0 && ms <= latestMoment) return ms
    throw new RangeError(
      `${JSON.stringify(given)} is no state of a clock: it has either "aheadMs", how many milliseconds the clock is ahead, or "frozenAt", the millisecond since 1970 at which it stands, and shows a time from 1970 to the end of 9999.`,
    )
  }
  const goFrom = (at: number): ClockState => ({ aheadMs: at - below.now() })

  return {
    now,
    get state() {
      return state
    },
    get aheadSeconds() {
      return Math.round((now() - below.now()) / 1000)
    },
    advance(by) {
      const at = moment(now() + millisecondsOf(by))
      state = state.frozenAt === undefined ? goFrom(at) : { frozenAt: at }
    },
    freeze(at = now()) {
      state = { frozenAt: moment(at) }
    },
    resume() {
      if (state.frozenAt !== undefined) state = goFrom(state.frozenAt)
    },
    set(to) {
      const at = moment(to)
      state = state.frozenAt === undefined ? goFrom(at) : { frozenAt: at }
    },
    reset() {
      state = { aheadMs: 0 }
    },
    restore(former) {
      momentIn(former)
      state = former
    },
    momentIn,
    // Nobody shares it.
    settled: async () => {},
  }
}

const numberOr = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)
