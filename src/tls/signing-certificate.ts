// The library asks for it at its import.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

/** A key that signs, and the certificate that others know it by, both in base64 of DER. */
export interface SigningCertificate {
  /** PKCS #8. */
  readonly privateKey: string
  /** X.509. */
  readonly certificate: string
}

/** A new RSA key with a certificate that it has signed itself. */
export async function newSigningCertificate({
  name,
  serialNumber,
  notBefore,
  years,
}: {
  /** The common name. */
  readonly name: string
  /** 16 bytes that no other certificate has. */
  readonly serialNumber: Buffer
  readonly notBefore: Date
  readonly years: number
}): Promise<SigningCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
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
