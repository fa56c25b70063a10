import type { FirstFactor } from '../../core/first-factor.js'
import { html, within } from '../../lib/html.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'
import { alertOf, type FormPage, formOf, linksOf, type Mistake, strong } from './parts.js'

/** What the page shows that lets a user choose how to sign in. */
export interface FactorView extends FormPage {
  readonly username: string
  readonly factors: readonly FirstFactor[]
  readonly mistakes: readonly Mistake[]
  /** Where to begin anew. */
  readonly signIn: string
}

/** The choice of a first factor. */
export function factorPage(view: FactorView, words: Words): string {
  const { look, poolName, username, factors, mistakes, signIn } = view
  const { choice, common } = words
  return page(
    { title: choice.title, refused: mistakes.length > 0, look, poolName, subject: 'passkey' },
    words,
    html`<h1>${choice.title}</h1>
<p class="${classesOf(look).lead}">${within(choice.lead, strong(view.clientName))}</p>
${alertOf(look, mistakes, words)}
${formOf(
  view,
  { name: 'factorForm', hidden: { username } },
  factors.map(
    factor =>
      html`<button class="${classesOf(look).quiet}" type="submit" name="factor" value="${factor}">${choice[factor]}</button>`,
  ),
)}
${linksOf(look, html`<a href="${signIn}">${common.signInAnotherWay}</a>`)}`,
  )
}
