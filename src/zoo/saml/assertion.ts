import type { UpstreamClaims } from '../../core/upstream-provider.js'
import { bearer, ns, statusSuccess } from '../../saml/names.js'
import { escapedXml, samlTime } from '../../saml/xml.js'

/** The XML that a SAML identity provider answers with. */

/** What an answer says. */
export interface Said {
  readonly responseId: string
  readonly assertionId: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The identity provider's entity id. */
  readonly issuer: string
  /** Where the answer is posted to. */
  readonly acs: string
  readonly recipient: string
  readonly audience: string
  /** The request that the response answers; absent if the provider begins. */
  readonly inResponseTo?: string | undefined
  /** Whether the assertion names that request as well. */
  readonly confirmsRequest: boolean
  readonly nameId: string | undefined
  readonly nameIdFormat: string
  readonly sessionIndex: string
  readonly attributes: UpstreamClaims
  /** Whether each value of an attribute comes in an element of its own. */
  readonly repeats: boolean
}

/** Milliseconds that an assertion is good for, from before it was made on. */
const early = 30_000
const lasts = 300_000

/** The assertion, not signed yet. */
export function assertionXml(said: Said): string {
  const { now, issuer, recipient, audience, inResponseTo, confirmsRequest, nameId } = said
  const answers = inResponseTo !== undefined && confirmsRequest ? ` InResponseTo="${inResponseTo}"` : ''
  const named =
    nameId === undefined
      ? ''
      : `<saml2:NameID Format="${said.nameIdFormat}">${escapedXml(nameId)}</saml2:NameID>`
  return `<saml2:Assertion xmlns:saml2="${ns.assertion}" ID="${said.assertionId}" Version="2.0" IssueInstant="${samlTime(now)}">
<saml2:Issuer>${escapedXml(issuer)}</saml2:Issuer>
<saml2:Subject>${named}<saml2:SubjectConfirmation Method="${bearer}"><saml2:SubjectConfirmationData Recipient="${escapedXml(recipient)}" NotOnOrAfter="${samlTime(now + lasts)}"${answers}/></saml2:SubjectConfirmation></saml2:Subject>
<saml2:Conditions NotBefore="${samlTime(now - early)}" NotOnOrAfter="${samlTime(now + lasts)}"><saml2:AudienceRestriction><saml2:Audience>${escapedXml(audience)}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>
<saml2:AuthnStatement AuthnInstant="${samlTime(now)}" SessionIndex="${said.sessionIndex}"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>
<saml2:AttributeStatement>${Object.entries(said.attributes)
    .map(([name, value]) => attributeXml(name, [value].flat(), said.repeats))
    .join('')}</saml2:AttributeStatement>
</saml2:Assertion>`
}

function attributeXml(name: string, values: readonly unknown[], repeats: boolean): string {
  const element = (inside: string) =>
    `<saml2:Attribute Name="${escapedXml(name)}" FriendlyName="friendly-${escapedXml(name.split('/').at(-1) ?? '')}">${inside}</saml2:Attribute>`
  const all = values.map(value => `<saml2:AttributeValue>${escapedXml(String(value))}</saml2:AttributeValue>`)
  return repeats ? all.map(element).join('') : element(all.join(''))
}

type Head = Pick<Said, 'responseId' | 'now' | 'issuer' | 'acs' | 'inResponseTo'>

/** The answer around an assertion, clear or encrypted. */
export const responseXml = (head: Head, assertion: string): string =>
  `<saml2p:Response ${headOf(head)}>${issuerOf(head)}<saml2p:Status><saml2p:StatusCode Value="${statusSuccess}"/></saml2p:Status>${assertion}</saml2p:Response>`

/** The answer when the user has cancelled. */
export const refusalXml = (head: Head): string =>
  `<saml2p:Response ${headOf(head)}>${issuerOf(head)}<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></saml2p:StatusCode><saml2p:StatusMessage>The user cancelled</saml2p:StatusMessage></saml2p:Status></saml2p:Response>`

/** The answer to a request to log out. */
export const logoutXml = (head: Head): string =>
  `<saml2p:LogoutResponse ${headOf(head)}>${issuerOf(head)}<saml2p:Status><saml2p:StatusCode Value="${statusSuccess}"/></saml2p:Status></saml2p:LogoutResponse>`

const headOf = ({ responseId, now, acs, inResponseTo }: Head): string =>
  `xmlns:saml2p="${ns.protocol}" ID="${responseId}" Version="2.0" IssueInstant="${samlTime(now)}" Destination="${escapedXml(acs)}"${
    inResponseTo === undefined ? '' : ` InResponseTo="${inResponseTo}"`
  }`

const issuerOf = ({ issuer }: Head): string =>
  `<saml2:Issuer xmlns:saml2="${ns.assertion}">${escapedXml(issuer)}</saml2:Issuer>`
