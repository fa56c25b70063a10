import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseUrl } from '../lib/url.js'
import { wantsPage } from './asks-for-page.js'

/**
 * A Fastify hook (`onRequest`) that turns away browsers sent by a page of another site: what Rockpool shows about
 * flights and users is for the person at this machine, not for every site that person has open. Programs, which
 * send neither header, are let through.
 * @param baseUrl the public base URL, known at the latest when the first request comes
 */
export const ownSiteOnly =
  (baseUrl: () => string) =>
  (request: FastifyRequest, reply: FastifyReply, done: (refused?: Error) => void): void => {
    const stranger = strangerBehind(request, baseUrl())
    if (stranger === undefined) {
      done()
      return
    }
    const message = `This belongs to Rockpool's own pages and to programs on your side; ${stranger} may not ask for it from a browser.`
    // A person reads a page, which says the same.
    if (wantsPage(request.headers.accept)) done(Object.assign(new Error(message), { statusCode: 403 }))
    else reply.code(403).header('cache-control', 'no-store').send({ error: 'forbidden', message })
  }

function strangerBehind({ method, headers }: FastifyRequest, baseUrl: string): string | undefined {
  const { origin, host } = headers
  if (headers['sec-fetch-site'] === 'cross-site' && !(method === 'GET' && isVisit(headers))) {
    return 'a page of another site'
  }
  if (origin === undefined) return undefined
  const from = parseUrl(origin)
  const isOurs =
    from !== undefined &&
    (from.origin === parseUrl(baseUrl)?.origin || from.host === parseUrl(`${from.protocol}//${host}`)?.host)
  return isOurs ? undefined : `a page of ${JSON.stringify(origin)}`
}

/** A link that a person follows: the page it was on sees nothing of the answer. */
const isVisit = (headers: FastifyRequest['headers']): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
