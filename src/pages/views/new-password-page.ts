import type { PasswordPolicy } from '../../core/password.js'
import { type Html, html, within } from '../../lib/html.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'

/** What the page for a new password shows. */
export interface NewPasswordView {
  readonly poolName: string
  readonly clientName: string
  /** URL of the style sheet. */
  readonly stylesheet: string
  /** URL the form posts to. */
  readonly action: string
  readonly csrf: string
  /** Comes back in the hidden field `challenge`. */
  readonly challenge: string
  /** Whose password it is. */
  readonly username: string
  /** From `passwordRules`. */
  readonly rules: readonly PasswordRule[]
  /** Attributes the pool requires and the user has not: fields named `requiredAttributes.<name>`. */
  readonly missingAttributes: readonly MissingAttribute[]
  /** What was refused, if anything. */
  readonly mistakes: readonly Mistake[]
}

/** A rule of the pool's policy in plain words; `met` only once a password was tried. */
export interface PasswordRule {
  readonly text: string
  readonly met?: boolean | undefined
}

export interface MissingAttribute {
  /** The attribute's name in the schema: `given_name`, `custom:team`. */
  readonly name: string
  /** What was entered before a mistake. */
  readonly value?: string | undefined
}

/** One sentence for the user, and the name of the field it is about, if it is about one. */
export interface Mistake {
  readonly text: string
  readonly field?: string | undefined
}

/**
 * The rules of a policy in plain words.
 * @param tried the password that was refused: tells which rules it met. It does not become part of the outcome.
 */
export function passwordRules(
  policy: PasswordPolicy,
  { passwordRules: words }: Words,
  tried?: string,
): PasswordRule[] {
  const rule = (text: string, met: (password: string) => boolean): PasswordRule =>
    tried === undefined ? { text } : { text, met: met(tried) }
  return [
    rule(words.length(policy.minimumLength), password => password.length >= policy.minimumLength),
    ...policy.requires.map(({ name, pattern }) => rule(words[name], password => pattern.test(password))),
  ]
}

/** The page after a sign-in with a temporary password: it asks for a new one, twice, and for missing attributes. */
export function newPasswordPage(view: NewPasswordView, words: Words): string {
  const { newPassword } = words
  const fields = [
    passwordField(view, 'new_password', newPassword.newPassword, 'passwordRules'),
    passwordField(view, 'confirm_password', newPassword.again),
    ...view.missingAttributes.map(attribute => attributeField(view, attribute, words)),
  ]
  return page(
    {
      title: newPassword.title,
      refused: view.mistakes.length > 0,
      stylesheet: view.stylesheet,
      poolName: view.poolName,
    },
    words,
    html`<h1>${newPassword.title}</h1>
<p class="lead">${within(newPassword.lead, html`<strong class="app">${view.clientName}</strong>`)}</p>
${view.mistakes.length > 0 && errorSummary(view.mistakes, focusOf(view) === undefined)}
<form name="newPasswordForm" class="stack" method="post" action="${view.action}">
<input type="hidden" name="_csrf" value="${view.csrf}">
<input type="hidden" name="challenge" value="${view.challenge}">
<div class="field fixed">
<label class="label-customizable" for="username">${words.common.username}</label>
<input id="username" name="username" type="text" value="${view.username}" autocomplete="username" readonly>
</div>
${fields[0]}
${ruleList(view.rules, words)}
${fields.slice(1)}
<button class="button submitButton-customizable" type="submit" name="newPasswordSubmitButton" value="Set password">${newPassword.submit}</button>
</form>`,
  )
}

/** The first field to fill in or to mend; none when the mistake is about no field. */
function focusOf({ mistakes }: NewPasswordView): string | undefined {
  return mistakes.length === 0 ? 'new_password' : mistakes.find(({ field }) => field !== undefined)?.field
}

const errorSummary = (mistakes: readonly Mistake[], focused: boolean): Html =>
  html`<div id="errorSummary" class="notice bad errorMessage-customizable" role="alert" tabindex="-1"${focused && html` autofocus`}>
<ul>${mistakes.map(
    ({ text, field }) =>
      html`<li>${field === undefined ? text : html`<a href="#${encodeURIComponent(field)}">${text}</a>`}</li>`,
  )}</ul>
</div>`

