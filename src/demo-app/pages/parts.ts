import { type Html, html } from '../../lib/html.js'
import { appPath, type RelyingPartyClient } from '../client.js'
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
export const problemBox = ({
  summary,
  error,
  description,
  remedy,
}: Problem): Html => html`<div class="problem" role="alert">
<p class="summary">${summary}</p>
<p class="error"><code>${error}</code>${description !== undefined && html` <span>${description}</span>`}</p>
<p class="remedy">${remedy}</p>
<p><a href="/_rockpool/flights">What happened, hop by hop</a></p>
</div>`

/** Enough of a secret value to recognise it, too little to use it. */
export const partly = (value: string): string =>
  value.length < 16 ? `${value.slice(0, 3)}…` : `${value.slice(0, 6)}…${value.slice(-4)}`

/** Code that one click selects as a whole. */
export const snippet = (code: string): Html => html`<pre class="code all" tabindex="0">${code}</pre>`

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
