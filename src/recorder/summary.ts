import { type FlightSummary, type Named, type Outcome, timeOf } from './flight.js'
import { type KeptHop, shownName } from './kept-hop.js'
import { maskedText } from './mask.js'

/** The summary of a flight, as far as it is known. */
export function summarise(flight: {
  readonly id: string
  readonly startedAt: number
  readonly lastAt: number
  readonly outcome: Outcome
  readonly hops: readonly KeptHop[]
  readonly hopsLeftOut: number
}): FlightSummary {
  const { hops } = flight
  const outcome =
    'error' in flight.outcome
      ? { ...flight.outcome, error: maskedText(flight.outcome.error) }
      : flight.outcome
  const named = distinct(hops.flatMap(({ pool }) => (pool === undefined ? [] : [pool])))
  const pools = named.map(shownName)
  const asked = clientOf(hops)
  const client = asked && shownName(asked)
  const known = userOf(hops, named[0])
  const user = known === undefined ? undefined : maskedText(known)
  return {
    id: flight.id,
    title: sentence({ first: hops[0], pools, client, user, outcome }),
    startedAt: timeOf(flight.startedAt),
    lastAt: timeOf(flight.lastAt),
    outcome,
    pools,
    ...(client === undefined ? {} : { client }),
    ...(user === undefined ? {} : { user }),
    hopCount: hops.length + flight.hopsLeftOut,
    refusals: hops.flatMap(hop => hop.refusals.map(({ code }) => maskedText(code))),
  }
}

/** In the order of the first mention, by the last name given. */
const distinct = (named: readonly Named[]): Named[] => [
  ...new Map(named.map(each => [each.id, each])).values(),
]

/** The first client, by its name if a hop says one: a request gives away only the id. */
function clientOf(hops: readonly KeptHop[]): Named | undefined {
  const clients = hops.flatMap(({ client }) => (client === undefined ? [] : [client]))
  const first = clients[0]
  return clients.find(client => client.id === first?.id && client.name !== client.id) ?? first
}

/** A person has a name in each pool; the app knows them by that of the first. */
function userOf(hops: readonly KeptHop[], pool: Named | undefined): string | undefined {
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
  first: KeptHop | undefined
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

const requestLine = (hop: KeptHop | undefined): string =>
  hop ? `${maskedText(hop.method)} ${maskedText(hop.path)}` : 'Sign-in'

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
