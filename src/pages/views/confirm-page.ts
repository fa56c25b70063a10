import { html, within } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'
import { alertOf, type FormPage, field, formOf, type Mistake, noticeOf, strong, submit } from './parts.js'

/** Where a code went. */
export interface Sent {
  readonly medium: 'EMAIL' | 'SMS'
  /** Masked. */
  readonly destination: string
}

/** What the page shows that takes the code of a sign-up. */
export interface ConfirmView extends FormPage {
  readonly username: string
  /** Absent where it is not known in this browser. */
  readonly sent?: Sent | undefined
  readonly notice?: string | undefined
  readonly mistakes: readonly Mistake[]
  /** URL that sends another code. */
  readonly resend: string
  /** Where Rockpool shows what it would have sent. */
  readonly outbox: string
}

/** `/confirm`. */
export function confirmPage(view: ConfirmView, words: Words): string {
  const { look, poolName, sent, mistakes, username } = view
  const { confirm, common } = words
  return page(
    {
      title: confirm.title,
      refused: mistakes.length > 0,
      look,
      poolName,
      subject: sent?.medium === 'SMS' ? 'sms' : 'email',
    },
    words,
    html`<h1>${confirm.title}</h1>
${sent && html`<p class="${classesOf(look).lead}">${within(sent.medium === 'SMS' ? confirm.sentByText : confirm.sentByMail, strong(sent.destination))}</p>`}
${noticeOf(look, view.notice)}
${alertOf(look, mistakes, words)}
${formOf(
  view,
  {
    name: 'confirmForm',
    hidden: { username, destination: sent?.destination, deliveryMedium: sent?.medium, cognitoAsfData: '' },
  },
  html`${field(look, {
    name: 'code',
    id: 'verification_code',
    label: confirm.code,
    autocomplete: 'one-time-code',
    more: html` inputmode="numeric" maxlength="12"`,
    focus: true,
    mistakes,
    isSaidElsewhere: true,
    describedBy: [mistakes.length > 0 && 'errorSummary'],
  })}
${submit(look, confirm.submit, html` name="confirm" value="Confirm account"`)}`,
)}
${formOf(
  { ...view, action: view.resend },
  { name: 'resendForm', hidden: { username } },
  html`<p class="${classesOf(look).links}">${within(confirm.noCode, html`<button class="linklike" type="submit" name="resend" value="yes">${confirm.resend}</button>`)}</p>`,
)}
<p class="through">${within(common.nothingLeaves, html`<a href="${view.outbox}">${common.readTheMessage}</a>`)}</p>`,
  )
}
