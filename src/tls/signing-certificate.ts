// The library asks for it at its import.
import 'reflect-metadata'
import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A key that signs, and the certificate that others know it by, both in base64 of DER. */
export interface SigningCertificate {
  /** PKCS #8. */
  readonly privateKey: string
  /** X.509. */
  readonly certificate: string
}

export interface CertificateContent {
  /** The common name. */
  readonly name: string
  /** 16 bytes that no other certificate has. */
  readonly serialNumber: Buffer
  readonly notBefore: Date
  readonly years: number
}

/** A new RSA key with a certificate that it has signed itself. */
export async function newSigningCertificate(content: CertificateContent): Promise<SigningCertificate> {
  return certified(await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']), content)
}

/** A certificate for an RSA key that exists, signed by it. */
export async function signingCertificateFor(
  key: KeyObject,
  content: CertificateContent,
): Promise<SigningCertificate> {
  const { subtle } = webcrypto
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, true, ['sign']),
    subtle.importKey('spki', spki, algorithm, true, ['verify']),
  ])
  return certified({ privateKey, publicKey }, content)
}

async function certified(
  keys: webcrypto.CryptoKeyPair,
  { name, serialNumber, notBefore, years }: CertificateContent,
): Promise<SigningCertificate> {
  const notAfter = new Date(notBefore)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A serial number is positive (RFC 5280 §4.1.2.2).
    serialNumber: Buffer.concat([Buffer.of(1), serialNumber]).toString('hex'),
    name: `CN=${name}`,
    keys,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
  })
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { privateKey: inBase64(privateKey), certificate: inBase64(certificate.rawData) }
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
}

const inBase64 = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('base64')
