import type { MfaFactor } from '../../core/mfa.js'
import { type Html, html, within } from '../../lib/html.js'
import type { Words } from '../words/english.js'
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
export function mfaPage(view: MfaView, words: Words): string {
  const { title, lead, forms } = content(view, words)
  const { stylesheet, poolName, error } = view
  return page(
    { title, refused: error !== undefined, stylesheet, poolName },
    words,
    html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${error !== undefined && html`<p id="mfaError" class="notice bad errorMessage-customizable" role="alert">${error}</p>`}
${forms}
<p class="otherwise"><a href="${view.signIn}">${words.common.signInAnotherWay}</a></p>`,
  )
}

interface Content {
  readonly title: string
  readonly lead: Html
  readonly forms: Html
}

function content(view: MfaView, words: Words): Content {
  const { code, choice, setUp } = words
  const { asks } = view
  const client = name(view.clientName)
  switch (asks.kind) {
    case 'code':
      return {
        title: code.title,
        lead: within(
          asks.medium === 'SMS' ? code.sentByText : code.sentByMail,
          name(asks.destination),
          client,
        ),
        forms: sentCode(view, asks, words),
      }
    case 'app':
      return {
        title: code.title,
        lead:
          asks.deviceName === undefined
            ? within(code.fromApp, client)
            : within(code.fromAppOn, name(asks.deviceName), client),
        forms: codeForm(view, code.codeOfApp, words),
      }
    case 'choice':
      return {
        title: choice.title,
        lead: within(choice.lead, client),
        forms: form(view, html`${asks.factors.map(factor => factorButton(factor, choice))}`),
      }
    case 'set-up':
      return { title: setUp.title, lead: within(setUp.lead, client), forms: setUpForms(view, asks, words) }
  }
}

const name = (text: string): Html => html`<strong class="app">${text}</strong>`

function sentCode(view: MfaView, { outbox }: Extract<MfaAsked, { kind: 'code' }>, words: Words): Html {
  const { common, code } = words
  return html`${codeForm(view, common.code, words)}
${form(view, html`<button class="button quiet" type="submit" name="again" value="yes">${code.another}</button>`)}
<p class="through">${within(common.nothingLeaves, html`<a href="${outbox}">${common.readTheMessage}</a>`)}</p>`
}

const setUpForms = (
  view: MfaView,
  { app, email }: Extract<MfaAsked, { kind: 'set-up' }>,
  words: Words,
): Html =>
  html`${app && appForm(view, app, words)}
${app && email && html`<p class="or"><span>${words.common.or}</span></p>`}
${email && emailForm(view, words)}
${!app && !email && html`<p class="notice">${words.setUp.needsPhone}</p>`}`

function appForm(
  view: MfaView,
  { picture, secret }: { picture: string; secret: string },
  words: Words,
): Html {
  const { setUp, code } = words
  return html`<section class="stack" aria-labelledby="setUpApp">
<h2 id="setUpApp">${setUp.withApp}</h2>
<p>${setUp.scan}</p>
<p class="picture"><img src="${picture}" width="200" height="200" alt="${setUp.picture}"></p>
<p class="key"><span class="unseen">${setUp.key} </span><code id="softwareTokenSecret" data-secret="${secret}">${secret.match(/.{1,4}/g)?.join(' ')}</code></p>
${codeForm(view, code.codeOfApp, words)}
</section>`
}

const emailForm = (view: MfaView, { setUp, attributes }: Words): Html =>
  html`<section class="stack" aria-labelledby="setUpMail">
<h2 id="setUpMail">${setUp.withMail}</h2>
${form(
  view,
  html`<div class="field">
<label class="label-customizable" for="email">${attributes.email}</label>
<input class="inputField-customizable" id="email" name="email" type="email" autocomplete="email" required${mistaken(view)}>
</div>
<button class="button quiet" type="submit">${setUp.sendCode}</button>`,
)}
</section>`

const factorButton = (factor: MfaFactor, words: Words['choice']): Html =>
  html`<button class="button quiet" type="submit" name="factor" value="${factor}">${words[factor]}</button>`

const codeForm = (view: MfaView, label: string, { common }: Words): Html =>
  form(
    view,
    html`<div class="field">
<label class="label-customizable" for="code">${label}</label>
<input class="inputField-customizable code" id="code" name="code" type="text" inputmode="numeric" pattern="[0-9 ]*" maxlength="12" autocomplete="one-time-code" required autofocus${mistaken(view)}>
</div>
<button class="button submitButton-customizable" type="submit" name="mfaSubmitButton" value="Continue">${common.continue}</button>`,
  )

const mistaken = ({ error }: MfaView): Html | false =>
  error !== undefined && html` aria-invalid="true" aria-describedby="mfaError"`

const form = ({ action, csrf, challenge }: MfaView, fields: Html): Html =>
  html`<form class="stack" method="post" action="${action}">
<input type="hidden" name="_csrf" value="${csrf}">
<input type="hidden" name="challenge" value="${challenge}">
${fields}
</form>`
