import { type SocialType, socialKinds, socialTypes } from '../core/social-provider.js'
import { type UpstreamProvider, upstreamIssuer } from '../core/upstream-provider.js'
import type { Service } from '../flows/service.js'

/** Built-in providers in the place of Google, Facebook, Amazon and Apple. */

/** The providers of the seeds, and one of each social kind that the seeds have none of. */
export function withStandIns(seeded: readonly UpstreamProvider[]): readonly UpstreamProvider[] {
  const missing = socialTypes
    .map(type => socialKinds[type])
    .filter(kind => !seeded.some(one => one.kind === kind || one.name === kind))
  const added = missing.map(kind => ({ name: kind, kind, clients: [], users: [], quirks: [] }))
  return [...seeded, ...added]
}

/**
 * Where an address of a social provider leads: below the built-in one of its kind, by host and path; to the real one where the
 * operator says so.
 */
export const reachBuiltIn =
  (
    service: Pick<Service, 'base'>,
    providers: () => readonly UpstreamProvider[],
    real: readonly SocialType[],
  ) =>
  (type: SocialType, url: string): string => {
    const standIn = providers().find(({ kind }) => kind === socialKinds[type])
    if (real.includes(type) || standIn === undefined) return url
    return `${upstreamIssuer(service.base, standIn.name)}/${url.replace(/^https:\/\//, '')}`
  }
