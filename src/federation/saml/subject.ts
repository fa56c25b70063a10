import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { ns } from '../../saml/names.js'
import { attributeOf, childrenOf, onlyChild, textOf } from '../../saml/xml.js'
import * as refusals from './refusals.js'
import type { SamlSubject } from './request.js'

/** What an assertion says of a user (docs/facts/saml-and-social.md §2.6, §2.7). */

/** Who the assertion is about. @throws Refusal where it does not say */
export function subjectOf(provider: IdentityProvider, assertion: Element): SamlSubject {
  const subject = onlyChild(assertion, ns.assertion, 'Subject')
  ensure(childrenOf(subject, ns.assertion, 'EncryptedID').length === 0, () =>
    refusals.noNameId(provider, 'is encrypted by itself (EncryptedID), which is not taken'),
  )
  const named = onlyChild(subject, ns.assertion, 'NameID')
  const nameId = textOf(named)
  ensure(nameId !== '', () => refusals.noNameId(provider, 'has no NameID, or an empty one'))
  const format = attributeOf(named, 'Format')
  // Only the first statement counts (§4).
  const [statement] = childrenOf(assertion, ns.assertion, 'AuthnStatement')
  const sessionIndex = attributeOf(statement, 'SessionIndex')
  return {
    nameId,
    ...(format === undefined ? {} : { format }),
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
  }
}

/**
 * The attributes by their full names. Several values make a list, also where each comes in an element of its own; a single one is
 * a text.
 */
export function attributesOf(assertion: Element): Claims {
  const values = new Map<string, string[]>()
  for (const statement of childrenOf(assertion, ns.assertion, 'AttributeStatement'))
    for (const attribute of childrenOf(statement, ns.assertion, 'Attribute')) {
      const name = attributeOf(attribute, 'Name')
      if (name === undefined) continue
      const given = childrenOf(attribute, ns.assertion, 'AttributeValue').map(textOf)
      values.set(name, [...(values.get(name) ?? []), ...(given.length === 0 ? [''] : given)])
    }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]))
}
