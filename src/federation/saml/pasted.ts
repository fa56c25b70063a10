import type { Claims } from '../../core/attribute-mapping.js'
import { ns } from '../../saml/names.js'
import { childrenOf, NotXml, onlyChild, parseXml, textOf } from '../../saml/xml.js'
import { attributesOf } from './subject.js'

/**
 * What a response, or an assertion, says that somebody pasted in order to try a mapping: XML, or the base64 of a form. Nothing is
 * proven of it. Undefined where there is no readable assertion in it, which is also so where it is encrypted.
 */
export function claimsOfPasted(text: string): Claims | undefined {
  const assertion = assertionIn(text.trim())
  if (assertion === undefined) return undefined
  const named = onlyChild(onlyChild(assertion, ns.assertion, 'Subject'), ns.assertion, 'NameID')
  const nameId = textOf(named)
  return { ...attributesOf(assertion), ...(nameId === '' ? {} : { NameID: nameId }) }
}

function assertionIn(text: string): Element | undefined {
  const xml = text.startsWith('<') ? text : Buffer.from(text, 'base64').toString('utf8')
  try {
    const root = parseXml(xml)
    if (root.namespaceURI === ns.assertion && root.localName === 'Assertion') return root
    const [assertion] = childrenOf(root, ns.assertion, 'Assertion')
    return assertion
  } catch (error) {
    if (error instanceof NotXml) return undefined
    throw error
  }
}
