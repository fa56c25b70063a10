import { html } from '../lib/html.js'
import { key } from './art.js'
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

const words = {
  get: {
    title: 'Use your passkey',
    lead: 'Your browser asks for your fingerprint, face, PIN or security key to go on to',
    button: 'Use passkey',
    otherwise: 'Sign in another way',
  },
  create: {
    title: 'Add a passkey',
    lead: 'Next time you sign in with your fingerprint, face, PIN or security key. Add a passkey, then go back to',
    button: 'Add passkey',
    otherwise: 'Not now',
  },
} as const

/** The page that uses a passkey, or makes one. It is the browser's dialogue that people see; the page waits for it. */
export function passkeyPage(view: PasskeyView): string {
  const { title, lead, button, otherwise } = words[view.kind]
  const { poolName, stylesheet, script, error } = view
  return page(
    { title, refused: error !== undefined, stylesheet, script, poolName },
    html`<h1>${title}</h1>
<p class="lead">${lead} <strong class="app">${view.clientName}</strong>.</p>
<p id="passkeyTrouble" class="notice bad errorMessage-customizable" role="alert" tabindex="-1"${error === undefined && html` hidden`}>${error}</p>
<noscript><p class="notice bad">Passkeys need JavaScript, which is off in this browser.</p></noscript>
<form name="passkeyForm" class="stack" method="post" action="${view.action}" data-kind="${view.kind}" data-options="${JSON.stringify(view.options)}">
<input type="hidden" name="_csrf" value="${view.csrf}">
<input type="hidden" name="credential" value="">
<div class="field fixed">
<label class="label-customizable" for="username">Username</label>
<input id="username" type="text" value="${view.username}" autocomplete="username" readonly>
</div>
<button class="button submitButton-customizable" type="submit" autofocus>${key}${button}</button>
</form>
<p class="otherwise"><a href="${view.otherwise}">${otherwise}</a></p>`,
  )
}
