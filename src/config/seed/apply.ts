import type { Addresses } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import * as collections from '../../core/collections.js'
import { signingKeys } from '../../core/collections.js'
import { type Group, groupKey } from '../../core/group.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { appWith, type MfaConfiguration } from '../../core/mfa.js'
import { documentKey } from '../../core/pool-document.js'
import type { StoredKeys } from '../../core/pool-keys.js'
import type { Ports } from '../../core/ports/ports.js'
import type { Store, Write } from '../../core/ports/store.js'
import { type ResourceServer, resourceServerKey } from '../../core/resource-server.js'
import type { IssuerMode, UserPool } from '../../core/user-pool.js'
import { changedTracking } from '../../core/user-session.js'
import { clientRecord } from '../../flows/administration/clients.js'
import { userCreation } from '../../flows/administration/create-user.js'
import { follow, followPool, followProvider } from '../../flows/administration/follow.js'
import { groupRecord, joinGroup, providerGroupRecord } from '../../flows/administration/groups.js'
import { poolRecord } from '../../flows/administration/pools.js'
import { providerRecord } from '../../flows/administration/providers.js'
import { resourceServerRecord } from '../../flows/administration/resource-servers.js'
import { userNamed } from '../../flows/directory/directory.js'
import { attributesOf } from './attributes.js'
import { resolveSeeds } from './check.js'
import { ensureLooksSound } from './document-checks.js'
import { seedDocuments } from './documents.js'
import { clientIdOf, clientSecretOf, poolIdOf, subOf } from './identifiers.js'
import { ensurePrefixesFree } from './prefixes.js'
import type {
  ClientSeed,
  GroupSeed,
  PoolSeed,
  ProviderSeed,
  ResourceServerSeed,
  Seed,
  UserSeed,
} from './shape.js'
import { privateKeyPem } from './signing-keys.js'

/** What a seed made of one pool. */
export interface AppliedPool {
  readonly pool: UserPool
  readonly clients: readonly AppClient[]
  readonly providers: readonly IdentityProvider[]
}

/** What applying needs of the outside. */
export type SeedPorts = Pick<Ports, 'clock' | 'chance' | 'store'>

/**
 * Makes the store agree with seeds: pools, clients, providers, resource servers, groups and signing keys become as they
 * say; users are created once, and later changes to them are kept. What agrees already is not written, and what a
 * seed does not mention is left alone.
 * @param addresses for references
 */
export async function applySeeds(
  ports: SeedPorts,
  seeds: readonly Seed[],
  addresses: Addresses,
): Promise<AppliedPool[]> {
  await ensureLooksSound(seeds)
  const applied: AppliedPool[] = []
  const { pools } = resolveSeeds(seeds, addresses)
  await ensurePrefixesFree(ports, seeds, pools)
  // Each a millisecond younger than the one before, as pools are shown in the order in which they were made.
  const oldest = ports.clock.now() - pools.length + 1
  for (let first = 0; first < pools.length; first += poolsAtOnce) {
    const some = pools.slice(first, first + poolsAtOnce)
    for (const [at, pool] of (await applyPools(ports, some, oldest + first)).entries()) {
      const seed = some[at] as PoolSeed
      for (const user of seed.Users ?? []) await applyUser(ports, pool.pool, seed, user)
      applied.push(pool)
    }
  }
  return applied
}

/** Pools that are written at one stroke: a commit takes about as long as the records of one. */
const poolsAtOnce = 8

/** Another process may be applying the same seed: then the next look finds its work done. */
const attempts = 5

async function applyPools(
  { store }: SeedPorts,
  seeds: readonly PoolSeed[],
  oldest: number,
): Promise<AppliedPool[]> {
  const wanted = await all(seeds, async (seed, at) => {
    const records = recordsOf(seed, oldest + at)
    return { ...records, documents: await seedDocuments(seed, records.pool) }
  })
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const followed = await all(wanted, records => followRecords(store, records))
    const writes = followed.flatMap(pool => pool.writes)
    if (writes.length === 0 || (await store.commit(...writes))) return followed.map(({ applied }) => applied)
  }
  const names = seeds.map(({ PoolName }) => `"${PoolName}"`).join(', ')
  throw new Error(`Others keep changing one of the pools ${names}: the seed was not applied. Start again.`)
}

