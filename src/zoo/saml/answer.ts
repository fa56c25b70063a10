import { identityProviders, samlMetadata } from '../../core/collections.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { keyOf } from '../../core/ports/store.js'
import {
  type UpstreamClaims,
  type UpstreamProvider,
  type UpstreamUser,
  upstreamMetadata,
} from '../../core/upstream-provider.js'
import type { Service } from '../../flows/service.js'
import { encryptedAssertion } from '../../saml/encryption.js'
import { transientFormat, unspecifiedFormat } from '../../saml/names.js'
import { signed } from '../../saml/signature.js'
import { samlEncryptionOf } from '../../tokens/saml-signing.js'
import { assertionXml, refusalXml, responseXml, type Said } from './assertion.js'
import { signingPairOf } from './keys.js'
import * as refusals from './refusals.js'
import { styleOf } from './styles.js'

/** Answers of the SAML identity provider, with what it is made to do wrong. */

/** A request to sign a user in, as far as it is looked at. */
export interface Asked {
  /** Absent where nobody asked: the provider begins. */
  readonly id: string | undefined
  /** Where to answer. */
  readonly acs: string
  /** The entity id of the service provider. */
  readonly audience: string
  readonly relayState: string | undefined
}

/** The fields of the form that is posted. */
type Fields = Readonly<Record<string, string>>

/** Vouches for a user. */
export async function answerTo(
  service: Service,
  given: UpstreamProvider,
  asked: Asked,
  user: UpstreamUser,
): Promise<Fields> {
  const { habits = [] } = styleOf(given.kind)
  const provider = { ...given, quirks: [...habits, ...given.quirks] }
  const { name, quirks } = provider
  const has = (quirk: UpstreamProvider['quirks'][number]) => quirks.includes(quirk)
  if (has('refuses')) return refusalOf(service, provider, asked)
  const said = whatIsSaid(service, provider, asked, user)
  const which = has('rotated-certificate') ? 'rotated' : 'published'
  const pair = await signingPairOf(service, name, has('foreign-key') ? 'foreign' : which)
  const style = {
    withKeyInfo: !has('no-key-info'),
    ...(has('sha1') ? { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' } : {}),
  }
  const sign = (xml: string, element: string, id: string) => signed(xml, { element, id }, pair, style)
  const plain = assertionXml(said)
  const signsAssertion = !has('unsigned') && !has('sign-response')
  const assertion = signsAssertion ? sign(plain, 'Assertion', said.assertionId) : plain
  const certificate = has('encrypts') ? await encryptionCertificate(service, provider, asked) : undefined
  const response = responseXml(
    said,
    certificate === undefined ? assertion : await encryptedAssertion(assertion, { certificate }),
  )
  const signsResponse = !has('unsigned') && (has('sign-response') || has('sign-both'))
  return fields(provider, asked, signsResponse ? sign(response, 'Response', said.responseId) : response)
}

/** Says that the user cancelled. */
export async function refusalOf(service: Service, provider: UpstreamProvider, asked: Asked): Promise<Fields> {
  const { clock, chance, base } = service
  const issuer = upstreamMetadata(base, provider.name)
  const head = { responseId: `_${chance.uuid()}`, now: clock.now(), issuer, acs: asked.acs }
  return fields(provider, asked, refusalXml({ ...head, inResponseTo: asked.id }))
}

function fields({ quirks }: UpstreamProvider, { relayState }: Asked, xml: string): Fields {
  const shown = quirks.includes('empty-relay-state') ? '' : relayState
  return {
    SAMLResponse: Buffer.from(xml).toString('base64'),
    ...(shown === undefined
      ? {}
      : { RelayState: quirks.includes('cut-relay-state') ? shown.slice(0, 80) : shown }),
  }
}

function whatIsSaid(
  { clock, chance, base }: Service,
  { name, kind, quirks }: UpstreamProvider,
  { id, acs, audience }: Asked,
  { claims }: UpstreamUser,
): Said {
  const has = (quirk: UpstreamProvider['quirks'][number]) => quirks.includes(quirk)
  const issuer = upstreamMetadata(base, name)
  return {
    responseId: `_${chance.uuid()}`,
    assertionId: `_${chance.uuid()}`,
    sessionIndex: `_${chance.uuid()}`,
    now: clock.now() - (has('expired') ? 3_600_000 : 0),
    issuer: has('wrong-issuer') ? `${issuer}/another` : issuer,
    acs,
    recipient: has('wrong-recipient') ? 'https://elsewhere.example/saml2/idpresponse' : acs,
    audience: has('wrong-audience') ? 'urn:amazon:cognito:sp:us-east-1_Another01' : audience,
    inResponseTo: id,
    confirmsRequest: !has('no-in-response-to'),
    nameId: has('transient-name-id') ? `_${chance.uuid()}` : nameIdOf(claims, has),
    nameIdFormat: has('transient-name-id') ? transientFormat : unspecifiedFormat,
    attributes: attributesOf(claims, has, styleOf(kind).names),
    repeats: has('repeated-attributes'),
  }
}

type Has = (quirk: UpstreamProvider['quirks'][number]) => boolean

function nameIdOf({ sub }: UpstreamUser['claims'], has: Has): string | undefined {
  if (has('no-name-id')) return undefined
  if (has('upper-case-name-id')) return sub.toUpperCase()
  return has('long-name-id') ? `_${sub.repeat(20)}`.slice(0, 160) : sub
}

function attributesOf(
  { sub: _sub, ...claims }: UpstreamUser['claims'],
  has: Has,
  names: Readonly<Record<string, string>> = {},
): UpstreamClaims {
  const { email: _email, ...withoutEmail } = claims
  const told = has('no-email') ? withoutEmail : claims
  const kept = has('groups-as-link') ? withLinkForGroups(told) : told
  const groups = Array.from({ length: 151 }, (_, index) => `group-of-divers-${index}`)
  const changed = {
    ...kept,
    ...(has('emoji') ? { name: 'Ann 🐙' } : {}),
    ...(has('many-groups') ? { groups } : {}),
  }
  const nameOf = (claim: string): string => {
    const whole = names[claim] ?? claim
    return has('short-names') ? (whole.split(/[/:]/).at(-1) ?? whole) : whole
  }
  return Object.fromEntries(Object.entries(changed).map(([claim, value]) => [nameOf(claim), value]))
}

/** As Entra ID has it for users with more than 150 groups. */
function withLinkForGroups({ groups: _groups, ...claims }: UpstreamClaims): UpstreamClaims {
  const link = 'https://graph.microsoft.com/v1.0/users/me/getMemberObjects'
  return { ...claims, 'http://schemas.microsoft.com/claims/groups.link': link }
}

/** The certificate of the pool's provider that has our metadata, as if somebody had uploaded it here. */
async function encryptionCertificate(
  service: Service,
  { name }: UpstreamProvider,
  { audience }: Asked,
): Promise<string> {
  const { store, base } = service
  const poolId = audience.slice(audience.lastIndexOf(':') + 1)
  const ofPool = (await store.lookup(identityProviders, 'pool', poolId)).map(({ record }) => record)
  // Of several with our metadata, one that wants it so.
  const wants = ({ details }: IdentityProvider) => Number(details.EncryptedResponses === 'true')
  for (const record of ofPool.toSorted((one, other) => wants(other) - wants(one))) {
    const metadata = await store.get(samlMetadata, keyOf(poolId, record.name))
    if (metadata?.record.entityId === upstreamMetadata(base, name))
      return (await samlEncryptionOf(service, record)).certificate
  }
  throw refusals.nothingToEncryptTo(audience)
}
