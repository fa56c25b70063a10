import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { regionalDomain } from '../core/addresses.js'
import { parseUrl } from '../lib/url.js'

const rewritten = new WeakSet<IncomingMessage>()

/** Whether a request came by the host form of a domain's address. */
export const isHostForm = ({ raw }: FastifyRequest): boolean => rewritten.has(raw)

/**
 * Turns the host form of a domain's address into the path form (Fastify's `rewriteUrl`): `{domain}.localhost`,
 * `{domain}.auth.{region}.localhost`, `{domain}.auth.{region}.amazoncognito.com`. The host of the public base URL is
 * no domain, though it may look like one: `http://cognito.localhost:7665`.
 */
export const pathOfHostForm =
  (baseUrl: () => string) =>
  (request: IncomingMessage): string => {
    const { url = '/', headers } = request
    const { host = '' } = headers
    const domain = domainOfHost(host)
    if (domain === undefined || url.startsWith('/_rockpool/') || isHostOf(host, baseUrl())) return url
    rewritten.add(request)
    return `/${domain}${url}`
  }

const isHostOf = (host: string, baseUrl: string): boolean => host.toLowerCase() === parseUrl(baseUrl)?.host

/**
 * The domain that a host form names, as it stands in a path; undefined for any other host. A host that says the region
 * means the pool there, as on AWS.
 */
export function domainOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const [, prefix, region, where] =
    /^([a-z0-9-]+)(?:\.auth\.([a-z0-9-]+))?\.(localhost|amazoncognito\.com)$/.exec(name) ?? []
  if (prefix === undefined || (region === undefined && where !== 'localhost')) return undefined
  return region === undefined ? prefix : regionalDomain(prefix, region)
}
