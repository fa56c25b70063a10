import type { PostView } from '../../http/hosted-refusals.js'
import { html, within } from '../../lib/html.js'
import { plainLook } from '../look/look.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'
import { postScriptUrl } from './post-script.js'

/** The page that takes a browser to another provider by a form: it posts itself where scripts are allowed. */
export function postPage({ postTo, fields, poolName, providerName }: PostView, words: Words): string {
  const { title, lead } = words.leave
  return page(
    {
      title: title(providerName),
      refused: false,
      look: plainLook,
      scripts: [postScriptUrl],
      poolName,
    },
    words,
    html`<h1>${within(title, html`<span class="app">${providerName}</span>`)}</h1>
<p class="lead">${lead}</p>
<form name="postForm" class="stack" method="post" action="${postTo}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="button submitButton-customizable" type="submit" autofocus>${words.common.continue}</button>
</form>`,
  )
}
