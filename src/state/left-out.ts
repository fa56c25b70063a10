import { createHmac } from 'node:crypto'
import type { AppClient } from '../core/app-client.js'
import type { UserRecord } from '../core/collections.js'
import * as collections from '../core/collections.js'
import { samlSigning, signingKeys } from '../core/collections.js'
import type { IdentityProvider } from '../core/identity-provider.js'
import type { ImageEntry, Store } from '../core/ports/store.js'

/** What a snapshot without secrets does not have, and what becomes of it at a restore. */
export const leftOutSentences: readonly string[] = [
  'Signing keys: a pool that exists where the snapshot is restored keeps its keys, any other gets new ones. Tokens signed by keys that are not there are refused.',
  'Passwords, second factors and passkeys of users: a user who exists there with the same sub keeps theirs, any other has none until an administrator sets a password.',
  'Client secrets, and secrets of identity providers: those that exist there stay; in the place of others stands a secret made for this snapshot, the same wherever the same secret stood.',
  'Messages, import jobs, and all that comes of signing in: sessions, codes, grants, refresh tokens and challenges are over.',
]

/**
 * What a snapshot without secrets has of each collection, record by record. A collection that this table does not name is
 * left out, so a new kind of record stays out until it is named.
 */
const told: Readonly<Record<string, (record: never, standIn: (secret: string) => string) => object>> = {
  [collections.pools.name]: record => record,
  [collections.clients.name]: (client: AppClient, standIn): AppClient => ({
    ...client,
    secrets: client.secrets.map(secret => ({ ...secret, value: standIn(secret.value) })),
  }),
  [collections.identityProviders.name]: (provider: IdentityProvider, standIn): IdentityProvider => ({
    ...provider,
    details: Object.fromEntries(
      Object.entries(provider.details).map(([name, value]) => [
        name,
        isSecret(name) ? standIn(value) : value,
      ]),
    ),
  }),
  [collections.resourceServers.name]: record => record,
  [collections.upstreamPeople.name]: record => record,
  [collections.groups.name]: record => record,
  [collections.memberships.name]: record => record,
  [collections.users.name]: (user: UserRecord): Omit<UserRecord, 'password'> => ({
    poolId: user.poolId,
    username: user.username,
    sub: user.sub,
    status: user.status,
    enabled: user.enabled,
    attributes: user.attributes,
    identities: user.identities,
    aliases: user.aliases,
    ...(user.tokensValidFrom === undefined ? {} : { tokensValidFrom: user.tokensValidFrom }),
    createdAt: user.createdAt,
    modifiedAt: user.modifiedAt,
  }),
  [collections.mfaConfigurations.name]: record => record,
  // Branding, terms and the like, and what discovery found; each belongs to a surface.
  [collections.documents.name]: record => record,
  'provider-discoveries': record => record,
  'saml-metadata': record => record,
  'provisioned-limits': record => record,
}

/** As the service names them: `client_secret`, `private_key`. */
const isSecret = (detail: string): boolean => /secret|private_key/i.test(detail)

/**
 * Records without their secrets.
 * @param key random, and not stored: stand-ins say nothing about the secrets that they stand for
 */
export function* withoutSecrets(entries: Iterable<ImageEntry>, key: Buffer): Iterable<ImageEntry> {
  const standIn = (secret: string): string =>
    createHmac('sha256', key).update(secret).digest('hex').slice(0, 51)
  for (const entry of entries) {
    const tell = told[entry.collection]
    if (tell !== undefined) yield { ...entry, record: tell(entry.record as never, standIn) }
  }
}

/** Records without secrets, with those that are known here of the same keys, clients, providers and users. */
export async function* withSecretsKnownHere(
  entries: Iterable<ImageEntry>,
  here: Pick<Store, 'get'>,
): AsyncIterable<ImageEntry> {
  const known = (collection: string, key: string) => here.get<object>({ name: collection, indexes: {} }, key)
  for (const entry of entries) {
    const { collection, key } = entry
    const same = withSecrets.has(collection) ? await known(collection, key) : undefined
    yield same === undefined ? entry : { ...entry, record: completed(entry, same.record) }
    if (collection === collections.pools.name)
      for (const ofPool of keysOfPools) {
        const keys = await known(ofPool, key)
        if (keys !== undefined) yield { ...keys, collection: ofPool, filings: [] }
      }
  }
}

const withSecrets: ReadonlySet<string> = new Set([
  collections.clients.name,
  collections.identityProviders.name,
  collections.users.name,
])
/** Kept under the pool's id, and filed nowhere. */
const keysOfPools = [signingKeys.name, samlSigning.name]

function completed({ collection, record }: ImageEntry, here: object): object {
  switch (collection) {
    case collections.clients.name:
      return { ...record, secrets: (here as AppClient).secrets }
    case collections.identityProviders.name: {
      const { details } = record as IdentityProvider
      const known = Object.entries((here as IdentityProvider).details).filter(([name]) => isSecret(name))
      return { ...record, details: { ...details, ...Object.fromEntries(known) } }
    }
    case collections.users.name:
      return (here as UserRecord).sub === (record as UserRecord).sub ? { ...here, ...record } : record
    default:
      return record
  }
}
