import type { Explanation } from '../../core/refusal.js'
import { copyButton } from '../../http/copy-script.js'
import { explained } from '../../http/explained.js'
import { type Html, html } from '../../lib/html.js'
import { appPath, type RelyingPartyClient } from '../client.js'
import type { Journey } from '../journey.js'
import type { Problem } from '../sign-in.js'

/** A form with one button; what it is about is in hidden fields. */
export function buttonForm({
  action,
  csrf,
  fields,
  label,
  quiet = false,
}: {
  /** Below the app's path. */
  readonly action: 'sign-in' | 'let-in' | 'exchange' | 'refresh' | 'sign-out'
  readonly csrf: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly label: string
  readonly quiet?: boolean
}): Html {
  return html`<form method="post" action="${appPath}/${action}">
<input type="hidden" name="_csrf" value="${csrf}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="button${quiet && ' quiet'}" type="submit">${label}</button>
</form>`
}

/** A button for the same sign-in once more. */
export const signInAgain = (
  { csrf, client, scopes }: { csrf: string; client: RelyingPartyClient; scopes: readonly string[] },
  quiet = false,
): Html =>
  buttonForm({
    action: 'sign-in',
    csrf,
    fields: [['client_id', client.clientId], ...scopes.map(scope => ['scope', scope] as const)],
    label: 'Sign in again',
    quiet,
  })

/** What went wrong, what to do, and where the whole journey can be read. */
export function problemBox({ summary, error, description, remedy }: Problem, journey?: Journey): Html {
  const { why, url = '/_rockpool/flights' } = journey ?? {}
  return html`<div class="problem" role="alert">
<p class="summary">${summary}</p>
<p class="error"><code>${error}</code>${description !== undefined && html` <span>${description}</span>`}</p>
${why === undefined ? html`<p class="remedy">${remedy}</p>` : whyOf(why)}
<p><a href="${url}">What happened, hop by hop</a></p>
</div>`
}

function whyOf(why: Explanation): Html {
  const { because, remedy, line } = explained(why)
  return html`<div class="remedy">${because}</div>
<div class="remedy">${remedy}${line?.(`In the seed, below ${why.line?.below}:`)}</div>`
}

/** What identity providers said, and no pool has kept. */
export const droppedBox = ({ dropped, url }: Journey): Html | false =>
  dropped.length > 0 &&
  html`<details class="card dropped"><summary>${dropped.length === 1 ? 'One mapped attribute was' : `${dropped.length} mapped attributes were`} not written</summary>
<ul>${dropped.map(
    ({ attribute, claim, pool, dropped: why, remedy }) =>
      html`<li><code>${claim}</code> → <code>${attribute}</code> of ${pool}: ${why} <span class="about">${remedy}</span></li>`,
  )}</ul>
<p><a href="${url}">The mapping, row by row</a></p></details>`

/** Enough of a secret value to recognise it, too little to use it. */
export const partly = (value: string): string =>
  value.length < 16 ? `${value.slice(0, 3)}…` : `${value.slice(0, 6)}…${value.slice(-4)}`

/** Code that one click selects as a whole, and that a button copies. */
export const snippet = (code: string): Html =>
  html`<div class="snippet"><pre class="code all" tabindex="0">${code}</pre>${copyButton(code)}</div>`

/** The time in UTC, to the second. */
export function timeOf(ms: number): Html {
  const iso = new Date(ms).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`
}

/** A span of time in its two largest units. */
export function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const units = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ] as const
  const first = units.findIndex(([, count]) => count > 0)
  if (first < 0) return '0 s'
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(' ')
}
