import { AsyncLocalStorage } from 'node:async_hooks'
import type { Chance } from '../core/ports/chance.js'
import type { Clock } from '../core/ports/clock.js'
import type { Recorder } from '../core/ports/recorder.js'
import type { Refusal } from '../core/refusal.js'
import { isJourney } from './clues.js'
import { type Flight, type FlightSummary, summarise } from './flight.js'
import { createFlightRing } from './flight-ring.js'
import { maskedText, onOneLine } from './mask.js'
import { type Answer, type Arrival, OpenHop, type RecorderLimits } from './open-hop.js'

/** The recorder as the HTTP layer feeds it and the control API reads it. */
export interface FlightRecorder extends Recorder {
  /**
   * Runs what handles a request as a hop: all that it starts is in the hop, however long it takes. `run` is given
   * no hop for a request that is no part of a journey, and what it starts is then in none.
   */
  hop<T>(arrival: Arrival, run: (hop: Hop | undefined) => T): T
  /** The flights that are kept, the one started last first. */
  flights(page: { readonly limit: number }): FlightSummary[]
  flight(id: string): Flight | undefined
  /** Forgets all flights. One that is under way is not continued. */
  clear(): void
}

/** A hop in the hands of whoever sees the bytes. */
export interface Hop {
  /** The body of the request has come in. */
  received(contentType: string | undefined, body: string): void
  /** The request is answered, which ends the hop. */
  answered(answer: Answer): void
}

export const recorderLimits: RecorderLimits = { flights: 200, hopsPerFlight: 60, charactersPerHop: 16_384 }

/** A recorder that keeps the latest flights in memory, for as long as the process lives. */
export function createFlightRecorder({
  clock,
  chance,
  log,
  limits = recorderLimits,
}: {
  readonly clock: Clock
  readonly chance: Chance
  /** Takes one line, without its end. */
  readonly log: (line: string) => void
  readonly limits?: RecorderLimits
}): FlightRecorder {
  const ring = createFlightRing(chance, limits.flights)
  const current = new AsyncLocalStorage<OpenHop | undefined>()

  return {
    hop(arrival, run) {
      const path = arrival.url.split('?', 1)[0] ?? ''
      if (!isJourney(path)) return current.run(undefined, () => run(undefined))
      const hop = new OpenHop(arrival, path, { ring, clock, limits })
      return current.run(hop, () => run(hop))
    },

    note: (kind, detail) => current.getStore()?.note(kind, detail),
    concerns: subject => current.getStore()?.concerns(subject),
    expect: clue => current.getStore()?.expect(clue),
    join: clue => current.getStore()?.join(clue),
    refused(refusal) {
      const hop = current.getStore()
      if (hop?.refused(refusal) ?? true) log(refusalLine(refusal, hop))
    },
    get flightId() {
      return current.getStore()?.decidedFlightId()
    },

    flights: ({ limit }) => ring.newestFirst().slice(0, limit).map(summarise),
    flight(id) {
      const flight = ring.byId(id)
      if (flight === undefined) return undefined
      const { hops, hopsLeftOut } = flight
      // A copy: the flight goes on while somebody reads.
      return structuredClone({ ...summarise(flight), hops, hopsLeftOut })
    },
    clear: () => ring.clear(),
  }
}

/** What was refused, why, how to mend it, and where to read more. */
function refusalLine({ code, explanation: { because, remedy } }: Refusal, hop: OpenHop | undefined): string {
  const where = hop === undefined ? '' : ` (${hop.method} ${hop.path})`
  const flight = hop?.flightId === undefined ? '' : ` [flight ${hop.flightId}]`
  return (
    [`Refused ${code}${where}:`, because, remedy].map(part => onOneLine(maskedText(part))).join(' ') + flight
  )
}
