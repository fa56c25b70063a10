import { copyButton } from '../../http/copy-script.js'
import { type Html, html } from '../../lib/html.js'
import type { HopRecord, NoteRecord } from '../../recorder/flight.js'
import { badge, codeBlock, table } from '../frame/parts.js'

/** What was observed at a hop, in the form in which it is read best. */
export function shownNote({ kind, detail }: NoteRecord, hop: HopRecord): Html {
  const of = (detail ?? {}) as Readonly<Record<string, unknown>>
  switch (kind) {
    case 'mapping':
      return mapping(of, hop)
    case 'tokens':
      return html`<div class="tokens">${Object.entries(of).map(([name, claims]) => claimsOf(tokenNames[name] ?? name, claims))}</div>`
    case 'upstream-claims':
      return html`<div class="tokens">${Object.entries(of)
        .filter(([name]) => name !== 'provider')
        .map(([name, claims]) =>
          claimsOf(`${tokenNames[name] ?? name} of ${text(of.provider)}`, claims),
        )}</div>`
    case 'warning':
      return html`<p class="warned">${badge('warning', 'wait')} ${text(of.warning)}${of.remedy !== undefined && html` <span class="muted">${text(of.remedy)}</span>`}</p>`
    case 'user':
      return html`<p>${badge(of.created === true ? 'user created' : 'user', 'good')} <strong>${text(of.username)}</strong> in ${text(of.pool)}${of.status !== undefined && html`, now <code>${text(of.status)}</code>`}</p>`
    case 'sign-in':
      return html`<p>${badge('sign-in')} ${signIn(of)}</p>`
    default:
      return html`<details><summary>${kind === 'trigger' ? `Trigger ${text(of.trigger ?? of.name ?? '')}` : kind}</summary>${codeBlock(JSON.stringify(of, null, 2))}</details>`
  }
}

const tokenNames: Readonly<Record<string, string>> = {
  access_token: 'Access token',
  id_token: 'ID token',
  userInfo: 'UserInfo',
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

function signIn({ username, challenge, provider, pool }: Readonly<Record<string, unknown>>): Html {
  if (challenge !== undefined)
    return html`<strong>${text(username)}</strong> is asked for <code>${text(challenge)}</code>`
  return html`<strong>${text(username)}</strong> proved who they are${provider !== undefined && html` to ${text(provider)}`}${pool !== undefined && html` of ${text(pool)}`}`
}

interface MappingRow {
  readonly attribute: string
  readonly claim: string
  readonly value?: unknown
  readonly dropped?: string
  readonly remedy?: string
}

/** Claims → attributes, each with what became of it. A refusal at the same hop means that nothing was written. */
function mapping({ provider, rows }: Readonly<Record<string, unknown>>, { refusals }: HopRecord): Html {
  const isRefused = refusals.length > 0
  const became = ({ dropped, remedy }: MappingRow): Html => {
    if (dropped !== undefined)
      return html`${badge('dropped', 'wait')} ${dropped}${remedy !== undefined && html`<small>${remedy}</small>`}`
    return isRefused ? html`${badge('not written', 'bad')} the sign-in was refused` : badge('written', 'good')
  }
  return html`<div class="mapping"><h3>Claims of ${text(provider)} → attributes</h3>${table<MappingRow>(
    `Mapping of ${text(provider)}`,
    [
      { head: 'Claim', cell: ({ claim }) => html`<code>${claim}</code>` },
      { head: 'Attribute', cell: ({ attribute }) => html`<code>${attribute}</code>` },
      {
        head: 'Value',
        cell: ({ value }) => (value === undefined ? html`<span class="muted">not sent</span>` : text(value)),
      },
      { head: 'Outcome', cell: became },
    ],
    Array.isArray(rows) ? (rows as MappingRow[]) : [],
    'The provider has no attribute mapping: nothing but its subject arrives.',
  )}</div>`
}

/** Decoded claims, as a table of names and values. */
const claimsOf = (name: string, claims: unknown): Html =>
  typeof claims !== 'object' || claims === null
    ? html`<p>${name}: ${text(claims)}</p>`
    : html`<details class="token"><summary>${name} <span class="muted">${Object.keys(claims).length} claims</span></summary><dl class="claims">${Object.entries(
        claims,
      ).map(
        ([claim, value]) =>
          html`<div><dt><code>${claim}</code></dt><dd>${text(value)}${time(claim, value)}</dd></div>`,
      )}</dl>${copyButton(JSON.stringify(claims, null, 2), { copy: 'Copy as JSON' })}</details>`

const times = ['iat', 'exp', 'auth_time', 'nbf']

/** A claim that is a time, as a person reads it. */
function time(claim: string, value: unknown): Html | false {
  const date = new Date(Number(value) * 1000)
  return (
    times.includes(claim) &&
    !Number.isNaN(date.getTime()) &&
    html`<small class="muted"> ${date.toISOString().replace('.000', '')}</small>`
  )
}
