import type { Explanation } from '../../core/refusal.js'
import { type Html, html } from '../../lib/html.js'
import type { Look } from '../look/look.js'
import { pagesScriptUrl } from '../look/pages-script.js'
import type { Words } from '../words/english.js'
import { refusalIn } from '../words/refusals.js'
import { page } from './layout.js'
import { explanationOf } from './parts.js'

/** What the error page shows. */
export interface ErrorView {
  /** Cognito's general sentence unless given. */
  readonly title?: string | undefined
  /** What Cognito tells the user. */
  readonly message: string
  /** What Cognito never says: why, and how to mend it. */
  readonly detail?: Explanation | undefined
  /** Where the recorded journey can be read. */
  readonly flightUrl?: string | undefined
  readonly look: Look
  /** The pool, where the request told which. */
  readonly poolName?: string | undefined
}

/** The page for what cannot be told to the app (docs/facts/oauth-and-federation.md §3.3). */
export function errorPage(view: ErrorView, words: Words): string {
  const { title = words.error.title, message, detail, flightUrl, look, poolName } = view
  return page(
    { title, refused: true, look, poolName, scripts: detail?.line === undefined ? [] : [pagesScriptUrl] },
    words,
    html`<div class="failure" role="alert" tabindex="-1" autofocus>
<h1>${title}</h1>
<p class="${look.face === 'classic' ? 'lead errorMessage-customizable' : 'lead'}">${refusalIn(words, message)}</p>
</div>
${(detail !== undefined || flightUrl !== undefined) && why(view, words)}`,
  )
}

const why = ({ detail, flightUrl }: ErrorView, { error: words }: Words): Html =>
  html`<section class="notice why" aria-labelledby="why">
<h2 id="why">${words.why} <span class="aside">${words.onlyRockpool}</span></h2>
${detail !== undefined && explanationOf(detail, words)}
${flightUrl !== undefined && html`<p><a href="${flightUrl}">${words.everyStep}</a></p>`}
</section>`
