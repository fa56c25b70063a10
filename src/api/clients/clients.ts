import type { AppClient, ClientSecret, ClientSettings } from '../../core/app-client.js'
import { clients } from '../../core/collections.js'
import {
  addClientSecret,
  createClient,
  deleteClient,
  deleteClientSecret,
  ensureNotRegistered,
  updateClient,
} from '../../flows/administration/clients.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined, withoutEmptyLists } from '../pools/describe.js'
import { clientOf, poolOf, timestamp } from '../scope.js'

/** A client as `DescribeUserPoolClient` shows it, with its secret (docs/facts/user-pools-api.md §6.4). */
function userPoolClientType(client: AppClient): object {
  const { id, poolId, name, secrets, settings, createdAt, modifiedAt } = client
  return defined({
    ...withSortedLists(withoutEmptyLists(settings)),
    UserPoolId: poolId,
    ClientName: name,
    ClientId: id,
    ClientSecret: secrets[0]?.value,
    LastModifiedDate: timestamp(modifiedAt),
    CreationDate: timestamp(createdAt),
    ClientType: typeOf(client),
    RefreshTokenValidity: settings.RefreshTokenValidity || 30,
    TokenValidityUnits: settings.TokenValidityUnits ?? {},
    AllowedOAuthFlowsUserPoolClient: settings.AllowedOAuthFlowsUserPoolClient ?? false,
    EnableTokenRevocation: settings.EnableTokenRevocation ?? true,
    EnablePropagateAdditionalUserContextData: settings.EnablePropagateAdditionalUserContextData ?? false,
    AuthSessionValidity: settings.AuthSessionValidity ?? 3,
  })
}

const typeOf = ({ type }: Pick<AppClient, 'type'>) => type ?? 'REGULAR'

/** The service sorts the lists of a client (docs/facts/user-pools-api.md §6.4). */
const withSortedLists = (settings: Partial<ClientSettings>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? value.toSorted() : value]),
  )

export const CreateUserPoolClient = operation('CreateUserPoolClient', async (scope, input) => {
  const {
    UserPoolId,
    ClientName: name,
    GenerateSecret: generateSecret,
    ClientSecret: secret,
    ...settings
  } = input
  const pool = await poolOf(scope, UserPoolId)
  const client = await createClient(scope.service, pool, { name, settings, secret, generateSecret })
  return { UserPoolClient: userPoolClientType(client) }
})

export const DescribeUserPoolClient = operation(
  'DescribeUserPoolClient',
  async (scope, { UserPoolId, ClientId }) => ({
    UserPoolClient: userPoolClientType(await clientOf(scope, await poolOf(scope, UserPoolId), ClientId)),
  }),
)

export const UpdateUserPoolClient = operation('UpdateUserPoolClient', async (scope, input) => {
  const { UserPoolId, ClientId, ClientName: name, ...settings } = input
  const pool = await poolOf(scope, UserPoolId)
  return {
    UserPoolClient: userPoolClientType(await updateClient(scope.service, pool, ClientId, { name, settings })),
  }
})

export const DeleteUserPoolClient = operation(
  'DeleteUserPoolClient',
  async (scope, { UserPoolId, ClientId }) => {
    await deleteClient(scope.service, await clientOf(scope, await poolOf(scope, UserPoolId), ClientId))
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
    // A page is filtered after it was read, as on AWS: it may be short, or empty, and have another one behind it.
    UserPoolClients: items
      .filter(({ record }) => input.ClientType === undefined || typeOf(record) === input.ClientType)
      .map(({ record: { id, name } }) => ({
        ClientId: id,
        UserPoolId: pool.id,
        ClientName: name,
      })),
    ...defined({ NextToken: next }),
  }
})

const descriptor = ({ id, createdAt }: ClientSecret) => ({
  ClientSecretId: id,
  ClientSecretCreateDate: timestamp(createdAt),
})

export const AddUserPoolClientSecret = operation('AddUserPoolClientSecret', async (scope, input) => {
  const { UserPoolId, ClientId, ClientSecret: given } = input
  const pool = await poolOf(scope, UserPoolId)
  const added = await addClientSecret(scope.service, pool, ClientId, given)
  return {
    ClientSecretDescriptor: { ...descriptor(added), ...(given ? {} : { ClientSecretValue: added.value }) },
  }
})

export const ListUserPoolClientSecrets = operation('ListUserPoolClientSecrets', async (scope, input) => {
  const client = await clientOf(scope, await poolOf(scope, input.UserPoolId), input.ClientId)
  ensureNotRegistered(client)
  return { ClientSecrets: client.secrets.map(descriptor) }
})

export const DeleteUserPoolClientSecret = operation('DeleteUserPoolClientSecret', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  await deleteClientSecret(scope.service, pool, input.ClientId, input.ClientSecretId)
  return {}
})
