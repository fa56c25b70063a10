import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import type { FlightSummary } from '../../recorder/flight.js'
import { suits } from '../../recorder/flight-filter.js'
import { consolePath, pathTo } from '../console.js'
import { unknownFlight } from '../console-refusals.js'
import { checkbox, type Option, select } from '../frame/forms.js'
import { live, moment, table } from '../frame/parts.js'
import { show, type Visit } from '../page.js'
import { asOwnCall } from './as-code.js'
import { flightPage } from './flight.js'
import { outcomeBadge } from './flight-line.js'

/** More than the recorder keeps. */
const all = 1000

/** What happened, sign-in by sign-in. Programs find the same as JSON at the same addresses. */
export const flights = [
  show('/flights', async visit => {
    const { pool, client, user, refused } = visit.query
    const { flights, service } = visit.console
    const kept = await flights.flights({ limit: all })
    const filter = { pool, client, user, ...(refused === undefined ? {} : { refused: true }) }
    const found = kept.filter(flight => suits(flight, filter))
    return {
      title: 'Flights',
      section: 'flights',
      lead: 'Each sign-in with its requests, tokens and refusals, across the pools of a federation. The newest is on top.',
      body: html`${filters(visit, kept)}${live('flights', list(found, kept.length, service.clock.now()))}${asOwnCall(visit, { command: 'flights', path: '/flights' })}`,
    }
  }),
  show('/flights/:id', async visit => {
    const { id = '' } = visit.params
    const flight = await visit.console.flights.flight(id)
    if (flight === undefined) throw unknownFlight(id)
    return flightPage(visit, flight)
  }),
  show('/flights/:id/file', async ({ params: { id = '' }, console: { flights } }) => {
    const flight = await flights.flight(id)
    if (flight === undefined) throw unknownFlight(id)
    return {
      send: reply =>
        reply
          .type('application/json')
          .header('content-disposition', `attachment; filename="flight-${flight.id}.json"`)
          .send(JSON.stringify(flight, null, 2)),
    }
  }),
]

/** The filters of the list. All are optional. */
function filters({ query }: Visit, kept: readonly FlightSummary[]): Html {
  const pools = optionsOf(kept.flatMap(flight => flight.pools))
  const clients = optionsOf(kept.flatMap(({ client }) => (client === undefined ? [] : [client])))
  return html`<form class="filters" method="get" action="${consolePath}/flights" data-auto>
${select({ name: 'pool', label: 'Pool', value: query.pool, options: [['', 'All pools'], ...pools] })}
${select({ name: 'client', label: 'Client', value: query.client, options: [['', 'All clients'], ...clients] })}
<div class="field"><label for="user">User</label><input id="user" name="user" type="search" value="${query.user ?? ''}" autocomplete="off"></div>
${checkbox({ name: 'refused', label: 'Refused only', ticked: query.refused !== undefined })}
<button class="button small quiet" type="submit">Filter</button>
</form>`
}

const optionsOf = (named: readonly { readonly id: string; readonly name: string }[]): Option[] =>
  [...new Map(named.map(({ id, name }) => [id, name]))].toSorted(([, one], [, other]) =>
    one < other ? -1 : 1,
  )

function list(found: readonly FlightSummary[], kept: number, now: number): Html {
  const empty =
    kept === 0
      ? html`<p>No flight yet.</p><p>Sign in with <a href="${consolePath}/app?pick=1">the built-in app</a> or your own: the flight appears here by itself.</p>`
      : html`<p>No flight suits these filters.</p><p><a href="${consolePath}/flights">All ${kept} flights</a></p>`
  return table<FlightSummary>(
    'Flights',
    [
      {
        head: 'Flight',
        room: 'wide',
        cell: ({ id, title, refusals }) =>
          html`<a href="${pathTo('flights', id)}">${title.replace(/: [^:]*$/, '')}</a>${refusals.length > 0 && html`<small>refused: ${[...new Set(refusals)].join(', ')}</small>`}`,
      },
      { head: 'Outcome', room: 'narrow', cell: ({ outcome }) => outcomeBadge(outcome) },
      {
        head: 'User',
        cell: ({ user }) =>
          user === undefined
            ? ''
            : html`<a href="${withQuery(`${consolePath}/flights`, { user })}">${user}</a>`,
      },
      { head: 'Hops', room: 'narrow', cell: ({ hopCount }) => hopCount },
      { head: 'Last heard of', room: 'narrow', cell: ({ lastAt }) => moment(Date.parse(lastAt), now) },
    ],
    found,
    empty,
  )
}
