import { createHash } from 'node:crypto'
import { samlMetadata } from '../../core/collections.js'
import type { IdentityProvider, KeptMetadata } from '../../core/identity-provider.js'
import { keyOf, put } from '../../core/ports/store.js'
import { ensure, Refusal } from '../../core/refusal.js'
import type { Service } from '../../flows/service.js'
import type { UpstreamCall } from '../upstream-call.js'
import * as refusals from './refusals.js'

/** Milliseconds for which metadata of a URL are relied on, unless they end sooner (docs/facts/saml-and-social.md §1.3). */
const patience = 6 * 3_600_000

/** What SAML providers say of themselves. */
export interface MetadataOfProviders {
  /** Reads the metadata, and keeps nothing. @throws Refusal where they are not to be had, or of no use */
  find(provider: IdentityProvider): Promise<KeptMetadata>
  /** Reads the metadata anew, and keeps them. @throws Refusal where they are not to be had, or of no use */
  read(provider: IdentityProvider): Promise<KeptMetadata>
  /** The metadata as they are kept; those of a URL are read again when they are old. Where that fails the old ones count. */
  of(provider: IdentityProvider): Promise<KeptMetadata>
}

export function metadataOfProviders(service: Service, call: UpstreamCall): MetadataOfProviders {
  const { store, clock, recorder } = service
  return { find, read, of }

  async function of(provider: IdentityProvider): Promise<KeptMetadata> {
    const kept = (await store.get(samlMetadata, keyOf(provider.poolId, provider.name)))?.record
    if (kept === undefined || kept.source !== sourceOf(provider)) return read(provider)
    if (provider.details.MetadataURL === undefined || !isOld(kept)) return kept
    try {
      return await read(provider)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      recorder.note('warning', { warning: error.explanation.because, remedy: error.explanation.remedy })
      return kept
    }
  }

  function isOld({ readAt, validUntil }: KeptMetadata): boolean {
    const age = Math.abs(clock.now() - readAt)
    return age >= patience || (validUntil !== undefined && clock.now() >= validUntil)
  }

  async function read(provider: IdentityProvider): Promise<KeptMetadata> {
    const kept = await find(provider)
    await store.commit(put(samlMetadata, keyOf(provider.poolId, provider.name), kept))
    return kept
  }

  async function find(provider: IdentityProvider): Promise<KeptMetadata> {
    const { endOf, readMetadata } = await import('../../saml/metadata.js')
    const source = sourceOf(provider)
    const shown = provider.details.MetadataURL ?? 'MetadataFile'
    const found = await (async () => {
      try {
        return readMetadata(await textOf(provider))
      } catch (error) {
        if (error instanceof Refusal) throw error
        throw refusals.metadataUseless(
          provider,
          shown,
          error instanceof Error ? error.message : String(error),
        )
      }
    })()
    const ends = found.certificates.map(endOf)
    const last = Math.max(...ends)
    ensure(last > clock.now(), () => refusals.certificatesExpired(provider, new Date(last).toISOString()))
    // What has ended may not be configured (§1.3); what ends later is not looked at again.
    const certificates = found.certificates.filter((_one, index) => (ends[index] ?? 0) > clock.now())
    return { ...found, certificates, source, readAt: clock.now() }
  }

  async function textOf(provider: IdentityProvider): Promise<string> {
    const { MetadataFile, MetadataURL = '' } = provider.details
    if (MetadataFile) return MetadataFile
    const answer = await call('metadata', MetadataURL, {
      headers: { accept: 'application/samlmetadata+xml' },
    })
    if ('trouble' in answer) throw refusals.metadataUnreachable(provider, MetadataURL, answer.detail)
    ensure(answer.status === 200, () =>
      refusals.metadataUnreachable(provider, MetadataURL, `it answered ${answer.status}`),
    )
    return answer.text
  }
}

const sourceOf = ({ details: { MetadataURL, MetadataFile = '' } }: IdentityProvider): string =>
  MetadataURL ?? `sha256:${createHash('sha256').update(MetadataFile).digest('base64url')}`
