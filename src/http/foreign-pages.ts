import type { IncomingHttpHeaders } from 'node:http'
import { parseUrl } from '../lib/url.js'
import { isOurName, type ToldNames } from './our-names.js'

/** The names of this machine, and the origins whose pages may do here what an administrator may. */
export interface TrustedNames extends ToldNames {
  /** Origins as browsers send them, in lower case (`--allow-origin`). */
  readonly allowOrigins: readonly string[]
}

/** The header that shows that a page of another site sent a request. */
export type ForeignPage =
  /** Its own host name leads here (DNS rebinding): to the browser, we are that page's server. */
  | { readonly by: 'host'; readonly host: string }
  | { readonly by: 'origin'; readonly origin: string }
  /** The browser keeps the origin back, and says that it is of another site. */
  | { readonly by: 'site' }

/**
 * Finds the page of another site behind a request; undefined if there is none. Pages of this machine are those of
 * loopback addresses, of `localhost` and the names below it, of the base URL's host, of `--host-name`, and our own under
 * any name that is certainly ours. Programs send no Origin, and need only call us by a name of ours.
 */
export function foreignPageBehind(
  headers: IncomingHttpHeaders,
  names: TrustedNames,
): ForeignPage | undefined {
  const { host, origin } = headers
  if (host !== undefined && !isOurName(host, names)) return { by: 'host', host }
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site' ? { by: 'site' } : undefined
  return isOfThisMachine(origin, host, names) ? undefined : { by: 'origin', origin }
}

function isOfThisMachine(
  origin: string,
  host: string | undefined,
  { base, hostNames, allowOrigins }: TrustedNames,
): boolean {
  if (allowOrigins.includes(origin.toLowerCase())) return true
  const page = parseUrl(origin)
  if (page === undefined) return false
  const name = page.hostname.replace(/\.$/, '')
  return (
    loopback.test(name) ||
    name === parseUrl(base)?.hostname ||
    hostNames.includes(name) ||
    (host !== undefined && page.host === parseUrl(`${page.protocol}//${host}`)?.host)
  )
}

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
