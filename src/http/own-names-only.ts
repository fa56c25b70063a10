import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { parseUrl } from '../lib/url.js'
import { domainOfHost } from './host-form.js'

/**
 * Answers what is Rockpool's own (`/_rockpool`) under names only that nobody else can give to this machine. A site may
 * let its own name lead here (DNS rebinding); its pages would then count as ours, and read codes, tokens and secrets.
 * To be registered directly on the root, before the routes.
 * @param baseUrl the public base URL, known at the latest when the first request comes
 */
export function ownNamesOnly(app: FastifyInstance, baseUrl: () => string): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { host } = request.headers
    // By the route, not by the path: a path may be spelled in many ways.
    const guarded = request.routeOptions.url?.startsWith('/_rockpool') ?? false
    if (!guarded || host === undefined || isOurName(host, baseUrl())) {
      done()
      return
    }
    reply
      .code(403)
      .header('cache-control', 'no-store')
      .send({
        error: 'forbidden',
        message: `Rockpool's own pages are not found under the name ${JSON.stringify(host)}, which may be somebody else's. Use ${baseUrl()} or an IP address, or start Rockpool with --base-url set to that name.`,
      })
  })
}

/**
 * The host of the base URL, addresses, names without a dot (of containers), names that no public DNS gives out (RFC
 * 2606, RFC 6761, RFC 6762; `.internal` is reserved by ICANN), and the host forms of domains.
 */
function isOurName(host: string, baseUrl: string): boolean {
  const name = parseUrl(`http://${host}`)?.hostname.replace(/\.$/, '')
  if (name === undefined) return false
  return (
    name === parseUrl(baseUrl)?.hostname ||
    isIP(name.replace(/^\[|\]$/g, '')) !== 0 ||
    !name.includes('.') ||
    /\.(localhost|local|test|internal)$/.test(name) ||
    domainOfHost(host) !== undefined
  )
}
