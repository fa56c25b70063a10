import type { NoteKind, Subject } from '../core/ports/recorder.js'

/**
 * A flight as it is read: `GET /_rockpool/flights` lists the summaries, `/_rockpool/flights/{id}` answers one with
 * its hops. Plain JSON, secrets masked; times are ISO 8601, durations milliseconds.
 */

export interface FlightSummary {
  readonly id: string
  /** The flight in a sentence. */
  readonly title: string
  readonly startedAt: string
  /** When it was last heard of. */
  readonly lastAt: string
  readonly outcome: Outcome
  /** In the order in which the flight reached them. */
  readonly pools: readonly Named[]
  /** The app that wants somebody signed in: the first client of the flight. */
  readonly client?: Named
  /** Who it is, in the first pool as soon as that knows them. */
  readonly user?: string
  readonly hopCount: number
  /** Codes of everything that was refused on the way, in order. */
  readonly refusals: readonly string[]
}

export interface Flight extends FlightSummary {
  readonly hops: readonly HopRecord[]
  /** How many hops had to make room: the first and the latest ones are kept. */
  readonly hopsLeftOut: number
}

/** How far a flight has come. */
export type Outcome =
  | { readonly is: 'under way' }
  | { readonly is: 'code delivered' }
  | { readonly is: 'tokens issued' }
  | { readonly is: 'error delivered'; readonly error: string }
  | { readonly is: 'refused'; readonly error: string }

/** One HTTP request and what came of it. */
export interface HopRecord {
  readonly number: number
  readonly at: string
  /** Absent until it is answered. */
  ms?: number
  /** `rockpool` when we called ourselves: one pool asking another as its identity provider. */
  readonly caller: 'browser or app' | 'rockpool'
  readonly method: string
  readonly path: string
  readonly query: unknown
  readonly headers: unknown
  /** Names only. */
  readonly cookies: readonly string[]
  body?: unknown
  pool?: Named
  client?: Named
  user?: string
  readonly notes: NoteRecord[]
  readonly refusals: RefusalRecord[]
  answer?: AnswerRecord
}

export interface NoteRecord {
  readonly kind: NoteKind
  /** Since the hop began. */
  readonly ms: number
  readonly detail: unknown
}

export interface RefusalRecord {
  readonly code: string
  /** What the client read beside the code. */
  readonly told: string
  readonly because: string
  readonly remedy: string
}

export interface AnswerRecord {
  readonly status: number
  readonly contentType?: string
  /** Where it redirects to. */
  readonly location?: string
  /** Names only. */
  readonly setsCookies?: readonly string[]
  /** The body of a failure. */
  readonly error?: unknown
}

export type Named = NonNullable<Subject['pool']>

/** The summary of what is known. */
export function summarise(flight: {
  readonly id: string
  readonly startedAt: number
  readonly lastAt: number
  readonly outcome: Outcome
  readonly hops: readonly HopRecord[]
  readonly hopsLeftOut: number
}): FlightSummary {
  const { hops, outcome } = flight
  const pools = distinct(hops.flatMap(({ pool }) => (pool === undefined ? [] : [pool])))
  const client = clientOf(hops)
  const user = userOf(hops, pools[0])
  return {
    id: flight.id,
    title: sentence({ first: hops[0], pools, client, user, outcome }),
    startedAt: new Date(flight.startedAt).toISOString(),
    lastAt: new Date(flight.lastAt).toISOString(),
    outcome,
    pools,
    ...(client === undefined ? {} : { client }),
    ...(user === undefined ? {} : { user }),
    hopCount: hops.length + flight.hopsLeftOut,
    refusals: hops.flatMap(hop => hop.refusals.map(({ code }) => code)),
  }
}

/** In the order of the first mention, by the last name given. */
const distinct = (named: readonly Named[]): Named[] => [
  ...new Map(named.map(each => [each.id, each])).values(),
]

/** The first client, by its name if a hop says one: a request gives away only the id. */
function clientOf(hops: readonly HopRecord[]): Named | undefined {
  const clients = hops.flatMap(({ client }) => (client === undefined ? [] : [client]))
  const first = clients[0]
  return clients.find(client => client.id === first?.id && client.name !== client.id) ?? first
}

/** A person has a name in each pool; the app knows them by that of the first. */
function userOf(hops: readonly HopRecord[], pool: Named | undefined): string | undefined {
  const named = hops.filter(hop => hop.user !== undefined)
  return (named.findLast(hop => hop.pool?.id === pool?.id) ?? named.at(-1))?.user
}

function sentence({
  first,
  pools,
  client,
  user,
  outcome,
}: {
  first: HopRecord | undefined
  pools: readonly Named[]
  client: Named | undefined
  user: string | undefined
  outcome: Outcome
}): string {
  const what =
    first !== undefined && /\/(?:authorize|login)$/.test(first.path) ? 'Sign-in' : requestLine(first)
  const where = pools.length === 0 ? '' : ` at ${pools.map(({ name }) => name).join(' through ')}`
  const app = client === undefined ? '' : ` for ${client.name}`
  const who = user === undefined ? '' : ` as ${user}`
  return `${what}${where}${app}${who}: ${ending(outcome)}.`
}

const requestLine = (hop: HopRecord | undefined): string => (hop ? `${hop.method} ${hop.path}` : 'Sign-in')

function ending(outcome: Outcome): string {
  switch (outcome.is) {
    case 'under way':
      return 'under way'
    case 'code delivered':
      return 'the app was given a code and has not exchanged it yet'
    case 'tokens issued':
      return 'tokens were issued'
    case 'error delivered':
      return `the app was given the error ${outcome.error}`
    case 'refused':
      return `refused with ${outcome.error}`
  }
}
