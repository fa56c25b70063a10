import { existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'

/**
 * The addresses, or networks, that requests from the machine around a container come from, when they come by a published
 * port: the gateway of the container's network, and what Docker Desktop puts in its place. Outside of Docker and Podman, none:
 * a gateway is then somebody's router, and in Kubernetes everybody who comes by a node.
 */
export function surroundingMachine(root = ''): string[] {
  const isContainer = ['/.dockerenv', '/run/.containerenv'].some(file => existsSync(`${root}${file}`))
  if (!isContainer) return []
  const isDesktop = /linuxkit|microsoft/i.test(release())
  return [
    ...gateways(read(`${root}/proc/net/route`)),
    ...gateways6(read(`${root}/proc/net/ipv6_route`)),
    ...(isDesktop ? ['192.168.65.0/24'] : []),
  ]
}

/** The default gateways in the kernel's IPv4 table: destination, gateway and mask are little-endian hexadecimal numbers. */
const gateways = (table: string): string[] =>
  rowsOf(table).flatMap(([, destination, gateway = '', , , , , mask]) =>
    destination === none && mask === none && gateway !== none && /^[0-9a-f]{8}$/i.test(gateway)
      ? [[...Buffer.from(gateway, 'hex')].reverse().join('.')]
      : [],
  )

/** The same of the IPv6 table: destination and next hop are 32 hexadecimal digits. */
const gateways6 = (table: string): string[] =>
  rowsOf(table).flatMap(([destination, prefix, , , hop = '']) =>
    destination === none6 && prefix === '00' && hop !== none6 && /^[0-9a-f]{32}$/i.test(hop)
      ? [(hop.match(/.{4}/g) ?? []).join(':')]
      : [],
  )

const none = '00000000'
const none6 = none.repeat(4)

const rowsOf = (table: string): string[][] => table.split('\n').map(line => line.trim().split(/\s+/))

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
