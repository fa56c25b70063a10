import { html, within } from '../../lib/html.js'
import { key } from '../look/art.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { refusalIn } from '../words/refusals.js'
import { page } from './layout.js'
import { type FormPage, formOf, linksOf, strong, submit } from './parts.js'

/** What a page shows that asks for a passkey. */
export interface PasskeyView extends FormPage {
  /** URL of the script. */
  readonly script: string
  /** Whether a passkey is used, or made. */
  readonly kind: 'get' | 'create'
  /** What the browser is asked for, in JSON. */
  readonly options: object
  readonly username: string
  /** Where to go instead. */
  readonly otherwise: string
  /** One sentence for the user. */
  readonly error?: string | undefined
}

/** The page that uses a passkey, or makes one. The user sees the browser's dialogue; the page waits for it. */
export function passkeyPage(view: PasskeyView, words: Words): string {
  const { use, add, needsScript, trouble } = words.passkey
  const { title, lead, submit: submitLabel, otherwise } = view.kind === 'get' ? use : add
  const { look, poolName, script, error } = view
  const classes = classesOf(look)
  return page(
    { title, refused: error !== undefined, look, scripts: [script], poolName, subject: 'passkey' },
    words,
    html`<h1>${title}</h1>
<p class="${classes.lead}">${within(lead, strong(view.clientName))}</p>
<p id="passkeyTrouble" class="${classes.error}" role="alert" tabindex="-1"${error === undefined && html` hidden`}>${error !== undefined && refusalIn(words, error)}</p>
<noscript><p class="${classes.error}">${needsScript}</p></noscript>
${formOf(
  view,
  {
    name: 'passkeyForm',
    hidden: { credential: '' },
    data: html` data-kind="${view.kind}" data-options="${JSON.stringify(view.options)}" data-words="${JSON.stringify(trouble)}"`,
  },
  html`<div class="field fixed">
<label class="${classes.label}" for="username">${words.common.username}</label>
<input class="${classes.input}" id="username" type="text" value="${view.username}" autocomplete="username" readonly>
</div>
${submit(look, html`${key}${submitLabel}`, html` autofocus`)}`,
)}
${linksOf(look, html`<a href="${view.otherwise}">${otherwise}</a>`)}`,
  )
}
