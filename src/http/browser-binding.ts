import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Service } from '../flows/service.js'
import { readCookie, setCookie } from './cookies.js'
import type { Hosted } from './hosted.js'

/**
 * The secret that ties a sign-in through another provider to the browser it began in
 * (docs/facts/oauth-and-federation.md §1.5). It is the browser's, not the sign-in's, so that two tabs can be under
 * way at once. `SameSite=Lax` lets it come along at the return, which is a GET of the whole window.
 */
const name = 'csrf-state'

/** The secret of this browser; one that has none yet gets it with this answer. */
export function browserBinding(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
): string {
  const present = readBinding(request, hosted)
  if (present !== undefined) return present
  const secret = service.chance.bytes(32).toString('base64url')
  setCookie(reply, hosted, name, secret)
  return secret
}

/** The secret that the browser shows, if it has the form of one. */
export function readBinding(request: FastifyRequest, hosted: Hosted): string | undefined {
  const secret = readCookie(request, hosted, name)
  return secret !== undefined && /^[\w-]{43}$/.test(secret) ? secret : undefined
}
