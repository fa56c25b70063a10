import { domainUrl, idpResponsePath, issuerOf } from '../../core/addresses.js'
import { type AppClient, allowsFlow } from '../../core/app-client.js'
import { pools } from '../../core/collections.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { standardAttribute } from '../../core/schema.js'
import type { UserPool } from '../../core/user-pool.js'
import { createClient, updateClient } from '../administration/clients.js'
import { createDomain } from '../administration/domains.js'
import { createProvider } from '../administration/providers.js'
import { clientsOf, poolById } from '../directory/directory.js'
import type { Service } from '../service.js'

/** Lets a pool federate to another one that lives here: everything that both have to know of one another. */

/** One thing that was done, for the person who asked for it all at once. */
export interface Deed {
  readonly pool: UserPool
  /** A sentence. */
  readonly did: string
}

export interface Federated {
  readonly provider: IdentityProvider
  /** The client that the pool is at the other one. */
  readonly client: AppClient
  readonly deeds: readonly Deed[]
}

const scopes = ['openid', 'email', 'profile']

/**
 * Makes a client at the other pool, and a provider here that knows it, with the mapping of what both pools have, and lets
 * every client here that signs people in offer it. Pools without a domain get one first.
 * @throws Refusal what creating the client, the provider or a domain throws; what was done before stays
 */
export async function federate(
  service: Service,
  given: UserPool,
  {
    to,
    name,
    discover,
  }: {
    readonly to: UserPool
    /** The provider's name. */
    readonly name: string
    readonly discover: (provider: IdentityProvider) => Promise<void>
  },
): Promise<Federated> {
  const deeds: Deed[] = []
  const pool = await withDomain(service, given, deeds)
  const upstream = await withDomain(service, to, deeds)
  const callback = `${domainUrl(service, pool)}${idpResponsePath}`
  const client = await createClient(service, upstream, {
    name: pool.name.slice(0, 128),
    generateSecret: true,
    settings: {
      CallbackURLs: [callback],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: scopes,
      SupportedIdentityProviders: ['COGNITO'],
    },
  })
  deeds.push({
    pool: upstream,
    did: `Made the app client ${client.name} with a secret, the code grant, the scopes ${scopes.join(' ')} and the callback ${callback}.`,
  })
  const mapping = sharedMapping(pool, upstream)
  const provider = await createProvider({ clock: service.clock, store: service.store, discover }, pool, {
    name,
    type: 'OIDC',
    details: {
      client_id: client.id,
      client_secret: client.secrets[0]?.value ?? '',
      oidc_issuer: issuerOf(service, upstream),
      authorize_scopes: scopes.join(' '),
      attributes_request_method: 'GET',
    },
    mapping,
    identifiers: [],
  })
  deeds.push({
    pool,
    did: `Made the identity provider ${name} with the issuer ${issuerOf(service, upstream)}, and mapped ${Object.keys(mapping).join(', ')}.`,
  })
  await enable(service, pool, name, deeds)
  return { provider, client, deeds }
}

async function withDomain(service: Service, { id }: UserPool, deeds: Deed[]): Promise<UserPool> {
  const stored = await service.store.get(pools, id)
  const pool = stored?.record ?? (await poolById(service, id))
  if (stored === undefined || pool === undefined) throw new Error(`The pool ${id} is gone.`)
  if (domainUrl(service, pool) !== undefined) return pool
  const prefix = prefixFor(pool)
  const changed = await createDomain(service, stored, prefix, {})
  deeds.push({ pool: changed, did: `Gave it the domain ${prefix}.` })
  return changed
}

/** A prefix that no other pool can have: the name as far as a prefix may be so, and the end of the id. */
const prefixFor = ({ name, id }: UserPool): string => {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .split('-')
    .filter(part => part !== '' && !['aws', 'amazon', 'cognito'].includes(part))
    .join('-')
  return `${plain.slice(0, 40)}-${id.slice(id.lastIndexOf('_') + 1).toLowerCase()}`.replace(/^-/, '')
}

/** Attributes that most people want, and those that this pool requires or has of its own: what the other has too. */
function sharedMapping(pool: UserPool, upstream: UserPool): Record<string, string> {
  const usual = ['email', 'email_verified', 'given_name', 'family_name']
  const wanted = pool.schema.filter(
    ({ name, required, mutable }) =>
      name !== 'sub' &&
      mutable &&
      (required || usual.includes(name) || standardAttribute(name) === undefined),
  )
  const shared = wanted.filter(({ name }) => upstream.schema.some(other => other.name === name))
  return Object.fromEntries(shared.map(({ name }) => [name, name]))
}

async function enable(service: Service, pool: UserPool, name: string, deeds: Deed[]): Promise<void> {
  for (const client of await clientsOf(service, pool)) {
    if (!allowsFlow(client, 'code') && !allowsFlow(client, 'implicit')) continue
    const { settings } = client
    const enabled = [...(settings.SupportedIdentityProviders ?? []), name]
    await updateClient(service, pool, client.id, {
      name: client.name,
      settings: { ...settings, SupportedIdentityProviders: enabled },
    })
    deeds.push({ pool, did: `Let the client ${client.name} offer ${name}.` })
  }
}
