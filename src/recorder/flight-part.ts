import { fingerprint } from '../lib/secrets.js'
import { isOpening } from './clues.js'
import type { HopRecord } from './flight.js'
import type { KeptFlight } from './flight-ring.js'
import { type KeptHop, shownHop, shownName } from './kept-hop.js'
import { maskedText } from './mask.js'
import { type FlightOutline, type HopOutline, shownOutcome } from './summary.js'

/**
 * Where requests of one sign-in go to several processes, each has a part of the flight. What processes tell each other of parts is
 * plain data, masked, and clues are told by their fingerprints, so that nobody can use them.
 */
export interface FlightPart extends FlightOutline {
  readonly hops: readonly TimedOutline[]
  /** Hops alone, which showed clues of no flight of their process. */
  readonly isStray: boolean
  /** Whether it begins with a request for the sign-in page. */
  readonly opens: boolean
  /** The following are by the system's time. */
  readonly outcomeAt: number
  readonly deliveredAt?: number
  /** Fingerprints of clues that it expects, and since when. */
  readonly expects: readonly ClueAt[]
  /** Fingerprints of clues that it showed and its process did not know, and when. */
  readonly shows: readonly ClueAt[]
}

type ClueAt = readonly [clue: string, at: number]

interface TimedOutline extends HopOutline {
  readonly systemAt: number
}

export function partOf(flight: KeptFlight, { isStray }: { readonly isStray: boolean }): FlightPart {
  const { id, startedAt, lastAt, outcome, outcomeAt, deliveredAt, hops, hopsLeftOut, clues, shown } = flight
  const [first] = hops
  return {
    id,
    startedAt,
    lastAt,
    outcome: shownOutcome(outcome),
    outcomeAt,
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    isStray,
    opens: first !== undefined && isOpening(first),
    hops: hops.map(outlineOf),
    hopsLeftOut,
    expects: told(clues),
    shows: told(shown),
  }
}

const told = (clues: ReadonlyMap<string, number>): ClueAt[] =>
  [...clues].map(([clue, at]) => [fingerprint(clue), at])

const outlineOf = ({ systemAt, method, path, pool, client, user, refusals }: KeptHop): TimedOutline => ({
  systemAt,
  method: maskedText(method),
  path: maskedText(path),
  ...(pool === undefined ? {} : { pool: shownName(pool) }),
  ...(client === undefined ? {} : { client: shownName(client) }),
  ...(user === undefined ? {} : { user: maskedText(user) }),
  refusals: refusals.map(({ code }) => ({ code: maskedText(code) })),
})

/** The hops of a part, masked. */
export interface PartHops {
  readonly part: string
  readonly hops: readonly { readonly systemAt: number; readonly hop: HopRecord }[]
}

export const partHops = (flight: KeptFlight | undefined): PartHops[] =>
  flight === undefined
    ? []
    : [
        {
          part: flight.id,
          hops: flight.hops.map(hop => ({ systemAt: hop.systemAt, hop: shownHop(hop) })),
        },
      ]
