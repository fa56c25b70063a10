import { resourceServers } from '../../core/collections.js'
import type { ResourceServer } from '../../core/resource-server.js'
import {
  createResourceServer,
  deleteResourceServer,
  storedResourceServer,
  updateResourceServer,
} from '../../flows/administration/resource-servers.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { poolOf } from '../scope.js'

/** The scopes are shown by name, in whichever order they were given (docs/facts/infrastructure.md). */
const resourceServerType = ({ poolId, identifier, name, scopes }: ResourceServer) => ({
  UserPoolId: poolId,
  Identifier: identifier,
  Name: name,
  Scopes: scopes.toSorted((one, other) => (one.ScopeName < other.ScopeName ? -1 : 1)),
})

export const CreateResourceServer = operation('CreateResourceServer', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { Identifier: identifier, Name: name, Scopes: scopes = [] } = input
  const server = await createResourceServer(scope.service, pool, { identifier, name, scopes })
  return { ResourceServer: resourceServerType(server) }
})

export const DescribeResourceServer = operation('DescribeResourceServer', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { record } = await storedResourceServer(scope.service, pool, input.Identifier)
  return { ResourceServer: resourceServerType(record) }
})

export const UpdateResourceServer = operation('UpdateResourceServer', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { Identifier: identifier, Name: name, Scopes: scopes = [] } = input
  const server = await updateResourceServer(scope.service, pool, { identifier, name, scopes })
  return { ResourceServer: resourceServerType(server) }
})

export const DeleteResourceServer = operation('DeleteResourceServer', async (scope, input) => {
  await deleteResourceServer(scope.service, await poolOf(scope, input.UserPoolId), input.Identifier)
  return undefined
})

export const ListResourceServers = operation('ListResourceServers', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { items, next } = await page(
    'ListResourceServers',
    input,
    input.NextToken,
    input.MaxResults ?? 50,
    pageOf => scope.service.store.lookup(resourceServers, 'pool', pool.id, pageOf),
  )
  return {
    ResourceServers: items.map(({ record }) => resourceServerType(record)),
    ...defined({ NextToken: next }),
  }
})
