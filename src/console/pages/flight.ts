import { explained } from '../../http/explained.js'
import { type Html, html } from '../../lib/html.js'
import type { Flight, HopRecord, NoteRecord } from '../../recorder/flight.js'
import { consolePath, pathTo } from '../console.js'
import { badge, codeBlock, facts, live, moment, refusalBox } from '../frame/parts.js'
import type { View, Visit } from '../page.js'
import { outcomeBadge } from './flight-line.js'
import { type Arrow, type Lane, type Leg, lanesOf } from './lanes.js'
import { shownNote } from './notes.js'

/** One flight: who said what to whom, in order, and what it came to. */
export function flightPage({ console: { service } }: Visit, flight: Flight): View {
  const now = service.clock.now()
  const { lanes, legs } = lanesOf(flight, service.base)
  return {
    title: flight.title,
    section: 'flights',
    trail: [{ label: 'Flights', href: `${consolePath}/flights` }],
    actions: html`<a class="button small quiet" href="${pathTo('flights', flight.id)}/file" download>Download to share</a>`,
    body: live(
      'flight',
      html`<div class="stack">${outline(flight, now)}${refusalsOf(flight)}${diagram(lanes, legs, flight)}</div>`,
    ),
  }
}

const outline = (flight: Flight, now: number): Html =>
  html`<section class="card">${facts(
    [
      ['Outcome', outcomeBadge(flight.outcome)],
      ['User', flight.user],
      ['App client', flight.client?.name],
      ['Pools', flight.pools.map(({ name }) => name).join(' → ')],
      ['Began', moment(Date.parse(flight.startedAt), now)],
      ['Hops', flight.hopCount],
    ],
    'across',
  )}</section>`

/** What was refused comes first: it is what the page was opened for. */
const refusalsOf = ({ hops }: Flight): readonly Html[] =>
  hops.flatMap(({ number, refusals }) =>
    refusals.map(
      refused =>
        html`<section aria-label="Refused at hop ${number}">${refusalBox(refused)}<p class="small-text"><a href="#hop-${number}">Hop ${number}</a></p></section>`,
    ),
  )

const diagram = (
  lanes: readonly Lane[],
  legs: readonly Leg[],
  { hops, hopsLeftOut }: Flight,
): Html => html`<section class="card diagram" aria-labelledby="hops-heading">
<header><h2 id="hops-heading">Hop by hop</h2>${hopsLeftOut > 0 && html`<span class="muted">${hopsLeftOut} hops in the middle were left out</span>`}</header>
<div class="lanes of-${Math.min(lanes.length, mostLanes)} names" aria-hidden="true">${lanes.slice(0, mostLanes).map(({ name }) => html`<span>${name}</span>`)}</div>
${hops.length === 0 && html`<p class="muted">Nothing was recorded.</p>`}
<ol class="legs">${legs.map(leg => shownLeg(leg, lanes))}</ol>
</section>`

/** Lanes that fit beside one another; flights through more providers than that are read by their labels. */
const mostLanes = 6

function shownLeg({ hop, arrows, within, outcome }: Leg, lanes: readonly Lane[]): Html {
  const { number, notes, ms } = hop
  const lines = (shown: readonly Arrow[]) =>
    shown.length > 0 &&
    html`<div class="lanes of-${Math.min(lanes.length, mostLanes)} lines">${shown.map(arrow => shownArrow(arrow, lanes))}</div>`
  return html`<li id="hop-${number}">
<p class="hopNumber">${number}</p>
${
  within.length === 0
    ? lines([...arrows, ...outcome])
    : html`${lines(arrows)}
<ol class="legs within" aria-label="What hop ${number} asked for">${within.map(leg => shownLeg(leg, lanes))}</ol>
${lines(outcome)}`
}
<div class="told">
${notes.filter(({ kind }) => kind !== 'upstream-request').map(note => shownNote(note, hop))}
${hop.refusals.map(refused => html`<div class="refusedHere">${badge('refused', 'bad')} <code>${refused.code}</code> ${explained(refused).because}</div>`)}
<details><summary>Request${ms !== undefined && html` <span class="muted">${ms} ms</span>`}</summary>${request(hop)}</details>
</div>
</li>`
}

function shownArrow({ from, to, label, kind }: Arrow, lanes: readonly Lane[]): Html {
  const clamp = (lane: number) => Math.min(lane, mostLanes - 1)
  const [start, end] = [clamp(Math.min(from, to)), clamp(Math.max(from, to))]
  const direction = from < to ? 'right' : from > to ? 'left' : 'self'
  return html`<div class="arrow ${kind} ${direction} at-${start + 1} over-${end - start + 1}"><span class="way">${lanes[from]?.name ?? ''} → ${lanes[to]?.name ?? ''}</span><span class="label">${label}</span></div>`
}

function request(hop: HopRecord): Html {
  const { at, query, headers, cookies, body, answer, notes } = hop
  const calls = notes.filter(({ kind }) => kind === 'upstream-request')
  return html`<div class="stack tight">
<p class="muted">${hop.method} ${hop.path} at ${at}, by ${hop.caller}</p>
${part('Query', query)}${part('Body', body)}${part('Headers', headers)}
${cookies.length > 0 && html`<p>Cookies <code>${cookies.join(', ')}</code></p>`}
${part('Answer', answer)}${part(
  'Requests to the provider',
  calls.map(({ detail }: NoteRecord) => detail),
)}
</div>`
}

const part = (name: string, value: unknown): Html | false => {
  if (value === undefined || value === null) return false
  if (typeof value === 'object' && Object.keys(value).length === 0) return false
  return html`<div><h4>${name}</h4>${codeBlock(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}</div>`
}
