import type { Countable } from '../core/ports/recorder.js'

/** Upper bounds of the classes of latencies, in seconds. */
export const latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** The answers of one route. */
export interface Answers {
  /** The number of answers in each class of latency, those beyond the last bound at the end. */
  readonly latencies: number[]
  seconds: number
  /** By the first digit of the status. */
  readonly statuses: number[]
}

/** What happened since the start, in numbers. Counting costs next to nothing; how it is shown is no business of this file. */
export interface Counts {
  count(what: Countable, kind: string): void
  /** A request was answered. `route` is a pattern, not the address that was asked for. */
  answered(route: string, answer: { readonly status: number; readonly seconds: number }): void
  /** The number of times, by kind. */
  readonly counted: Readonly<Record<Countable, ReadonlyMap<string, number>>>
  readonly routes: ReadonlyMap<string, Answers>
}

/** How many kinds, or routes, are counted each by itself. All come from lists of our own, so the limit is never reached in practice. */
const mostKinds = 500
const others = 'others'

export function createCounts(): Counts {
  const counted = { refusals: new Map<string, number>(), signIns: new Map(), tokens: new Map() }
  const routes = new Map<string, Answers>()
  return {
    counted,
    routes,
    count(what, kind) {
      const numbers: Map<string, number> = counted[what]
      const known = knownIn(numbers, kind)
      numbers.set(known, (numbers.get(known) ?? 0) + 1)
    },
    answered(route, { status, seconds }) {
      const answers = answersOf(knownIn(routes, route))
      const bound = latencyBounds.findIndex(bound => seconds <= bound)
      add(answers.latencies, bound === -1 ? latencyBounds.length : bound)
      add(answers.statuses, Math.floor(status / 100))
      answers.seconds += seconds
    },
  }

  function answersOf(route: string): Answers {
    const known = routes.get(route)
    if (known !== undefined) return known
    const none = {
      latencies: Array(latencyBounds.length + 1).fill(0),
      seconds: 0,
      statuses: Array(10).fill(0),
    }
    routes.set(route, none)
    return none
  }
}

function add(numbers: number[], at: number): void {
  numbers[at] = (numbers[at] ?? 0) + 1
}

const knownIn = (kinds: ReadonlyMap<string, unknown>, kind: string): string =>
  kinds.has(kind) || kinds.size < mostKinds ? kind : others
