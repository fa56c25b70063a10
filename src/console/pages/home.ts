import { newestMessages } from '../../courier/letter-box.js'
import { clientsOf, providersOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { consolePath } from '../console.js'
import { card, live } from '../frame/parts.js'
import { show, type Visit } from '../page.js'
import { somePools } from '../pools.js'
import { flightLine } from './flight-line.js'
import { messageLine } from './message-line.js'
import { poolCard } from './pool-card.js'

/** Pools that the home page shows; the list of pools has the others. */
const shownPools = 6
const shownEvents = 6

/** The first page: the pools, what just happened, and what to do first. */
export const home = [
  show('/', async visit => {
    const { service } = visit.console
    const found = await somePools(service, { limit: shownPools })
    return {
      title: 'Home',
      section: 'home',
      lead: html`Amazon Cognito user pools at <code>${service.base}</code>`,
      body: html`<div class="two"><div class="stack">${await pools(visit, found)}</div><div class="stack">${live(
        'happened',
        html`<div class="stack">${await flights(visit)}${await messages(visit)}</div>`,
      )}${found.items.length === 0 ? firstOfAll : first(visit)}</div></div>`,
    }
  }),
]

async function pools(
  { console: { service } }: Visit,
  found: Awaited<ReturnType<typeof somePools>>,
): Promise<Html> {
  if (found.items.length === 0)
    return html`<div class="empty"><p>There is no user pool yet.</p><p><a class="button small" href="${consolePath}/pools/new">Create user pool</a></p><p>Or start Rockpool with a seed file, or create one with an AWS SDK, the AWS CLI or Terraform at this address.</p></div>`
  const cards = await Promise.all(
    found.items.map(async pool =>
      poolCard(service, pool, {
        clients: await clientsOf(service, pool),
        providers: await providersOf(service, pool),
      }),
    ),
  )
  return html`${cards}${found.next !== undefined && html`<p><a href="${consolePath}/pools">All user pools</a></p>`}`
}

async function flights({ console: { service, ...console } }: Visit): Promise<Html> {
  const found = await console.flights.flights({ limit: shownEvents })
  return card(
    'Latest flights',
    found.length === 0
      ? html`<p class="muted">No sign-in yet. Each one is recorded here, hop by hop.</p>`
      : html`<ul class="events">${found.map(flight => flightLine(flight, service.clock.now()))}</ul>`,
    { actions: html`<a href="${consolePath}/flights">All flights</a>` },
  )
}

async function messages({ console: { service } }: Visit): Promise<Html> {
  const found = await newestMessages(service.store, undefined, shownEvents)
  return card(
    'Latest messages',
    found.length === 0
      ? html`<p class="muted">No mail or text message yet. Nothing leaves this machine: all of it is kept in the inbox.</p>`
      : html`<ul class="events">${found.map(message => messageLine(message, service.clock.now()))}</ul>`,
    { actions: html`<a href="${consolePath}/inbox">Inbox</a>` },
  )
}

/** Where there is no pool. */
const firstOfAll = card(
  'What to do first',
  html`<ol class="steps">
<li><a href="${consolePath}/pools/new">Create a user pool</a><small>Its users, and the rules for them.</small></li>
<li><span>Give it an app client and a domain</span><small>What an app is known by, and where its users sign in. The pages lead from one to the next.</small></li>
<li><span>Launch the hosted UI</span><small>Users sign in, and each step is a flight here.</small></li>
</ol>`,
)

const first = ({ console: { service } }: Visit): Html =>
  card(
    'What to do first',
    html`<ol class="steps">
<li><a href="${consolePath}/app?pick=1">Sign in with the built-in app</a><small>It is a relying party like yours, and shows each step.</small></li>
<li><a href="${consolePath}/flights">Read the flight</a><small>Every hop, token and mapped attribute, and why something was refused.</small></li>
<li><span>Point your own app here</span><small>Give AWS SDKs the endpoint <code>${service.base}</code>, and OpenID Connect clients the issuer of a pool.</small></li>
</ol>`,
  )
