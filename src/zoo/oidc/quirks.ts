import { createECDH, createHash, createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { UpstreamQuirk } from '../../core/upstream-quirks.js'
import type { SigningKey } from '../../tokens/signing-keys.js'
import { guidOf } from './kinds.js'

/** What OpenID Providers do wrong now and then, and other ways to sign (docs/facts/saml-and-social.md §9). */

type Told = Readonly<Record<string, unknown>>
type Has = (quirk: UpstreamQuirk) => boolean

/** What a provider says of a user. */
export function toldOf(claims: Told, quirks: readonly UpstreamQuirk[]): Told {
  const has: Has = quirk => quirks.includes(quirk)
  const { email, email_verified: isVerified, groups, ...rest } = claims
  const isTold = !has('no-email')
  return {
    ...rest,
    ...(isTold && email !== undefined ? { email } : {}),
    ...(isTold && isVerified !== undefined && !has('no-email-verified')
      ? { email_verified: isVerified }
      : {}),
    ...(has('email-verified-as-text') ? { email_verified: String(isVerified ?? true) } : {}),
    ...(has('emoji') ? { name: 'Ann 🐙' } : {}),
    ...groupsTold(groups, has),
  }
}

/** The subject of a user as a client knows it. The engine takes the account's own for it. */
export const subjectTold = (subject: unknown, quirks: readonly UpstreamQuirk[], clientId: string): string =>
  quirks.includes('pairwise-subject')
    ? digest(`${clientId} ${subject}`).toString('base64url')
    : String(subject)

function groupsTold(groups: unknown, has: Has): Told {
  if (has('groups-as-link'))
    return {
      _claim_names: { groups: 'src1' },
      _claim_sources: { src1: { endpoint: 'https://graph.microsoft.com/v1.0/users/me/getMemberObjects' } },
    }
  if (has('many-groups')) return { groups: Array.from({ length: 151 }, (_, at) => `group-of-divers-${at}`) }
  return groups === undefined ? {} : { groups }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The issuer that ID tokens name. */
export function issuerTold(issuer: string, quirks: readonly UpstreamQuirk[]): string {
  const has: Has = quirk => quirks.includes(quirk)
  const { protocol, port, pathname } = new URL(issuer)
  if (has('wrong-issuer')) return `${issuer}/another`
  if (has('v1-issuer')) return `https://sts.windows.net/${guidOf('tenant')}/`
  if (has('common-issuer')) return `${issuer}/${guidOf('tenant')}`
  if (has('issuer-of-another-host')) return `${protocol}//keycloak${port && `:${port}`}${pathname}`
  return has('trailing-slash') ? `${issuer}/` : issuer
}

/** The issuer that the discovery document names. */
export function issuerPublished(issuer: string, quirks: readonly UpstreamQuirk[]): string {
  if (quirks.includes('common-issuer')) return `${issuer}/{tenantid}`
  return quirks.includes('trailing-slash') ? `${issuer}/` : issuer
}

/**
 * How a provider signs otherwise than the engine does.
 * @param key the one that is published; keys on a curve come of it
 * @param foreign one that is not
 */
export function keysOf(key: SigningKey, foreign: SigningKey) {
  const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' })
  let turn = 0
  let usesCurve = false
  const current = () => curveKey(`${pem} ${turn}`)
  return {
    /** What `jwks_uri` publishes: the key on a curve as well, once one has signed. */
    published: (ofEngine: readonly object[]): readonly object[] =>
      usesCurve ? [...ofEngine, current().jwk] : ofEngine,

    /** Signs claims as the quirks have it. */
    sign(claims: Told, quirks: readonly UpstreamQuirk[], secret: string | undefined): string {
      const has: Has = quirk => quirks.includes(quirk)
      const named = (kid: string) => (has('no-kid') ? {} : { kid })
      if (has('unsigned')) return `${input({ alg: 'none' }, claims)}.`
      if (has('hs256')) {
        const text = input({ alg: 'HS256' }, claims)
        return `${text}.${createHmac('sha256', secret ?? '')
          .update(text)
          .digest('base64url')}`
      }
      if (has('rotates-keys')) turn++
      if (has('es256') || has('rotates-keys')) {
        usesCurve = true
        const { privateKey, jwk } = current()
        const text = input({ alg: 'ES256', ...named(jwk.kid) }, claims)
        return signed(text, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      }
      const { privateKey } = has('foreign-key') ? foreign : key
      return signed(input({ alg: 'RS256', ...named(key.kid) }, claims), { key: privateKey })
    },
  }
}

export type Keys = ReturnType<typeof keysOf>

const signed = (text: string, key: { key: KeyObject; dsaEncoding?: 'ieee-p1363' }): string =>
  `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`

const input = (header: Told, claims: Told): string =>
  [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')

/** A key on P-256 that is always the same for the same text. */
function curveKey(text: string) {
  const scalar = digest(text)
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(scalar)
  const point = curve.getPublicKey()
  const coordinates = {
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const common = { kty: 'EC', crv: 'P-256', ...coordinates }
  return {
    privateKey: createPrivateKey({ key: { ...common, d: scalar.toString('base64url') }, format: 'jwk' }),
    jwk: { ...common, alg: 'ES256', use: 'sig', kid: digest(point.toString('hex')).toString('base64url') },
  }
}
