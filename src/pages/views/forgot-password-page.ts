import { html } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'
import { alertOf, type FormPage, field, formOf, linksOf, type Mistake, submit } from './parts.js'
import { type UsernameKind, usernameAttributes } from './sign-in-page.js'

/** What the page shows that begins to recover a password. */
export interface ForgotPasswordView extends FormPage {
  readonly usernameKind: UsernameKind
  readonly username?: string | undefined
  readonly mistakes: readonly Mistake[]
  readonly signIn: string
}

/** `/forgotPassword`. */
export function forgotPasswordPage(view: ForgotPasswordView, words: Words): string {
  const { look, poolName, usernameKind, username, mistakes } = view
  const { forgotPassword, common } = words
  return page(
    { title: forgotPassword.title, refused: mistakes.length > 0, look, poolName, subject: 'password' },
    words,
    html`<h1>${forgotPassword.title}</h1>
<p class="${classesOf(look).lead}">${forgotPassword.lead(common[usernameKind])}</p>
${alertOf(look, mistakes, words)}
${formOf(
  view,
  { name: 'forgotPasswordForm' },
  html`${field(look, {
    name: 'username',
    label: common[usernameKind],
    value: username,
    autocomplete: 'username',
    more: usernameAttributes,
    focus: true,
    mistakes,
    isSaidElsewhere: true,
    describedBy: [mistakes.length > 0 && 'errorSummary'],
  })}
${submit(look, forgotPassword.submit, html` name="reset_my_password" value="Reset my password"`)}`,
)}
${linksOf(look, html`<a href="${view.signIn}">${common.back}</a>`)}`,
  )
}
