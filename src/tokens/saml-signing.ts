import { samlSigning } from '../core/collections.js'
import type { IdentityProvider } from '../core/identity-provider.js'
import type { SamlSigning } from '../core/pool-keys.js'
import type { Ports } from '../core/ports/ports.js'
import { insert, keyOf } from '../core/ports/store.js'

/** Years that the certificate is good for (docs/facts/user-pools-api.md §2.4). */
const years = 10

/**
 * A key and its certificate; made, and kept, when they are first asked for.
 * @param key what they are kept under: the pool's id, or the key of a provider to which assertions are encrypted
 * @param name the common name of the certificate
 */
export async function samlSigningOf(
  ports: Pick<Ports, 'store' | 'clock' | 'chance'>,
  key: string,
  name = key,
): Promise<SamlSigning> {
  const { store, clock, chance } = ports
  const kept = await store.get(samlSigning, key)
  if (kept !== undefined) return kept.record
  const { newSigningCertificate } = await import('../tls/signing-certificate.js')
  const made = await newSigningCertificate({
    name,
    serialNumber: chance.bytes(16),
    notBefore: new Date(clock.now()),
    years,
  })
  // Another process may have been faster.
  return (await store.commit(insert(samlSigning, key, made))) ? made : samlSigningOf(ports, key, name)
}

/** The key that a provider's assertions are encrypted to: each provider has its own (docs/facts/saml-and-social.md §1.4). */
export const samlEncryptionOf = (
  ports: Pick<Ports, 'store' | 'clock' | 'chance'>,
  { poolId, name }: Pick<IdentityProvider, 'poolId' | 'name'>,
): Promise<SamlSigning> => samlSigningOf(ports, keyOf(poolId, name), poolId)
