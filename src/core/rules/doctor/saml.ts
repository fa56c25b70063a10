import { X509Certificate } from 'node:crypto'
import type { IdentityProvider, KeptMetadata } from '../../identity-provider.js'
import type { UpstreamProvider } from '../../upstream-provider.js'
import { quirks } from '../../upstream-quirks.js'
import type { UserPool } from '../../user-pool.js'
import type { Diagnosis, Patient } from './diagnosis.js'

/** What is wrong with SAML and social providers, and what built-in ones are made to do wrong (docs/facts/saml-and-social.md §9). */

const at = (pool: UserPool, { name }: IdentityProvider, ...path: string[]) => ({
  pool: pool.name,
  path: ['IdentityProviders', name, ...path],
})

/** What the configurations of SAML and social providers show. */
export function* samlAndSocialDiagnoses({ pool, providers }: Patient): Generator<Diagnosis> {
  for (const provider of providers) {
    const { name, type, mapping, details } = provider
    if (type === 'OIDC') continue
    const isRequired = pool.schema.some(({ name, required }) => name === 'email' && required)
    if (mapping.email === undefined && !isRequired)
      yield {
        ...at(pool, provider, 'AttributeMapping', 'email'),
        rule: 'email-unmapped',
        severity: 'hint',
        because: `${name} maps nothing to email: its users have no address in the pool.`,
        remedy: `Add email to AttributeMapping of ${name}, with the name by which ${name} sends it, if apps need the address.`,
      }
    if (type !== 'SAML') continue
    if (mapping.username !== undefined)
      yield {
        ...at(pool, provider, 'AttributeMapping', 'username'),
        rule: 'username-mapped',
        severity: 'error',
        because: `${name} maps "${mapping.username}" to username, which is no attribute of the schema: every sign-in ends with “username: Attribute does not exist in the schema.”.`,
        remedy: `Take username out of AttributeMapping of ${name}: the NameID becomes the username by itself.`,
      }
    if (details.IDPInit !== 'true')
      yield {
        ...at(pool, provider, 'ProviderDetails', 'IDPInit'),
        rule: 'provider-may-not-begin',
        severity: 'hint',
        because: `${name} may not begin a sign-in by itself: a tile of its portal leads to “Invalid samlResponse or relayState from identity provider”.`,
        remedy: `Leave it so where users begin at the app; else set IDPInit of ${name} to "true", and enable SAML providers only at its clients.`,
      }
  }
}

/** Milliseconds before its end from which a certificate is worth a warning. */
const soon = 30 * 86_400_000

/**
 * What the metadata of a SAML provider say about it, as they are published now.
 * @param now milliseconds since the epoch
 */
export function* metadataDiagnoses(
  pool: UserPool,
  provider: IdentityProvider,
  { certificates, sloUrl, validUntil, wantsSignedRequests }: KeptMetadata,
  now: number,
): Generator<Diagnosis> {
  const { name, details } = provider
  const about = at(pool, provider, 'ProviderDetails', details.MetadataURL ? 'MetadataURL' : 'MetadataFile')
  const ends = certificates.map(one => Date.parse(new X509Certificate(Buffer.from(one, 'base64')).validTo))
  const last = Math.max(...ends)
  if (last < now + soon)
    yield {
      ...about,
      rule: 'certificate-expiring',
      severity: 'warning',
      because: `The last certificate of ${name} ends on ${dayOf(last)}: after that its metadata are refused with “Signing certificates are expired”, at every change of the provider.`,
      remedy: `Let ${name} publish its next certificate beside the present one, six hours before it signs with it${details.MetadataURL ? '' : ', and replace MetadataFile'}.`,
    }
  if (validUntil !== undefined && validUntil < now)
    yield {
      ...about,
      rule: 'metadata-expired',
      severity: 'warning',
      because: `The metadata of ${name} were good until ${dayOf(validUntil)} (validUntil): they are read again at every sign-in, and nobody promises that they are right.`,
      remedy: `Let ${name} publish metadata with a later validUntil${details.MetadataURL ? '' : ', and replace MetadataFile'}.`,
    }
  if (details.IDPSignout === 'true' && sloUrl === undefined)
    yield {
      ...at(pool, provider, 'ProviderDetails', 'IDPSignout'),
      rule: 'logout-not-offered',
      severity: 'warning',
      because: `IDPSignout of ${name} is "true", and its metadata have no SingleLogoutService with the binding HTTP-Redirect: users are signed out of the pool alone.`,
      remedy: `Switch single logout on at ${name}, with the pool’s signing certificate, or set IDPSignout to "false".`,
    }
  if (wantsSignedRequests && details.RequestSigningAlgorithm === undefined)
    yield {
      ...at(pool, provider, 'ProviderDetails', 'RequestSigningAlgorithm'),
      rule: 'requests-unsigned',
      severity: 'error',
      because: `The metadata of ${name} say that it takes signed requests only (WantAuthnRequestsSigned), and the requests to it are not signed: it shows users a page of its own, such as “Invalid requester”.`,
      remedy: `Set RequestSigningAlgorithm of ${name} to "rsa-sha256", and upload the pool’s signing certificate (GetSigningCertificate) at ${name}.`,
    }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** What a built-in provider is made to do wrong, and what becomes of it. */
export function* quirkDiagnoses(
  pool: UserPool,
  provider: IdentityProvider,
  upstream: UpstreamProvider | undefined,
): Generator<Diagnosis> {
  for (const quirk of upstream?.quirks ?? [])
    yield {
      ...at(pool, provider),
      rule: 'upstream-quirk',
      severity: 'hint',
      because: `Behind ${provider.name} is the built-in provider ${upstream?.name}, whose quirk "${quirk}" is on: it ${quirks[quirk].does}. ${quirks[quirk].outcome}`,
      remedy: `Take ${quirk} out of Quirks of ${upstream?.name} in the seed for a provider that behaves.`,
    }
}
