import { html } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'
import {
  alertOf,
  type FormPage,
  field,
  formOf,
  linksOf,
  type Mistake,
  showPassword,
  submit,
} from './parts.js'

/** What the page shows that asks for the password of a user who is named already. */
export interface PasswordView extends FormPage {
  readonly scripts: readonly string[]
  readonly username: string
  readonly mistakes: readonly Mistake[]
  readonly forgotPassword?: string | undefined
  /** Where to begin anew. */
  readonly signIn: string
}

/** `/verifyPassword`. */
export function passwordPage(view: PasswordView, words: Words): string {
  const { look, poolName, username, mistakes, scripts } = view
  const { signIn, common } = words
  const title = signIn.enterPassword
  return page(
    { title, refused: mistakes.length > 0, look, poolName, scripts, subject: 'password' },
    words,
    html`<h1>${title}</h1>
<p class="${classesOf(look).lead}">${username}</p>
${alertOf(look, mistakes, words)}
${formOf(
  view,
  { name: 'passwordForm', hidden: { username, cognitoAsfData: '' } },
  html`${field(look, {
    name: 'password',
    label: common.password,
    type: 'password',
    autocomplete: 'current-password',
    focus: true,
    mistakes,
    isSaidElsewhere: true,
    describedBy: [mistakes.length > 0 && 'errorSummary'],
  })}
${showPassword('password', words)}
${submit(look, signIn.submit)}`,
)}
${linksOf(
  look,
  view.forgotPassword !== undefined && html`<a href="${view.forgotPassword}">${signIn.forgotPassword}</a>`,
  html`<a href="${view.signIn}">${common.signInAnotherWay}</a>`,
)}`,
  )
}
