import {
  clients,
  identityProviders,
  providerDiscoveries,
  samlMetadata,
  samlSigning,
} from '../../core/collections.js'
import { type IdentityProvider, oidcEndpoints, withDefaultMapping } from '../../core/identity-provider.js'
import type { Ports } from '../../core/ports/ports.js'
import { insert, keyOf, remove, replace, type Stored, type Write } from '../../core/ports/store.js'
import { ensure, Refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { identifierFindings, providerFindings } from '../../core/rules/provider.js'
import type { UserPool } from '../../core/user-pool.js'
import { samlEncryptionOf } from '../../tokens/saml-signing.js'
import { conflict } from '../conflict.js'
import { providerIdentifiedBy, providerNamed, providersOf } from '../directory/directory.js'
import * as refusals from './administration-refusals.js'
import { providerGroupRecord, providerGroupWrites } from './groups.js'
import { ensureRoom } from './quotas.js'

/** The writer of identity providers. */

type Needs = Pick<Ports, 'clock' | 'store'> & {
  /** Finds the endpoints of an OIDC provider, or reads the metadata of a SAML one, and keeps them; throws a `Refusal` when that fails. */
  readonly discover: (provider: IdentityProvider) => Promise<void>
}

export type NewProvider = Pick<IdentityProvider, 'name' | 'type' | 'details' | 'identifiers'> & {
  /** Completed by the mapping that every provider of the type has. */
  readonly mapping?: IdentityProvider['mapping'] | undefined
  readonly acrMapping?: IdentityProvider['acrMapping'] | undefined
}

/**
 * A provider as it is stored at first.
 * @param now milliseconds since the epoch
 */
export const providerRecord = (
  { id: poolId }: UserPool,
  { name, type, details, mapping, acrMapping, identifiers }: NewProvider,
  now: number,
): IdentityProvider => ({
  poolId,
  name,
  type,
  details,
  mapping: withDefaultMapping(type, mapping),
  ...(acrMapping === undefined ? {} : { acrMapping }),
  identifiers,
  createdAt: now,
  modifiedAt: now,
})

/** @throws Refusal when the pool has no provider of this name */
export async function storedProvider(
  { store }: Pick<Ports, 'store'>,
  pool: UserPool,
  name: string,
): Promise<Stored<IdentityProvider>> {
  const stored = await store.get(identityProviders, keyOf(pool.id, name))
  ensure(stored, () => refusals.providerNotFound(name))
  return stored
}

/**
 * Creates a provider and the group of its users. An OIDC provider's endpoints are discovered at once, and SAML metadata read: a
 * provider that does not answer is refused, and nothing is kept (docs/facts/user-pools-api.md §2.4).
 */
export async function createProvider(
  ports: Needs,
  pool: UserPool,
  given: NewProvider,
): Promise<IdentityProvider> {
  const { store, clock } = ports
  const { name, type, details, mapping, acrMapping } = given
  const asked = { ProviderName: name, ProviderType: type, ProviderDetails: details, AcrMapping: acrMapping }
  ensureSound(providerFindings({ ...asked, AttributeMapping: mapping }, pool.schema))
  ensure((await providerNamed(ports, pool, name)) === undefined, () => refusals.providerExists(name))
  ensureRoom(
    'identity providers in a user pool',
    (await providersOf(ports, pool)).length,
    'DeleteIdentityProvider',
  )
  const provider = providerRecord(pool, given, clock.now())
  await ensureIdentifiersFree(ports, pool, provider)
  const key = keyOf(pool.id, name)
  const group = providerGroupRecord(pool, name, provider.createdAt)
  const isNew = await store.commit(
    insert(identityProviders, key, provider),
    ...(await providerGroupWrites(ports, group)),
  )
  ensure(isNew, conflict)
  await discovered(ports, provider, () => store.commit(remove(identityProviders, key)))
  return (await storedProvider(ports, pool, name)).record
}

/** Replaces the members that are given; name and type stay. What discovery refuses is taken back. */
export async function updateProvider(
  ports: Needs,
  pool: UserPool,
  name: string,
  change: Partial<Pick<NewProvider, 'details' | 'mapping' | 'acrMapping' | 'identifiers'>>,
): Promise<IdentityProvider> {
  const { store, clock } = ports
  const stored = await storedProvider(ports, pool, name)
  const { type } = stored.record
  const asked = { ProviderType: type, ProviderDetails: change.details, AcrMapping: change.acrMapping }
  ensureSound(providerFindings({ ...asked, AttributeMapping: change.mapping }, pool.schema))
  const provider: IdentityProvider = {
    ...stored.record,
    details: change.details ?? stored.record.details,
    mapping: change.mapping === undefined ? stored.record.mapping : withDefaultMapping(type, change.mapping),
    ...(change.acrMapping === undefined ? {} : { acrMapping: change.acrMapping }),
    identifiers: change.identifiers ?? stored.record.identifiers,
    modifiedAt: clock.now(),
  }
  await ensureIdentifiersFree(ports, pool, provider)
  ensure(await store.commit(replace(identityProviders, stored, provider)), conflict)
  await discovered(ports, provider, async () => {
    const now = await storedProvider(ports, pool, name)
    await store.commit(replace(identityProviders, now, stored.record))
  })
  return (await storedProvider(ports, pool, name)).record
}

/**
 * The write that adds what was discovered to the details of a provider. The date of the last change stays, because nobody
 * changed the configuration.
 */
export const providerDetailsChange = (
  stored: Stored<IdentityProvider>,
  found: IdentityProvider['details'],
): Write =>
  replace(identityProviders, stored, {
    ...stored.record,
    details: { ...stored.record.details, ...found },
  })

/**
 * The writes that delete what was found out about a provider, and the key that its assertions are encrypted to.
 * @param key pool and provider name
 */
export const providerLeavings = (key: string): Write[] => [
  remove(providerDiscoveries, key),
  remove(samlMetadata, key),
  remove(samlSigning, key),
]

/**
 * The details of a provider as Describe shows them: of a SAML one with the addresses of its metadata, and the certificate that
 * assertions are encrypted to, which is there whether or not they have to be (fact S20).
 */
export async function describedDetails(
  ports: Pick<Ports, 'store' | 'clock' | 'chance'>,
  provider: IdentityProvider,
): Promise<IdentityProvider['details']> {
  const { poolId, name, type, details } = provider
  if (type !== 'SAML') return details
  const metadata = await ports.store.get(samlMetadata, keyOf(poolId, name))
  const pair = await samlEncryptionOf(ports, provider)
  return {
    ...details,
    ...(metadata && { SSORedirectBindingURI: metadata.record.ssoUrl }),
    ...(metadata?.record.sloUrl && { SLORedirectBindingURI: metadata.record.sloUrl }),
    ActiveEncryptionCertificate: pair.certificate,
  }
}

/** Deletes a provider, and takes it out of the clients that list it. Its users and their group stay. */
export async function deleteProvider(
  { store }: Pick<Ports, 'store'>,
  pool: UserPool,
  name: string,
): Promise<void> {
  const stored = await storedProvider({ store }, pool, name)
  const listing = (await store.lookup(clients, 'pool', pool.id)).filter(({ record }) =>
    record.settings.SupportedIdentityProviders?.includes(name),
  )
  const without = listing.map(client => {
    const { settings } = client.record
    const others = (settings.SupportedIdentityProviders ?? []).filter(other => other !== name)
    const changed = { ...settings, SupportedIdentityProviders: others }
    return replace(clients, client, { ...client.record, settings: changed })
  })
  ensure(
    await store.commit(remove(identityProviders, stored), ...providerLeavings(stored.key), ...without),
    conflict,
  )
}

async function ensureIdentifiersFree(
  ports: Pick<Ports, 'store'>,
  pool: UserPool,
  { name, identifiers }: IdentityProvider,
): Promise<void> {
  const holders = await Promise.all(identifiers.map(one => providerIdentifiedBy(ports, pool, one)))
  const others = new Map(
    holders.flatMap((holder, index) =>
      holder === undefined || holder.name === name ? [] : [[identifiers[index] ?? '', holder.name]],
    ),
  )
  ensureSound(identifierFindings(identifiers, identifier => others.get(identifier)))
}

/**
 * Finds out what a sign-in will need and the details do not say: endpoints by discovery, metadata anew (fact S19). Takes back
 * what was written when the provider does not answer.
 */
async function discovered(
  { discover }: Needs,
  provider: IdentityProvider,
  undo: () => Promise<unknown>,
): Promise<void> {
  const isFoundOut =
    provider.type === 'SAML' ||
    (provider.type === 'OIDC' && !oidcEndpoints.every(name => provider.details[name]))
  if (!isFoundOut) return
  try {
    await discover(provider)
  } catch (error) {
    await undo()
    if (!(error instanceof Refusal)) throw error
    const told = provider.type === 'SAML' ? error.told : 'Unable to contact well-known endpoint'
    throw new Refusal('InvalidParameterException', told, error.explanation)
  }
}
