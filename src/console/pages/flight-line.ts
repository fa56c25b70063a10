import { type Html, html } from '../../lib/html.js'
import type { FlightSummary, Outcome } from '../../recorder/flight.js'
import { pathTo } from '../console.js'
import { badge, moment } from '../frame/parts.js'

/** A flight as a line of a list. */
export const flightLine = ({ id, lastAt, title, outcome }: FlightSummary, now: number): Html =>
  html`<li>${moment(Date.parse(lastAt), now)}<a href="${pathTo('flights', id)}">${title.replace(/: [^:]*$/, '')}</a>${outcomeBadge(outcome)}</li>`

/** How far a flight has come, in two words. */
export function outcomeBadge(outcome: Outcome): Html {
  switch (outcome.is) {
    case 'under way':
      return badge('under way', 'wait')
    case 'code delivered':
      return badge('code delivered', 'wait')
    case 'tokens issued':
      return badge('tokens issued', 'good')
    case 'error delivered':
      return badge('error', 'bad')
    case 'refused':
      return badge('refused', 'bad')
  }
}
