import { createPrivateKey, sign, verify, X509Certificate } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { rsaSha256 } from './names.js'
import { pemOf } from './signature.js'

/** Messages in the query of a redirect (SAML Bindings §3.4): deflated, in base64, signed over the query as it is sent. */

export type MessageParameter = 'SAMLRequest' | 'SAMLResponse'

/**
 * The address that brings a message to an identity provider. What the address asks for already is kept.
 * @param privateKey PKCS #8 in base64 of DER; without it the message is not signed
 */
export function redirectUrl(
  to: string,
  parameter: MessageParameter,
  { xml, relayState }: { readonly xml: string; readonly relayState: string },
  privateKey?: string,
): string {
  const parts = [
    [parameter, deflateRawSync(xml).toString('base64')],
    ['RelayState', relayState],
    ...(privateKey === undefined ? [] : [['SigAlg', rsaSha256]]),
  ]
  const query = parts.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')
  const signature =
    privateKey === undefined ? '' : `&Signature=${encodeURIComponent(signatureOf(query, privateKey))}`
  return `${to}${to.includes('?') ? '&' : '?'}${query}${signature}`
}

const signatureOf = (query: string, privateKey: string): string =>
  sign(
    'sha256',
    Buffer.from(query),
    createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' }),
  ).toString('base64')

/** Characters that a message may have once it is inflated. */
const longest = 200_000

/** The XML of a message from a query; undefined where the parameter is none. */
export function inflated(parameter: string): string | undefined {
  try {
    return inflateRawSync(Buffer.from(parameter, 'base64'), { maxOutputLength: longest }).toString()
  } catch {
    return undefined
  }
}

/**
 * Whether the query of a request was signed with the key of the certificate: over the raw text, since some write their
 * escapes in lower case.
 * @param query without its question mark
 */
export function isSignedQuery(query: string, parameter: MessageParameter, certificate: string): boolean {
  const raw = new Map(query.split('&').map(pair => [pair.slice(0, pair.indexOf('=')), pair]))
  const signature = raw.get('Signature')
  if (signature === undefined || raw.get('SigAlg') === undefined) return false
  if (decodeURIComponent(raw.get('SigAlg')?.slice('SigAlg='.length) ?? '') !== rsaSha256) return false
  const covered = [parameter, 'RelayState', 'SigAlg'].flatMap(name => raw.get(name) ?? []).join('&')
  return verify(
    'sha256',
    Buffer.from(covered),
    new X509Certificate(pemOf(certificate)).publicKey,
    Buffer.from(decodeURIComponent(signature.slice('Signature='.length)), 'base64'),
  )
}
