import type { AppClient, ClientSecret, ClientSettings } from '../../core/app-client.js'
import { clients } from '../../core/collections.js'
import { base32Hex, randomText } from '../../core/ports/chance.js'
import { insert, remove, replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { clientNotFound, conflict, invalidParameter, limitExceeded } from '../refusals.js'
import { clientOf, poolOf, type Scope, timestamp } from '../scope.js'
import { ensureClientRules } from './rules.js'

/** A client as it is described, secret and all (§6.4). */
function userPoolClientType(client: AppClient): object {
  const { id, poolId, name, secrets, settings, createdAt, modifiedAt } = client
  return defined({
    ...withoutEmptyLists(settings),
    UserPoolId: poolId,
    ClientName: name,
    ClientId: id,
    ClientSecret: secrets[0]?.value,
    LastModifiedDate: timestamp(modifiedAt),
    CreationDate: timestamp(createdAt),
    RefreshTokenValidity: settings.RefreshTokenValidity || 30,
    TokenValidityUnits: settings.TokenValidityUnits ?? {},
    AllowedOAuthFlowsUserPoolClient: settings.AllowedOAuthFlowsUserPoolClient ?? false,
    EnableTokenRevocation: settings.EnableTokenRevocation ?? true,
    EnablePropagateAdditionalUserContextData: settings.EnablePropagateAdditionalUserContextData ?? false,
    AuthSessionValidity: settings.AuthSessionValidity ?? 3,
  })
}

const withoutEmptyLists = (settings: ClientSettings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  )

export const CreateUserPoolClient = operation('CreateUserPoolClient', async (scope, input) => {
  const { UserPoolId, ClientName, GenerateSecret, ClientSecret: given, ...settings } = input
  const { service } = scope
  const pool = await poolOf(scope, UserPoolId)
  ensure(!(GenerateSecret && given), () =>
    invalidParameter('ClientSecret cannot be given together with GenerateSecret.'),
  )
  const now = service.clock.now()
  const id = randomText(service.chance, 26, base32Hex)
  const value = given ?? (GenerateSecret ? newSecret(scope) : undefined)
  const client: AppClient = {
    id,
    poolId: pool.id,
    name: ClientName,
    secrets: value === undefined ? [] : [{ id: secretId(id, now), value, createdAt: now }],
    settings,
    createdAt: now,
    modifiedAt: now,
  }
  await ensureClientRules(scope, pool, client)
  ensure(await service.store.commit(insert(clients, id, client)), conflict)
  return { UserPoolClient: userPoolClientType(client) }
})

const newSecret = ({ service }: Scope): string => randomText(service.chance, 51, base32Hex)
const secretId = (clientId: string, now: number): string => `${clientId}--${Math.floor(now / 1000)}`

export const DescribeUserPoolClient = operation(
  'DescribeUserPoolClient',
  async (scope, { UserPoolId, ClientId }) => ({
    UserPoolClient: userPoolClientType(await clientOf(scope, await poolOf(scope, UserPoolId), ClientId)),
  }),
)

/** Replaces all settings; what is left out returns to its default (fact U107). The secret stays. */
export const UpdateUserPoolClient = operation('UpdateUserPoolClient', async (scope, input) => {
  const { UserPoolId, ClientId, ClientName, ...settings } = input
  const pool = await poolOf(scope, UserPoolId)
  const client = await changeClient(scope, pool, ClientId, async before => {
    const changed = { ...before, name: ClientName ?? before.name, settings }
    await ensureClientRules(scope, pool, changed)
    return changed
  })
  return { UserPoolClient: userPoolClientType(client) }
})

export const DeleteUserPoolClient = operation(
  'DeleteUserPoolClient',
  async (scope, { UserPoolId, ClientId }) => {
    const client = await clientOf(scope, await poolOf(scope, UserPoolId), ClientId)
    await scope.service.store.commit(remove(clients, client.id))
    return undefined
  },
)

export const ListUserPoolClients = operation('ListUserPoolClients', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { items, next } = await page(
    'ListUserPoolClients',
    input,
    input.NextToken,
    input.MaxResults ?? 60,
    pageOf => scope.service.store.lookup(clients, 'pool', pool.id, pageOf),
  )
  return {
    UserPoolClients: items.map(({ record: { id, name } }) => ({
      ClientId: id,
      UserPoolId: pool.id,
      ClientName: name,
    })),
    ...defined({ NextToken: next }),
  }
})

async function changeClient(
  { service }: Scope,
  pool: UserPool,
  id: string,
  change: (client: AppClient) => AppClient | Promise<AppClient>,
): Promise<AppClient> {
  const stored: Stored<AppClient> | undefined = await service.store.get(clients, id)
  ensure(stored?.record.poolId === pool.id, () => clientNotFound(id))
  const client = { ...(await change(stored.record)), modifiedAt: service.clock.now() }
  ensure(await service.store.commit(replace(clients, stored, client)), conflict)
  return client
}

const descriptor = ({ id, createdAt }: ClientSecret) => ({
  ClientSecretId: id,
  ClientSecretCreateDate: timestamp(createdAt),
})

/** A second secret, so that one can be exchanged while the other works (fact U108). */
export const AddUserPoolClientSecret = operation('AddUserPoolClientSecret', async (scope, input) => {
  const { UserPoolId, ClientId, ClientSecret: given } = input
  const pool = await poolOf(scope, UserPoolId)
  const now = scope.service.clock.now()
  const value = given ?? newSecret(scope)
  const id = secretId(ClientId, now)
  const { secrets } = await changeClient(scope, pool, ClientId, client => {
    ensure(client.secrets.length > 0, () =>
      invalidParameter('A secret can be added to a client that has one already, not to a public client.'),
    )
    ensure(client.secrets.length < 2, () => limitExceeded('Client secrets cannot exceed limit of 2 secrets.'))
    const isTaken = client.secrets.some(secret => secret.id === id)
    return {
      ...client,
      secrets: [...client.secrets, { id: isTaken ? `${id}1` : id, value, createdAt: now }],
    }
  })
  const added = secrets.at(-1) as ClientSecret
  return { ClientSecretDescriptor: { ...descriptor(added), ...(given ? {} : { ClientSecretValue: value }) } }
})

export const ListUserPoolClientSecrets = operation('ListUserPoolClientSecrets', async (scope, input) => ({
  ClientSecrets: (await clientOf(scope, await poolOf(scope, input.UserPoolId), input.ClientId)).secrets.map(
    descriptor,
  ),
}))

export const DeleteUserPoolClientSecret = operation('DeleteUserPoolClientSecret', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  await changeClient(scope, pool, input.ClientId, client => {
    const secrets = client.secrets.filter(({ id }) => id !== input.ClientSecretId)
    ensure(secrets.length < client.secrets.length, () =>
      invalidParameter(`Client secret ${input.ClientSecretId} does not exist.`),
    )
    ensure(secrets.length > 0, () => invalidParameter('The last client secret cannot be deleted.'))
    return { ...client, secrets }
  })
  return {}
})
