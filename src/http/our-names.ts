import { isIP } from 'node:net'
import { parseUrl } from '../lib/url.js'
import { domainOfHost } from './host-form.js'

/** The names that we were told to answer to. */
export interface ToldNames {
  /** The public base URL. */
  readonly base: string
  /** Further host names, in lower case (`--host-name`). */
  readonly hostNames: readonly string[]
}

/**
 * Whether a Host is ours for certain: the host of the base URL and those told, addresses, names without a dot (of
 * containers), names that no public DNS gives out (RFC 2606, RFC 6761, RFC 6762; `.internal` is reserved by ICANN), the
 * host forms of domains, and the names of user pools on AWS, which only AWS could point at this machine.
 */
export function isOurName(host: string, { base, hostNames }: ToldNames): boolean {
  const name = parseUrl(`http://${host}`)?.hostname.replace(/\.$/, '')
  if (name === undefined) return false
  return (
    name === parseUrl(base)?.hostname ||
    hostNames.includes(name) ||
    isIP(name.replace(/^\[|\]$/g, '')) !== 0 ||
    !name.includes('.') ||
    /\.(localhost|local|test|internal)$/.test(name) ||
    domainOfHost(host) !== undefined ||
    /^(issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com$/.test(name)
  )
}
