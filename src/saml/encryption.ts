/// <reference path="./xml-encryption.d.ts" />
import { createPublicKey, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { decrypt, encrypt } from 'xml-encryption'
import { ns } from './names.js'
import { pemOf } from './signature.js'
import { onlyChild } from './xml.js'

/** Encrypted assertions (SAML Core §6; XML Encryption 1.1). */

const decryptText = promisify(decrypt)
const encryptText = promisify(encrypt)

/** How the content of an assertion may be encrypted. */
export const contentCiphers = {
  'aes128-cbc': 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'aes256-cbc': 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'aes128-gcm': 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'aes256-gcm': 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
} as const

export type ContentCipher = keyof typeof contentCiphers

/** An assertion that cannot be decrypted. The message is the end of a sentence: “it …”. */
export class NotDecrypted extends Error {
  override readonly name = 'NotDecrypted'
}

/**
 * The text of the assertion inside an `EncryptedAssertion`. CBC is taken, because most identity providers send it; what it
 * lacks, the signature has. RSA 1.5 is not.
 * @param privateKey PKCS #8 in base64 of DER
 * @throws NotDecrypted
 */
export async function decryptedAssertion(encrypted: Element, privateKey: string): Promise<string> {
  const data = onlyChild(encrypted, ns.encryption, 'EncryptedData')
  if (data === undefined) throw new NotDecrypted('has no EncryptedData')
  if (String(encrypted).includes('xmlenc#rsa-1_5'))
    throw new NotDecrypted('encrypts its key by rsa-1_5, which is broken')
  const key = `-----BEGIN PRIVATE KEY-----\n${privateKey}\n-----END PRIVATE KEY-----\n`
  try {
    const text = await decryptText(String(encrypted), {
      key,
      disallowDecryptionWithInsecureAlgorithm: false,
      warnInsecureAlgorithm: false,
    })
    if (typeof text !== 'string') throw new Error('wrong padding')
    return text
  } catch (error) {
    throw new NotDecrypted(`cannot be decrypted (${error instanceof Error ? error.message : error})`)
  }
}

/** An assertion, encrypted to the holder of a certificate, as `EncryptedAssertion`. */
export async function encryptedAssertion(
  assertion: string,
  { certificate, cipher = 'aes256-cbc' }: { readonly certificate: string; readonly cipher?: ContentCipher },
): Promise<string> {
  const pem = pemOf(certificate)
  const data = await encryptText(assertion, {
    rsa_pub: createPublicKey(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' }))
      .export({ type: 'spki', format: 'pem' })
      .toString(),
    pem,
    encryptionAlgorithm: contentCiphers[cipher],
    keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    disallowEncryptionWithInsecureAlgorithm: false,
    warnInsecureAlgorithm: false,
  })
  return `<saml2:EncryptedAssertion xmlns:saml2="${ns.assertion}">${data}</saml2:EncryptedAssertion>`
}
