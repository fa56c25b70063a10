import type { Ports } from '../core/ports/ports.js'
import { type Collection, insert } from '../core/ports/store.js'
import type { SigningCertificate } from '../tls/signing-certificate.js'

/** The key by which a pool signs SAML requests, and the certificate that identity providers know it by. Key: the pool's id. */
export const samlSigning: Collection<SigningCertificate> = { name: 'saml-signing', indexes: {} }

/** Years that the certificate is good for (user-pools-api.md §2.4). */
const years = 10

/** The pool's key and certificate; made, and kept, when they are first asked for. */
export async function samlSigningOf(
  ports: Pick<Ports, 'store' | 'clock' | 'chance'>,
  poolId: string,
): Promise<SigningCertificate> {
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