const passwordField = (view: NewPasswordView, name: string, label: string, describedBy?: string): Html =>
  field(view, {
    name,
    label,
    describedBy,
    attributes: html`type="password" autocomplete="new-password"`,
  })

function attributeField(
  view: NewPasswordView,
  { name, value }: MissingAttribute,
  { attributes: words }: Words,
): Html {
  const known = Object.hasOwn(attributeFields, name) ? attributeFields[name] : undefined
  return field(view, {
    name: `requiredAttributes.${name}`,
    label: Object.hasOwn(words, name) ? words[name as keyof typeof words] : inWords(name),
    attributes: html`type="${known?.type ?? 'text'}" value="${value}" autocomplete="${known?.autocomplete ?? 'off'}"${known?.placeholder !== undefined && html` placeholder="${known.placeholder}"`}`,
  })
}

interface Field {
  readonly name: string
  readonly label: string
  readonly attributes: Html
  readonly describedBy?: string | undefined
}

/**
 * A labelled input whose id is its name. What was wrong with it stands beside it, unless it is all that was wrong:
 * the summary above says so already.
 */
function field(view: NewPasswordView, { name, label, attributes, describedBy }: Field): Html {
  const mistakes = view.mistakes.filter(mistake => mistake.field === name)
  const wrong = mistakes.length > 0
  const beside = wrong && view.mistakes.length > 1
  const descriptions = [wrong && (beside ? `${name}-mistake` : 'errorSummary'), describedBy].filter(Boolean)
  return html`<div class="field">
<label class="label-customizable" for="${name}">${label}</label>
${beside && html`<p class="mistake" id="${name}-mistake">${mistakes.map(({ text }) => text).join(' ')}</p>`}
<input class="inputField-customizable" id="${name}" name="${name}" ${attributes} required${wrong && html` aria-invalid="true"`}${descriptions.length > 0 && html` aria-describedby="${descriptions.join(' ')}"`}${focusOf(view) === name && html` autofocus`}>
</div>`
}

const ruleList = (rules: readonly PasswordRule[], { passwordRules: words }: Words): Html =>
  html`<div class="rules" id="passwordRules">
<p>${words.title}</p>
<ul>${rules.map(rule => ruleItem(rule, words))}</ul>
</div>`

function ruleItem({ text, met }: PasswordRule, words: Words['passwordRules']): Html {
  if (met === undefined) return html`<li>${text}</li>`
  return met
    ? html`<li class="met passwordCheck-valid-customizable"><span class="unseen">${words.met} </span>${text}</li>`
    : html`<li class="broken passwordCheck-notValid-customizable"><span class="unseen">${words.broken} </span>${text}</li>`
}

/** `custom:cost_centre` → `Cost centre`. */
function inWords(attribute: string): string {
  const words = attribute.replace(/^(dev:)?custom:/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What the standard attributes tell browsers. */
const attributeFields: Readonly<
  Record<string, { readonly type?: string; readonly autocomplete?: string; readonly placeholder?: string }>
> = {
  name: { autocomplete: 'name' },
  given_name: { autocomplete: 'given-name' },
  family_name: { autocomplete: 'family-name' },
  middle_name: { autocomplete: 'additional-name' },
  nickname: { autocomplete: 'nickname' },
  email: { type: 'email', autocomplete: 'email' },
  phone_number: { type: 'tel', autocomplete: 'tel', placeholder: '+14155550100' },
  birthdate: { autocomplete: 'bday', placeholder: 'YYYY-MM-DD' },
  gender: { autocomplete: 'sex' },
  website: { type: 'url', autocomplete: 'url' },
  picture: { type: 'url', autocomplete: 'photo' },
  profile: { type: 'url' },
  locale: { autocomplete: 'language', placeholder: 'en-GB' },
  zoneinfo: { placeholder: 'Europe/Paris' },
}
