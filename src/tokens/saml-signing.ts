import { samlSigning } from '../core/collections.js'
import type { SamlSigning } from '../core/pool-keys.js'
import type { Ports } from '../core/ports/ports.js'
import { insert } from '../core/ports/store.js'

/** Years that the certificate is good for (docs/facts/user-pools-api.md §2.4). */
const years = 10

/** The pool's key and certificate; made, and kept, when they are first asked for. */
export async function samlSigningOf(
  ports: Pick<Ports, 'store' | 'clock' | 'chance'>,
  poolId: string,
): Promise<SamlSigning> {
  const { store, clock, chance } = ports
  const kept = await store.get(samlSigning, poolId)
  if (kept !== undefined) return kept.record
  const { newSigningCertificate } = await import('../tls/signing-certificate.js')
  const made = await newSigningCertificate({
    name: poolId,
    serialNumber: chance.bytes(16),
    notBefore: new Date(clock.now()),
    years,
  })
  // Who was faster has made the pool's.
  return (await store.commit(insert(samlSigning, poolId, made))) ? made : samlSigningOf(ports, poolId)
}
