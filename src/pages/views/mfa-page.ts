import type { MfaFactor } from '../../core/mfa.js'
import type { Explanation } from '../../core/refusal.js'
import { type Html, html, within } from '../../lib/html.js'
import { classesOf, type Look } from '../look/look.js'
import type { Words } from '../words/english.js'
import { refusalIn } from '../words/refusals.js'
import { page, type Subject } from './layout.js'
import { type Field, type FormPage, field, formOf, linksOf, strong, submit, whyOf } from './parts.js'

/** What a page about a factor shows. */
export interface MfaView extends FormPage {
  /** Comes back in the hidden field `challenge`. */
  readonly challenge: string
  /** Where to begin anew. */
  readonly signIn: string
  /** One sentence for the user. */
  readonly error?: string | undefined
  /** Why, for the developer. */
  readonly why?: Explanation | undefined
  readonly asks: MfaAsked
  /** Whether the user may have this browser remembered. */
  readonly remember?: boolean
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
      /** Whether codes by text message can be set up, and to which number, if one is known. */
      readonly sms?: { readonly known?: string | undefined } | undefined
    }
  /** Which factor is to be set up. */
  | { readonly kind: 'set-up choice'; readonly factors: readonly MfaFactor[] }

/** What a factor's page draws, where the face has drawings. */
const subjectOf = (asks: MfaAsked): Subject =>
  asks.kind === 'code' ? (asks.medium === 'SMS' ? 'sms' : 'email') : 'app'

