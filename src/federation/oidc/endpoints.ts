import { identityProviders, providerDiscoveries } from '../../core/collections.js'
import {
  type Discovery,
  type Endpoints,
  type IdentityProvider,
  oidcEndpoints,
} from '../../core/identity-provider.js'
import { keyOf, put, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { isSameIssuer } from '../../core/upstream-issuer.js'
import { providerDetailsChange } from '../../flows/administration/providers.js'
import type { Service } from '../../flows/service.js'
import { baseOf, parseUrl } from '../../lib/url.js'
import type { UpstreamCall } from '../upstream-call.js'
import { memberOf, runDiscovery } from './discovery.js'
import * as refusals from './refusals.js'

/**
 * Finds the endpoints of a provider: in its details, or else by running discovery, whose result is kept in the
 * details. What was discovered at one of our own pools is discovered anew in each process: our address may change.
 */
export function endpointsOf(
  service: Service,
  call: UpstreamCall,
): {
  of(provider: IdentityProvider): Promise<Endpoints>
  /** Another state took the place of ours, perhaps that of another process: nothing is known of its discoveries. */
  forget(): void
} {
  const { store } = service
  const discoveredHere = new Set<string>()

  return { of, forget: () => discoveredHere.clear() }

  async function of(provider: IdentityProvider): Promise<Endpoints> {
    const key = keyOf(provider.poolId, provider.name)
    const stored = (await store.get(identityProviders, key)) ?? { record: provider }
    const known = complete(stored.record.details)
    if (known !== undefined && !(await isStale(key, stored.record, known))) return known
    const issuer = stored.record.details.oidc_issuer ?? ''
    const found = await discover(service, call, stored.record, issuer)
    const endpoints = { ...found, ...(known === undefined ? byHand(stored.record.details) : {}) }
    await keep(key, stored, { issuer, endpoints })
    discoveredHere.add(key)
    return endpoints
  }

  async function isStale(key: string, { details }: IdentityProvider, known: Endpoints): Promise<boolean> {
    const discovery = (await store.get(providerDiscoveries, key))?.record
    if (discovery === undefined || !same(discovery.endpoints, known)) return false
    if (discovery.issuer !== details.oidc_issuer) return true
    const ours = parseUrl(discovery.issuer)?.origin === baseOf(service.base).origin
    return ours && !discoveredHere.has(key)
  }

  /** A provider that changed meanwhile, or is gone, stays as it is. */
  async function keep(
    key: string,
    stored: Stored<IdentityProvider> | { readonly record: IdentityProvider },
    discovery: Discovery,
  ): Promise<void> {
    if (!('version' in stored)) return
    await store.commit(
      providerDetailsChange(stored, discovery.endpoints),
      put(providerDiscoveries, key, discovery),
    )
  }
}

function byHand(details: IdentityProvider['details']): Partial<Endpoints> {
  return Object.fromEntries(oidcEndpoints.flatMap(name => (details[name] ? [[name, details[name]]] : [])))
}

function complete(details: IdentityProvider['details']): Endpoints | undefined {
  const given = byHand(details)
  return oidcEndpoints.every(name => given[name] !== undefined) ? (given as Endpoints) : undefined
}

const same = (one: Endpoints, other: Endpoints): boolean =>
  oidcEndpoints.every(name => one[name] === other[name])

async function discover(
  { recorder }: Service,
  call: UpstreamCall,
  provider: IdentityProvider,
  issuer: string,
): Promise<Endpoints> {
  const answer = await runDiscovery(call, issuer)
  const refused = (what: string) => refusals.wellKnownUnreachable(provider, answer.url, what)
  if ('failed' in answer) throw refused(answer.failed)
  // [guess] That all four must be there: by hand they are given together or not at all.
  const missing = oidcEndpoints.filter(name => answer.endpoints[name] === undefined)
  ensure(missing.length === 0, () =>
    refused(`the document has no URL for ${missing.map(name => memberOf[name]).join(', ')}`),
  )
  if (!isSameIssuer(answer.issuer, issuer))
    recorder.note('warning', {
      warning: `The discovery document ${answer.url} is that of the issuer "${answer.issuer}".`,
      remedy: `Set oidc_issuer of ${provider.name} to "${answer.issuer}", or its ID tokens will be refused.`,
    })
  else if (answer.issuer !== issuer)
    recorder.note('warning', {
      warning: `${provider.name} calls itself "${answer.issuer}", and oidc_issuer is "${issuer}": that passes here, but not on AWS.`,
      remedy: `Set oidc_issuer of ${provider.name} to "${answer.issuer}".`,
    })
  return answer.endpoints as Endpoints
}
