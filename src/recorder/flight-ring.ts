import { base32Hex, type Chance, randomText } from '../core/ports/chance.js'
import type { Clock } from '../core/ports/clock.js'
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
  /** When it came to that outcome, by the system's time. */
  outcomeAt: number
  /** When the app had its answer, by the system's time: the next request for the sign-in page begins another flight. */
  deliveredAt?: number
  readonly hops: KeptHop[]
  hopsLeftOut: number
  /** The clues it expects, by what they are remembered by, with the system's time; the oldest first. */
  readonly clues: Map<string, number>
  /** The clues that its hops showed while no flight of this process expected them, in the same way. */
  readonly shown: Map<string, number>
}

/** The flights that are kept, and by which clues they are found. */
export interface FlightRing {
  start(at: number): KeptFlight
  /** Adds a hop to its flight, where one in the middle makes room for it, and in the ring, where the oldest flights do. */
  seat(flight: KeptFlight, hop: KeptHop): void
  byId(id: string): KeptFlight | undefined
  /** The flight that expects the clue; of several, the one that said so last. */
  byClue(clue: Clue): KeptFlight | undefined
  expect(flight: KeptFlight, clue: Clue): void
  /** Remembers that a hop of the flight showed the clue: another process may have the flight that expects it. */
  shows(flight: KeptFlight, clue: Clue): void
  newestFirst(): KeptFlight[]
  clear(): void
}

/** How much a ring keeps. */
export interface RingLimits {
  readonly flights: number
  /** Of all flights together: few have as many as one may have. */
  readonly hops: number
  readonly hopsPerFlight: number
}

/** Clues of one flight beyond which the oldest are forgotten: some for each hop that it may have. */
const cluesPerFlight = 200

/** @param system the system's time, by which flights of several processes are put in order */
export function createFlightRing(chance: Chance, system: Clock, limits: RingLimits): FlightRing {
  /** The oldest first. */
  const flights = new Map<string, KeptFlight>()
  /** Hops of all of them. */
  let hopCount = 0
  /** By what a clue is remembered by. */
  const expected = new Map<string, KeptFlight>()

  function forgetClue(flight: KeptFlight, known: string): void {
    flight.clues.delete(known)
    if (expected.get(known) === flight) expected.delete(known)
  }

  function forget(flight: KeptFlight): void {
    flights.delete(flight.id)
    hopCount -= flight.hops.length
    for (const known of flight.clues.keys()) forgetClue(flight, known)
  }

  /** @param spared the flight that room is made for */
  function makeRoom(spared: KeptFlight): void {
    for (const oldest of flights.values()) {
      if (flights.size <= limits.flights && hopCount <= limits.hops) break
      if (oldest !== spared) forget(oldest)
    }
  }

  return {
    start(at) {
      const flight = newFlight(randomText(chance, 12, base32Hex), at, system)
      flights.set(flight.id, flight)
      makeRoom(flight)
      return flight
    },

    seat(flight, hop) {
      const before = flight.hops.length
      addHop(flight, hop, limits.hopsPerFlight)
      // A hop may outlast its flight, which then counts no longer.
      if (flights.get(flight.id) === flight) hopCount += flight.hops.length - before
      makeRoom(flight)
    },

    byId: id => flights.get(id),
    byClue: clue => expected.get(rememberedBy(clue)),

    expect(flight, clue) {
      // A hop may outlast its flight; what it expects then would never be forgotten.
      if (flights.get(flight.id) !== flight) return
      const known = rememberedBy(clue)
      expected.set(known, flight)
      flight.clues.set(known, system.now())
      const [oldest] = flight.clues.keys()
      if (flight.clues.size > cluesPerFlight && oldest !== undefined) forgetClue(flight, oldest)
    },

    shows(flight, clue) {
      if (flight.shown.size < cluesPerFlight) flight.shown.set(rememberedBy(clue), system.now())
    },

    newestFirst: () => [...flights.values()].reverse(),

    clear() {
      flights.clear()
      expected.clear()
      hopCount = 0
    },
  }
}

const newFlight = (id: string, at: number, system: Clock): KeptFlight => ({
  id,
  startedAt: at,
  lastAt: at,
  outcome: { is: 'under way' },
  outcomeAt: system.now(),
  hops: [],
  hopsLeftOut: 0,
  clues: new Map(),
  shown: new Map(),
})

/** Of a flight that has too many, one in the middle is left out: the first and the latest say most. */
function addHop(flight: KeptFlight, hop: KeptHop, most: number): void {
  flight.hops.push(hop)
  if (flight.hops.length <= most) return
  flight.hops.splice(Math.floor(most / 2), 1)
  flight.hopsLeftOut += 1
}

/** Short clues are remembered as they are, which costs nothing; the rest by a hash. */
export const rememberedBy = (clue: Clue): string => (clue.length <= 200 ? clue : fingerprint(clue))
