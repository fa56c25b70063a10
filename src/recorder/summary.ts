import { type FlightSummary, type Named, type Outcome, timeOf } from './flight.js'
import type { KeptHop } from './kept-hop.js'
import { maskedText } from './mask.js'

/** What of a hop a summary is made of. */
export interface HopOutline extends Pick<KeptHop, 'method' | 'path' | 'pool' | 'client' | 'user'> {
  readonly refusals: readonly { readonly code: string }[]
}

/** What of a flight a summary is made of. */
export interface FlightOutline {
  readonly id: string
  readonly startedAt: number
  readonly lastAt: number
  readonly outcome: Outcome
  readonly hops: readonly HopOutline[]
  readonly hopsLeftOut: number
}

/** The outcome of a flight as it may be shown. */
export const shownOutcome = (outcome: Outcome, shown = maskedText): Outcome =>
  'error' in outcome ? { ...outcome, error: shown(outcome.error) } : outcome

/**
 * The summary of a flight, as far as it is known.
 * @param shown makes of each text what may be shown; not needed where that is done
 */
export function summarise(flight: FlightOutline, shown = maskedText): FlightSummary {
  const { hops } = flight
  const shownName = ({ id, name }: Named): Named => ({ id: shown(id), name: shown(name) })
  const outcome = shownOutcome(flight.outcome, shown)
  const named = distinct(hops.flatMap(({ pool }) => (pool === undefined ? [] : [pool])))
  const pools = named.map(shownName)
  const asked = clientOf(hops)
  const client = asked && shownName(asked)
  const known = userOf(hops, named[0])
  const user = known === undefined ? undefined : shown(known)
  return {
    id: flight.id,
    title: sentence({ what: beginning(hops[0], shown), pools, client, user, outcome }),
    startedAt: timeOf(flight.startedAt),
    lastAt: timeOf(flight.lastAt),
    outcome,
    pools,
    ...(client === undefined ? {} : { client }),
    ...(user === undefined ? {} : { user }),
    hopCount: hops.length + flight.hopsLeftOut,
    refusals: hops.flatMap(hop => hop.refusals.map(({ code }) => shown(code))),
  }
}

/** In the order of the first mention, by the last name given. */
const distinct = (named: readonly Named[]): Named[] => [
  ...new Map(named.map(each => [each.id, each])).values(),
]

/** The first client, by its name if a hop says one: a request gives away only the id. */
function clientOf(hops: readonly HopOutline[]): Named | undefined {
  const clients = hops.flatMap(({ client }) => (client === undefined ? [] : [client]))
  const first = clients[0]
  return clients.find(client => client.id === first?.id && client.name !== client.id) ?? first
}

/** A person has a name in each pool; the app knows them by that of the first. */
function userOf(hops: readonly HopOutline[], pool: Named | undefined): string | undefined {
  const named = hops.filter(hop => hop.user !== undefined)
  return (named.findLast(hop => hop.pool?.id === pool?.id) ?? named.at(-1))?.user
}

function sentence({
  what,
  pools,
  client,
  user,
  outcome,
}: {
  what: string
  pools: readonly Named[]
  client: Named | undefined
  user: string | undefined
  outcome: Outcome
}): string {
  const where = pools.length === 0 ? '' : ` at ${pools.map(({ name }) => name).join(' through ')}`
  const app = client === undefined ? '' : ` for ${client.name}`
  const who = user === undefined ? '' : ` as ${user}`
  return `${what}${where}${app}${who}: ${ending(outcome)}.`
}

/** What a flight begins with: a sign-in, or the request that it consists of. */
const beginning = (first: HopOutline | undefined, shown: (text: string) => string): string =>
  first === undefined || /\/(?:authorize|login)$/.test(first.path)
    ? 'Sign-in'
    : `${shown(first.method)} ${shown(first.path)}`

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
