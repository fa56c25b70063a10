import type { Journey } from '../../core/challenge-session.js'
import { journeyInBrowser, rememberBrowser } from '../../flows/sign-in/remembered-browser.js'
import { readCookie, setCookie } from '../../http/cookies.js'
import type { Step } from '../step.js'

/** The journey of a sign-in that begins in this browser, which may be one that was remembered. */
export async function journeyOf({ service, hosted, request, asked: { levels } }: Step): Promise<Journey> {
  const journey = await journeyInBrowser(service, hosted.pool, readCookie(request, hosted, 'device'))
  return levels.length === 0 ? journey : { ...journey, wanted: levels }
}

/** Remembers this browser for the user, until they or an administrator have it forgotten. */
export async function remember({ service, hosted, request, reply }: Step, sub: string): Promise<void> {
  const kept = await rememberBrowser(service, hosted.pool, { sub }, request.ip)
  setCookie(reply, hosted, 'device', kept, aYear)
}

/** In seconds. */
const aYear = 365 * 86_400
