import { X509Certificate } from 'node:crypto'
import { binding, ns } from './names.js'
import { pemOf } from './signature.js'
import { attributeOf, childrenOf, escapedXml, onlyChild, parseXml, textOf, timeOf } from './xml.js'

/** What an identity provider says of itself (SAML Metadata §2.4.3). */
export interface IdpMetadata {
  readonly entityId: string
  /** Where requests go, by redirect. */
  readonly ssoUrl: string
  /** Where requests to log out go, by redirect; absent where the provider offers none. */
  readonly sloUrl?: string
  /** What it may sign with: base64 of DER. */
  readonly certificates: readonly string[]
  /** Milliseconds since the epoch after which nobody shall rely on it. */
  readonly validUntil?: number
  /** It takes signed requests only (`WantAuthnRequestsSigned`). */
  readonly wantsSignedRequests?: boolean
}

/** Metadata of no use. The message is the end of a sentence: “the metadata …”. */
class UselessMetadata extends Error {
  override readonly name = 'UselessMetadata'
}

/** Characters that a certificate may have (docs/facts/saml-and-social.md §1.3). */
const longestCertificate = 4096

/**
 * Reads metadata: of the one identity provider in it. Roles of other kinds, and their certificates, do not count.
 * @throws UselessMetadata, NotXml
 */
export function readMetadata(xml: string): IdpMetadata {
  const root = parseXml(xml)
  if (root.namespaceURI !== ns.metadata) throw new UselessMetadata('are XML, but not of SAML')
  const entity = root.localName === 'EntityDescriptor' ? root : onlyEntity(root)
  const role = onlyChild(entity, ns.metadata, 'IDPSSODescriptor')
  if (role === undefined) throw new UselessMetadata('describe no identity provider (IDPSSODescriptor)')
  const entityId = attributeOf(entity, 'entityID')
  if (entityId === undefined) throw new UselessMetadata('have no entityID')
  const ssoUrl = redirectService(role, 'SingleSignOnService')
  if (ssoUrl === undefined)
    throw new UselessMetadata('have no SingleSignOnService with the binding HTTP-Redirect')
  const certificates = signingCertificates(role)
  if (certificates.length === 0) throw new UselessMetadata('have no certificate for signing')
  const sloUrl = redirectService(role, 'SingleLogoutService')
  const validUntil = timeOf(attributeOf(role, 'validUntil') ?? attributeOf(entity, 'validUntil'))
  return {
    entityId,
    ssoUrl,
    certificates,
    ...(sloUrl === undefined ? {} : { sloUrl }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(isTrue(attributeOf(role, 'WantAuthnRequestsSigned')) ? { wantsSignedRequests: true } : {}),
  }
}

/** `xs:boolean` has two words for each value. */
const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1'

function onlyEntity(root: Element): Element {
  const entity = onlyChild(root, ns.metadata, 'EntityDescriptor')
  if (entity === undefined) throw new UselessMetadata('describe no provider, or several')
  return entity
}

const redirectService = (role: Element, name: string): string | undefined =>
  childrenOf(role, ns.metadata, name)
    .filter(service => attributeOf(service, 'Binding') === binding.redirect)
    .flatMap(service => attributeOf(service, 'Location') ?? [])
    .find(location => /^https?:\/\//.test(location))

/** A key without a use serves for both. */
function signingCertificates(role: Element): string[] {
  const keys = childrenOf(role, ns.metadata, 'KeyDescriptor').filter(
    key => (attributeOf(key, 'use') ?? 'signing') === 'signing',
  )
  const found = keys.flatMap(key =>
    childrenOf(onlyChild(key, ns.signature, 'KeyInfo'), ns.signature, 'X509Data').flatMap(data =>
      childrenOf(data, ns.signature, 'X509Certificate').map(one => textOf(one).replace(/\s+/g, '')),
    ),
  )
  return found.filter(one => one.length <= longestCertificate && isCertificate(one))
}

function isCertificate(certificate: string): boolean {
  try {
    return new X509Certificate(pemOf(certificate)).publicKey.asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/** Milliseconds since the epoch at which a certificate ends. */
export const endOf = (certificate: string): number =>
  Date.parse(new X509Certificate(pemOf(certificate)).validTo)

/** Writes the metadata of an identity provider. */
export const idpMetadata = ({
  entityId,
  ssoUrl,
  sloUrl,
  certificates,
  wantsSignedRequests = false,
}: IdpMetadata): string => {
  const service = (name: string, location: string) =>
    `<md:${name} Binding="${binding.redirect}" Location="${escapedXml(location)}"/>`
  const keys = certificates.map(
    one =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${ns.signature}"><ds:X509Data><ds:X509Certificate>${one}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="${ns.metadata}" entityID="${escapedXml(entityId)}">
<md:IDPSSODescriptor protocolSupportEnumeration="${ns.protocol}" WantAuthnRequestsSigned="${String(wantsSignedRequests)}">
${keys.join('\n')}
${sloUrl === undefined ? '' : service('SingleLogoutService', sloUrl)}
${service('SingleSignOnService', ssoUrl)}
</md:IDPSSODescriptor>
</md:EntityDescriptor>
`
}