/** The page of a factor: a code, the choice between factors, or setting one up. */
export function mfaPage(view: MfaView, words: Words): string {
  const { title, lead, forms } = content(view, words)
  const { look, poolName, error } = view
  return page(
    { title, refused: error !== undefined, look, poolName, subject: subjectOf(view.asks) },
    words,
    html`<h1>${title}</h1>
<p class="${classesOf(look).lead}">${lead}</p>
${error !== undefined && html`<p id="mfaError" class="${classesOf(look).error}" role="alert">${refusalIn(words, error)}</p>${whyOf(view.why, words)}`}
${forms}
${linksOf(look, html`<a href="${view.signIn}">${words.common.signInAnotherWay}</a>`)}`,
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
  const client = strong(view.clientName)
  switch (asks.kind) {
    case 'code':
      return {
        title: code.title,
        lead: within(
          asks.medium === 'SMS' ? code.sentByText : code.sentByMail,
          strong(asks.destination),
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
            : within(code.fromAppOn, strong(asks.deviceName), client),
        forms: codeForm(view, code.codeOfApp, words, rememberBox(view, words)),
      }
    case 'choice':
      return {
        title: choice.title,
        lead: within(choice.lead, client),
        forms: form(view, html`${asks.factors.map(factor => factorButton(view.look, factor, choice))}`),
      }
    case 'set-up choice':
      return {
        title: setUp.choose,
        lead: within(setUp.lead, client),
        forms: form(
          view,
          html`<fieldset class="choices"><legend class="unseen">${setUp.choose}</legend>
${asks.factors.map(
  (factor, index) =>
    html`<p class="choice"><input type="radio" id="setUp${factor}" name="setUp" value="${factor}" autocomplete="off" required${index === 0 && html` checked autofocus`}><label for="setUp${factor}">${setUp.methods[factor]}</label></p>`,
)}
</fieldset>
${submit(view.look, words.common.continue)}`,
        ),
      }
    case 'set-up':
      return { title: setUp.title, lead: within(setUp.lead, client), forms: setUpForms(view, asks, words) }
  }
}

function sentCode(view: MfaView, { outbox }: Extract<MfaAsked, { kind: 'code' }>, words: Words): Html {
  const { common, code } = words
  return html`${codeForm(view, common.code, words, rememberBox(view, words))}
${form(view, html`<button class="${classesOf(view.look).quiet}" type="submit" name="again" value="yes">${code.another}</button>`)}
<p class="through">${within(common.nothingLeaves, html`<a href="${outbox}">${common.readTheMessage}</a>`)}</p>`
}

function setUpForms(
  view: MfaView,
  { app, email, sms }: Extract<MfaAsked, { kind: 'set-up' }>,
  words: Words,
): Html {
  const forms = [
    app && appForm(view, app, words),
    email && emailForm(view, words),
    sms && smsForm(view, sms, words),
  ].flatMap(each => (each ? [each] : []))
  if (forms.length === 0) return html`<p class="notice">${words.setUp.needsPhone}</p>`
  return html`${forms.map((each, index) => html`${index > 0 && html`<p class="or"><span>${words.common.or}</span></p>`}${each}`)}`
}

function appForm(
  view: MfaView,
  { picture, secret }: { picture: string; secret: string },
  words: Words,
): Html {
  const { setUp, code } = words
  const { look } = view
  return html`<section class="stack" aria-labelledby="setUpApp">
<h2 id="setUpApp">${setUp.withApp}</h2>
<p>${setUp.scan}</p>
<p class="picture"><img src="${picture}" width="200" height="200" alt="${setUp.picture}"></p>
<details class="key"><summary>${setUp.showKey}</summary>
<p><span class="unseen">${setUp.key} </span><code id="softwareTokenSecret" data-secret="${secret}">${secret.match(/.{1,4}/g)?.join(' ')}</code></p></details>
${codeForm(
  view,
  code.codeOfApp,
  words,
  field(look, {
    name: 'device_name',
    label: setUp.deviceName,
    autocomplete: 'off',
    optional: true,
    more: html` maxlength="128"`,
  }),
)}
</section>`
}

const emailForm = (view: MfaView, words: Words): Html =>
  addressForm(view, words, {
    id: 'setUpMail',
    title: words.setUp.withMail,
    name: 'email',
    label: words.attributes.email,
    type: 'email',
    autocomplete: 'email',
  })

const smsForm = (view: MfaView, { known }: { known?: string | undefined }, words: Words): Html =>
  addressForm(view, words, {
    id: 'setUpText',
    title: words.setUp.withText,
    name: 'phone_number',
    label: words.attributes.phone_number,
    type: 'tel',
    autocomplete: 'tel',
    value: known,
    more: html` placeholder="+14155550100"`,
  })

const addressForm = (
  view: MfaView,
  { setUp }: Words,
  { id, title, ...input }: { id: string; title: string } & Field,
): Html =>
  html`<section class="stack" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${form(
  view,
  html`${field(view.look, { ...input, ...mistaken(view) })}
<button class="${classesOf(view.look).quiet}" type="submit">${setUp.sendCode}</button>`,
)}
</section>`

const factorButton = (look: Look, factor: MfaFactor, words: Words['choice']): Html =>
  html`<button class="${classesOf(look).quiet}" type="submit" name="factor" value="${factor}">${words[factor]}</button>`

const rememberBox = ({ remember }: MfaView, { code }: Words): Html | undefined =>
  remember
    ? html`<p class="remember"><input type="checkbox" id="remember" name="remember" value="yes" autocomplete="off"><label for="remember">${code.remember}</label></p>`
    : undefined

const codeForm = (view: MfaView, label: string, { common }: Words, more?: Html): Html =>
  form(
    view,
    html`${field(view.look, {
      name: 'code',
      label,
      autocomplete: 'one-time-code',
      more: html` inputmode="numeric" pattern="[0-9 ]*" maxlength="12"`,
      focus: true,
      ...mistaken(view),
    })}
${more}
${submit(view.look, common.continue, html` name="mfaSubmitButton" value="Continue"`)}`,
  )

const mistaken = ({ error }: MfaView) => ({
  mistakes: error === undefined ? [] : [{ text: error }],
  isSaidElsewhere: true,
  describedBy: [error !== undefined && 'mfaError'],
})

const form = (view: MfaView, fields: Html): Html =>
  formOf(view, { hidden: { challenge: view.challenge } }, fields)
