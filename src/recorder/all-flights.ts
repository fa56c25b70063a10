import type { Clue } from '../core/ports/recorder.js'
import { fingerprint } from '../lib/secrets.js'
import type { Flight, FlightSummary } from './flight.js'
import { type FlightFilter, suits } from './flight-filter.js'
import type { FlightPart, PartHops } from './flight-part.js'
import type { FlightRecorder } from './flight-recorder.js'
import { rememberedBy } from './flight-ring.js'
import { joinedParts, outlineOf } from './joined-parts.js'
import { summarise } from './summary.js'

/** The flights of all processes that share the state. Each keeps its own, and any can show all. */
export interface AllFlights {
  /** The flights that suit, the one started last first. */
  flights(filter: FlightFilter & { readonly limit: number }): Promise<FlightSummary[]>
  flight(id: string): Promise<Flight | undefined>
  /** The flight that expects the clue. */
  flightOf(clue: Clue): Promise<Flight | undefined>
}

/** What one process asks the others. */
type Question = { readonly flights: 'parts' } | { readonly flights: 'hops'; readonly of: readonly string[] }

/** Asks all other processes, and gives the answers of those that answered. */
export type AskOthers = (question: Question) => Promise<readonly unknown[]>

/** Parts that are asked for at a time: a question has to fit a notification. */
const mostParts = 200

/** Milliseconds for which a reader waits for the flights of others; after that, those of this process have to do. */
const patience = 2000

/** @param ask absent where this is the only process */
export function allFlights(recorder: FlightRecorder, ask: AskOthers | undefined): AllFlights {
  const own: AllFlights = {
    flights: async ({ limit, ...filter }) =>
      recorder
        .flights({ limit: Number.MAX_SAFE_INTEGER })
        .filter(flight => suits(flight, filter))
        .slice(0, limit),
    flight: async id => recorder.flight(id),
    flightOf: async clue => recorder.flightOf(clue),
  }
  if (ask === undefined) return own

  const gathered = async <T>(question: Question, mine: readonly T[]): Promise<T[]> => {
    const answers = await inTime(ask(question))
    return [...mine, ...answers.flatMap(answer => (Array.isArray(answer) ? (answer as T[]) : []))]
  }
  const wholes = async () => joinedParts(await gathered<FlightPart>({ flights: 'parts' }, recorder.parts()))

  async function withHops(parts: readonly FlightPart[] | undefined): Promise<Flight | undefined> {
    if (parts === undefined) return undefined
    const of = parts.slice(0, mostParts).map(({ id }) => id)
    const hopsOf = await gathered<PartHops>({ flights: 'hops', of }, recorder.hopsOf(of))
    const hops = hopsOf
      .flatMap(({ hops }) => hops)
      .toSorted((one, other) => one.systemAt - other.systemAt)
      .map(({ hop }, index) => ({ ...hop, number: index + 1 }))
    const outline = outlineOf(parts)
    return { ...summarise(outline, asIs), hops, hopsLeftOut: outline.hopsLeftOut }
  }

  return {
    flights: async ({ limit, ...filter }) =>
      (await wholes())
        .map(parts => summarise(outlineOf(parts), asIs))
        .filter(flight => suits(flight, filter))
        .slice(0, limit),
    flight: async id => withHops((await wholes()).find(parts => parts.some(part => part.id === id))),
    async flightOf(clue) {
      const known = fingerprint(rememberedBy(clue))
      const expects = ({ expects }: FlightPart) => expects.some(([expected]) => expected === known)
      return withHops((await wholes()).find(parts => parts.some(expects)))
    },
  }
}

/** Answers the question of another process; undefined where it is about something else. */
export function answerAboutFlights(recorder: FlightRecorder, question: unknown): unknown {
  const asked = question as Question
  if (asked.flights === 'parts') return recorder.parts()
  return asked.flights === 'hops' ? recorder.hopsOf(asked.of) : undefined
}

/** Texts of parts are masked where they come from. */
const asIs = (text: string): string => text

/** What others answered; nothing where the database is away. */
async function inTime(asked: Promise<readonly unknown[]>): Promise<readonly unknown[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<[]>(resolve => {
    timer = setTimeout(() => resolve([]), patience)
  })
  try {
    return await Promise.race([asked.catch(() => []), late])
  } finally {
    clearTimeout(timer)
  }
}
