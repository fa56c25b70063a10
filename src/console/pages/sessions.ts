import { domainUrl, idpResponsePath } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import * as collections from '../../core/collections.js'
import { keyOf } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, clientsOf, poolById, userNamed } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import type { Flight } from '../../recorder/flight.js'
import { consolePath, pathTo } from '../console.js'
import { select } from '../frame/forms.js'
import { badge, card, codeBlock, copyable, facts, live, moment, table } from '../frame/parts.js'
import { show, type View, type Visit } from '../page.js'

/** How many sign-ins can be chosen from. */
const most = 20

/** The sessions that a federated sign-in makes, side by side, and which of them each kind of sign-out ends. */
export const sessions = [show('/sessions', page)]

async function page({ console: { flights, service }, query }: Visit): Promise<View> {
  const federated = (await flights.flights({ limit: 200 }))
    .filter(({ pools }) => pools.length > 1)
    .slice(0, most)
  const chosen = federated.find(({ id }) => id === query.flight) ?? federated[0]
  const flight = chosen && (await flights.flight(chosen.id))
  return {
    title: 'Sessions',
    section: 'sessions',
    lead: 'A federated sign-in leaves three sessions behind. Signing out of one of them ends none of the others.',
    body: html`${
      federated.length > 0 &&
      html`<form class="filters" method="get" action="${consolePath}/sessions" data-auto>${select({
        name: 'flight',
        label: 'Sign-in',
        value: chosen?.id,
        options: federated.map(({ id, title }) => [id, title]),
      })}<button class="button small quiet" type="submit">Show</button></form>`
    }${
      flight === undefined
        ? html`<div class="empty"><p>No federated sign-in is kept.</p><p>Sign in through another pool, for example with <a href="${consolePath}/app?pick=1">the built-in app</a>, and come back.</p></div>`
        : live('sessions', await sideBySide(service, flight))
    }${whatClears()}${flight !== undefined && (await recipe(service, flight))}`,
  }
}

async function sideBySide(service: Service, flight: Flight): Promise<Html> {
  const now = service.clock.now()
  const cards = await Promise.all(
    flight.pools.slice(0, 2).map(async ({ id, name }, index) => {
      const username = userIn(flight, { id, name })
      return card(`${index + 1} · ${name}`, await poolSession(service, { id, username }, now))
    }),
  )
  return html`<div class="cards">${card(`App · ${flight.client?.name ?? 'unknown'}`, await appSession(service, flight, now))}${cards}</div>
<p class="small-text muted"><a href="${pathTo('flights', flight.id)}">The flight of this sign-in</a></p>`
}

/** Who somebody is in one of the pools: by what a hop is about, or by the user that it made. */
function userIn({ hops }: Flight, pool: { readonly id: string; readonly name: string }): string | undefined {
  const known = hops.findLast(hop => hop.pool?.id === pool.id && hop.user !== undefined)?.user
  const made = hops
    .flatMap(({ notes }) => notes)
    .map(({ detail }) => detail as { readonly pool?: unknown; readonly username?: unknown } | undefined)
    .findLast(detail => detail?.pool === pool.name && typeof detail.username === 'string')?.username
  return known ?? (made as string | undefined)
}

/** What the app holds: tokens. Whether it keeps them, and has a cookie of its own, is the app's matter. */
async function appSession(service: Service, flight: Flight, now: number): Promise<Html> {
  const [first] = flight.pools
  const pool = first && (await poolById(service, first.id))
  const username = first && userIn(flight, first)
  const user = pool && username ? (await userNamed(service, pool, username))?.record : undefined
  const grants =
    pool && user
      ? await service.store.lookup(collections.grants, 'user', keyOf(pool.id, user.sub), { limit: 20 })
      : []
  const ofClient = grants.filter(({ record }) => record.clientId === flight.client?.id)
  const latest = ofClient.at(-1)?.record
  return html`<p>${latest === undefined ? badge('no tokens that can be refreshed') : badge('tokens', 'good')}</p>${facts(
    [
      ['Kept', 'by the app: its own cookie, and the tokens'],
      ['Signed in', latest && moment(latest.authTime * 1000, now)],
      ['Sign-ins', ofClient.length],
    ],
  )}`
}

async function poolSession(
  service: Service,
  { id, username }: { readonly id: string; readonly username: string | undefined },
  now: number,
): Promise<Html> {
  const pool = await poolById(service, id)
  const user = pool && username ? (await userNamed(service, pool, username))?.record : undefined
  const found = user
    ? await service.store.lookup(collections.hostedSessions, 'user', keyOf(id, user.sub), { limit: 20 })
    : []
  const latest = found.toSorted((one, other) => (other.expiresAt ?? 0) - (one.expiresAt ?? 0))[0]
  return html`<p>${latest === undefined ? badge('no session') : badge('signed in', 'good')}</p>${facts([
    ['Kept', 'by a cookie of the pool’s domain, for one hour'],
    ['User', user?.username ?? username ?? html`<span class="muted">unknown</span>`],
    ['Proved by', latest?.record.provider],
    ['Since', latest && moment(latest.record.authTime * 1000, now)],
    ['Until', latest?.expiresAt !== undefined && moment(latest.expiresAt, now)],
    ['Browsers', found.length > 1 && found.length],
  ])}`
}

