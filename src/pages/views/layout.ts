import { type Html, html } from '../../lib/html.js'
import { mark, shoreLines } from '../look/art.js'
import type { Words } from '../words/english.js'

/** What surrounds every hosted page. */
export interface Frame {
  /** What the page is for: the browser's title, which says so when something was refused. */
  readonly title: string
  /** Whether the page tells of something that was refused. */
  readonly refused: boolean
  /** URL of the style sheet: the only thing a page loads, but for a script. */
  readonly stylesheet: string
  /** URL of the page's script; most pages have none. */
  readonly script?: string | undefined
  /** The pool whose page this is; absent when no pool could be told from the request. */
  readonly poolName?: string | undefined
}

/**
 * A complete document around the body of a page. It has no inline script, no inline style and no outside resource, so
 * that it works under `default-src 'none'; style-src 'self'; img-src 'self' data:`, with `script-src 'self'` for a script.
 */
export function page(
  { title, refused, stylesheet, script, poolName }: Frame,
  { language, frame: words }: Words,
  body: Html,
): string {
  const fullTitle = `${refused ? words.refusedTitle(title) : title} · ${poolName ?? 'Rockpool'}`
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${fullTitle}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${stylesheet}">
${script !== undefined && html`<script src="${script}" defer></script>`}
</head>
<body class="background-customizable">
<header class="pool water-${waterOf(poolName ?? '')} banner-customizable">
<div class="view">
${shoreLines}
<p class="brand">${mark}<span>Rockpool</span></p>
${poolName !== undefined && html`<p class="place"><span class="kind">${words.userPool}</span> <span class="name">${poolName}</span></p>`}
</div>
</header>
<main>
${body}
</main>
<footer><p>Rockpool · ${poolName !== undefined && html`${words.emulated(poolName)} · `}${words.notForProduction}</p></footer>
</body>
</html>
`.toString()
}

/** How many colours of water there are in the style sheet. */
export const waters = 4

/**
 * The colour of a pool's water. It follows from the name, so that a person who is sent from one pool to another
 * sees that they are somewhere else; names that differ in their last digit by one always differ in colour.
 */
export const waterOf = (poolName: string): number =>
  [...poolName].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % waters

/** The mark as a favicon: without one browsers ask for `/favicon.ico`. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#0b6872"/><path fill="#fff" d="M5 17c1.83-2.4 3.67-2.4 5.5 0s3.67 2.4 5.5 0 3.67-2.4 5.5 0 3.67 2.4 5.5 0a11 11 0 0 1-22 0z"/></svg>',
)}`
