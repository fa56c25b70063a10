import { webcrypto } from 'node:crypto'
import type { Ports } from '../core/ports/ports.js'
import { type Collection, insert } from '../core/ports/store.js'

/** The key by which a pool signs SAML requests, and the certificate that identity providers know it by. Key: the pool's id. */
export interface SamlSigning {
  /** PKCS #8, in base64. */
  readonly privateKey: string
  /** X.509, DER in base64. */
  readonly certificate: string
}

export const samlSigning: Collection<SamlSigning> = { name: 'saml-signing', indexes: {} }

/** The pool's key and certificate; made, and kept, when they are first asked for. */
export async function samlSigningOf(
  ports: Pick<Ports, 'store' | 'clock' | 'chance'>,
  poolId: string,
): Promise<SamlSigning> {
  const { store } = ports
  const kept = await store.get(samlSigning, poolId)
  if (kept !== undefined) return kept.record
  const made = await newSigning(ports, poolId)
  // Who was faster has made the pool's.
  return (await store.commit(insert(samlSigning, poolId, made))) ? made : samlSigningOf(ports, poolId)
}

/** Years (user-pools-api.md §2.4). */
const validFor = 10

async function newSigning(
  { clock, chance }: Pick<Ports, 'clock' | 'chance'>,
  poolId: string,
): Promise<SamlSigning> {
  // The library asks for it at its import.
  await import('reflect-metadata')
  const { X509CertificateGenerator } = await import('@peculiar/x509')
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const notBefore = new Date(clock.now())
  const notAfter = new Date(notBefore)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + validFor)
  const serial = chance.bytes(16)
  // A serial number is positive (RFC 5280 §4.1.2.2).
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial.toString('hex'),
    name: `CN=${poolId}`,
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
