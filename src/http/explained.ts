import type { Explanation } from '../core/refusal.js'
import { type Html, html } from '../lib/html.js'
import { copyButton } from './copy-script.js'

/** The parts of an explanation as markup: a list that stands in a sentence becomes one of the page. */
export function explained({ because, remedy, values = [], line }: Explanation): {
  readonly because: Html
  readonly remedy: Html
  /** The line of a seed, with a button that copies it. `label` says where it belongs. */
  readonly line: ((label: string, copy?: { copy: string; copied: string }) => Html) | undefined
} {
  return {
    because: sentenceWithList(because, values),
    remedy: html`${remedy}`,
    line:
      line &&
      ((label, copy) =>
        html`<div class="seedLine"><p>${label}</p><div class="codeBlock"><pre tabindex="0">${line.yaml}</pre>${copyButton(line.yaml, copy)}</div></div>`),
  }
}

function sentenceWithList(sentence: string, values: readonly string[]): Html {
  const [before = '', ...after] = sentence.split(values.join(', '))
  if (values.length < 2 || after.length !== 1) return html`${sentence}`
  const rest = (after[0] ?? '').replace(/^[.)]*\s*/, '')
  return html`${before}<ul class="values">${values.map(value => html`<li><code>${value}</code></li>`)}</ul>${rest}`
}

/** How the parts look, whatever sheet they are on. */
export const explainedStyles = `
.values{margin:.375rem 0;padding:0 0 0 1.125rem}
.values li{overflow-wrap:anywhere}
.seedLine{display:grid;grid-template-columns:minmax(0,1fr);gap:.375rem;margin-top:.5rem}
.seedLine .codeBlock{display:flex;gap:.5rem;align-items:flex-start}
.seedLine .codeBlock pre{flex:1;min-width:0;margin:0;padding:.25rem .625rem;border:1px solid var(--line,var(--divider-border-color));border-radius:7px;background:var(--surface,none);color:inherit;font-size:.8125rem;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere}
.seedLine .codeBlock .copy{position:static;flex:none}
.copy{padding:.25rem .625rem;border:1px solid var(--edge,var(--divider-border-color));border-radius:7px;background:var(--surface,none);color:inherit;font:600 .8125rem/1.5 var(--sans);cursor:pointer}
.copy:hover{border-color:currentColor}
[hidden]{display:none!important}
`
