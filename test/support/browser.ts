/** A browser as far as redirects and cookies go: it keeps cookies per host and path, and follows what it is told to. */
export interface Browser {
  /** Asks for a page, with the cookies that belong there; redirects are not followed. */
  get(url: string, headers?: Record<string, string>): Promise<Response>
  /** Posts a form, with the cookies that belong there; redirects are not followed. */
  post(
    url: string,
    form: Record<string, string> | URLSearchParams,
    headers?: Record<string, string>,
  ): Promise<Response>
  /** Follows redirects until one leads to an address that begins with `end`, or a page is shown. */
  follow(url: string, end: string): Promise<Arrival>
  /** Cookies as `name=value`, to look at or to lose. */
  readonly cookies: Map<string, Cookie>
}

interface Cookie {
  readonly host: string
  readonly path: string
  readonly name: string
  readonly value: string
}

export interface Arrival {
  /** The last address: the one with `end`, which was not asked for, or that of the page. */
  readonly url: URL
  /** Every address on the way. */
  readonly way: readonly URL[]
  /** The page; undefined when the end was reached. */
  readonly page?: { readonly status: number; readonly text: string }
}

export function aBrowser(ask: typeof fetch = fetch): Browser {
  const cookies = new Map<string, Cookie>()

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const { hostname, pathname } = new URL(url)
    const cookie = [...cookies.values()]
      .filter(({ host, path }) => host === hostname && `${pathname}/`.startsWith(path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const headers = new Headers(init.headers)
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await ask(url, { ...init, redirect: 'manual', headers })
    for (const set of response.headers.getSetCookie()) keep(hostname, set)
    return response
  }
  const get = (url: string, headers = {}) => send(url, { headers })
  const post = (url: string, form: Record<string, string> | URLSearchParams, headers = {}) =>
    send(url, { method: 'POST', body: new URLSearchParams(form), headers })

  function keep(host: string, set: string): void {
    const [pair = '', ...attributes] = set.split(/; */)
    const mark = pair.indexOf('=')
    const [name, value] = [pair.slice(0, mark), pair.slice(mark + 1)]
    const path = attributes.find(text => /^path=/i.test(text))?.slice(5) ?? '/'
    const key = `${host} ${path} ${name}`
    if (value === '' || attributes.some(text => /^max-age=0$/i.test(text))) cookies.delete(key)
    else cookies.set(key, { host, path, name, value })
  }

  async function follow(url: string, end: string): Promise<Arrival> {
    const way = [new URL(url)]
    for (let next = url; ; ) {
      if (next.startsWith(end)) return { url: new URL(next), way }
      const response = await get(next)
      const location = response.headers.get('location')
      if (location === null)
        return {
          url: new URL(next),
          way,
          page: { status: response.status, text: await response.text() },
        }
      next = new URL(location, next).href
      way.push(new URL(next))
      if (way.length > 20) throw new Error(`no end in sight: ${way.map(String).join('\n')}`)
    }
  }

  return { get, post, follow, cookies }
}
