import type { Chance } from '../core/ports/chance.js'
import type { Clock } from '../core/ports/clock.js'
import type { Clue, Recorder } from '../core/ports/recorder.js'
import type { Refusal } from '../core/refusal.js'
import { asyncSlot } from '../lib/async-slot.js'
import { isJourney } from './clues.js'
import { type Counts, createCounts } from './counts.js'
import type { Flight, FlightSummary } from './flight.js'
import { type FlightPart, type PartHops, partHops, partOf } from './flight-part.js'
import { createFlightRing, type KeptFlight } from './flight-ring.js'
import { shownHop } from './kept-hop.js'
import { maskedText, onOneLine } from './mask.js'
import { type Answer, type Arrival, OpenHop, type RecorderLimits } from './open-hop.js'
import { summarise } from './summary.js'

/**
 * The flight recorder: what happened in each journey of a sign-in, hop by hop, with refusals and their explanations, for the
 * log, the console, the control API and the command line. It keeps a bounded ring in memory and never throws into its caller.
 */

/** The recorder as the HTTP layer feeds it and the control API reads it. */
export interface FlightRecorder extends Recorder {
  /** What was counted since the start. */
  readonly numbers: Counts
  /**
   * Runs what handles a request as a hop: all that it starts is in the hop, however long it takes. `run` is given
   * no hop for a request that is no part of a journey, and what it starts is then in none.
   */
  hop<T>(arrival: Arrival, run: (hop: Hop | undefined) => T): T
  /** The flights that are kept, the one started last first. */
  flights(page: { readonly limit: number }): FlightSummary[]
  flight(id: string): Flight | undefined
  /** The flight that expects the clue: the one of a `state` that an app sent, or of a `code` that it got. */
  flightOf(clue: Clue): Flight | undefined
  /** The parts of flights that other processes may need: this process's own flights, and hops that may belong to theirs. */
  parts(): FlightPart[]
  /** The hops of those parts of flights that this process has. */
  hopsOf(parts: readonly string[]): PartHops[]
  /** Forgets all flights. One that is under way is not continued. */
  clear(): void
}

/** A hop, as the code that sees the bytes fills it. */
export interface Hop {
  /** The body of the request has come in. */
  received(contentType: string | undefined, body: string): void
  /** The request is answered, which ends the hop. */
  answered(answer: Answer): void
}

/** Some 4 kB a hop, and 10 MB in all, where sign-ins come as fast as they can. */
export const recorderLimits: RecorderLimits = {
  flights: 200,
  hops: 2500,
  hopsPerFlight: 60,
  charactersPerHop: 8192,
}

/** A recorder that keeps the latest flights in memory, for as long as the process lives. */
export function createFlightRecorder({
  clock,
  chance,
  log,
  limits = recorderLimits,
  system = clock,
  isShared = false,
}: {
  readonly clock: Clock
  readonly chance: Chance
  /** Takes one line, without its end. */
  readonly log: (line: string) => void
  readonly limits?: RecorderLimits
  /** The system's time, which nobody moves. */
  readonly system?: Clock
  /** Whether other processes may have hops of the same flights. */
  readonly isShared?: boolean
}): FlightRecorder {
  const numbers = createCounts()
  const ring = createFlightRing(chance, system, limits)
  const strays = isShared ? createFlightRing(chance, system, limits) : undefined
  const current = asyncSlot<OpenHop>('hop')
  const carefully = withoutThrowing(log)
  const warnOnce = sayingOnce(log)

  return {
    hop(arrival, run) {
      const hop = carefully(() => begun(arrival))
      return current.run(hop, () => run(hop && guarded(hop, carefully)))
    },

    note: (kind, detail) =>
      carefully(() => {
        const hop = current.get()
        hop?.note(kind, detail)
        if (kind === 'warning') warnOnce(detail, hop)
      }),
    concerns: subject => carefully(() => current.get()?.concerns(subject)),
    expect: clue => carefully(() => current.get()?.expect(clue)),
    join: clue => carefully(() => current.get()?.join(clue)),
    refused: refusal =>
      carefully(() => {
        const hop = current.get()
        if (!(hop?.refused(refusal) ?? true)) return
        numbers.count('refusals', refusal.code)
        log(refusalLine(refusal, hop))
      }),
    counts: (what, kind) => numbers.count(what, kind),
    numbers,
    get flightId() {
      return carefully(() => current.get()?.decidedFlightId())
    },

    flights: ({ limit }) =>
      ring
        .newestFirst()
        .slice(0, limit)
        .map(flight => summarise(flight)),
    flight: id => shownFlight(ring.byId(id)),
    flightOf: clue => shownFlight(ring.byClue(clue)),
    parts: () => [
      ...ring.newestFirst().map(flight => partOf(flight, { isStray: false })),
      ...(strays?.newestFirst() ?? []).map(flight => partOf(flight, { isStray: true })),
    ],
    hopsOf: parts => parts.flatMap(id => partHops(ring.byId(id) ?? strays?.byId(id))),
    clear() {
      ring.clear()
      strays?.clear()
      warnOnce.forget()
    },
  }

  function begun(arrival: Arrival): OpenHop | undefined {
    const path = arrival.url.split('?', 1)[0] ?? ''
    return isJourney(path) ? new OpenHop(arrival, path, { ring, strays, clock, system, limits }) : undefined
  }
}

function shownFlight(flight: KeptFlight | undefined): Flight | undefined {
  if (flight === undefined) return undefined
  const { hops, hopsLeftOut } = flight
  return { ...summarise(flight), hops: hops.map(shownHop), hopsLeftOut }
}

/** Does something for the recorder. An error is logged, not thrown: no request fails for its record. */
type Carefully = <T>(act: () => T) => T | undefined

function withoutThrowing(log: (line: string) => void): Carefully {
  return act => {
    try {
      return act()
    } catch (error) {
      try {
        log(`The flight recorder could not keep a part of a request: ${onOneLine(maskedText(String(error)))}`)
      } catch {
        // Where even that cannot be said, the request still goes on.
      }
      return undefined
    }
  }
}

const guarded = (hop: Hop, carefully: Carefully): Hop => ({
  received: (contentType, body) => void carefully(() => hop.received(contentType, body)),
  answered: answer => void carefully(() => hop.answered(answer)),
})

/** What was refused, why, how to mend it, and where to read more. */
const refusalLine = ({ code, explanation: { because, remedy } }: Refusal, hop: OpenHop | undefined): string =>
  lineAt(hop, `Refused ${code}`, [because, remedy])

/** Sentences of the log, with the request that they are about, and the flight. */
function lineAt(hop: OpenHop | undefined, what: string, sentences: readonly string[]): string {
  const where = hop === undefined ? '' : ` (${hop.method} ${hop.path})`
  const flight = hop?.flightId === undefined ? '' : ` [flight ${hop.flightId}]`
  return [`${what}${where}:`, ...sentences].map(part => onOneLine(maskedText(part))).join(' ') + flight
}

/** Warnings that are logged; a process with more has another trouble. */
const mostWarnings = 1000

/** Logs a warning the first time that it is given: the same one comes with each sign-in. */
function sayingOnce(log: (line: string) => void) {
  const said = new Set<string>()
  const warn = ({ warning, remedy }: Readonly<Record<string, unknown>>, hop: OpenHop | undefined): void => {
    const sentences = [warning, remedy].filter(part => typeof part === 'string')
    const text = sentences.join(' ')
    if (text === '' || said.has(text) || said.size >= mostWarnings) return
    said.add(text)
    log(lineAt(hop, 'Warning', sentences))
  }
  return Object.assign(warn, { forget: () => said.clear() })
}
