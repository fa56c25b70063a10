import { html } from '../lib/html.js'

/** What Rockpool's own pages, the console and the demo app, show of Rockpool. */

/** The mark beside the name, in the colour of the text. */
export const mark = html`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" stroke-width="2.5"/><path fill="currentColor" d="M5 17c1.83-2.4 3.67-2.4 5.5 0s3.67 2.4 5.5 0 3.67-2.4 5.5 0 3.67 2.4 5.5 0a11 11 0 0 1-22 0z"/></svg>`

/** The icon of a page, as the address that a page links to. */
export const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#0b6872"/><path fill="#fff" d="M5 17c1.83-2.4 3.67-2.4 5.5 0s3.67 2.4 5.5 0 3.67-2.4 5.5 0 3.67 2.4 5.5 0a11 11 0 0 1-22 0z"/></svg>',
)}`
