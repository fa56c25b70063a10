// The library asks for it at its import.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

/** Certificates as clients want them: ECDSA on P-256, X.509 version 3 (RFC 5280). */

/** A certificate and its private key, as PEM. */
export interface Certified {
  readonly certificate: string
  readonly key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 24 * 60 * 60 * 1000

/** Clients allow a certificate no more than 398 days, unless it is an authority's. */
const leafDays = 397
const authorityDays = 3650

/** Some clocks are late, and some were set back. */
const backdated = 2 * day

/** A private key for an authority, as PKCS #8 in PEM. */
export async function newKey(): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return pemOf(privateKey)
}

/**
 * The certificate of the authority with this key. Made again from the same key it serves as well: what the authority
 * has signed is checked against its name and key, and both stay.
 */
export async function authorityCertificate(keyPem: string, now: number): Promise<string> {
  const keys = await keyPair(keyPem)
  const identifier = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)
  const name = `O=Rockpool, CN=Rockpool development CA ${identifier.keyId.slice(0, 8)}`
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    notBefore: new Date(now - backdated),
    notAfter: new Date(now + authorityDays * day),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      identifier,
    ],
  })
  return `${certificate.toString('pem')}\n`
}

/** A certificate for a server with these names (and addresses), signed by an authority. */
export async function serverCertificate(
  authority: Certified,
  names: readonly string[],
  now: number,
): Promise<Certified> {
  const issuer = new x509.X509Certificate(authority.certificate)
  const [signer, keys] = await Promise.all([
    keyPair(authority.key),
    webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
  ])
  const certificate = await x509.X509CertificateGenerator.create({
    // A common name may have 64 characters; clients read the alternative names.
    subject: `O=Rockpool, CN=${(names[0] ?? '').slice(0, 64)}`,
    issuer: issuer.subjectName.toString(),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    notBefore: new Date(now - backdated),
    notAfter: new Date(now - backdated + leafDays * day),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(value => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { certificate: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) }
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

async function keyPair(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem)
  const inside = key.export({ type: 'pkcs8', format: 'der' })
  const outside = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', inside, algorithm, true, ['sign']),
    webcrypto.subtle.importKey('spki', outside, algorithm, true, ['verify']),
  ])
  return { privateKey, publicKey }
}
