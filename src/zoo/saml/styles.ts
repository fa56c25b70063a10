import type { UpstreamKind } from '../../core/upstream-kind.js'
import type { UpstreamQuirk } from '../../core/upstream-quirks.js'

/** How the kinds of provider write assertions by default (docs/facts/saml-and-social.md §8.3). */
interface SamlStyle {
  /** What an attribute is called, where not by the claim's own name. */
  readonly names?: Readonly<Record<string, string>>
  /** What others would call a quirk, and this kind calls its default. */
  readonly habits?: readonly UpstreamQuirk[]
}

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const byWsFederation = {
  email: `${claims}/emailaddress`,
  given_name: `${claims}/givenname`,
  family_name: `${claims}/surname`,
  name: `${claims}/name`,
}

const styles: Readonly<Partial<Record<UpstreamKind, SamlStyle>>> = {
  entra: {
    names: { ...byWsFederation, groups: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups' },
  },
  okta: { habits: ['sign-both'] },
  auth0: { names: byWsFederation },
  keycloak: { names: { groups: 'Role' }, habits: ['sign-response', 'repeated-attributes'] },
}

export const styleOf = (kind: UpstreamKind): SamlStyle => styles[kind] ?? {}
