import { samlSigning } from '../../core/collections.js'
import type { SamlSigning } from '../../core/pool-keys.js'
import { insert } from '../../core/ports/store.js'
import type { Service } from '../../flows/service.js'

/** Which of a provider's keys and certificates. */
export type SigningPair = 'published' | 'expired' | 'foreign' | 'rotated'

/** Years that a certificate is good for; and milliseconds before now from which one has ended. */
const years = 10
const longAgo = 11 * 366 * 86_400_000

/**
 * The keys of a provider: the one that its metadata publish, the same with a certificate that has ended, and others that
 * nobody knows, or not yet. They are made like those of a pool, and kept.
 */
export async function signingPairOf(
  service: Service,
  name: string,
  which: SigningPair,
): Promise<SamlSigning> {
  const { store, keys, clock, chance } = service
  const at = `zoo:${name}:${which}`
  const kept = await store.get(samlSigning, at)
  if (kept !== undefined) return kept.record
  const { signingCertificateFor } = await import('../../tls/signing-certificate.js')
  // No pool has an id like this.
  const { idToken, accessToken } = await keys.of(`zoo:${name}`)
  const isOther = which === 'foreign' || which === 'rotated'
  const made = await signingCertificateFor((isOther ? accessToken : idToken).privateKey, {
    name,
    serialNumber: chance.bytes(16),
    notBefore: new Date(clock.now() - (which === 'expired' ? longAgo : 0)),
    years,
  })
  return (await store.commit(insert(samlSigning, at, made))) ? made : signingPairOf(service, name, which)
}