/** A pool as it will be, and the writes that make it so. */
async function followRecords(
  store: Store,
  wanted: PoolRecords & { readonly documents: Awaited<ReturnType<typeof seedDocuments>> },
): Promise<{ readonly applied: AppliedPool; readonly writes: readonly Write[] }> {
  const { pool, clients, providers, resourceServers, groups, keys, mfa, documents } = wanted
  const [followedPool, followedClients, followedProviders, ...others] = await Promise.all([
    followPool(store, pool),
    all(clients, client => follow(store, collections.clients, client.id, client)),
    all(providers, one => followProvider(store, one)),
    all(resourceServers, one =>
      follow(store, collections.resourceServers, resourceServerKey(one.poolId, one.identifier), one),
    ),
    all(groups, one => follow(store, collections.groups, groupKey(one.poolId, one.name), one)),
    all(keys, one => follow(store, signingKeys, pool.id, one)),
    all(mfa, one => follow(store, collections.mfaConfigurations, pool.id, one)),
    all(documents, one =>
      follow(store, collections.documents, documentKey(one.poolId, one.kind, one.id), one),
    ),
  ])
  const followed = [followedPool, ...followedClients, ...followedProviders, ...others.flat()]
  return {
    applied: {
      pool: followedPool.record,
      clients: followedClients.map(({ record }) => record),
      providers: followedProviders.map(({ record }) => record),
    },
    writes: followed.flatMap(({ write }) => write),
  }
}

