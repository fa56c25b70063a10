import { parseUrl } from '../lib/url.js'

/** What is wrong with values of options, as the end of a sentence that begins with the value. */

/** An empty value is a value: `--parameter Group=`. */
export function assignmentObjection(value: string): string | undefined {
  return /^[^=]+=/.test(value) ? undefined : 'is not a name, an equals sign and a value'
}

export function baseUrlObjection(value: string): string | undefined {
  const url = parseUrl(value)
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'is not an http or https URL'
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
    ? undefined
    : 'must be a scheme, a host and a port, nothing else'
}

/** The address to listen on: a name or an address, IPv6 without brackets. */
export function hostObjection(value: string): string | undefined {
  if (/^\[.*\]$/.test(value)) return 'is an address of IPv6 in brackets: write it without them, such as ::1'
  return /^[\w.:-]+$/.test(value) ? undefined : 'is not an address, such as 127.0.0.1'
}
