import { lookup } from 'node:dns/promises'
import type { NameAnswer } from '../core/rules/doctor/surroundings.js'

/** Tells where host names lead from here: hosts file and name servers, as every other program of this machine sees them. */
export const leadsHere =
  (isThisMachine: (address: string) => boolean) =>
  async (name: string): Promise<NameAnswer> => {
    const found = await lookup(name, { all: true }).catch(() => [])
    const addresses = found.map(({ address }) => address)
    return { addresses, isHere: addresses.length > 0 && addresses.every(isThisMachine) }
  }
