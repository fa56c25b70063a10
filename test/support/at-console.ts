import type { Rockpool } from '../../src/emulator.js'
import { aBrowser, type Browser } from './browser.js'

export const asPage = { accept: 'text/html' }

/** A browser at the console of a Rockpool, as far as pages and forms go. */
export function atConsole({ baseUrl }: Pick<Rockpool, 'baseUrl'>, browser: Browser = aBrowser()) {
  const url = (path: string) => `${baseUrl}/_rockpool${path}`
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await browser.get(url(path), { ...asPage, ...headers })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const tokenOf = (text: string) => /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
  return {
    browser,
    url,
    open,
    /** Sends a form of a page, and opens what it leads to. */
    async send(from: string, action: string, form: Record<string, string> = {}) {
      const _csrf = tokenOf((await open(from)).text)
      const answer = await browser.post(url(action), { _csrf, ...form }, asPage)
      const location = answer.headers.get('location')
      if (location === null) return { status: answer.status, text: await answer.text(), location }
      const next = await browser.get(new URL(location, baseUrl).href, asPage)
      return { status: answer.status, text: await next.text(), location }
    },
  }
}
