import type { Explanation } from '../../core/refusal.js'
import { explained } from '../../http/explained.js'
import { type Embeddable, type Html, html } from '../../lib/html.js'
import { classesOf, type Look } from '../look/look.js'
import type { Words } from '../words/english.js'
import { refusalIn } from '../words/refusals.js'

/** What pages are made of, in either face. */

/** What every page with a form knows. */
export interface FormPage {
  readonly look: Look
  readonly poolName: string
  readonly clientName: string
  /** URL the form posts to. */
  readonly action: string
  readonly csrf: string
}

/** One sentence for the user, the name of the field it is about, if it is about one, and why, for the developer. */
export interface Mistake {
  readonly text: string
  readonly field?: string | undefined
  readonly why?: Explanation | undefined
}

/** The name that the field against forgery has in each face (docs/facts/hosted-pages.md §3). */
const csrfField = { classic: '_csrf', managed: 'csrf' } as const

/** A form with what every form carries. */
export const formOf = (
  { look, action, csrf }: Pick<FormPage, 'look' | 'action' | 'csrf'>,
  { name, hidden = {}, data }: { name?: string; hidden?: Record<string, string | undefined>; data?: Html },
  content: Embeddable,
): Html =>
  html`<form class="stack"${name !== undefined && html` name="${name}"`} method="post" action="${action}"${data}>
<input type="hidden" name="${csrfField[look.face]}" value="${csrf}">
${Object.entries(hidden).map(([field, value]) => value !== undefined && html`<input type="hidden" name="${field}" value="${value}">`)}
${content}
</form>`

/** An input with its label. */
export interface Field {
  readonly name: string
  /** Its name, unless given. */
  readonly id?: string
  readonly label: string
  readonly type?: string
  readonly value?: string | undefined
  readonly autocomplete: string
  /** More attributes of the input. */
  readonly more?: Html | undefined
  readonly optional?: boolean
  readonly focus?: boolean
  readonly describedBy?: readonly (string | false | undefined)[]
  readonly mistakes?: readonly Mistake[]
  /** Whether what is wrong is said elsewhere already. */
  readonly isSaidElsewhere?: boolean
  /** In the place of the input. */
  readonly control?: (attributes: Html) => Html
}

/** A labelled input; what is wrong with it stands beside it. */
export function field(look: Look, of: Field): Html {
  const { name, id = name, label, mistakes = [], describedBy = [], control } = of
  const classes = classesOf(look)
  const wrong = mistakes.length > 0
  const beside = wrong && !of.isSaidElsewhere
  const descriptions = [beside && `${id}-mistake`, ...describedBy].filter(Boolean)
  const value = control === undefined && of.value !== undefined && html` value="${of.value}"`
  const common = html` id="${id}" name="${name}"${value} autocomplete="${of.autocomplete}"${!of.optional && html` required`}${of.more}${wrong && html` aria-invalid="true"`}${descriptions.length > 0 && html` aria-describedby="${descriptions.join(' ')}"`}${of.focus && html` autofocus`}`
  return html`<div class="field">
<label class="${classes.label}" for="${id}">${label}</label>
${beside && html`<p class="mistake" id="${id}-mistake">${mistakes.map(({ text }) => text).join(' ')}</p>`}
${control?.(common) ?? html`<input class="${classes.input}" type="${of.type ?? 'text'}"${common}>`}
</div>`
}

/** A button that shows what was typed into a password field. It needs the pages' script, which brings it to light. */
export const showPassword = (id: string, { common }: Words): Html =>
  html`<button class="show" type="button" data-show="${id}" aria-pressed="false" hidden>${common.showPassword}</button>`

export const submit = (look: Look, label: Embeddable, more?: Html): Html =>
  html`<button class="${classesOf(look).submit}" type="submit"${more}>${label}</button>`

/** A refusal: Cognito's words for the user and, below them, the reason for the app's developer. */
export const alertOf = (
  look: Look,
  mistakes: readonly Mistake[],
  words: Words,
  { id = 'errorSummary', focused = false }: { id?: string; focused?: boolean } = {},
): Html | false =>
  mistakes.length > 0 &&
  html`<div id="${id}" class="${classesOf(look).error}" role="alert" tabindex="-1"${focused && html` autofocus`}>
<ul>${mistakes.map(
    ({ text, field: name }) =>
      html`<li>${name === undefined ? refusalIn(words, text) : html`<a href="#${encodeURIComponent(name)}">${refusalIn(words, text)}</a>`}</li>`,
  )}</ul>
</div>
${whyOf(mistakes[0]?.why, words)}`

/** Why something was refused. Only Rockpool tells it. */
export const whyOf = (why: Explanation | undefined, { error }: Words): Html | undefined =>
  why &&
  html`<details class="why"><summary>${error.why} <span class="aside">${error.onlyRockpool}</span></summary>
${explanationOf(why, error)}</details>`

/** What happened, how to mend it, and the line of a seed that does, where there is one. */
export function explanationOf(explanation: Explanation, words: Words['error']): Html {
  const { because, remedy, line } = explained(explanation)
  return html`<dl>
<dt>${words.whatHappened}</dt><dd>${because}</dd>
<dt>${words.howToMend}</dt><dd>${remedy}${line?.(words.inSeed(explanation.line?.below ?? ''), words)}</dd>
</dl>`
}

/** A name within a sentence. */
export const strong = (text: string): Html => html`<strong class="app">${text}</strong>`

/** That something went well. */
export const noticeOf = (look: Look, text: string | undefined): Html | undefined =>
  text === undefined ? undefined : html`<p class="${classesOf(look).notice}" role="status">${text}</p>`

export const linksOf = (look: Look, ...lines: readonly (Html | false | undefined)[]): Html =>
  html`${lines.map(line => line && html`<p class="${classesOf(look).links}">${line}</p>`)}`
