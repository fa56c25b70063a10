/**
 * Adds query parameters to a URL given as text, leaving every ASCII character of it as it was registered: an app
 * compares its callback as text. Parameters with the value undefined are left out; spaces become `+`.
 */
export function withQuery(url: string, parameters: Record<string, string | undefined>): string {
  const query = formEncode(parameters)
  return query === '' ? ascii(url) : `${ascii(url)}${url.includes('?') ? '&' : '?'}${query}`
}

/** Adds parameters as a fragment, as the implicit grant wants them (OAuth 2.0, RFC 6749 §4.2.2). */
export const withFragment = (url: string, parameters: Record<string, string | undefined>): string =>
  `${ascii(url)}#${formEncode(parameters)}`

/** The same URL for a header, which takes nothing beyond ASCII (and no line ends): what else there is, percent-encoded. */
const ascii = (url: string): string =>
  url.replace(/[^\x21-\x7e]+/g, text => encodeURIComponent(Buffer.from(text).toString()))

/** `application/x-www-form-urlencoded` text of the parameters that have a value. */
export function formEncode(parameters: Record<string, string | undefined>): string {
  const encoded = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) encoded.append(name, value)
  return encoded.toString()
}

/** Whether a text is an http or https URL that can be asked as it stands. */
export const isWebUrl = (text: string): boolean => /^https?:$/.test(parseUrl(text)?.protocol ?? '')

/**
 * The public base URL, parsed. Every request asks for it, and it is hardly ever another: the last one is remembered. It is not
 * to be changed.
 */
export function baseOf(base: string): Readonly<URL> {
  if (lastBase?.text !== base) lastBase = { text: base, url: new URL(base) }
  return lastBase.url
}
let lastBase: { readonly text: string; readonly url: URL } | undefined

/**
 * Parses a URL, relative to `base` if given; undefined when it is none. Text with line ends, other control characters, or
 * spaces around it is none: the parser of the platform takes them away, and code that goes on with the text still has them.
 * (Node 20.19 has `URL.parse`, its types do not.)
 */
export function parseUrl(text: string, base?: URL): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f]|^ | $/.test(text)) return undefined
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

/** The address of a database as it may be shown. */
export function withoutPassword(url: string): string {
  const shown = parseUrl(url)
  if (shown === undefined) return 'given with --data'
  if (shown.password !== '') shown.password = '***'
  if (shown.searchParams.has('password')) shown.searchParams.set('password', '***')
  return shown.href
}
