import { BlockList, isIP } from 'node:net'

/** Whether an address is in one of some ranges, each written as an address (`192.0.2.7`) or with a prefix (`192.0.2.0/24`). */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const version = isIP(address)
  if (version === 0) return false
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', prefix] = range.split('/')
    const of = isIP(net)
    if (of !== version) continue
    const most = of === 4 ? 32 : 128
    const bits = prefix === undefined ? most : Number(prefix)
    if (Number.isInteger(bits) && bits >= 0 && bits <= most) list.addSubnet(net, bits, familyOf(of))
  }
  return list.check(address, familyOf(version))
}

/** Whether a text names a range of addresses, as the above reads it. */
export const isRange = (text: string): boolean => {
  const [net = '', prefix, ...more] = text.split('/')
  const version = isIP(net)
  if (version === 0 || more.length > 0) return false
  return prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

const familyOf = (version: number): 'ipv4' | 'ipv6' => (version === 4 ? 'ipv4' : 'ipv6')
