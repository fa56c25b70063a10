import { html, within } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import type { Sent } from './confirm-page.js'
import { page } from './layout.js'
import { alertOf, type FormPage, field, formOf, linksOf, type Mistake, strong, submit } from './parts.js'
import { newPasswordField, type PasswordRule, repeatedField } from './password-fields.js'

/** What the page shows that takes the code for a forgotten password, and the new one. */
export interface ResetPasswordView extends FormPage {
  readonly scripts: readonly string[]
  readonly username: string
  readonly sent?: Sent | undefined
  readonly rules: readonly PasswordRule[]
  readonly mistakes: readonly Mistake[]
  readonly signIn: string
  readonly outbox: string
}

/** `/confirmForgotPassword`. */
export function resetPasswordPage(view: ResetPasswordView, words: Words): string {
  const { look, poolName, sent, mistakes, username, rules, scripts } = view
  const { resetPassword, newPassword, common } = words
  const isSaidElsewhere = mistakes.length === 1
  const focus = mistakes.length === 0 ? 'code' : mistakes.find(({ field: name }) => name)?.field
  const fields = { look, rules, mistakes, isSaidElsewhere, focus }
  const wrong = mistakes.filter(({ field: name }) => name === 'code')
  return page(
    {
      title: resetPassword.title,
      refused: mistakes.length > 0,
      look,
      poolName,
      scripts,
      subject: sent?.medium === 'SMS' ? 'sms' : 'email',
    },
    words,
    html`<h1>${resetPassword.title}</h1>
${sent && html`<p class="${classesOf(look).lead}">${within(sent.medium === 'SMS' ? resetPassword.sentByText : resetPassword.sentByMail, strong(sent.destination))}</p>`}
${alertOf(look, mistakes, words, { focused: focus === undefined })}
${formOf(
  view,
  { name: 'confirmForgotPasswordForm', hidden: { username, cognitoAsfData: '' } },
  html`${field(look, {
    name: 'code',
    label: common.code,
    autocomplete: 'one-time-code',
    more: html` inputmode="numeric" maxlength="12"`,
    focus: focus === 'code',
    mistakes: wrong,
    isSaidElsewhere,
    describedBy: [isSaidElsewhere && wrong.length > 0 && 'errorSummary'],
  })}
${newPasswordField(fields, { name: 'new_password', label: newPassword.newPassword }, words)}
${repeatedField(fields, { name: 'confirm_password', label: newPassword.again, of: 'new_password' }, words)}
${submit(look, resetPassword.submit, html` name="reset_password" value="Change Password"`)}`,
)}
${linksOf(look, html`<a href="${view.signIn}">${common.back}</a>`)}
<p class="through">${within(common.nothingLeaves, html`<a href="${view.outbox}">${common.readTheMessage}</a>`)}</p>`,
  )
}
