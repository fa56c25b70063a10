import type { FastifyReply, FastifyRequest } from 'fastify'
import { ensure, refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import { sameSecret } from '../lib/secrets.js'
import { readRawCookie, setRawCookie } from './cookies.js'
import type { Hosted } from './hosted.js'
import { formOf } from './parameters.js'

/**
 * Every form repeats the browser's `XSRF-TOKEN` cookie in its field `_csrf`; scripts know both names (§1.5, §10.5).
 * The token is the browser's, not the page's, so that a second tab or the back button does not spoil the first.
 */
const cookieName = 'XSRF-TOKEN'

/** The token that a form has to repeat; a browser without one gets it with this answer. */
export function csrfToken(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
): string {
  const present = readRawCookie(request, cookieName)
  if (present !== undefined && /^[\w-]{22,64}$/.test(present)) return present
  const token = service.chance.bytes(24).toString('base64url')
  setRawCookie(reply, hosted, cookieName, token)
  return token
}

const forgedForm = refusal('invalid_request', (why: string) => ({
  told: 'The page has expired. Please go back and try again.',
  because: `The form was not sent from our own page in this browser: ${why}.`,
  remedy: 'Load the page first, keep its XSRF-TOKEN cookie, and repeat the cookie in the field _csrf.',
}))

/** Refuses a form that another site, or another browser, has sent. */
export function ensureOwnForm(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  // Apps on other ports of this machine are of the same site, and set cookies that we cannot tell from ours.
  ensure(site === undefined || site === 'same-origin' || site === 'none', () =>
    forgedForm(`the browser says that a page of another origin posted it (Sec-Fetch-Site: ${site})`),
  )
  const cookie = readRawCookie(request, cookieName)
  ensure(cookie, () => forgedForm('the cookie XSRF-TOKEN is missing'))
  const { _csrf } = formOf(request)
  ensure(_csrf !== undefined && sameSecret(_csrf, cookie), () =>
    forgedForm('the field _csrf does not repeat the cookie XSRF-TOKEN'),
  )
}
