import type { PasswordPolicy } from '../core/password.js'
import { type Html, html } from '../lib/html.js'
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
export function passwordRules(policy: PasswordPolicy, tried?: string): PasswordRule[] {
  const rule = (text: string, met: (password: string) => boolean): PasswordRule =>
    tried === undefined ? { text } : { text, met: met(tried) }
  return [
    rule(`At least ${policy.minimumLength} characters`, password => password.length >= policy.minimumLength),
    ...policy.requires.map(({ name, pattern }) =>
      rule(characterRule[name], password => pattern.test(password)),
    ),
  ]
}

const characterRule = {
  uppercase: 'An uppercase letter',
  lowercase: 'A lowercase letter',
  numeric: 'A number',
  symbol: 'A symbol, or a space between other characters',
} as const satisfies Record<PasswordPolicy['requires'][number]['name'], string>

/** The page a person meets who signed in with a temporary password: the new one twice, and what else is missing. */
export function newPasswordPage(view: NewPasswordView): string {
  const fields = [
    passwordField(view, 'new_password', 'New password', 'passwordRules'),
    passwordField(view, 'confirm_password', 'New password again'),
    ...view.missingAttributes.map(attribute => attributeField(view, attribute)),
  ]
  return page(
    {
      title: 'Choose a new password',
      refused: view.mistakes.length > 0,
      stylesheet: view.stylesheet,
      poolName: view.poolName,
    },
    html`<h1>Choose a new password</h1>
<p class="lead">Your password was temporary. Choose your own to go on to <strong class="app">${view.clientName}</strong>.</p>
${view.mistakes.length > 0 && errorSummary(view.mistakes, focusOf(view) === undefined)}
<form name="newPasswordForm" class="stack" method="post" action="${view.action}">
<input type="hidden" name="_csrf" value="${view.csrf}">
<input type="hidden" name="challenge" value="${view.challenge}">
<div class="field fixed">
<label class="label-customizable" for="username">Username</label>
<input id="username" name="username" type="text" value="${view.username}" autocomplete="username" readonly>
</div>
${fields[0]}
${ruleList(view.rules)}
${fields.slice(1)}
<button class="button submitButton-customizable" type="submit" name="newPasswordSubmitButton" value="Set password">Set password and sign in</button>
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

function attributeField(view: NewPasswordView, { name, value }: MissingAttribute): Html {
  const known = Object.hasOwn(attributeFields, name) ? attributeFields[name] : undefined
  return field(view, {
    name: `requiredAttributes.${name}`,
    label: known?.label ?? inWords(name),
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

const ruleList = (rules: readonly PasswordRule[]): Html =>
  html`<div class="rules" id="passwordRules">
<p>Your password needs:</p>
<ul>${rules.map(ruleItem)}</ul>
</div>`

function ruleItem({ text, met }: PasswordRule): Html {
  if (met === undefined) return html`<li>${text}</li>`
  return met
    ? html`<li class="met passwordCheck-valid-customizable"><span class="unseen">Met: </span>${text}</li>`
    : html`<li class="broken passwordCheck-notValid-customizable"><span class="unseen">Still missing: </span>${text}</li>`
}

/** `custom:cost_centre` → `Cost centre`. */
function inWords(attribute: string): string {
  const words = attribute.replace(/^(dev:)?custom:/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What browsers should know of the standard attributes whose name in words would not do. */
const attributeFields: Readonly<
  Record<
    string,
    {
      readonly label: string
      readonly type?: string
      readonly autocomplete?: string
      readonly placeholder?: string
    }
  >
> = {
  name: { label: 'Full name', autocomplete: 'name' },
  given_name: { label: 'Given name', autocomplete: 'given-name' },
  family_name: { label: 'Family name', autocomplete: 'family-name' },
  middle_name: { label: 'Middle name', autocomplete: 'additional-name' },
  nickname: { label: 'Nickname', autocomplete: 'nickname' },
  preferred_username: { label: 'Preferred username' },
  email: { label: 'E-mail address', type: 'email', autocomplete: 'email' },
  phone_number: { label: 'Phone number', type: 'tel', autocomplete: 'tel', placeholder: '+14155550100' },
  birthdate: { label: 'Date of birth', autocomplete: 'bday', placeholder: 'YYYY-MM-DD' },
  gender: { label: 'Gender', autocomplete: 'sex' },
  address: { label: 'Address' },
  website: { label: 'Website', type: 'url', autocomplete: 'url' },
  picture: { label: 'Address of a picture', type: 'url', autocomplete: 'photo' },
  profile: { label: 'Address of a profile page', type: 'url' },
  locale: { label: 'Language', autocomplete: 'language', placeholder: 'en-GB' },
  zoneinfo: { label: 'Time zone', placeholder: 'Europe/Paris' },
}
