import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../core/ports/clock.js'
import { type Clue, flightHeader, type NoteKind, type Subject } from '../core/ports/recorder.js'
import type { Refusal } from '../core/refusal.js'
import { cluesIn, isOpening, opensFlight, type Parameters, parametersOf, redirectTo } from './clues.js'
import type { Named, Outcome } from './flight.js'
import type { FlightRing, KeptFlight, RingLimits } from './flight-ring.js'
import { type KeptHop, keptBody, keptHeaders, keptQuery, keptRefusal, namedIn, textOf } from './kept-hop.js'
import { type Allowance, copied } from './mask.js'
import { parsedBody } from './message.js'

/** A request as it comes in. */
export interface Arrival {
  readonly method: string
  /** Path and query, as the client asked. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** What a request was answered with. */
export interface Answer {
  readonly status: number
  readonly contentType?: string | undefined
  readonly location?: string | undefined
  readonly setCookie: readonly string[]
  /** The body, when the status says that something failed. */
  readonly failure?: string | undefined
}

/** How much is kept; the oldest flights make room, and within a flight the hops in the middle. */
export interface RecorderLimits extends RingLimits {
  readonly charactersPerHop: number
}

/** Where a hop belongs, and what is written of it there. */
interface Seat {
  readonly flight: KeptFlight
  readonly record: KeptHop
}
type Entry = (seat: Seat) => void

/** What a hop is kept in, and by which times. */
export interface Keeping {
  readonly ring: FlightRing
  /**
   * Hops that showed clues of no flight of this process: another process may have the flight. Absent where there are no other
   * processes.
   */
  readonly strays: FlightRing | undefined
  readonly clock: Clock
  readonly system: Clock
  readonly limits: RecorderLimits
}

/** Notes or refusals of one hop beyond which something loops. */
const entriesPerHop = 100

/** Milliseconds after which a sign-in page that is asked for again is a new journey, though it looks like an old one. */
const silence = 10 * 60 * 1000

/**
 * A request from its arrival to its answer. Sooner or later it gives away which flight it belongs to, or begins one;
 * most requests of a busy pool never do, so nothing is copied for them: what there is to write waits.
 */
export class OpenHop {
  readonly method: string
  readonly path: string
  readonly #arrival: Arrival
  #ring: FlightRing
  readonly #keeping: Keeping
  readonly #query: Parameters
  #body: Parameters = {}
  readonly #startedAt: number
  readonly #allowance: Allowance
  readonly #refused = new Set<Refusal>()
  #seat: Seat | undefined
  #waiting: Entry[] = []
  #shown: Clue[] = []

