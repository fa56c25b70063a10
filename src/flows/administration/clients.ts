import type { AppClient, ClientSecret, ClientSettings } from '../../core/app-client.js'
import { isConfidential } from '../../core/app-client.js'
import { clients } from '../../core/collections.js'
import { base32Hex, randomText } from '../../core/ports/chance.js'
import type { Ports } from '../../core/ports/ports.js'
import { insert, remove, replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { customScopes } from '../../core/resource-server.js'
import { clientFindings, samlAmong, secretFindings } from '../../core/rules/client.js'
import { ensureSound, type Finding } from '../../core/rules/finding.js'
import type { UserPool } from '../../core/user-pool.js'
import { conflict } from '../conflict.js'
import { clientsOf, providersOf, resourceServersOf } from '../directory/directory.js'
import * as refusals from './administration-refusals.js'
import { ensureRoom } from './quotas.js'

/** The writer of app clients. */

type Needs = Pick<Ports, 'clock' | 'chance' | 'store'>

export interface NewClient {
  readonly name: string
  readonly settings: ClientSettings
  /** Without one the client is public. */
  readonly secret?: string | undefined
}

/**
 * A client as it is stored at first.
 * @param now milliseconds since the epoch
 */
export const clientRecord = (
  { id: poolId }: UserPool,
  id: string,
  { name, settings, secret }: NewClient,
  now: number,
): AppClient => ({
  id,
  poolId,
  name,
  secrets: secret === undefined ? [] : [{ id: secretId(id, now), value: secret, createdAt: now }],
  settings,
  createdAt: now,
  modifiedAt: now,
})

const secretId = (clientId: string, now: number): string => `${clientId}--${Math.floor(now / 1000)}`

/** A random secret, in the form of Cognito's. */
export const newClientSecret = ({ chance }: Pick<Ports, 'chance'>): string =>
  randomText(chance, 51, base32Hex)

/**
 * Creates a client with an id of its own.
 * @param given `generateSecret` makes a secret
 * @throws Refusal when a rule for clients is broken
 */
export async function createClient(
  ports: Needs,
  pool: UserPool,
  { generateSecret, ...given }: NewClient & { readonly generateSecret?: boolean | undefined },
): Promise<AppClient> {
  ensureSound(secretFindings({ GenerateSecret: generateSecret, ClientSecret: given.secret }))
  ensureRoom('app clients in a user pool', (await clientsOf(ports, pool)).length, 'DeleteUserPoolClient')
  const secret = generateSecret ? newClientSecret(ports) : given.secret
  const id = randomText(ports.chance, 26, base32Hex)
  const client = clientRecord(pool, id, { ...given, secret }, ports.clock.now())
  await ensureClientSound(ports, pool, client)
  ensure(await ports.store.commit(insert(clients, id, client)), conflict)
  return client
}

/**
 * Replaces all settings of a client: what is left out returns to its default (fact U107). The secrets stay.
 * @throws Refusal when the pool has no such client, or a rule for clients is broken
 */
export const updateClient = (
  ports: Needs,
  pool: UserPool,
  id: string,
  { name, settings }: { readonly name: string | undefined; readonly settings: ClientSettings },
): Promise<AppClient> =>
  changeClient(ports, pool, id, async before => {
    const changed = { ...before, name: name ?? before.name, settings }
    await ensureClientSound(ports, pool, changed)
    return changed
  })

/**
 * Adds a callback and a sign-out URL to those of a client; what it has already stays as it is.
 * @throws Refusal when the pool has no such client, or a rule for clients is broken
 */
export const addAppUrls = (
  ports: Needs,
  pool: UserPool,
  id: string,
  { callbackUrl, logoutUrl }: { readonly callbackUrl: string; readonly logoutUrl: string },
): Promise<AppClient> =>
  changeClient(ports, pool, id, async before => {
    const { CallbackURLs = [], LogoutURLs = [] } = before.settings
    const changed = {
      ...before,
      settings: {
        ...before.settings,
        CallbackURLs: [...new Set([...CallbackURLs, callbackUrl])],
        LogoutURLs: [...new Set([...LogoutURLs, logoutUrl])],
      },
    }
    await ensureClientSound(ports, pool, changed)
    return changed
  })

async function ensureClientSound(ports: Needs, pool: UserPool, client: AppClient): Promise<void> {
  ensureSound(await findingsOf(ports, pool, client))
}

/** What the rules find wrong with a client, in its pool as it is. */
export async function findingsOf(
  ports: Pick<Ports, 'store'>,
  pool: UserPool,
  client: AppClient,
): Promise<Iterable<Finding>> {
  const [providers, servers] = await Promise.all([providersOf(ports, pool), resourceServersOf(ports, pool)])
  const surroundings = {
    ...pool,
    providers: providers.map(({ name }) => name),
    saml: samlAmong(providers),
    customScopes: servers.flatMap(customScopes),
  }
  return clientFindings(client.settings, isConfidential(client), surroundings)
}

/**
 * Adds a second secret, so that one can be exchanged while the other works (fact U108).
 * @param given the secret; without it, one is made
 * @throws Refusal for a public client, and for one that has two secrets
 */
export async function addClientSecret(
  ports: Needs,
  pool: UserPool,
  id: string,
  given: string | undefined,
): Promise<ClientSecret> {
  const value = given ?? newClientSecret(ports)
  const now = ports.clock.now()
  const { secrets } = await changeClient(ports, pool, id, client => {
    ensureNotRegistered(client)
    ensure(isConfidential(client), () => refusals.secretForPublicClient(client.name))
    ensure(client.secrets.length < 2, () => refusals.tooManySecrets(client.name))
    const isTaken = client.secrets.some(secret => secret.id === secretId(id, now))
    const added = { id: `${secretId(id, now)}${isTaken ? '1' : ''}`, value, createdAt: now }
    return { ...client, secrets: [...client.secrets, added] }
  })
  return secrets.at(-1) as ClientSecret
}

/** @throws Refusal when the client has no such secret, or no other */
export const deleteClientSecret = (
  ports: Needs,
  pool: UserPool,
  id: string,
  secret: string,
): Promise<AppClient> =>
  changeClient(ports, pool, id, client => {
    ensureNotRegistered(client)
    const secrets = client.secrets.filter(({ id }) => id !== secret)
    ensure(secrets.length < client.secrets.length, () => refusals.secretNotFound(secret))
    ensure(secrets.length > 0, () => refusals.lastSecret(client.name))
    return { ...client, secrets }
  })

/** The operations of secrets are not for clients that registered themselves (fact N61). */
export function ensureNotRegistered({ name, type }: AppClient): void {
  ensure(type !== 'DCR', () => refusals.secretsOfRegistered(name))
}

/** Tokens that the client has stay valid until they expire. */
export const deleteClient = async ({ store }: Pick<Ports, 'store'>, { id }: AppClient): Promise<void> => {
  await store.commit(remove(clients, id))
}

/** Changes a client that the pool has. */
export async function changeClient(
  { store, clock }: Needs,
  pool: UserPool,
  id: string,
  change: (client: AppClient) => AppClient | Promise<AppClient>,
): Promise<AppClient> {
  const stored: Stored<AppClient> | undefined = await store.get(clients, id)
  ensure(stored?.record.poolId === pool.id, () => refusals.clientNotFound(id))
  const client = { ...(await change(stored.record)), modifiedAt: clock.now() }
  ensure(await store.commit(replace(clients, stored, client)), conflict)
  return client
}
