import { html } from '../../lib/html.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'
import { type FormPage, formOf, linksOf, submit } from './parts.js'

/** What a classic sign-in page shows where somebody is signed in already. */
export interface SessionView extends FormPage {
  /** Who is signed in. */
  readonly username: string
  /** Where somebody else signs in. */
  readonly otherwise: string
}

/** Offers to go on as the user who is signed in. */
export function sessionPage(view: SessionView, words: Words): string {
  const { look, poolName, username, otherwise } = view
  const title = words.signIn.title(view.clientName)
  return page(
    { title, refused: false, look, poolName },
    words,
    html`<h1>${title}</h1>
${formOf(view, { hidden: { resume: 'yes' } }, submit(look, words.signIn.signInAs(username), html` autofocus`))}
${linksOf(look, html`<a href="${otherwise}">${words.signIn.asSomebodyElse}</a>`)}`,
  )
}
