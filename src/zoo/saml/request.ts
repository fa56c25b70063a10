import { ensure } from '../../core/refusal.js'
import { ns } from '../../saml/names.js'
import { attributeOf, NotXml, onlyChild, parseXml, textOf } from '../../saml/xml.js'
import * as refusals from './refusals.js'

/** What a service provider asks. @throws Refusal where it is no such message */
export function messageIn(
  xml: string | undefined,
  name: 'AuthnRequest' | 'LogoutRequest',
): { readonly id: string; readonly issuer: string; readonly acs: string | undefined } {
  const message = read(xml, name)
  ensure(message.namespaceURI === ns.protocol && message.localName === name, () =>
    refusals.notMessage(name, `it is a ${message.localName}`),
  )
  const id = attributeOf(message, 'ID')
  ensure(id, () => refusals.notMessage(name, 'it has no ID'))
  const issuer = textOf(onlyChild(message, ns.assertion, 'Issuer'))
  return { id, issuer, acs: attributeOf(message, 'AssertionConsumerServiceURL') }
}

function read(xml: string | undefined, name: string): Element {
  ensure(xml, () => refusals.notMessage(name, 'it is not deflated text in base64'))
  try {
    return parseXml(xml)
  } catch (error) {
    throw error instanceof NotXml ? refusals.notMessage(name, `it ${error.message}`) : error
  }
}
