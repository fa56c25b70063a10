import type { Explanation, Refusal } from '../../core/refusal.js'
import { copyButton } from '../../http/copy-script.js'
import { explained } from '../../http/explained.js'
import { type Embeddable, type Html, html } from '../../lib/html.js'

/** The parts that pages of the console are made of. */

/** A column of a table: its heading, and what a row shows there. The first column names the row. */
export interface Column<R> {
  readonly head: string
  readonly cell: (row: R) => Embeddable
  /** `wide` has the room that is left, `narrow` never breaks a line. */
  readonly room?: 'wide' | 'narrow'
}

/** A table with a caption for screen readers; on narrow screens each row becomes a card. `empty` is shown for no rows. */
export const table = <R>(
  caption: string,
  columns: readonly Column<R>[],
  rows: readonly R[],
  empty: Embeddable,
): Html =>
  rows.length === 0
    ? html`<div class="empty">${empty}</div>`
    : html`<div class="scroll"><table><caption class="unseen">${caption}</caption><thead><tr>${columns.map(
        ({ head, room }) => html`<th scope="col"${room !== undefined && html` class="${room}"`}>${head}</th>`,
      )}</tr></thead><tbody>${rows.map(
        row =>
          html`<tr>${columns.map(({ head, cell, room }, index) =>
            index === 0
              ? html`<th scope="row">${cell(row)}</th>`
              : html`<td data-head="${head}"${room !== undefined && html` class="${room}"`}>${boxed(cell(row))}</td>`,
          )}</tr>`,
      )}</tbody></table></div>`

/** One box, so that a cell beside its heading has two children; an empty cell has none. */
const boxed = (content: Embeddable): Embeddable =>
  html`${content}`.toString() === '' ? undefined : html`<div>${content}</div>`

/** Terms and what they are, side by side. Pairs without a value are left out. */
export const facts = (
  pairs: readonly (readonly [term: string, value: Embeddable])[],
  /** `across`: beside one another, for a few short ones. */
  shape: 'down' | 'across' = 'down',
): Html =>
  html`<dl class="facts ${shape}">${pairs.map(
    ([term, value]) =>
      value !== undefined && value !== false && html`<div><dt>${term}</dt><dd>${value}</dd></div>`,
  )}</dl>`

/** A part of a page with a heading. */
export const card = (
  heading: string,
  content: Embeddable,
  { actions, id }: { readonly actions?: Embeddable; readonly id?: string } = {},
): Html =>
  html`<section class="card"${id !== undefined && html` id="${id}"`}><header><h2>${heading}</h2>${actions !== undefined && html`<div class="actions">${actions}</div>`}</header>${content}</section>`

/** A word about the state of something, with a colour that only repeats it. */
export const badge = (text: string, tone: Tone = 'plain'): Html =>
  html`<span class="badge ${tone}">${text}</span>`
export type Tone = 'plain' | 'good' | 'bad' | 'wait'

/** A value that is often pasted elsewhere, with a button that copies it (where scripts run). */
export const copyable = (value: string, label = 'Copy'): Html =>
  html`<span class="copyable"><code>${value}</code>${copyButton(value, { copy: label })}</span>`

/** Several lines of code, with a button that copies them. */
export const codeBlock = (code: string, label = 'Copy'): Html =>
  html`<div class="codeBlock"><pre tabindex="0">${code}</pre>${copyButton(code, { copy: label })}</div>`

/** A secret that is in the page only when the person asked for it: without `shown`, a link that asks. */
export const secret = (
  value: string,
  { shown, href }: { readonly shown: boolean; readonly href: string },
): Html =>
  shown
    ? copyable(value)
    : html`<span class="secret"><span aria-hidden="true">••••••••</span> <a href="${href}">Show</a></span>`

/** A part of the page that the script keeps up to date by asking for the page again, every two seconds. */
export const live = (id: string, content: Embeddable): Html =>
  html`<div id="${id}" data-live>${content}</div>`

/** A moment in UTC: the time of day, and before it the date unless that is today's by the clock of Rockpool. */
export function moment(ms: number, now: number): Html {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return html`‹no time: ${ms}›`
  const [iso, today] = [date.toISOString(), new Date(now).toISOString()]
  const day = iso.slice(0, 10) === today.slice(0, 10) ? '' : `${iso.slice(0, 10)} `
  return html`<time datetime="${iso}" title="${iso}">${day}${iso.slice(11, 19)}</time>`
}

/** A refusal as the operator reads it: the client's words, the reason, the remedy. */
export function refusalBox(
  refused: { readonly code: string; readonly told: string } & Explanation,
  /** What can be done about it from here. */
  more?: Html | false,
): Html {
  const { because, remedy, line } = explained(refused)
  const isBare = refused.told === ''
  return html`<div class="problem" role="alert">
<p class="summary">${isBare ? refused.code : refused.told}</p>
${!isBare && html`<p class="code"><code>${refused.code}</code></p>`}
<div><strong>Because</strong> ${because}</div>
<p><strong>Remedy</strong> ${remedy}</p>
${line?.(`In the seed, below ${refused.line?.below}:`)}
${more}</div>`
}

export const refusalOf = ({ code, told, explanation }: Refusal) => ({ code, told, ...explanation })

/** Pages of a listing: forward only, as `ListUsers` pages, with a way back to the first. */
export const pager = ({
  first,
  next,
}: {
  readonly first?: string | undefined
  readonly next?: string | undefined
}): Html | false =>
  (first !== undefined || next !== undefined) &&
  html`<nav class="pager" aria-label="Pages">${first !== undefined && html`<a class="button small quiet" href="${first}">First page</a>`}${next !== undefined && html`<a class="button small quiet" href="${next}" rel="next">Next page</a>`}</nav>`
