import { html, within } from '../../lib/html.js'
import { key } from '../look/art.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'

/** What a page shows that asks for a passkey. */
export interface PasskeyView {
  readonly poolName: string
  readonly clientName: string
  /** URL of the style sheet. */
  readonly stylesheet: string
  /** URL of the script. */
  readonly script: string
  /** URL the form posts the field `credential` to. */
  readonly action: string
  readonly csrf: string
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
  const { title, lead, submit, otherwise } = view.kind === 'get' ? use : add
  const { poolName, stylesheet, script, error } = view
  return page(
    { title, refused: error !== undefined, stylesheet, script, poolName },
    words,
    html`<h1>${title}</h1>
<p class="lead">${within(lead, html`<strong class="app">${view.clientName}</strong>`)}</p>
<p id="passkeyTrouble" class="notice bad errorMessage-customizable" role="alert" tabindex="-1"${error === undefined && html` hidden`}>${error}</p>
<noscript><p class="notice bad">${needsScript}</p></noscript>
<form name="passkeyForm" class="stack" method="post" action="${view.action}" data-kind="${view.kind}" data-options="${JSON.stringify(view.options)}" data-words="${JSON.stringify(trouble)}">
<input type="hidden" name="_csrf" value="${view.csrf}">
<input type="hidden" name="credential" value="">
<div class="field fixed">
<label class="label-customizable" for="username">${words.common.username}</label>
<input id="username" type="text" value="${view.username}" autocomplete="username" readonly>
</div>
<button class="button submitButton-customizable" type="submit" autofocus>${key}${submit}</button>
</form>
<p class="otherwise"><a href="${view.otherwise}">${otherwise}</a></p>`,
  )
}