const all = <T, R>(items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> =>
  Promise.all(items.map(act))

interface PoolRecords {
  readonly pool: UserPool
  readonly clients: readonly AppClient[]
  readonly providers: readonly IdentityProvider[]
  readonly resourceServers: readonly ResourceServer[]
  readonly groups: readonly Group[]
  /** One entry when the seed fixes the keys, none otherwise. */
  readonly keys: readonly StoredKeys[]
  /** One entry when the seed says more of second factors and passkeys than the mode. */
  readonly mfa: readonly MfaConfiguration[]
}

function recordsOf(seed: PoolSeed, now: number): PoolRecords {
  const pool = poolOf(seed, now)
  const providers = (seed.IdentityProviders ?? []).map(provider => providerOf(pool, provider))
  const groups = [
    ...providers.map(({ name }) => providerGroupRecord(pool, name, pool.createdAt)),
    ...(seed.Groups ?? []).map(group => groupOf(pool, group)),
  ]
  return {
    pool,
    clients: (seed.Clients ?? []).map(client => clientOf(pool, seed, client)),
    providers,
    resourceServers: (seed.ResourceServers ?? []).map(server => resourceServerOf(pool, server)),
    // A seed may describe the group of a provider itself.
    groups: [...new Map(groups.map(group => [group.name, group])).values()],
    keys: keysOf(seed),
    mfa: mfaOf(seed),
  }
}

/** What a seed says of a pool, and what it says of second factors and passkeys: two records. */
function withoutMfa<S extends Partial<PoolSeed>>(seed: S) {
  const { SmsMfaConfiguration, SoftwareTokenMfaConfiguration, ...others } = seed
  const { EmailMfaConfiguration, WebAuthnConfiguration, ...settings } = others
  const mfa: MfaConfiguration = {
    ...(SmsMfaConfiguration && { SmsMfaConfiguration }),
    ...(SoftwareTokenMfaConfiguration && { SoftwareTokenMfaConfiguration }),
    ...(EmailMfaConfiguration && { EmailMfaConfiguration }),
    ...(WebAuthnConfiguration && { WebAuthnConfiguration }),
  }
  return { settings, mfa }
}

/** The pool's MFA configuration, if the seed says more of it than the mode. */
function mfaOf(seed: PoolSeed): MfaConfiguration[] {
  const { mfa } = withoutMfa(seed)
  const { MfaConfiguration: mode } = seed
  return Object.keys(mfa).length === 0 ? [] : [{ ...mfa, ...(mode && { MfaConfiguration: mode }) }]
}

function poolOf(seed: PoolSeed, now: number): UserPool {
  const { PoolName, Schema, Id, Domain, DomainAddress, CustomDomain, ManagedLoginVersion, ...rest } = seed
  const { Issuer, SigningKeys, Clients, IdentityProviders, ResourceServers, Groups, Users, ...others } = rest
  const { ManagedLoginBrandings, UICustomizations, RiskConfigurations, LogConfigurations, Terms, ...more } =
    others
  const { SessionConfiguration, ...settings } = withoutMfa(more).settings
  return poolRecord(
    {
      id: poolIdOf(seed),
      name: PoolName,
      settings,
      sessions: SessionConfiguration && trackingIn(SessionConfiguration),
      schema: Schema ?? [],
      domain: Domain,
      domainAddress: DomainAddress === 'regional' ? DomainAddress : undefined,
      customDomain: CustomDomain && {
        name: CustomDomain.Domain,
        certificateArn: CustomDomain.CertificateArn,
        ...(CustomDomain.ManagedLoginVersion && { managedLoginVersion: CustomDomain.ManagedLoginVersion }),
        ...(CustomDomain.SecurityPolicy && { securityPolicy: CustomDomain.SecurityPolicy }),
        ...(CustomDomain.Routing && { routing: CustomDomain.Routing }),
      },
      managedLoginVersion: ManagedLoginVersion,
      issuer: Issuer as IssuerMode | undefined,
    },
    now,
  )
}

const trackingIn = (
  given: NonNullable<PoolSeed['SessionConfiguration']>,
): NonNullable<UserPool['sessions']> =>
  changedTracking(undefined, {
    isOn: given.UserSessionTracking === 'ENABLED',
    maxPerUser: given.TokenSession.MaxPerUser,
  })

function clientOf(pool: UserPool, seed: PoolSeed, client: ClientSeed): AppClient {
  const { ClientId, ClientName: name, ClientType, GenerateSecret, ClientSecret, ...others } = client
  const { SessionConfiguration, ...settings } = others
  const secret = clientSecretOf(seed, client)
  const ssoMinutes = SessionConfiguration?.SSOSession.MaxValidityMinutes
  return {
    ...clientRecord(pool, clientIdOf(seed, client), { name, settings, secret }, pool.createdAt),
    ...(ClientType === 'DCR' && { type: ClientType }),
    ...(ssoMinutes !== undefined && { ssoMinutes }),
  }
}

const providerOf = (pool: UserPool, seed: ProviderSeed): IdentityProvider =>
  providerRecord(
    pool,
    {
      name: seed.ProviderName,
      type: seed.ProviderType,
      details: seed.ProviderDetails,
      mapping: seed.AttributeMapping,
      acrMapping: seed.AcrMapping,
      identifiers: seed.IdpIdentifiers ?? [],
    },
    pool.createdAt,
  )

const resourceServerOf = (
  pool: UserPool,
  { Identifier, Name, Scopes = [] }: ResourceServerSeed,
): ResourceServer => resourceServerRecord(pool, { identifier: Identifier, name: Name, scopes: Scopes })

const groupOf = (pool: UserPool, seed: GroupSeed): Group =>
  groupRecord(
    pool,
    {
      name: seed.GroupName,
      ...(seed.Description === undefined ? {} : { description: seed.Description }),
      ...(seed.RoleArn === undefined ? {} : { roleArn: seed.RoleArn }),
      ...(seed.Precedence === undefined ? {} : { precedence: seed.Precedence }),
    },
    pool.createdAt,
  )

function keysOf({ SigningKeys }: PoolSeed): StoredKeys[] {
  const idToken = SigningKeys && privateKeyPem(SigningKeys.IdToken)
  const accessToken = SigningKeys && privateKeyPem(SigningKeys.AccessToken)
  return idToken === undefined || accessToken === undefined ? [] : [{ idToken, accessToken }]
}

/** Creates a user with their memberships, unless somebody has that name or that `sub` already. */
async function applyUser(ports: SeedPorts, pool: UserPool, seed: PoolSeed, user: UserSeed): Promise<void> {
  if ((await userNamed(ports, pool, user.Username)) !== undefined) return
  const text = user.Password ?? user.TemporaryPassword
  const { record, writes } = userCreation(ports, pool, {
    username: user.Username,
    attributes: attributesOf(user, pool),
    sub: subOf(seed, user),
    ...(text === undefined ? {} : { password: { text, temporary: user.Password === undefined } }),
    ...(user.SoftwareTokenSecret && { mfa: appWith(user.SoftwareTokenSecret) }),
  })
  const joins = (user.Groups ?? []).map(group => joinGroup(pool, group, record))
  // If the condition does not hold, another process created the user at this moment.
  await ports.store.commit(...writes, ...joins)
}
