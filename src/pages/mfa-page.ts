import type { MfaFactor } from '../core/mfa.js'
import { type Html, html } from '../lib/html.js'
import { page } from './layout.js'

/** What a page about a second factor shows. */
export interface MfaView {
  readonly poolName: string
  readonly clientName: string
  /** URL of the style sheet. */
  readonly stylesheet: string
  /** URL the form posts to. */
  readonly action: string
  readonly csrf: string
  /** Comes back in the hidden field `challenge`. */
  readonly challenge: string
  /** Where to begin anew. */
  readonly signIn: string
  /** One sentence for the user. */
  readonly error?: string | undefined
  readonly asks: MfaAsked
}

/** What is asked. */
export type MfaAsked =
  | {
      readonly kind: 'code'
      readonly medium: 'SMS' | 'EMAIL'
      /** Masked. */
      readonly destination: string
      /** Where Rockpool shows what it would have sent. */
      readonly outbox: string
    }
  | { readonly kind: 'app'; readonly deviceName?: string | undefined }
  | { readonly kind: 'choice'; readonly factors: readonly MfaFactor[] }
  | {
      readonly kind: 'set-up'
      /** An authenticator app: the picture it reads, as a URL, and what it says. */
      readonly app?: { readonly picture: string; readonly secret: string } | undefined
      /** Whether codes by mail can be set up. */
      readonly email: boolean
    }

/** The page of a second factor: a code, the choice between factors, or setting one up. */
export function mfaPage(view: MfaView): string {
  const { title, lead, forms } = content(view)
  const { stylesheet, poolName, error } = view
  return page(
    { title, refused: error !== undefined, stylesheet, poolName },
    html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${error !== undefined && html`<p id="mfaError" class="notice bad errorMessage-customizable" role="alert">${error}</p>`}
${forms}
<p class="otherwise"><a href="${view.signIn}">Sign in another way</a></p>`,
  )
}

interface Content {
  readonly title: string
  readonly lead: Html
  readonly forms: Html
}

function content(view: MfaView): Content {
  const { asks } = view
  const app = html`<strong class="app">${view.clientName}</strong>`
  switch (asks.kind) {
    case 'code':
      return {
        title: 'Enter your code',
        lead: html`We sent it ${asks.medium === 'SMS' ? 'by text message' : 'by mail'} to <strong class="app">${asks.destination}</strong>. Enter it to go on to ${app}.`,
        forms: html`${codeForm(view, 'Code')}
${form(view, html`<button class="button quiet" type="submit" name="again" value="yes">Send another code</button>`)}
<p class="through">Nothing leaves this machine: <a href="${asks.outbox}">read the message</a></p>`,
      }
    case 'app':
      return {
        title: 'Enter your code',
        lead: html`Open the authenticator app${asks.deviceName && html` on <strong class="app">${asks.deviceName}</strong>`}, and enter the code it shows to go on to ${app}.`,
        forms: codeForm(view, 'Code of the app'),
      }
    case 'choice':
      return {
        title: 'Choose how to confirm it is you',
        lead: html`One more step to go on to ${app}.`,
        forms: form(view, html`${asks.factors.map(factorButton)}`),
      }
    case 'set-up':
      return setUp(view, asks, app)
  }
}

function setUp(view: MfaView, { app, email }: Extract<MfaAsked, { kind: 'set-up' }>, client: Html): Content {
  const either = app !== undefined && email
  return {
    title: 'Set up a second step',
    lead: html`This pool asks for more than a password. Set it up once to go on to ${client}.`,
    forms: html`${app && appForm(view, app)}
${either && html`<p class="or"><span>or</span></p>`}
${email && emailForm(view)}
${!app && !email && html`<p class="notice">It is done by an administrator: your account needs a phone number.</p>`}`,
  }
}

const appForm = (view: MfaView, { picture, secret }: { picture: string; secret: string }): Html =>
  html`<section class="stack" aria-labelledby="setUpApp">
<h2 id="setUpApp">With an authenticator app</h2>
<p>Scan this picture with the app, or enter the key by hand, then tell the code that the app shows.</p>
<p class="picture"><img src="${picture}" width="200" height="200" alt="The key below, as a QR code"></p>
<p class="key"><span class="unseen">Key: </span><code id="softwareTokenSecret" data-secret="${secret}">${secret.match(/.{1,4}/g)?.join(' ')}</code></p>
${codeForm(view, 'Code of the app')}
</section>`

const emailForm = (view: MfaView): Html =>
  html`<section class="stack" aria-labelledby="setUpMail">
<h2 id="setUpMail">With codes by mail</h2>
${form(
  view,
  html`<div class="field">
<label class="label-customizable" for="email">E-mail address</label>
<input class="inputField-customizable" id="email" name="email" type="email" autocomplete="email" required${mistaken(view)}>
</div>
<button class="button quiet" type="submit">Send a code</button>`,
)}
</section>`

const factorButton = (factor: MfaFactor): Html =>
  html`<button class="button quiet" type="submit" name="factor" value="${factor}">${labels[factor]}</button>`

const labels: Record<MfaFactor, string> = {
  SMS_MFA: 'Send me a text message',
  EMAIL_OTP: 'Send me a mail',
  SOFTWARE_TOKEN_MFA: 'Use my authenticator app',
}

const codeForm = (view: MfaView, label: string): Html =>
  form(
    view,
    html`<div class="field">
<label class="label-customizable" for="code">${label}</label>
<input class="inputField-customizable code" id="code" name="code" type="text" inputmode="numeric" pattern="[0-9 ]*" maxlength="12" autocomplete="one-time-code" required autofocus${mistaken(view)}>
</div>
<button class="button submitButton-customizable" type="submit" name="mfaSubmitButton" value="Continue">Continue</button>`,
  )

const mistaken = ({ error }: MfaView): Html | false =>
  error !== undefined && html` aria-invalid="true" aria-describedby="mfaError"`

const form = ({ action, csrf, challenge }: MfaView, fields: Html): Html =>
  html`<form class="stack" method="post" action="${action}">
<input type="hidden" name="_csrf" value="${csrf}">
<input type="hidden" name="challenge" value="${challenge}">
${fields}
</form>`