/** One way to sign out, and what becomes of each session. */
interface SignOut {
  readonly way: string
  readonly how: string
  readonly app: Fate
  readonly first: Fate
  readonly second: Fate
  readonly next: string
}
type Fate = 'ends' | 'stays' | 'tokens end'

const signOuts: readonly SignOut[] = [
  {
    way: 'The app forgets',
    how: 'It deletes its cookie and its tokens.',
    app: 'ends',
    first: 'stays',
    second: 'stays',
    next: 'Pool 1 signs the user in again without a question.',
  },
  {
    way: 'Sign-out of pool 1',
    how: 'GET /logout?client_id=…&logout_uri=… at its domain',
    app: 'stays',
    first: 'ends',
    second: 'stays',
    next: 'Pool 1 sends the browser to pool 2, which sends it back without a question.',
  },
  {
    way: 'Sign-out of pool 2',
    how: 'GET /logout?client_id=…&logout_uri=… at its domain',
    app: 'stays',
    first: 'stays',
    second: 'ends',
    next: 'Pool 1 still knows the user, for the rest of its hour.',
  },
  {
    way: 'Revocation',
    how: 'POST /oauth2/revoke, or RevokeToken',
    app: 'tokens end',
    first: 'stays',
    second: 'stays',
    next: 'A new sign-in needs no password.',
  },
  {
    way: 'GlobalSignOut, AdminUserGlobalSignOut',
    how: 'ends all tokens of the user in this pool',
    app: 'tokens end',
    first: 'stays',
    second: 'stays',
    next: 'A new sign-in needs no password.',
  },
  {
    way: 'All three, in a chain',
    how: 'The app forgets, then pool 1, then pool 2: see below.',
    app: 'ends',
    first: 'ends',
    second: 'ends',
    next: 'The user is asked for the password.',
  },
]

const fate = (of: Fate): Html => badge(of, of === 'stays' ? 'wait' : 'good')

const whatClears = (): Html =>
  card(
    'What each kind of sign-out ends',
    table<SignOut>(
      'Kinds of sign-out',
      [
        { head: 'Sign-out', cell: ({ way, how }) => html`${way}<small>${how}</small>` },
        { head: 'App', room: 'narrow', cell: ({ app }) => fate(app) },
        { head: 'Pool 1', room: 'narrow', cell: ({ first }) => fate(first) },
        { head: 'Pool 2', room: 'narrow', cell: ({ second }) => fate(second) },
        { head: 'Next sign-in', cell: ({ next }) => next },
      ],
      signOuts,
      '',
    ),
  )

/** The chain of sign-outs for a flight, with what has to be registered for it. */
async function recipe(service: Service, flight: Flight): Promise<Html | false> {
  const [one, two] = await Promise.all(flight.pools.slice(0, 2).map(({ id }) => poolById(service, id)))
  const client = flight.client && (await clientById(service, flight.client.id))
  if (one === undefined || two === undefined || client === undefined) return false
  const upstream = await clientOfPool(service, one, two)
  const [first, second] = [domainUrl(service, one), domainUrl(service, two)]
  if (first === undefined || second === undefined || upstream === undefined) return false
  const known = client.settings.LogoutURLs ?? []
  const chainTo = (back: string) => {
    const atSecond = withQuery(`${second}/logout`, { client_id: upstream.id, logout_uri: back })
    const misses = [
      !known.includes(atSecond) && { client, url: atSecond },
      !(upstream.settings.LogoutURLs ?? []).includes(back) && { client: upstream, url: back },
    ].filter(miss => miss !== false)
    return { chain: withQuery(`${first}/logout`, { client_id: client.id, logout_uri: atSecond }), misses }
  }
  // The list holds the sign-out of pool 2 itself once that is registered, which is no page of the app.
  const pages = known.filter(url => !url.startsWith(`${second}/logout`)).map(chainTo)
  // The page for which most is registered already: the order of the list says nothing.
  const [best] = pages.sort((one, other) => one.misses.length - other.misses.length)
  const { chain, misses } = best ?? chainTo('https://your-app.example/signed-out')
  return card(
    'Sign out of the identity provider too',
    html`<p>Cognito never asks an OpenID Connect provider to sign the user out. Your app does it: it sends the browser to pool 1, whose <code>logout_uri</code> is the sign-out of pool 2, whose <code>logout_uri</code> is your page.</p>
${codeBlock(chain, 'Copy the link')}
${
  misses.length === 0
    ? html`<p>${badge('works', 'good')} Both addresses are registered. <a href="${chain}">Sign out of both pools</a></p>`
    : html`<p>For this to work, register as a sign-out URL:</p><ul class="list">${misses.map(({ client: at, url }) => html`<li>of the client <strong>${at.name}</strong>: ${copyable(url)}</li>`)}</ul>`
}`,
  )
}

/** The client that one pool is at another: its callback is the first pool's. */
async function clientOfPool(service: Service, one: UserPool, two: UserPool): Promise<AppClient | undefined> {
  const callback = `${domainUrl(service, one)}${idpResponsePath}`
  return (await clientsOf(service, two)).find(({ settings }) => settings.CallbackURLs?.includes(callback))
}
