import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseUrl } from '../lib/url.js'

/**
 * A Fastify hook (`onRequest`) that turns away browsers sent by a page of somebody else: what Rockpool tells about
 * flights and users is for the person at this machine, not for every site that person has open. Programs, which
 * send neither header, are let through.
 * @param baseUrl the public base URL, known at the latest when the first request comes
 */
export const ownSiteOnly =
  (baseUrl: () => string) =>
  (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const stranger = strangerBehind(request, baseUrl())
    if (stranger === undefined) {
      done()
      return
    }
    reply
      .code(403)
      .header('cache-control', 'no-store')
      .send({
        error: 'forbidden',
        message: `This belongs to Rockpool's own pages and to programs on your side; ${stranger} may not ask for it from a browser.`,
      })
  }

function strangerBehind({ headers }: FastifyRequest, baseUrl: string): string | undefined {
  const { origin, host } = headers
  if (headers['sec-fetch-site'] === 'cross-site') return 'a page of another site'
  if (origin === undefined) return undefined
  const isOurs =
    origin === parseUrl(baseUrl)?.origin || parseUrl(origin)?.host === parseUrl(`http://${host}`)?.host
  return isOurs ? undefined : `a page of ${JSON.stringify(origin)}`
}
