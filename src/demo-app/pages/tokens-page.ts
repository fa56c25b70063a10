import { type Html, html } from '../../lib/html.js'
import { appPath, type RelyingPartyClient } from '../client.js'
import { type Claims, decoded } from '../decoded.js'
import type { Journey } from '../journey.js'
import type { SignedIn } from '../sign-in.js'
import { aboutClaim, isTime } from './claims.js'
import { page } from './layout.js'
import { buttonForm, droppedBox, problemBox, signInAgain, snippet, spanOf, timeOf } from './parts.js'

export interface TokensView {
  readonly csrf: string
  readonly id: string
  readonly client: RelyingPartyClient
  readonly scopes: readonly string[]
  readonly appUrl: string
  readonly signedIn: SignedIn
  readonly journey?: Journey | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What the app has now: the tokens, decoded and explained, and userInfo. */
export function tokensPage(view: TokensView): string {
  const { signedIn, client, journey } = view
  const { tokens, refreshes, problem } = signedIn
  const title = `Signed in${nameOf(signedIn)}`
  return page(
    title,
    refreshes > 0 || problem !== undefined ? 'after' : 'tokens',
    html`<h1>${title}</h1>
<p class="lead">${client.clientName} at <strong>${client.poolName}</strong>. The tokens came ${timeOf(tokens.receivedAt)}${refreshes > 0 && `, after ${refreshes} ${refreshes === 1 ? 'refresh' : 'refreshes'}`}.</p>
${problem !== undefined && problemBox(problem)}
<div class="actions">
${
  tokens.refreshToken !== undefined &&
  buttonForm({
    action: 'refresh',
    csrf: view.csrf,
    fields: [['sign_in', view.id]],
    label: 'Refresh the tokens',
  })
}
${signInAgain(view, true)}
${buttonForm({ action: 'sign-out', csrf: view.csrf, fields: [['sign_in', view.id]], label: 'Sign out', quiet: true })}
</div>
${checks(view)}
${journey !== undefined && droppedBox(journey)}
${
  tokens.idToken !== undefined &&
  tokenCard(view, 'ID token', 'Says who signed in. For the app itself, never for an API.', tokens.idToken)
}
${tokenCard(view, 'Access token', 'Says what the app may do. For APIs, as a bearer token.', tokens.accessToken)}
${userInfoCard(signedIn)}
${tokens.refreshToken !== undefined && refreshCard(tokens.refreshToken)}
<p class="actions"><a href="${appPath}?pick=1">Sign in to another client</a></p>`,
  )
}

function nameOf({ tokens, userInfo }: SignedIn): string {
  const claims = {
    ...(tokens.idToken === undefined ? {} : decoded(tokens.idToken)?.claims),
    ...('claims' in userInfo ? userInfo.claims : {}),
  } as Claims
  const { name, given_name, family_name, email, sub } = claims
  const parts = [given_name, family_name].filter(part => typeof part === 'string').join(' ')
  const known = name ?? (parts || (email ?? claims['cognito:username'] ?? claims.username ?? sub))
  return typeof known === 'string' ? ` as ${known}` : ''
}

function checks({ signedIn: { tokens }, scopes }: TokensView): Html {
  if (tokens.idToken === undefined) {
    return html`<p class="notice">No ID token: the scopes asked for (${scopes.join(', ')}) do not contain openid.</p>`
  }
  const header = decoded(tokens.idToken)?.header
  return html`<ul class="checks" aria-label="What the app has checked">
<li>State and nonce are the ones the app sent</li>
<li>PKCE verifier accepted</li>
<li>Signed by key <code>${String(header?.kid)}</code> of the pool</li>
<li>Issuer, audience and expiry right</li>
</ul>`
}

function tokenCard({ now }: TokensView, title: string, about: string, token: string): Html {
  const read = decoded(token)
  return html`<section class="card token">
<header><h2>${title}</h2><p class="about">${about}</p>${read !== undefined && lifetime(read.claims, now)}</header>
${
  read === undefined
    ? html`<p>It is opaque: only who issued it can read it.</p>`
    : html`${table('Header', read.header, now)}${table('Claims', read.claims, now)}`
}
<details><summary>The raw token</summary>${snippet(token)}</details>
</section>`
}

/** How much of a token's life is left, by the clock of this Rockpool. */
function lifetime({ iat, exp }: Claims, now: number): Html {
  if (typeof exp !== 'number') return html``
  const left = exp * 1000 - now
  if (left <= 0) return html`<p class="life over">Expired ${spanOf(-left)} ago</p>`
  const whole = typeof iat === 'number' ? exp - iat : undefined
  return html`<p class="life"><span>Expires in ${spanOf(left)}</span>${
    whole !== undefined &&
    html`<progress max="${whole}" value="${Math.round(left / 1000)}">${spanOf(left)} of ${spanOf(whole * 1000)}</progress>`
  }</p>`
}

function table(caption: string, claims: Claims, now: number): Html {
  return html`<table class="claims">
<caption>${caption}</caption>
<colgroup><col class="name"><col class="value"><col></colgroup>
<thead class="unseen"><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
<tbody>${Object.entries(claims).map(
    ([name, value]) => html`<tr>
<th scope="row"><code>${name}</code></th>
<td><code>${jsonOf(value)}</code>${isTime(name) && typeof value === 'number' && time(value * 1000, now)}</td>
<td class="about">${aboutClaim(name)}</td>
</tr>`,
  )}</tbody>
</table>`
}

/** On one line if it is short. */
function jsonOf(value: unknown): string {
  const line = JSON.stringify(value)
  return line.length < 60 ? line : JSON.stringify(value, null, 2)
}

const time = (ms: number, now: number): Html =>
  html`<span class="when">${timeOf(ms)}, ${ms > now ? `in ${spanOf(ms - now)}` : `${spanOf(now - ms)} ago`}</span>`

function userInfoCard({ userInfo }: SignedIn): Html {
  return html`<section class="card token">
<header><h2>userInfo</h2><p class="about">What the pool answers when the app shows it the access token.</p></header>
${'claims' in userInfo ? table('Answer', userInfo.claims, 0) : problemBox(userInfo.problem)}
</section>`
}

const refreshCard = (token: string): Html => html`<section class="card token">
<header><h2>Refresh token</h2><p class="about">Gets new tokens without the user. Only the pool can read it; keep it on the server.</p></header>
<details><summary>The raw token</summary>${snippet(token)}</details>
</section>`
