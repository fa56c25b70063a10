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

const drawing = (shapes: Html): Html =>
  html`<svg class="drawing" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" focusable="false"><circle cx="24" cy="24" r="24" fill="currentColor" fill-opacity=".1"/><g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</g></svg>`

/** What each step of managed login is about, where the style has no picture of its own for it. */
export const drawings = {
  password: drawing(
    html`<rect x="14" y="22" width="20" height="13" rx="3"/><path d="M18 22v-4a6 6 0 0 1 12 0v4M24 27.5v2.5"/>`,
  ),
  passkey: drawing(
    html`<circle cx="20" cy="19" r="5"/><path d="M11 34c0-5 4-8 9-8 1.6 0 3 .3 4.300.9"/><circle cx="32" cy="24" r="3.500"/><path d="M32 27.500v8l2-2M32 31.500l2-1.500"/>`,
  ),
  email: drawing(html`<rect x="12" y="16" width="24" height="17" rx="3"/><path d="m13 18.500 11 8 11-8"/>`),
  sms: drawing(
    html`<path d="M13 15h22a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H22l-6 5v-5h-3a2 2 0 0 1-2-2V17a2 2 0 0 1 2-2zM18 23h.01M24 23h.01M30 23h.01"/>`,
  ),
  app: drawing(
    html`<rect x="17" y="11" width="14" height="26" rx="3"/><path d="M22 33.500h4M20.500 22.500l2.500 2.500 4.500-5"/>`,
  ),
} as const
