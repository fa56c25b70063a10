import type { FastifyInstance, FastifyRequest } from 'fastify'
import { asyncSlot } from '../lib/async-slot.js'
import { isHostForm } from './host-form.js'

/**
 * Where a caller found us. One at the base URL is told just that: in between, a proxy may have taken away the TLS, or a
 * path.
 */
export function originOf(base: string, { protocol, host }: FastifyRequest): string {
  const known = new URL(base)
  const isBase = host === '' || (host === known.host && (protocol === 'http' || known.protocol === 'https:'))
  return isBase ? base : `${protocol}://${host}`
}

/** Knows, in all that a request starts, where its caller found us. */
export interface RequestedOrigin {
  /** Undefined outside a request, and where it came to the host of a domain: no issuer is found there. */
  current(): string | undefined
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
    follow(app, base) {
      baseUrl = base
      app.addHook('onRequest', (request, _reply, done) => asked.run(request, done))
    },
  }
}
