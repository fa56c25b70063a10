import { base32Hex, type Chance, randomText } from '../core/ports/chance.js'
import type { Clue } from '../core/ports/recorder.js'
import { fingerprint } from '../lib/secrets.js'
import type { Outcome } from './flight.js'
import type { KeptHop } from './kept-hop.js'

/** A flight while it is kept. Times are milliseconds since the epoch. */
export interface KeptFlight {
  readonly id: string
  readonly startedAt: number
  lastAt: number
  outcome: Outcome
  /** The app has its answer: the next request for the sign-in page begins another flight. */
  delivered: boolean
  readonly hops: KeptHop[]
  hopsLeftOut: number
  /** The clues it expects, by what they are remembered by; the oldest first. */
  readonly clues: Set<string>
}

/** The flights that are kept, and by which clues they are found. */
export interface FlightRing {
  start(at: number): KeptFlight
  byId(id: string): KeptFlight | undefined
  /** The flight that expects the clue; of several, the one that said so last. */
  byClue(clue: Clue): KeptFlight | undefined
  expect(flight: KeptFlight, clue: Clue): void
  newestFirst(): KeptFlight[]
  clear(): void
}

/** Clues of one flight beyond which the oldest are forgotten. */
const cluesPerFlight = 500

export function createFlightRing(chance: Chance, size: number): FlightRing {
  /** The oldest first. */
  const flights = new Map<string, KeptFlight>()
  /** By what a clue is remembered by. */
  const expected = new Map<string, KeptFlight>()

  function forgetClue(flight: KeptFlight, known: string): void {
    flight.clues.delete(known)
    if (expected.get(known) === flight) expected.delete(known)
  }

  function forget(flight: KeptFlight): void {
    flights.delete(flight.id)
    for (const known of flight.clues) forgetClue(flight, known)
  }

  return {
    start(at) {
      const flight: KeptFlight = {
        id: randomText(chance, 12, base32Hex),
        startedAt: at,
        lastAt: at,
        outcome: { is: 'under way' },
        delivered: false,
        hops: [],
        hopsLeftOut: 0,
        clues: new Set(),
      }
      flights.set(flight.id, flight)
      const [oldest] = flights.values()
      if (flights.size > size && oldest !== undefined) forget(oldest)
      return flight
    },

    byId: id => flights.get(id),
    byClue: clue => expected.get(rememberedBy(clue)),

    expect(flight, clue) {
      // A hop may outlast its flight; what it expects then would never be forgotten.
      if (flights.get(flight.id) !== flight) return
      const known = rememberedBy(clue)
      expected.set(known, flight)
      flight.clues.add(known)
      const [oldest] = flight.clues
      if (flight.clues.size > cluesPerFlight && oldest !== undefined) forgetClue(flight, oldest)
    },

    newestFirst: () => [...flights.values()].reverse(),

    clear() {
      flights.clear()
      expected.clear()
    },
  }
}

/** Short clues are remembered as they are, which costs nothing; the rest by a hash. */
const rememberedBy = (clue: Clue): string => (clue.length <= 200 ? clue : fingerprint(clue))
