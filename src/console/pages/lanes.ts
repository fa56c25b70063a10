import { parseUrl } from '../../lib/url.js'
import type { Flight, HopRecord, NoteRecord } from '../../recorder/flight.js'

/** Who talks to whom in a flight: a lane each, in the order in which a sign-in goes through them. */
export interface Lane {
  readonly id: string
  readonly name: string
}

/** One message between two lanes, by their positions. */
export interface Arrow {
  readonly from: number
  readonly to: number
  readonly label: string
  readonly kind: 'request' | 'answer' | 'bad'
}

/** A hop as the messages that it is made of. */
export interface Leg {
  readonly hop: HopRecord
  /** The request, and what it asked of identity providers elsewhere. */
  readonly arrows: readonly Arrow[]
  /** The hops that were over before this one was answered: what a pool asked another pool of ours. */
  readonly within: readonly Leg[]
  /** The answer, and what it brings to the app. */
  readonly outcome: readonly Arrow[]
}

/** A flight as a diagram. */
export function lanesOf(
  flight: Flight,
  base: string,
): { readonly lanes: readonly Lane[]; readonly legs: readonly Leg[] } {
  const lanes: Lane[] = [
    { id: 'browser', name: 'Browser' },
    { id: 'app', name: flight.client?.name ?? 'App' },
    ...flight.pools.map(({ id, name }) => ({ id, name })),
    ...(flight.pools.length === 0 ? [{ id: 'rockpool', name: 'Rockpool' }] : []),
    ...strangers(flight, base).map(host => ({ id: host, name: host })),
  ]
  const at = (id: string | undefined) => lanes.findIndex(lane => lane.id === id)
  return { lanes, legs: nested(flight.hops.map(hop => legOf(hop, at, base))) }
}

/** Calls of ours belong into the request that they were made for: the last one before them that somebody else made. */
function nested(legs: readonly Leg[]): Leg[] {
  const outer: { leg: Leg; within: Leg[] }[] = []
  for (const leg of legs) {
    const around = outer.at(-1)
    if (leg.hop.caller === 'rockpool' && around !== undefined) around.within.push(leg)
    else outer.push({ leg, within: [] })
  }
  return outer.map(({ leg, within }) => ({ ...leg, within }))
}

type PositionOf = (lane: string | undefined) => number

function legOf(hop: HopRecord, at: PositionOf, base: string): Leg {
  const home = at(hop.pool?.id ?? hop.path.split('/')[1])
  const to = home === -1 ? 2 : home
  const from = callerOf(hop, to)
  const calls = hop.notes.flatMap(note => callOf(note, { at, from: to, base }))
  return {
    hop,
    arrows: [{ from, to, label: `${hop.method} ${pathIn(hop)}`, kind: 'request' }, ...calls],
    within: [],
    outcome: [...answerOf(hop, { from: to, to: from }), ...deliveryOf(hop, from)],
  }
}

/** The lane that a request came from. A pool asks another one only as its identity provider. */
function callerOf(hop: HopRecord, to: number): number {
  if (hop.caller === 'rockpool') return to > 2 ? to - 1 : to + 1
  return isOfApp(hop) ? 1 : 0
}

/** What apps call, and browsers never open. */
const isOfApp = ({ method, path }: HopRecord): boolean =>
  /\/oauth2\/(token|userInfo|revoke)$/i.test(path) ||
  /\/\.well-known\//.test(path) ||
  (method === 'POST' && path === '/')

const pathIn = ({ path, headers }: HopRecord): string => {
  const target = (headers as { 'x-amz-target'?: unknown } | undefined)?.['x-amz-target']
  if (typeof target === 'string') return target.replace(/^.*\./, '')
  // Which pool it is, the lane says.
  return path.replace(
    /^\/[^/]+(?=\/(?:oauth2|saml2|login|logout|error|confirm|signup|\.well-known)(?:\/|$))/,
    '',
  )
}

/** The answer goes back by the way that the request came. */
function answerOf({ answer, refusals }: HopRecord, way: { from: number; to: number }): Arrow[] {
  if (answer === undefined) return []
  const isBad = answer.status >= 400 || refusals.length > 0
  const to = answer.location === undefined ? '' : ` → ${placeOf(answer.location)}`
  return [{ ...way, label: `${answer.status}${to}`, kind: isBad ? 'bad' : 'answer' }]
}

/** What a redirect brings to the app, by the browser that follows it. */
function deliveryOf({ answer }: HopRecord, browser: number): Arrow[] {
  const url = answer?.location === undefined ? undefined : parseUrl(answer.location)
  if (url === undefined || browser !== 0 || /\/(?:idpresponse|login|error)$/.test(url.pathname)) return []
  const brought = new URLSearchParams(`${url.search.slice(1)}&${url.hash.slice(1)}`)
  const error = brought.get('error')
  if (error !== null) return [{ from: 0, to: 1, label: `error=${error}`, kind: 'bad' }]
  const names = ['code', 'id_token', 'access_token'].filter(name => brought.has(name))
  return names.length === 0 ? [] : [{ from: 0, to: 1, label: names.join(', '), kind: 'request' }]
}

/** Where a redirect leads, without its query. */
const placeOf = (location: string): string => {
  const url = parseUrl(location)
  return url === undefined ? (location.split('?')[0] ?? '') : `${url.host}${url.pathname}`
}

/** A request of ours to an identity provider elsewhere. What goes to a pool of ours is a hop of its own. */
function callOf(
  { kind, detail }: NoteRecord,
  { at, from, base }: { readonly at: PositionOf; readonly from: number; readonly base: string },
): Arrow[] {
  if (kind !== 'upstream-request') return []
  const { url, method, status, failed } = detail as Readonly<Record<string, unknown>>
  const host = strangerIn(String(url), base)
  const to = at(host)
  if (to === -1) return []
  const path = parseUrl(String(url))?.pathname ?? ''
  return [
    { from, to, label: `${String(method)} ${path}`, kind: 'request' },
    { from: to, to: from, label: String(status ?? failed ?? ''), kind: status === 200 ? 'answer' : 'bad' },
  ]
}

/** The identity providers elsewhere that a flight asked, by host; a built-in one by its name. */
const strangers = (flight: Flight, base: string): string[] => [
  ...new Set(
    flight.hops
      .flatMap(({ notes }) => notes)
      .filter(({ kind }) => kind === 'upstream-request')
      .flatMap(({ detail }) => strangerIn(String((detail as { url?: unknown }).url), base) ?? []),
  ),
]

function strangerIn(url: string, base: string): string | undefined {
  const parsed = parseUrl(url)
  if (parsed === undefined) return undefined
  if (parsed.origin !== parseUrl(base)?.origin) return parsed.host
  return /^\/_rockpool\/zoo\/([^/]+)/.exec(parsed.pathname)?.[1]
}
