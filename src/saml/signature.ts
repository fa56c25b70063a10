import { SignedXml } from 'xml-crypto'
import { ns, rsaSha256 } from './names.js'
import { attributeOf, childrenOf, onlyChild, parseXml } from './xml.js'

/**
 * Signatures of messages and assertions (SAML Core §5.4). What counts is what was signed: after the check the element is read
 * anew from the very bytes that the signature covers, and from nothing else.
 */

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** What identity providers sign with. SHA-1 still comes from old ones. */
const signatureAlgorithms: readonly string[] = [
  rsaSha256,
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
]
const digestAlgorithms: readonly string[] = [
  sha256,
  'http://www.w3.org/2001/04/xmlenc#sha512',
  'http://www.w3.org/2000/09/xmldsig#sha1',
]
const transforms: readonly string[] = [enveloped, exclusive, `${exclusive}WithComments`]

/** A certificate in base64 of DER, as PEM. */
export const pemOf = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${(certificate.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

const privatePem = (key: string): string =>
  `-----BEGIN PRIVATE KEY-----\n${(key.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`

export type Checked =
  /** Nobody has signed the element itself. */
  | { readonly outcome: 'unsigned' }
  /** `xml` is what was signed, and `element` is read from it. */
  | { readonly outcome: 'signed'; readonly element: Element; readonly xml: string }
  /** `why` is the end of a sentence: “the signature …”. */
  | { readonly outcome: 'wrong'; readonly why: string }

/**
 * Checks the signature that an element has as its own child.
 * @param xml the document that the element is in, as it came
 * @param certificates base64 of DER; any of them may have signed. A certificate in the message counts for nothing
 */
export function checkSignature(xml: string, element: Element, certificates: readonly string[]): Checked {
  const [signature, second] = childrenOf(element, ns.signature, 'Signature')
  if (signature === undefined) return { outcome: 'unsigned' }
  const wrong = (why: string): Checked => ({ outcome: 'wrong', why })
  if (second !== undefined) return wrong('is one of several')
  const id = attributeOf(element, 'ID')
  const malformed = malformation(signature, id)
  if (malformed !== undefined) return wrong(malformed)
  let trouble = 'fits no certificate of the metadata'
  for (const certificate of certificates) {
    const check = new SignedXml({
      publicCert: pemOf(certificate),
      getCertFromKeyInfo: () => null,
    })
    try {
      check.loadSignature(signature as never)
      if (!check.checkSignature(xml)) return wrong('does not cover the message as it is: it was changed')
      const [covered, ...more] = check.getSignedReferences()
      if (covered === undefined || more.length > 0) return wrong('covers something else')
      const read = parseXml(covered)
      const isSame =
        read.localName === element.localName &&
        read.namespaceURI === element.namespaceURI &&
        attributeOf(read, 'ID') === id
      return isSame ? { outcome: 'signed', element: read, xml: covered } : wrong('covers another element')
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (!error.message.startsWith('invalid signature')) trouble = `cannot be checked (${error.message})`
    }
  }
  return wrong(trouble)
}

/** What is wrong with the form of a signature, before anything is computed. */
function malformation(signature: Element, id: string | undefined): string | undefined {
  const info = onlyChild(signature, ns.signature, 'SignedInfo')
  const reference = onlyChild(info, ns.signature, 'Reference')
  if (info === undefined || reference === undefined) return 'has not one SignedInfo with one Reference'
  if (id === undefined || attributeOf(reference, 'URI') !== `#${id}`)
    return `refers to "${attributeOf(reference, 'URI') ?? ''}", not to the element that it is in`
  const used = {
    algorithm: attributeOf(onlyChild(info, ns.signature, 'SignatureMethod'), 'Algorithm'),
    digest: attributeOf(onlyChild(reference, ns.signature, 'DigestMethod'), 'Algorithm'),
    canonical: attributeOf(onlyChild(info, ns.signature, 'CanonicalizationMethod'), 'Algorithm'),
  }
  if (!signatureAlgorithms.includes(used.algorithm ?? ''))
    return `is of the algorithm "${used.algorithm}", which is not taken`
  if (!digestAlgorithms.includes(used.digest ?? '')) return `has a digest by "${used.digest}"`
  if (!transforms.includes(used.canonical ?? '')) return `is canonicalised by "${used.canonical}"`
  const steps = childrenOf(onlyChild(reference, ns.signature, 'Transforms'), ns.signature, 'Transform').map(
    step => attributeOf(step, 'Algorithm'),
  )
  const foreign = steps.find(step => !transforms.includes(step ?? ''))
  if (foreign !== undefined || steps.length > 2) return `transforms what it covers by "${foreign ?? steps}"`
  return undefined
}

/** A key that signs, and its certificate: both in base64 of DER. */
export interface SigningPair {
  /** PKCS #8. */
  readonly privateKey: string
  readonly certificate: string
}

export interface SigningStyle {
  /** rsa-sha256 if absent. */
  readonly algorithm?: string
  /** Whether the message names its certificate. */
  readonly withKeyInfo?: boolean
}

/**
 * Signs the element that has this ID, right after its issuer, where the schema wants the signature.
 * @param element `Response`, `Assertion`, …
 */
export function signed(
  xml: string,
  { element, id }: { readonly element: string; readonly id: string },
  { privateKey, certificate }: SigningPair,
  { algorithm = rsaSha256, withKeyInfo = true }: SigningStyle = {},
): string {
  const signer = new SignedXml({
    privateKey: privatePem(privateKey),
    ...(withKeyInfo ? { publicCert: pemOf(certificate) } : { getKeyInfoContent: () => null }),
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: exclusive,
  })
  const at = `//*[local-name(.)='${element}' and @ID='${id}']`
  const digestAlgorithm = algorithm.endsWith('rsa-sha1') ? 'http://www.w3.org/2000/09/xmldsig#sha1' : sha256
  signer.addReference({ xpath: at, transforms: [enveloped, exclusive], digestAlgorithm })
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${at}/*[local-name(.)='Issuer']`, action: 'after' },
  })
  return signer.getSignedXml()
}
