import { clearCookie, readCookie, setCookie } from '../../http/cookies.js'
import type { Step } from '../step.js'
import type { Sent } from '../views/confirm-page.js'

/**
 * What one page tells the next in this browser: no address carries a user name (docs/facts/hosted-pages.md §2). It
 * proves nothing, and opens nothing.
 */
export interface PageData {
  /** As the user typed it. */
  readonly username?: string
  /** Where a code went. */
  readonly sent?: Sent
  /** What has just been done. */
  readonly done?: 'resent' | 'password' | 'confirmed'
}

/** Seconds that it is kept: as long as a code for a password is good. */
const lifetime = 3600

export function tellNextPage({ reply, hosted }: Step, data: PageData): void {
  setCookie(reply, hosted, 'page-data', Buffer.from(JSON.stringify(data)).toString('base64url'), lifetime)
}

export function toldByLastPage({ request, hosted }: Step): PageData {
  try {
    const told: unknown = JSON.parse(
      Buffer.from(readCookie(request, hosted, 'page-data') ?? '', 'base64url').toString() || '{}',
    )
    return typeof told === 'object' && told !== null ? wellFormed(told) : {}
  } catch {
    // Somebody has made the cookie themselves.
    return {}
  }
}

function wellFormed({ username, sent, done }: PageData): PageData {
  const isSent = (sent?.medium === 'EMAIL' || sent?.medium === 'SMS') && typeof sent.destination === 'string'
  return {
    ...(typeof username === 'string' ? { username } : {}),
    ...(isSent ? { sent } : {}),
    ...(done === 'resent' || done === 'password' || done === 'confirmed' ? { done } : {}),
  }
}

export const forgetPageData = ({ reply, hosted }: Step): void => clearCookie(reply, hosted, 'page-data')
