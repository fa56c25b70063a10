import type { FastifyRequest } from 'fastify'
import type { Recorder } from '../core/ports/recorder.js'
import { parseUrl } from '../lib/url.js'

/**
 * Says why a page cannot read our answer although we gave one: its script sent cookies along (`credentials: 'include'`), and a
 * browser then takes no answer that is for every origin, as Cognito's are (`Access-Control-Allow-Origin: *`, fact O61; the Fetch
 * standard, §3.2.5). A browser without cookies for us gives no sign, and then has the same trouble without this line.
 */
export function explainCredentials(recorder: Recorder, { headers, method }: FastifyRequest): void {
  const { origin, cookie, host } = headers
  if (origin === undefined || cookie === undefined || headers['sec-fetch-mode'] !== 'cors') return
  if (method === 'OPTIONS' || parseUrl(origin)?.host === host) return
  recorder.note('warning', {
    warning: `A page of ${origin} sent cookies along (credentials: "include"), so its browser keeps our answer from it: as on AWS, answers are for every origin, without credentials (CORS).`,
    remedy:
      'Leave credentials out of fetch, or withCredentials of XMLHttpRequest and axios: these endpoints need no cookies.',
  })
}
