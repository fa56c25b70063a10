import { type Html, html } from '../../lib/html.js'
import { appPath, callbackPath, type RelyingPartyClient } from '../client.js'
import type { Journey } from '../journey.js'
import type { AuthorizationDetails, Problem } from '../sign-in.js'
import { page } from './layout.js'
import { buttonForm, partly, problemBox, signInAgain } from './parts.js'

export interface CallbackView {
  readonly csrf: string
  readonly id: string
  readonly client: RelyingPartyClient
  readonly scopes: readonly string[]
  readonly sent: AuthorizationDetails
  /** As it was received. */
  readonly query: URLSearchParams
  readonly problem?: Problem
  readonly journey?: Journey | undefined
}

/** What came back from the pool, and what the app is about to do with it. */
export function callbackPage(view: CallbackView): string {
  const { query, problem, client, journey } = view
  const hasCode = query.has('code')
  return page(
    hasCode ? 'Callback' : 'Error at the callback',
    'callback',
    html`<h1>${hasCode ? 'The pool sent you back with a code' : 'The pool sent you back without a code'}</h1>
<p class="lead">${
      hasCode
        ? html`This is the app’s callback. <strong>${client.poolName}</strong> has redirected your browser here; nothing but this address passed through it.`
        : html`<strong>${client.poolName}</strong> has redirected your browser to the app’s callback with an error, as the protocol says.`
    }</p>
${problem !== undefined && problemBox(problem, hasCode ? undefined : journey)}
<section class="card">
<h2>What arrived</h2>
<p class="request"><code><span class="method">GET</span> ${callbackPath}</code></p>
${received(view)}
</section>
${hasCode ? exchange(view) : startAgain(view)}`,
  )
}

function received({ query, sent }: CallbackView): Html {
  return html`<dl class="parameters">${[...query].map(([name, value]) => {
    const secret = name === 'code' || name === 'state'
    return html`<div><dt><code>${name}</code></dt><dd><code>${secret ? partly(value) : value}</code>
<span class="about">${name === 'state' && value === sent.state ? html`<span class="good">✓ the one this app sent:</span> ` : ''}${parameterNotes[name] ?? ''}</span></dd></div>`
  })}</dl>`
}

const parameterNotes: Record<string, string> = {
  code: 'stands for the sign-in. It works once, for five minutes, and is worth nothing without what the app holds back.',
  state: 'the answer belongs to a request of this browser.',
  error: 'the name of the error, one that OAuth defines.',
  error_description: 'in the pool’s own words.',
}

function exchange({ csrf, id, client, sent, query, problem, scopes }: CallbackView): Html {
  const { clientId, clientSecret } = client
  const rows: [string, string, string][] = [
    ['grant_type', 'authorization_code', 'what is being redeemed'],
    ['code', partly(query.get('code') ?? ''), 'from above'],
    ['redirect_uri', sent.redirectUri, 'the same as in the request'],
    ['code_verifier', partly(sent.codeVerifier), 'PKCE: proves that the app that asks is the app that began'],
    clientSecret === undefined
      ? ['client_id', clientId, 'a public client: it has no secret, PKCE protects the code']
      : ['Authorization', `Basic ${partly(clientSecret)}`, 'the header with client id and secret'],
  ]
  return html`<section class="card">
<h2>What comes next</h2>
<p>The app’s server calls the pool’s token endpoint itself; the browser sees none of it.</p>
<p class="request"><code><span class="method">POST</span> ${sent.tokenEndpoint}</code></p>
<dl class="parameters">${rows.map(
    ([name, value, about]) =>
      html`<div><dt><code>${name}</code></dt><dd><code>${value}</code> <span class="about">${about}</span></dd></div>`,
  )}</dl>
<div class="actions">
${buttonForm({
  action: 'exchange',
  csrf,
  fields: [['sign_in', id]],
  label: problem === undefined ? 'Exchange the code for tokens' : 'Try the exchange again',
  quiet: problem !== undefined,
})}
${problem !== undefined && signInAgain({ csrf, client, scopes })}
</div>
</section>`
}

const startAgain = (view: CallbackView): Html => html`<div class="actions">${signInAgain(view)}
<a class="button quiet" href="${appPath}?pick=1">Pick another client</a></div>`
