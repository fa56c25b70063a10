import type { FastifyInstance, FastifyRequest } from 'fastify'
import { asyncSlot } from '../lib/async-slot.js'
import { baseOf, parseUrl } from '../lib/url.js'
import { isHostForm } from './host-form.js'

/** A host and perhaps a port (RFC 3986 §3.2), as it may stand in an address; a Host header may be anything. */
const isAuthority = (host: string): boolean =>
  /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.test(host) && parseUrl(`http://${host}`) !== undefined

/**
 * Where a caller found us. One at the base URL is told just that, and so is one with a Host that is none: in between, a proxy
 * may have taken away the TLS, or a path.
 */
export function originOf(base: string, { protocol, host }: FastifyRequest): string {
  const known = baseOf(base)
  const isBase =
    !isAuthority(host) || (host === known.host && (protocol === 'http' || known.protocol === 'https:'))
  return isBase ? base : `${protocol}://${host}`
}

/** Knows, in all that a request starts, the request, and where its caller found us. */
export interface RequestedOrigin {
  /** Undefined outside a request, and where it came to the host of a domain: no issuer is found there. */
  current(): string | undefined
  /** The request under way; undefined outside one. */
  request(): FastifyRequest | undefined
  /** To be called directly on the root, before the routes. */
  follow(app: FastifyInstance, base: () => string): void
}

export function requestedOrigin(): RequestedOrigin {
  const asked = asyncSlot<FastifyRequest>('request')
  let baseUrl = () => ''
  return {
    current() {
      const request = asked.get()
      return request === undefined || isHostForm(request) ? undefined : originOf(baseUrl(), request)
    },
    request: () => asked.get(),
    follow(app, base) {
      baseUrl = base
      app.addHook('onRequest', (request, _reply, done) => asked.run(request, done))
    },
  }
}
