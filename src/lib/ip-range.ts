import { parseUrl } from './url.js'

/** Whether an address is in one of some ranges, each written as an address (`192.0.2.7`) or with a prefix (`192.0.2.0/24`). */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const bits = bitsOf(address)
  return (
    bits !== undefined &&
    ranges.some(range => {
      const known = partsOf(range)
      return known?.net.length === bits.length && bits.startsWith(known.net.slice(0, known.prefix))
    })
  )
}

/** Whether a text names a range of addresses, as the above reads it. */
export const isRange = (text: string): boolean => partsOf(text) !== undefined

function partsOf(range: string): { readonly net: string; readonly prefix: number } | undefined {
  const [address = '', prefix, ...more] = range.split('/')
  const net = bitsOf(address)
  if (net === undefined || more.length > 0) return undefined
  if (prefix === undefined) return { net, prefix: net.length }
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= net.length
    ? { net, prefix: Number(prefix) }
    : undefined
}

/** The bits of an address: 32 of IPv4, 128 of IPv6 (RFC 4291 §2.2); undefined where it is none. */
function bitsOf(address: string): string | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) {
    const bytes = address.split('.').map(Number)
    return bytes.every(byte => byte < 256) ? binary(bytes, 8) : undefined
  }
  if (!/^[\da-f:.]+$/i.test(address)) return undefined
  // A URL has the one form of such an address in which only the longest row of zeros is left out.
  const whole = parseUrl(`http://[${address}]`)?.hostname.slice(1, -1)
  if (whole === undefined) return undefined
  const [head = [], tail = []] = whole.split('::').map(half => half.split(':').filter(Boolean))
  const zeros = Array<string>(8 - head.length - tail.length).fill('0')
  return binary(
    [...head, ...zeros, ...tail].map(group => Number.parseInt(group, 16)),
    16,
  )
}

const binary = (numbers: readonly number[], width: number): string =>
  numbers.map(number => number.toString(2).padStart(width, '0')).join('')
