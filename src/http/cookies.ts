import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Hosted } from './hosted.js'

/**
 * Cookies of a user pool domain (docs/facts/oauth-and-federation.md §1.5). Browsers share them between the ports and
 * paths of a host: the pool's id in the name keeps the pools of one Rockpool apart, the path keeps them where they
 * belong.
 */
export type PoolCookie = 'cognito' | 'csrf-state' | 'challenge' | 'page-data' | 'device' | 'rockpool-flight'

export function readCookie(request: FastifyRequest, hosted: Hosted, name: PoolCookie): string | undefined {
  return readRawCookie(request, `${name}.${hosted.pool.id}`)
}

/** Sets the cookie for `maxAge` seconds; without it, until the browser closes. */
export function setCookie(
  reply: FastifyReply,
  hosted: Hosted,
  name: PoolCookie,
  value: string,
  maxAge?: number,
): void {
  setRawCookie(reply, hosted, `${name}.${hosted.pool.id}`, value, maxAge)
}

export const clearCookie = (reply: FastifyReply, hosted: Hosted, name: PoolCookie): void =>
  setCookie(reply, hosted, name, '', 0)

/** A cookie whose very name scripts know, such as `XSRF-TOKEN`. */
export const readRawCookie = (request: FastifyRequest, name: string): string | undefined =>
  parseCookie(request.headers.cookie ?? '')[name] || undefined

export function setRawCookie(
  reply: FastifyReply,
  { url, cookiePath }: Hosted,
  name: string,
  value: string,
  maxAge?: number,
): void {
  const cookie = {
    name,
    value,
    path: cookiePath,
    httpOnly: true,
    sameSite: 'lax' as const,
    // Where the browser is at https, or was told to be: in front of us, a proxy may have ended the TLS.
    secure: reply.request.protocol === 'https' || url.startsWith('https:'),
    ...(maxAge === undefined ? {} : { maxAge }),
  }
  reply.header('set-cookie', stringifySetCookie(cookie))
}
