import type { Fetch } from '../../http/own-origin-fetch.js'
import { Unmet } from '../unmet.js'

/** A browser as far as redirects, cookies and forms go. It shows nothing and runs no scripts. */
export interface Browser {
  /** Opens an address, and follows redirects until a page is shown or one leads to an address that begins with `end`. */
  open(url: string, end: string): Promise<Arrival>
  /** Submits a form of a page, likewise. */
  submit(page: Page, form: Form, values: Readonly<Record<string, string>>, end: string): Promise<Arrival>
}

/** Either the end, which is not asked for, or a page on the way. */
export type Arrival =
  | { readonly end: URL; readonly page?: undefined }
  | { readonly page: Page; readonly end?: undefined }

export interface Page {
  readonly url: URL
  readonly status: number
  readonly html: string
}

export interface Form {
  readonly name: string
  readonly action: string
  /** What the form would send if the user typed nothing. */
  readonly values: Readonly<Record<string, string>>
  /** The names of its fields, hidden ones among them. */
  readonly fields: readonly string[]
  /** Its buttons that send a value. */
  readonly buttons: readonly { readonly name: string; readonly value: string }[]
}

interface Cookie {
  readonly host: string
  readonly path: string
  readonly name: string
  readonly value: string
}

/** Redirects in a row after which the browser gives up. */
const patience = 20

export function headlessBrowser(fetch: Fetch): Browser {
  const cookies = new Map<string, Cookie>()

  async function arrive(url: string, init: RequestInit, end: string): Promise<Arrival> {
    let [next, how] = [url, init]
    for (let hop = 0; hop < patience; hop++) {
      if (isAt(next, end)) return { end: new URL(next) }
      const answer = await fetch(next, { ...how, redirect: 'manual', headers: headersFor(next, how) })
      const at = new URL(next)
      for (const cookie of answer.headers.getSetCookie()) keep(at, cookie)
      const location = answer.headers.get('location')
      if (location === null || answer.status < 300 || answer.status >= 400)
        return { page: { url: at, status: answer.status, html: await answer.text() } }
      next = new URL(location, next).href
      // Only 307 and 308 keep the method and the form (RFC 9110 §15.4).
      if (answer.status !== 307 && answer.status !== 308) how = {}
    }
    throw new Unmet(`There were more than ${patience} redirects in a row, the last to ${next}.`)
  }

  function headersFor(url: string, { headers }: RequestInit): Headers {
    const { hostname, pathname } = new URL(url)
    const mine = [...cookies.values()].filter(
      ({ host, path }) => host === hostname && `${pathname}/`.startsWith(path.replace(/\/?$/, '/')),
    )
    const all = new Headers(headers)
    all.set('accept', 'text/html')
    if (mine.length > 0) all.set('cookie', mine.map(({ name, value }) => `${name}=${value}`).join('; '))
    return all
  }

  function keep({ hostname: host }: URL, set: string): void {
    const [pair = '', ...attributes] = set.split(/; */)
    const mark = pair.indexOf('=')
    const [name, value] = [pair.slice(0, mark), pair.slice(mark + 1)]
    const path = attributes.find(text => /^path=/i.test(text))?.slice(5) ?? '/'
    const key = `${host} ${path} ${name}`
    if (value === '' || attributes.some(text => /^max-age=0$/i.test(text))) cookies.delete(key)
    else cookies.set(key, { host, path, name, value })
  }

  return {
    open: (url, end) => arrive(url, {}, end),
    submit: ({ url }, { action, values }, typed, end) =>
      arrive(
        new URL(action, url).href,
        { method: 'POST', body: new URLSearchParams({ ...values, ...typed }) },
        end,
      ),
  }
}

/** Whether an address is the end: the same but for a query or a fragment of its own. */
const isAt = (url: string, end: string): boolean =>
  url.startsWith(end) &&
  (url.length === end.length || /[?&#]/.test(url.charAt(end.length)) || end.includes('?'))

/** The forms of a page, in their order. */
export function formsOf({ html }: Page): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head = '', body = '']) => {
    const named = namedIn(body, /<input\b(?![^>]*type="checkbox")([^>]*)>/g)
    // A list of ours that is left alone sends nothing that counts.
    const lists = namedIn(body, /<select\b([^>]*)>/g)
    return {
      name: attributeOf(head, 'name') ?? '',
      action: attributeOf(head, 'action') ?? '',
      values: Object.fromEntries(named.map(({ name, value }) => [name, value])),
      fields: [...named, ...lists].map(({ name }) => name),
      buttons: namedIn(body, /<button\b([^>]*)>/g),
    }
  })
}

/** The names and values of the elements that a pattern finds. */
const namedIn = (body: string, element: RegExp) =>
  [...body.matchAll(element)].flatMap(([, attributes = '']) => {
    const name = attributeOf(attributes, 'name')
    return name === undefined ? [] : [{ name, value: attributeOf(attributes, 'value') ?? '' }]
  })

/** What a page says that refuses something; undefined when it refuses nothing. */
export function refusalOn({ html }: Page): string | undefined {
  const start = html.search(/<(?:div|p)\b[^>]*role="alert"(?![^>]*\bhidden\b)/)
  if (start < 0) return undefined
  const [alert = ''] = html.slice(start).split(/<form\b|<\/main>/)
  return unescaped(
    alert
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
}

const attributeOf = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : unescaped(value)
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
}
const unescaped = (text: string): string =>
  text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
