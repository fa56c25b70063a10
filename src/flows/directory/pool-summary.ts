import { type Addresses, domainUrl, issuerOf } from '../../core/addresses.js'
import { type AppClient, providersOf } from '../../core/app-client.js'
import { allowedScopes } from '../../core/scopes.js'
import type { Service } from '../service.js'
import { type RegisteredPool, registeredPools } from './registered-pools.js'

/** What a developer needs to know of a pool to register an app. */
export interface PoolSummary {
  readonly id: string
  readonly name: string
  /** What `iss` says in the pool's tokens. */
  readonly issuer: string
  readonly discoveryUrl: string
  /** Where the hosted pages are; absent when the pool has no domain. */
  readonly domainUrl?: string
  readonly clients: readonly ClientSummary[]
  /** The names of the identity providers that the pool federates to. */
  readonly identityProviders: readonly string[]
}

/** What a developer needs to know of an app client to configure the app, its secret included. */
export interface ClientSummary {
  readonly id: string
  readonly name: string
  readonly secret?: string
  readonly callbackUrls: readonly string[]
  readonly logoutUrls: readonly string[]
  readonly flows: readonly string[]
  readonly scopes: readonly string[]
  readonly identityProviders: readonly string[]
}

/** What the summary goes by. */
type Told = Pick<Service, 'store'> & Addresses

/** All pools with their clients, in the order in which they were made. */
export const summarisePools = async (service: Told): Promise<PoolSummary[]> =>
  (await registeredPools(service)).map(pool => summaryOf(service, pool))

/** What there is to tell of a pool that was read before. */
export function summaryOf(addresses: Addresses, { pool, clients, providers }: RegisteredPool): PoolSummary {
  const domain = domainUrl(addresses, pool)
  return {
    id: pool.id,
    name: pool.name,
    issuer: issuerOf(addresses, pool),
    discoveryUrl: `${addresses.base}/${pool.id}/.well-known/openid-configuration`,
    ...(domain === undefined ? {} : { domainUrl: domain }),
    clients: clients.map(clientSummary),
    identityProviders: providers.map(({ name }) => name),
  }
}

function clientSummary(client: AppClient): ClientSummary {
  const { id, name, settings, secrets } = client
  return {
    id,
    name,
    ...(secrets[0] === undefined ? {} : { secret: secrets[0].value }),
    callbackUrls: settings.CallbackURLs ?? [],
    logoutUrls: settings.LogoutURLs ?? [],
    flows: settings.AllowedOAuthFlowsUserPoolClient ? (settings.AllowedOAuthFlows ?? []) : [],
    scopes: allowedScopes(client),
    identityProviders: providersOf(client),
  }
}
