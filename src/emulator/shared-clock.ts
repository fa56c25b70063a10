import { isDeepStrictEqual } from 'node:util'
import type { ClockState, MovableClock } from '../core/movable-clock.js'
import type { News, SharedStore } from '../store/postgres.js'

/** A clock that processes on one database share: when one of them moves it, the others hear how it goes now. */
export interface SharedClock {
  readonly clock: MovableClock
  /** Takes what a process told, this one included. */
  heard(news: News): void
}

/**
 * All processes hear the moves in one order, and the last one counts. Until this process has heard its own last move, whatever
 * it hears was before that, and does not count.
 * @param me what tells this process from the others
 * @param lost takes a line about a move that could not be told
 */
export function sharedClock(
  clock: MovableClock,
  {
    tell,
    me,
    lost,
  }: { readonly tell: SharedStore['tell']; readonly me: string; readonly lost: (line: string) => void },
): SharedClock {
  let unheard = 0
  const telling =
    <A extends unknown[]>(move: (...given: A) => void) =>
    (...given: A): void => {
      move(...given)
      told()
    }
  function told(): void {
    unheard += 1
    tell({ clock: clock.state, by: me }).catch((error: Error) => {
      unheard -= 1
      lost(`Other processes were not told how the clock goes: ${error.message}`)
    })
  }
  return {
    clock: {
      now: clock.now,
      get state() {
        return clock.state
      },
      get aheadSeconds() {
        return clock.aheadSeconds
      },
      momentIn: clock.momentIn,
      advance: telling(clock.advance),
      freeze: telling(clock.freeze),
      resume: telling(clock.resume),
      set: telling(clock.set),
      reset: telling(clock.reset),
      restore: telling(clock.restore),
    },
    heard({ clock: state, by, begins, missed }) {
      if (missed) unheard = 0
      if (begins && by !== me && isMoved(clock.state)) told()
      if (state === undefined) return
      if (by === me) unheard = Math.max(0, unheard - 1)
      else if (unheard === 0) follow(clock, state)
    },
  }
}

const isMoved = ({ aheadMs, frozenAt }: ClockState): boolean => frozenAt !== undefined || aheadMs !== 0

/** Lets a clock go as another process says that it goes. What is no state of a clock is let be. */
function follow(clock: MovableClock, told: unknown): void {
  if (isDeepStrictEqual(clock.state, told)) return
  try {
    clock.restore(told as ClockState)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}
