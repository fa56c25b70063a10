import type { IdentityProvider, KeptMetadata } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { decryptedAssertion, NotDecrypted } from '../../saml/encryption.js'
import { ns, statusSuccess } from '../../saml/names.js'
import { checkSignature } from '../../saml/signature.js'
import { attributeOf, childrenOf, NotXml, onlyChild, parseXml, textOf } from '../../saml/xml.js'
import { type Expected, ensureFits } from './conditions.js'
import * as refusals from './refusals.js'

/**
 * Proves the response of an identity provider (docs/facts/saml-and-social.md §2.5). Whatever is read of it after the
 * signature was checked is read from the bytes that the signature covers.
 */

/** Characters that a response may have in base64 (fact S58). */
const longest = 100_000

/** The assertion of a response, once everything about it is right. @throws Refusal */
export async function provenAssertion(given: string | undefined, expected: Expected): Promise<Element> {
  const { provider, metadata } = expected
  ensure(given, () => refusals.responseMissing(provider))
  ensure(given.length <= longest, () => refusals.responseTooLong(provider, given.length))
  const xml = Buffer.from(given, 'base64').toString('utf8')
  const sent = parsed(provider, xml)
  ensure(sent.localName === 'Response' && sent.namespaceURI === ns.protocol, () =>
    refusals.malformed(provider, `is a ${sent.localName}, not a Response of SAML 2.0`),
  )
  const read = checked(provider, { xml, element: sent, what: 'response' }, metadata)
  ensureSuccess(provider, read.element)
  const assertion = await onlyAssertion(read, expected)
  ensureFits(read.element, assertion, expected)
  return assertion
}

function parsed(provider: IdentityProvider, xml: string): Element {
  try {
    return parseXml(xml)
  } catch (error) {
    if (error instanceof NotXml) throw refusals.malformed(provider, error.message)
    throw error
  }
}

/** An element, and the document that it is in. */
interface Read {
  readonly element: Element
  readonly xml: string
  readonly isSigned: boolean
}

/** The element as it was signed; as it came, where nobody signed it. A signature that is wrong is worse than none. */
function checked(
  provider: IdentityProvider,
  { element, xml, what }: Omit<Read, 'isSigned'> & { readonly what: string },
  { certificates }: KeptMetadata,
): Read {
  const result = checkSignature(xml, element, certificates)
  if (result.outcome === 'wrong') throw refusals.badSignature(provider, what, result.why)
  return result.outcome === 'signed'
    ? { element: result.element, xml: result.xml, isSigned: true }
    : { element, xml, isSigned: false }
}

function ensureSuccess(provider: IdentityProvider, response: Element): void {
  const status = onlyChild(response, ns.protocol, 'Status')
  const code = onlyChild(status, ns.protocol, 'StatusCode')
  const value = attributeOf(code, 'Value') ?? 'none'
  const inner = attributeOf(onlyChild(code, ns.protocol, 'StatusCode'), 'Value')
  const words = [value, inner].flatMap(one => one?.split(':').at(-1) ?? []).join(', ')
  ensure(value === statusSuccess, () =>
    refusals.notSuccessful(provider, words, textOf(onlyChild(status, ns.protocol, 'StatusMessage'))),
  )
}

/** The one assertion, decrypted where it is encrypted, and covered by a signature: its own, or the response's. */
async function onlyAssertion(
  { element: response, xml, isSigned }: Read,
  { provider, metadata, decryptionKey }: Expected,
): Promise<Element> {
  const clear = childrenOf(response, ns.assertion, 'Assertion')
  const encrypted = childrenOf(response, ns.assertion, 'EncryptedAssertion')
  ensure(clear.length + encrypted.length === 1, () =>
    refusals.malformed(provider, `has ${clear.length + encrypted.length} assertions, where one is taken`),
  )
  const wantsEncrypted = provider.details.EncryptedResponses === 'true'
  ensure(wantsEncrypted || encrypted.length === 0, () => refusals.encryptedUnasked(provider))
  ensure(!wantsEncrypted || clear.length === 0, () => refusals.notEncrypted(provider))
  const [sealed] = encrypted
  const text = sealed === undefined ? xml : await decrypted(provider, sealed, await decryptionKey())
  const sent = sealed === undefined ? clear[0] : parsed(provider, text)
  ensure(sent?.localName === 'Assertion' && sent.namespaceURI === ns.assertion, () =>
    refusals.malformed(provider, 'encrypts something that is no assertion'),
  )
  const assertion = checked(provider, { xml: text, element: sent, what: 'assertion' }, metadata)
  ensure(isSigned || assertion.isSigned, () => refusals.unsigned(provider))
  return assertion.element
}

async function decrypted(provider: IdentityProvider, sealed: Element, key: string): Promise<string> {
  try {
    return await decryptedAssertion(sealed, key)
  } catch (error) {
    if (error instanceof NotDecrypted) throw refusals.notDecrypted(provider, error.message)
    throw error
  }
}
