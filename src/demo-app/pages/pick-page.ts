import { type Html, html } from '../../lib/html.js'
import { appPath, type RelyingPartyClient } from '../client.js'
import type { SignIn, Stage } from '../sign-in.js'
import { page } from './layout.js'
import { buttonForm, snippet } from './parts.js'
import { snippetsFor } from './snippets.js'

export interface PickView {
  readonly csrf: string
  /** What a client has to register. */
  readonly callbackUrl: string
  readonly appUrl: string
  readonly clients: readonly RelyingPartyClient[]
  /** The id of the client to show first; any other text shows them in their order. */
  readonly picked?: string | undefined
  /** Those of this browser that have come back from their pool. */
  readonly signIns: readonly SignIn[]
  /** The client that was just signed out of. */
  readonly farewell?: RelyingPartyClient
}

/** Where the story begins: the pools and their clients. */
export function pickPage(view: PickView): string {
  const { clients, farewell, signIns } = view
  return page(
    'Sign in with a user pool',
    'pick',
    html`<h1>Sign in with a user pool</h1>
<p class="lead">This is an app with nothing to do but sign you in. Like yours, it knows a pool by its issuer, a client id and perhaps a secret. Pick a client and follow the sign-in, step by step.</p>
${farewell !== undefined && goodbye(farewell, view.appUrl)}
${signIns.length > 0 && here(signIns)}
${clients.length === 0 && html`<p class="notice">No pool has an app client for the authorization code grant. Add one to the seed: a pool with a <code>Domain</code>, and a client with <code>AllowedOAuthFlows: [code]</code>.</p>`}
${[...pools(pickedFirst(view))].map(([, members]) => pool(view, members))}`,
  )
}

/** The clients, that of a link before the others, and its pool before other pools. */
const pickedFirst = ({ clients, picked }: PickView): RelyingPartyClient[] =>
  clients.toSorted((one, other) => Number(other.clientId === picked) - Number(one.clientId === picked))

function pools(clients: readonly RelyingPartyClient[]): Map<string, RelyingPartyClient[]> {
  const byPool = new Map<string, RelyingPartyClient[]>()
  for (const client of clients) byPool.set(client.poolId, [...(byPool.get(client.poolId) ?? []), client])
  return byPool
}

const goodbye = ({ clientName, poolName, signOutUri }: RelyingPartyClient, appUrl: string): Html =>
  signOutUri === undefined
    ? html`<div class="notice" role="status"><p>The app has forgotten your tokens for <strong>${clientName}</strong>. The session at <strong>${poolName}</strong> goes on, because the client registers no way back. To end both, add to the client: <code>LogoutURLs: [${appUrl}]</code></p></div>`
    : html`<div class="notice" role="status"><p>Signed out of <strong>${clientName}</strong>. The app has forgotten your tokens, and <strong>${poolName}</strong> has ended its session. Tokens that were copied stay valid until they expire, and a session at another provider goes on: the next sign-in through it may ask for nothing.</p></div>`

const here = (signIns: readonly SignIn[]): Html => html`<section class="card here">
<h2>Your sign-ins in this browser</h2>
<ul>${signIns.map(
  ({ id, client, stage }) =>
    html`<li><a href="${appPath}?sign_in=${id}">${client.clientName} at ${client.poolName}</a> <span class="about">${stateOf(stage)}</span></li>`,
)}</ul>
</section>`

function stateOf(stage: Stage): string {
  if (stage.at === 'app') return 'has tokens'
  if (stage.at === 'provider') return 'not back yet'
  return new URLSearchParams(stage.query).has('code') ? 'code not exchanged' : 'came back with an error'
}

function pool(view: PickView, members: readonly RelyingPartyClient[]): Html {
  const [first] = members
  if (first === undefined) return html``
  return html`<section class="pool" aria-labelledby="${first.poolId}">
<header>
<h2 id="${first.poolId}">${first.poolName}</h2>
<p class="about">Issuer <a href="${first.discoveryUrl}"><code>${first.issuer}</code></a></p>
</header>
<div class="clients">${members.map(member => client(view, member))}</div>
</section>`
}

function client(view: PickView, member: RelyingPartyClient): Html {
  const { clientName, clientId, clientSecret, redirectUri } = member
  return html`<article class="card client">
<header>
<h3>${clientName}</h3>
<p class="about"><code>${clientId}</code> · ${clientSecret === undefined ? 'public, no secret' : 'confidential, has a secret'}</p>
</header>
${redirectUri === undefined ? notReady(view, member) : ready(view.csrf, member)}
<details>
<summary>Connect your own app</summary>
<div class="snippets">${snippetsFor(member).map(
    ({ title, about, code }) =>
      html`<section><h4>${title}</h4><p class="about">${about}</p>${snippet(code)}</section>`,
  )}</div>
</details>
</article>`
}

function ready(csrf: string, { clientId, clientName, scopes }: RelyingPartyClient): Html {
  return html`<form method="post" action="${appPath}/sign-in">
<input type="hidden" name="_csrf" value="${csrf}">
<input type="hidden" name="client_id" value="${clientId}">
<fieldset class="scopes"><legend>Scopes to ask for</legend>${scopes.map(
    scope =>
      html`<label><input type="checkbox" name="scope" value="${scope}" checked><span>${scope}</span></label>`,
  )}</fieldset>
<button class="button" type="submit">Sign in<span class="unseen"> to ${clientName}</span></button>
</form>`
}

const notReady = (
  { csrf, callbackUrl, appUrl }: PickView,
  { clientId, clientName }: RelyingPartyClient,
): Html => html`<div class="notice">
<p>This client does not know the built-in app: its callback is missing from the client’s <code>CallbackURLs</code>. Rockpool can add it, with the app’s sign-out URL, until the next start or reset.</p>
${buttonForm({
  action: 'let-in',
  csrf,
  fields: [['client_id', clientId]],
  label: `Add the callback to ${clientName}`,
})}
<p>To keep it, write into the seed:</p>
${snippet(`CallbackURLs:\n  - ${callbackUrl}\nLogoutURLs:\n  - ${appUrl}`)}
</div>`