  constructor(arrival: Arrival, path: string, keeping: Keeping) {
    this.method = arrival.method
    this.path = path
    this.#arrival = arrival
    this.#ring = keeping.ring
    this.#keeping = keeping
    this.#query = parametersOf(arrival.url.slice(path.length + 1))
    this.#startedAt = keeping.clock.now()
    this.#allowance = { characters: keeping.limits.charactersPerHop }
    const sent = arrival.headers[flightHeader]
    const flight = typeof sent === 'string' ? keeping.ring.byId(sent) : undefined
    if (flight !== undefined) this.#board(flight)
    for (const clue of cluesIn(this.#query)) this.join(clue)
    // What is posted may still give itself away in its body.
    if (this.method === 'GET') this.#startIfOpening()
  }

  get flightId(): string | undefined {
    return this.#seat?.flight.id
  }

  /** The flight that this hop is in. The hop begins one if it is in none. */
  decidedFlightId(): string | undefined {
    this.#startIfOpening()
    return this.flightId
  }

  join(clue: Clue): void {
    if (this.#seat !== undefined) return
    const flight = this.#ring.byClue(clue)
    if (flight === undefined) {
      if (this.#keeping.strays !== undefined) this.#shown.push(clue)
    } else if (!this.#beginsAnew(flight)) this.#board(flight)
  }

  expect(clue: Clue): void {
    this.#write(({ flight }) => this.#ring.expect(flight, clue))
  }

  note(kind: NoteKind, detail: unknown): void {
    const ms = this.#keeping.clock.now() - this.#startedAt
    // People who write functions look for their calls, also of sign-ins that no browser makes.
    if (kind === 'trigger' && this.#seat === undefined) this.#start()
    this.#write(({ record }) => {
      if (record.notes.length === entriesPerHop) return
      record.notes.push({ kind: textOf(kind) as NoteKind, ms, detail: copied(detail, this.#allowance) })
    })
  }

  concerns({ pool, client, user }: Subject): void {
    this.#write(({ record }) => {
      if (pool !== undefined) record.pool = namedIn(pool)
      if (client !== undefined) record.client = namedIn(client)
      if (user !== undefined) record.user = textOf(user)
    })
  }

  /** Answers whether it was news. */
  refused(refusal: Refusal): boolean {
    if (this.#refused.has(refusal) || this.#refused.size === entriesPerHop) return false
    this.#refused.add(refusal)
    if (this.#seat === undefined) this.#start()
    const kept = keptRefusal(refusal)
    this.#write(({ flight, record }) => {
      this.#comesTo(flight, { is: 'refused', error: kept.code })
      record.refusals.push(kept)
    })
    return true
  }

  received(contentType: string | undefined, text: string): void {
    const body = parsedBody(contentType, text)
    this.#body = body.parameters ?? {}
    for (const clue of cluesIn(this.#body)) this.join(clue)
    this.#startIfOpening()
    this.#write(({ record }) => {
      record.body = keptBody(contentType, text, this.#allowance)
      const client = record.client ?? clientIn(this.#body)
      if (client !== undefined) record.client = client
    })
  }

  answered(answer: Answer): void {
    const error =
      answer.failure === undefined ? undefined : parsedBody(answer.contentType, answer.failure).failure()
    this.#startIfOpening()
    // A failure without a refusal is kept too.
    if (this.#seat === undefined && (answer.status >= 500 || error?.code !== undefined)) this.#start()
    this.#keepAsStray()
    this.#waiting = []
    if (this.#seat === undefined) return
    const { flight, record } = this.#seat
    flight.lastAt = this.#keeping.clock.now()
    record.ms = flight.lastAt - this.#startedAt
    const { status, contentType, location, setCookie, failure } = answer
    record.answer = {
      status: Number(status),
      contentType: contentType === undefined ? undefined : textOf(contentType),
      location: location === undefined ? undefined : textOf(location),
      setCookie: setCookie.map(textOf),
      failure:
        error === undefined || failure === undefined
          ? undefined
          : keptBody(contentType, failure, this.#allowance),
    }
    if (answer.location !== undefined) this.#follow(flight, answer.location)
    else if (answer.status === 200 && this.#isTokenCall(record))
      this.#comesTo(flight, { is: 'tokens issued' })
    else if (error?.code !== undefined && record.refusals.length === 0) {
      this.#comesTo(flight, { is: 'refused', error: error.code })
    }
  }

  /** Nobody else waits for this hop: if it showed a clue, the flight may be that of another process. */
  #keepAsStray(): void {
    const { strays } = this.#keeping
    if (this.#seat !== undefined || strays === undefined || this.#shown.length === 0) return
    this.#ring = strays
    this.#board(strays.start(this.#startedAt))
  }

  #comesTo(flight: KeptFlight, outcome: Outcome): void {
    flight.outcome = outcome
    flight.outcomeAt = this.#keeping.system.now()
  }

  /** A request that follows a redirect of this flight belongs to the flight. */
  #follow(flight: KeptFlight, location: string): void {
    const { clues, delivers } = redirectTo(location)
    for (const clue of clues) this.#ring.expect(flight, clue)
    if (delivers === undefined) return
    this.#comesTo(flight, delivers)
    flight.deliveredAt = flight.outcomeAt
  }

  /** A token call of an app; that of one pool at another is only a step on the way. */
  #isTokenCall(record: KeptHop): boolean {
    return this.method === 'POST' && this.path.endsWith('/oauth2/token') && record.caller !== 'rockpool'
  }

  #beginsAnew(flight: KeptFlight): boolean {
    const isOver = flight.deliveredAt !== undefined || this.#startedAt - flight.lastAt > silence
    return isOver && isOpening(this)
  }

  #startIfOpening(): void {
    if (this.#seat === undefined && opensFlight(this)) this.#start()
  }

  #start(): void {
    const flight = this.#ring.start(this.#startedAt)
    this.#board(flight)
    if (!opensFlight(this)) return
    for (const clue of [...cluesIn(this.#query), ...cluesIn(this.#body)]) this.#ring.expect(flight, clue)
  }

  #board(flight: KeptFlight): void {
    const seat = { flight, record: this.#recordIn(flight) }
    this.#seat = seat
    this.#ring.seat(flight, seat.record)
    flight.lastAt = this.#keeping.clock.now()
    for (const clue of this.#shown) this.#ring.shows(flight, clue)
    this.#shown = []
    for (const entry of this.#waiting) entry(seat)
    this.#waiting = []
  }

  #write(entry: Entry): void {
    if (this.#seat !== undefined) entry(this.#seat)
    else if (this.#waiting.length < entriesPerHop) this.#waiting.push(entry)
  }

  #recordIn(flight: KeptFlight): KeptHop {
    const { headers } = this.#arrival
    const client = clientIn(this.#query)
    return {
      number: flight.hops.length + flight.hopsLeftOut + 1,
      at: this.#startedAt,
      systemAt: this.#keeping.system.now(),
      caller: headers[flightHeader] === flight.id ? 'rockpool' : 'browser or app',
      method: textOf(this.method),
      path: textOf(this.path),
      query: keptQuery(this.#query, this.#allowance),
      headers: keptHeaders(headers, this.#allowance),
      cookies: textOf(headers.cookie ?? ''),
      ...(client === undefined ? {} : { client }),
      notes: [],
      refusals: [],
    }
  }
}

/** A request names its client by the id alone. */
function clientIn({ client_id: id }: Parameters): Named | undefined {
  return typeof id === 'string' && id !== '' ? namedIn({ id, name: id }) : undefined
}
