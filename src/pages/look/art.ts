import { type Html, html } from '../../lib/html.js'

/** Rockpool's mark: a pool seen from the side, half full. Takes the colour of the text around it. */
export const mark: Html = html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" stroke-width="2.5"/><path fill="currentColor" d="M5 17c1.83-2.4 3.67-2.4 5.5 0s3.67 2.4 5.5 0 3.67-2.4 5.5 0 3.67 2.4 5.5 0a11 11 0 0 1-22 0z"/></svg>`

/** A pool among rocks, seen from above: the same shore line again and again, deeper each time. */
export const shoreLines: Html = html`<svg class="depths" viewBox="-300 -300 600 600" aria-hidden="true" focusable="false"><defs><path id="shore" d="M-58-258C28-292 150-252 208-176c52 68 22 128 52 202 24 60-4 148-72 190-74 46-150 12-226 36-84 26-168-8-214-84-42-70-2-132-14-210-12-84 104-174 208-216z"/></defs>${[
  100, 82, 66, 51, 37, 24, 12,
].map(
  size =>
    html`<use href="#shore" transform="rotate(${(100 - size) / 2}) scale(${size / 100})" fill="#fff" fill-opacity=".055" stroke="#fff" stroke-opacity=".16" vector-effect="non-scaling-stroke"/>`,
)}</svg>`

/** A building with a way in, beside what signs in through somebody else. */
export const entrance: Html = html`<svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><g fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><path d="M5 20.5V5.2c0-.9.7-1.7 1.7-1.7h7.6c1 0 1.7.8 1.7 1.7v15.3M16 10h1.6c.8 0 1.4.6 1.4 1.4v9.1M3 20.5h18M9 7.5h.01M12 7.5h.01M9 11h.01M12 11h.01M9.2 20.5v-4.2h2.6v4.2"/></g></svg>`

/** A key, beside what signs in with a passkey. */
export const key: Html = html`<svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><g fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><circle cx="8" cy="12" r="4.5"/><path d="M12.5 12h8.5v3.5M17 12v2.5M8 12h.01"/></g></svg>`
