import type { FastifyReply, FastifyRequest } from 'fastify'
import { ensure, refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import { sameSecret } from '../lib/secrets.js'
import { parseUrl } from '../lib/url.js'
import { readRawCookie, setRawCookie } from './cookies.js'
import type { Hosted } from './hosted.js'
import { formOf } from './parameters.js'

/**
 * Every form repeats the browser's `XSRF-TOKEN` cookie in its field `_csrf` (`csrf` at managed login); scripts know
 * both names (docs/facts/oauth-and-federation.md §1.5, §10.5). The token is the browser's, not the page's, so that a
 * second tab or the back button does not spoil the first.
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
  if (present !== undefined && isOurs(present)) return present
  const token = service.chance.bytes(24).toString('base64url')
  setRawCookie(reply, hosted, cookieName, token)
  return token
}

/** 24 bytes in base64url. Other apps on this host can set our cookie too, but then to nothing that is easily said. */
const isOurs = (token: string): boolean => /^[\w-]{32}$/.test(token)

const forgedForm = refusal('invalid_request', (why: string) => ({
  told: 'The page has expired. Please go back and try again.',
  because: `The form was not sent from our own page in this browser: ${why}.`,
  remedy:
    'Open the page again and send its form, with cookies allowed. A script first loads the page, keeps its XSRF-TOKEN cookie, and repeats the cookie in the field _csrf.',
}))

/**
 * Whether a page of the origin is one of ours: it is that of the base URL, or the host that was asked. Our own pages tell no
 * addresses to others, and so come with the Origin `null` (Fetch, "append a request Origin header"): `Sec-Fetch-Site` and the
 * token judge those.
 */
function isOwnOrigin(origin: string, { host }: FastifyRequest, base: string): boolean {
  if (origin === 'null') return true
  const page = parseUrl(origin)
  if (page === undefined) return false
  return page.origin === parseUrl(base)?.origin || page.host === parseUrl(`${page.protocol}//${host}`)?.host
}

/**
 * Refuses a form that another site, or another browser, has sent.
 * @param base the public base URL
 */
export function ensureOwnForm(request: FastifyRequest, base: string): void {
  const site = request.headers['sec-fetch-site']
  // Apps on other ports of this machine are of the same site, and set cookies that we cannot tell from ours.
  ensure(site === undefined || site === 'same-origin' || site === 'none', () =>
    forgedForm(`the browser says that a page of another origin posted it (Sec-Fetch-Site: ${site})`),
  )
  const { origin } = request.headers
  ensure(origin === undefined || isOwnOrigin(origin, request, base), () =>
    forgedForm(`the browser says that a page of ${JSON.stringify(origin)} posted it (Origin)`),
  )
  const cookie = readRawCookie(request, cookieName)
  ensure(cookie, () => forgedForm('the cookie XSRF-TOKEN is missing'))
  ensure(isOurs(cookie), () => forgedForm('the cookie XSRF-TOKEN is none that we have given'))
  const { _csrf, csrf = _csrf } = formOf(request)
  ensure(csrf !== undefined && sameSecret(unquoted(csrf), cookie), () =>
    forgedForm('the field _csrf does not repeat the cookie XSRF-TOKEN'),
  )
}

/** The scripts of managed login send values as JSON (docs/facts/hosted-pages.md §3). */
const unquoted = (value: string): string => /^"([\w-]+)"$/.exec(value)?.[1] ?? value
