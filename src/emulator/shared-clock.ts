import type { ClockState, MovableClock } from '../core/movable-clock.js'
import type { SharedStore } from '../store/postgres.js'
import type { News } from '../store/postgres-news.js'

/** A clock that processes on one database share: when one of them moves it, the others follow. */
export interface SharedClock {
  readonly clock: MovableClock
  /** Takes news of the clock, of its moves by this process too. */
  heard(news: Required<News>['clock']): void
}

/**
 * The database numbers the moves, and the last one counts. While moves of this process are under way to the database, what it
 * hears was before them.
 * @param move makes all processes follow a move; answers its number
 * @param lost takes a line about a move that did not reach the database, and was taken back
 */
export function sharedClock(
  clock: MovableClock,
  { move, lost }: { readonly move: SharedStore['moveClock']; readonly lost: (line: string) => void },
): SharedClock {
  /** What the database says of the clock, as far as this process knows. */
  let latest = { state: clock.state as unknown, move: 0 }
  const underWay = new Set<Promise<void>>()
  let before: Promise<void> = Promise.resolve()
  let isNextWaiting = false

  const telling =
    <A extends unknown[]>(change: (...given: A) => void) =>
    (...given: A): void => {
      change(...given)
      if (!isNextWaiting) tellNext()
    }
  /** One after another: connections keep no order, and an older move may not be the last. One that waits tells all moves until it begins. */
  function tellNext(): void {
    isNextWaiting = true
    const told = before.then(tell)
    before = told.catch(() => {})
    underWay.add(told)
    const forget = (): void => {
      underWay.delete(told)
      if (underWay.size === 0) follow(clock, latest.state)
    }
    told.then(forget, (error: Error) => {
      forget()
      lost(`The clock was not moved, for other processes could not be told: ${error.message}`)
    })
  }
  async function tell(): Promise<void> {
    isNextWaiting = false
    const { state } = clock
    know({ state, move: await move(state) })
  }
  function know(said: typeof latest): void {
    if (said.move > latest.move) latest = said
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
      async settled() {
        await Promise.all(underWay)
      },
    },
    heard(said) {
      know(said)
      if (underWay.size === 0) follow(clock, latest.state)
    },
  }
}

/** Lets a clock go as the database says that it goes. What is no state of a clock is let be. */
function follow(clock: MovableClock, said: unknown): void {
  try {
    clock.restore(said as ClockState)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}
