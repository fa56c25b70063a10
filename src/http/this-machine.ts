import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * Tells whether an address is this machine's: loopback, one of its own, or one of `more`, which are addresses or networks
 * (`192.168.65.0/24`). Its own are asked for anew at each strange address, since networks come and go.
 */
export function thisMachine(more: readonly string[]): (address: string) => boolean {
  const fixed = new BlockList()
  for (const entry of ['127.0.0.0/8', '::1', ...more]) add(fixed, entry)
  return address => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
    return has(fixed, plain) || ownAddresses().includes(plain)
  }
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((interfaces = []) => interfaces.map(({ address }) => address))

function add(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  if (prefix === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(prefix), family)
}

const has = (list: BlockList, address: string): boolean =>
  isIPv4(address) ? list.check(address) : isIPv6(address) && list.check(address, 'ipv6')
