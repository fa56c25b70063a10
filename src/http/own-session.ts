import { createHmac } from 'node:crypto'
import { stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Chance } from '../core/ports/chance.js'
import { ensure, type Refusal } from '../core/refusal.js'
import { sameSecret } from '../lib/secrets.js'
import { readRawCookie } from './cookies.js'
import { formOf } from './parameters.js'

/** Tells browsers apart, and whether a form comes from one of our pages. */
export interface OwnSession {
  /** The browser's id; one without it gets it with this answer. */
  browser(request: FastifyRequest, reply: FastifyReply): string
  /** What every form shown to the browser has to bring back in `_csrf`. */
  csrf(browser: string): string
  /** Refuses a form that another site or another browser has sent; the id of the one that sent it. */
  ensureOwnForm(request: FastifyRequest): string
}

/** Where a session of Rockpool's own pages holds. */
export interface SessionKind {
  /** The cookie that names a browser. It has nothing to do with any pool. */
  readonly cookieName: string
  /** The path that the cookie is limited to. */
  readonly path: string
  /** Puts into words why a form is not taken. */
  readonly forged: (why: string) => Refusal
}

export function ownSession(
  service: { readonly chance: Chance; readonly base: string },
  { cookieName, path, forged }: SessionKind,
): OwnSession {
  // Derived from the secret in the cookie: any process that shares the state knows it, also after a restart.
  const csrf = (browser: string): string => createHmac('sha256', browser).update('form').digest('base64url')
  return {
    csrf,
    browser(request, reply) {
      const present = browserOf(request, cookieName)
      if (present !== undefined) return present
      const id = service.chance.bytes(24).toString('base64url')
      reply.header(
        'set-cookie',
        stringifySetCookie({
          name: cookieName,
          value: id,
          path,
          httpOnly: true,
          sameSite: 'lax',
          secure: request.protocol === 'https' || service.base.startsWith('https:'),
        }),
      )
      return id
    },
    ensureOwnForm(request) {
      const site = request.headers['sec-fetch-site']
      ensure(site === undefined || site === 'same-origin' || site === 'none', () =>
        forged(`the browser calls its sender "${site}"`),
      )
      const browser = browserOf(request, cookieName)
      ensure(browser, () => forged(`the cookie ${cookieName} is missing`))
      ensure(sameSecret(formOf(request)._csrf ?? '', csrf(browser)), () =>
        forged('the field _csrf is not the one that this browser was given'),
      )
      return browser
    },
  }
}

function browserOf(request: FastifyRequest, cookieName: string): string | undefined {
  const id = readRawCookie(request, cookieName)
  return id !== undefined && /^[\w-]{32}$/.test(id) ? id : undefined
}
