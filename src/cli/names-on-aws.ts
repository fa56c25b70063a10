import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'

/** A host name that a pool has on AWS, and where it leads from here. */
export interface NameOnAws {
  readonly name: string
  readonly leadsHere: boolean
  /** An address that the name leads to; undefined when it leads nowhere, or the name server did not answer in time. */
  readonly found?: string
}

/** Milliseconds that the start waits for name servers. */
const patience = 1500

/** Looks up the host names of issuers and domains. An answer that takes longer than `patience` counts as none. */
export async function lookUpNames(
  pools: readonly { readonly issuer: string; readonly domainUrl?: string }[],
  resolve: (name: string) => Promise<readonly LookupAddress[]> = name => lookup(name, { all: true }),
): Promise<NameOnAws[]> {
  const urls = pools.flatMap(({ issuer, domainUrl }) => [
    issuer,
    ...(domainUrl === undefined ? [] : [domainUrl]),
  ])
  const names = [...new Set(urls.map(url => new URL(url).hostname))]
  const ours = addressesOfThisMachine()
  return Promise.all(
    names.map(async name => {
      const addresses = await Promise.race([
        resolve(name).catch(() => []),
        wait(patience, [], { ref: false }),
      ])
      const stranger = addresses.find(({ address }) => !ours(address))
      const found = stranger ?? addresses[0]
      return {
        name,
        leadsHere: addresses.length > 0 && stranger === undefined,
        ...(found === undefined ? {} : { found: found.address }),
      }
    }),
  )
}

function addressesOfThisMachine(): (address: string) => boolean {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap(each => each?.map(({ address }) => address) ?? []),
  )
  return address => own.has(address) || address.startsWith('127.') || address === '::1'
}
