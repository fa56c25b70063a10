import { samlEntityId } from '../../core/addresses.js'
import type { Ports } from '../../core/ports/ports.js'
import type { UserPool } from '../../core/user-pool.js'
import { binding, ns, unspecifiedFormat } from '../../saml/names.js'
import { escapedXml, samlTime } from '../../saml/xml.js'

/** Messages that a pool sends (docs/facts/saml-and-social.md §2.1, §2.2 and §4). */

/** What every request says of itself. */
interface RequestHead {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Where it goes. */
  readonly destination: string
  /** The sender's entity id. */
  readonly issuer: string
}

/** The head of a new request of a pool. */
export const requestHead = (
  { chance, clock }: Pick<Ports, 'chance' | 'clock'>,
  pool: UserPool,
  destination: string,
): RequestHead => ({ id: `_${chance.uuid()}`, now: clock.now(), destination, issuer: samlEntityId(pool) })

/** Asks an identity provider to sign a user in, and to answer at `acs`. It demands nothing further. */
export const authnRequest = (head: RequestHead, acs: string): string =>
  `<saml2p:AuthnRequest ${attributesOf(head)} AssertionConsumerServiceURL="${escapedXml(acs)}" ProtocolBinding="${binding.post}">${issuerOf(head)}</saml2p:AuthnRequest>`

/** The subject of a session at an identity provider, as its assertion had it. */
export interface SamlSubject {
  readonly nameId: string
  readonly format?: string
  readonly sessionIndex?: string
}

/** Asks an identity provider to end a session. */
export const logoutRequest = (head: RequestHead, { nameId, format, sessionIndex }: SamlSubject): string =>
  `<saml2p:LogoutRequest ${attributesOf(head)}>${issuerOf(head)}<saml2:NameID xmlns:saml2="${ns.assertion}" Format="${escapedXml(format ?? unspecifiedFormat)}">${escapedXml(nameId)}</saml2:NameID>${
    sessionIndex === undefined ? '' : `<saml2p:SessionIndex>${escapedXml(sessionIndex)}</saml2p:SessionIndex>`
  }</saml2p:LogoutRequest>`

const attributesOf = ({ id, now, destination }: RequestHead): string =>
  `xmlns:saml2p="${ns.protocol}" ID="${id}" Version="2.0" IssueInstant="${samlTime(now)}" Destination="${escapedXml(destination)}"`

const issuerOf = ({ issuer }: RequestHead): string =>
  `<saml2:Issuer xmlns:saml2="${ns.assertion}">${escapedXml(issuer)}</saml2:Issuer>`
