import { base32Hex, type Chance, randomText } from '../core/ports/chance.js'
import type { Clue } from '../core/ports/recorder.js'
import { fingerprint } from '../lib/secrets.js'
import type { HopRecord, Outcome } from './flight.js'

/** A flight while it is kept. Times are milliseconds since the epoch. */
export interface KeptFlight {
  readonly id: string
  readonly startedAt: number
  lastAt: number
  outcome: Outcome
  /** The app has been given its answer: whoever asks for the sign-in page again begins anew. */
  delivered: boolean
  readonly hops: HopRecord[]
  hopsLeftOut: number
  /** Hashes of the clues it expects, the oldest first. */
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
  /** By the hash of a clue. */
  const expected = new Map<string, KeptFlight>()

  function forgetClue(flight: KeptFlight, hash: string): void {
    flight.clues.delete(hash)
    if (expected.get(hash) === flight) expected.delete(hash)
  }

  function forget(flight: KeptFlight): void {
    flights.delete(flight.id)
    for (const hash of flight.clues) forgetClue(flight, hash)
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
    byClue: clue => expected.get(fingerprint(clue)),

    expect(flight, clue) {
      // A hop may outlast its flight; what it expects then would never be forgotten.
      if (flights.get(flight.id) !== flight) return
      const hash = fingerprint(clue)
      expected.set(hash, flight)
      flight.clues.add(hash)
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
