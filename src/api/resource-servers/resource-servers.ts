import { resourceServers } from '../../core/collections.js'
import { insert, remove, replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { type ResourceServer, resourceServerKey } from '../../core/resource-server.js'
import type { UserPool } from '../../core/user-pool.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { conflict, invalidParameter, notFound } from '../refusals.js'
import { poolOf, type Scope } from '../scope.js'

const resourceServerType = ({ poolId, identifier, name, scopes }: ResourceServer) => ({
  UserPoolId: poolId,
  Identifier: identifier,
  Name: name,
  Scopes: scopes,
})

async function stored(
  { service }: Scope,
  pool: UserPool,
  identifier: string,
): Promise<Stored<ResourceServer>> {
  const found = await service.store.get(resourceServers, resourceServerKey(pool.id, identifier))
  ensure(found, () => notFound(`Resource server ${identifier} does not exist.`))
  return found
}

export const CreateResourceServer = operation('CreateResourceServer', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { Identifier: identifier, Name: name, Scopes: scopes = [] } = input
  const server = { poolId: pool.id, identifier, name, scopes }
  const key = resourceServerKey(pool.id, identifier)
  ensure(await scope.service.store.commit(insert(resourceServers, key, server)), () =>
    invalidParameter(`${identifier} already exists in user pool ${pool.id}.`),
  )
  return { ResourceServer: resourceServerType(server) }
})

export const DescribeResourceServer = operation('DescribeResourceServer', async (scope, input) => ({
  ResourceServer: resourceServerType(
    (await stored(scope, await poolOf(scope, input.UserPoolId), input.Identifier)).record,
  ),
}))

/** Name and scopes are replaced: scopes that are left out are gone. */
export const UpdateResourceServer = operation('UpdateResourceServer', async (scope, input) => {
  const before = await stored(scope, await poolOf(scope, input.UserPoolId), input.Identifier)
  const server = { ...before.record, name: input.Name, scopes: input.Scopes ?? [] }
  ensure(await scope.service.store.commit(replace(resourceServers, before, server)), conflict)
  return { ResourceServer: resourceServerType(server) }
})

export const DeleteResourceServer = operation('DeleteResourceServer', async (scope, input) => {
  const server = await stored(scope, await poolOf(scope, input.UserPoolId), input.Identifier)
  await scope.service.store.commit(remove(resourceServers, server))
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
