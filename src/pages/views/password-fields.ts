import type { PasswordPolicy } from '../../core/password.js'
import { type Html, html } from '../../lib/html.js'
import type { Look } from '../look/look.js'
import type { Words } from '../words/english.js'
import { field, type Mistake, showPassword } from './parts.js'

/** A rule of the pool's policy in plain words; `met` only once a password was tried. */
export interface PasswordRule {
  readonly text: string
  readonly met?: boolean | undefined
  /** The name that classic pages have for it (docs/facts/hosted-pages.md §4.2). */
  readonly name: 'length' | 'upperletter' | 'lowerletter' | 'numbers' | 'symbols'
  /** A regular expression that a password matches which meets the rule, for the pages' script. */
  readonly pattern: string
}

const classicNames = {
  uppercase: 'upperletter',
  lowercase: 'lowerletter',
  numeric: 'numbers',
  symbol: 'symbols',
} as const

/**
 * The rules of a policy in plain words.
 * @param tried the password that was refused: tells which rules it met. It does not become part of the outcome.
 */
export function passwordRules(
  policy: PasswordPolicy,
  { passwordRules: words }: Words,
  tried?: string,
): PasswordRule[] {
  const rule = (name: PasswordRule['name'], text: string, pattern: RegExp): PasswordRule => ({
    text,
    name,
    pattern: pattern.source,
    ...(tried === undefined ? {} : { met: pattern.test(tried) }),
  })
  const { minimumLength } = policy
  return [
    rule('length', words.length(minimumLength), new RegExp(`^[^]{${minimumLength},}$`)),
    ...policy.requires.map(({ name, pattern }) => rule(classicNames[name], words[name], pattern)),
  ]
}

/** What the fields for a new password show. */
export interface PasswordFields {
  readonly look: Look
  readonly rules: readonly PasswordRule[]
  readonly mistakes: readonly Mistake[]
  readonly isSaidElsewhere: boolean
  readonly focus: string | undefined
}

/** A field for a new password, with the rules that it has to meet. They tick while the user types. */
export const newPasswordField = (
  { look, rules, mistakes, isSaidElsewhere, focus }: PasswordFields,
  { name, label, optional = false }: { name: string; label: string; optional?: boolean },
  words: Words,
): Html => html`${field(look, {
  name,
  label,
  type: 'password',
  autocomplete: 'new-password',
  optional,
  focus: focus === name,
  mistakes: mistakes.filter(mistake => mistake.field === name),
  isSaidElsewhere,
  describedBy: [
    isSaidElsewhere && mistakes.some(mistake => mistake.field === name) && 'errorSummary',
    'passwordRules',
  ],
})}
${showPassword(name, words)}
${ruleList(name, rules, words)}`

/** The same password once more. */
export const repeatedField = (
  { look, mistakes, isSaidElsewhere, focus }: PasswordFields,
  { name, label, of }: { name: string; label: string; of: string },
  { passwordRules: words }: Words,
): Html => html`${field(look, {
  name,
  label,
  type: 'password',
  autocomplete: 'new-password',
  focus: focus === name,
  mistakes: mistakes.filter(mistake => mistake.field === name),
  isSaidElsewhere,
  describedBy: [isSaidElsewhere && mistakes.some(mistake => mistake.field === name) && 'errorSummary'],
})}
<p class="checkPassword-confirmPassword" role="status" data-repeats="${of}" data-repeated="${name}" data-same="${words.same}" data-differ="${words.differ}" hidden></p>`

const ruleList = (input: string, rules: readonly PasswordRule[], { passwordRules: words }: Words): Html =>
  html`<div class="rules" id="passwordRules" data-rules-of="${input}" data-met="${words.met}" data-broken="${words.broken}">
<p>${words.title}</p>
<ul>${rules.map(rule => ruleItem(rule, words))}</ul>
</div>`

const states = {
  met: { className: ' met passwordCheck-valid-customizable', sign: '✓' },
  broken: { className: ' broken passwordCheck-notValid-customizable', sign: '✖' },
} as const

function ruleItem({ text, met, name, pattern }: PasswordRule, words: Words['passwordRules']): Html {
  const state = met === undefined ? undefined : met ? 'met' : 'broken'
  return html`<li class="rule checkPassword-${name}${state && states[state].className}" data-pattern="${pattern}"><span class="sign check-${name}" aria-hidden="true">${state ? states[state].sign : ''}</span><span class="unseen">${state && `${words[state]} `}</span><span class="checkPasswordText-${name}">${text}</span></li>`
}
