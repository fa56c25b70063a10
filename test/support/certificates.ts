import { createPrivateKey } from 'node:crypto'
import {
  type CertificateContent,
  type SigningCertificate,
  signingCertificateFor,
} from '../../src/tls/signing-certificate.js'
import { signingKeys } from './keys.js'

/** A certificate, of a key that no other of the same file has: one that was made before, which is faster than a new one. */
export async function aCertificate(content: CertificateContent): Promise<SigningCertificate> {
  const { IdToken } = await signingKeys()
  return signingCertificateFor(createPrivateKey(IdToken), content)
}
