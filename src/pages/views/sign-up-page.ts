import { html, within } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { type AskedAttribute, attributeField, type Country } from './attribute-fields.js'
import { page } from './layout.js'
import { alertOf, type FormPage, field, formOf, linksOf, type Mistake, strong, submit } from './parts.js'
import { newPasswordField, type PasswordRule } from './password-fields.js'
import { type UsernameKind, usernameAttributes } from './sign-in-page.js'

/** What the sign-up page shows. */
export interface SignUpView extends FormPage {
  readonly scripts: readonly string[]
  readonly usernameKind: UsernameKind
  /** Entered before a mistake. */
  readonly username?: string | undefined
  readonly attributes: readonly AskedAttribute[]
  readonly countries?: readonly Country[] | undefined
  readonly rules: readonly PasswordRule[]
  /** Whether the pool lets users in without a password. */
  readonly passwordOptional: boolean
  readonly mistakes: readonly Mistake[]
  /** Addresses of the terms, where the client has both. */
  readonly terms?: { readonly termsOfUse: string; readonly privacyPolicy: string } | undefined
  readonly signIn: string
}

/** Types and hints of the field for the user name, by what it is. */
const usernameInputs = {
  username: { type: 'text', placeholder: undefined },
  email: { type: 'email', placeholder: 'name@host.com' },
  phoneNumber: { type: 'tel', placeholder: '+14155550100' },
  emailOrPhoneNumber: { type: 'text', placeholder: undefined },
} as const

/** `/signup`: the user name, what the pool requires, and a password. */
export function signUpPage(view: SignUpView, words: Words): string {
  const { look, poolName, scripts, usernameKind, mistakes, terms } = view
  const { signUp, common } = words
  const isSaidElsewhere = mistakes.length === 1
  const focus = mistakes.length === 0 ? 'username' : mistakes.find(({ field: name }) => name)?.field
  const { type, placeholder = common[usernameKind] } = usernameInputs[usernameKind]
  const wrong = mistakes.filter(({ field: name }) => name === 'username')
  const fields = { look, mistakes, isSaidElsewhere, focus, countries: view.countries }
  return page(
    { title: signUp.title, refused: mistakes.length > 0, look, poolName, scripts, subject: 'password' },
    words,
    html`<h1>${signUp.title}</h1>
<p class="${classesOf(look).lead}">${within(signUp.lead, strong(view.clientName))}</p>
${alertOf(look, mistakes, words, { focused: focus === undefined })}
${formOf(
  view,
  { name: 'signupform' },
  html`${field(look, {
    name: 'username',
    label: common[usernameKind],
    type,
    value: view.username,
    autocomplete: 'username',
    more: html` placeholder="${placeholder}"${usernameAttributes}`,
    focus: focus === 'username',
    mistakes: wrong,
    isSaidElsewhere,
    describedBy: [isSaidElsewhere && wrong.length > 0 && 'errorSummary'],
  })}
${view.attributes.map(attribute => attributeField(fields, attribute, words))}
${newPasswordField(
  { ...fields, rules: view.rules, focus },
  { name: 'password', label: common.password, optional: view.passwordOptional },
  words,
)}
${submit(look, signUp.submit, html` name="signUpButton" value="Sign up"`)}
${terms && html`<p class="terms">${within(signUp.terms, html`<a href="${terms.termsOfUse}">${signUp.termsOfUse}</a>`, html`<a href="${terms.privacyPolicy}">${signUp.privacyPolicy}</a>`)}</p>`}`,
)}
${linksOf(look, within(signUp.haveAccount, html`<a href="${view.signIn}">${signUp.signIn}</a>`))}`,
  )
}
