import { html, within } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { type AskedAttribute, attributeField, type Country } from './attribute-fields.js'
import { page } from './layout.js'
import { alertOf, type FormPage, formOf, type Mistake, strong, submit } from './parts.js'
import { newPasswordField, type PasswordRule, repeatedField } from './password-fields.js'

/** What the page for a new password shows. */
export interface NewPasswordView extends FormPage {
  readonly scripts?: readonly string[]
  /** Comes back in the hidden field `challenge`. */
  readonly challenge: string
  /** Whose password it is. */
  readonly username: string
  /** From `passwordRules`. */
  readonly rules: readonly PasswordRule[]
  /** Attributes the pool requires and the user has not: fields named `requiredAttributes[<name>]`. */
  readonly missingAttributes: readonly AskedAttribute[]
  readonly countries?: readonly Country[] | undefined
  /** What was refused, if anything. */
  readonly mistakes: readonly Mistake[]
}

/** The page after a sign-in with a temporary password: it asks for a new one, twice, and for missing attributes. */
export function newPasswordPage(view: NewPasswordView, words: Words): string {
  const { newPassword, common } = words
  const { look, mistakes, poolName, rules } = view
  const isSaidElsewhere = mistakes.length === 1
  const focus =
    mistakes.length === 0 ? 'new_password' : mistakes.find(({ field }) => field !== undefined)?.field
  const fields = { look, rules, mistakes, isSaidElsewhere, focus, countries: view.countries }
  return page(
    {
      title: newPassword.title,
      refused: mistakes.length > 0,
      look,
      poolName,
      scripts: view.scripts ?? [],
      subject: 'password',
    },
    words,
    html`<h1>${newPassword.title}</h1>
<p class="${classesOf(look).lead}">${within(newPassword.lead, strong(view.clientName))}</p>
${alertOf(look, mistakes, words, { focused: focus === undefined })}
${formOf(
  view,
  { name: 'newPasswordForm', hidden: { challenge: view.challenge } },
  html`<div class="field fixed">
<label class="${classesOf(look).label}" for="username">${common.username}</label>
<input class="${classesOf(look).input}" id="username" name="username" type="text" value="${view.username}" autocomplete="username" readonly>
</div>
${newPasswordField(fields, { name: 'new_password', label: newPassword.newPassword }, words)}
${repeatedField(fields, { name: 'confirm_password', label: newPassword.again, of: 'new_password' }, words)}
${view.missingAttributes.map(attribute => attributeField(fields, attribute, words))}
${submit(look, newPassword.submit, html` name="newPasswordSubmitButton" value="Send"`)}`,
)}`,
  )
}
