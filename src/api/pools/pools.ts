import { pools } from '../../core/collections.js'
import type { Page, Stored } from '../../core/ports/store.js'
import { asServedBy } from '../../core/replica.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { addAttributes, createPool, deletePool, updatePool } from '../../flows/administration/pools.js'
import { poolsReplicatedTo, replicasOf } from '../../flows/directory/replicas.js'
import type { Service } from '../../flows/service.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { poolOf, storedPool, timestamp } from '../scope.js'
import { defined, userPoolType } from './describe.js'

export const CreateUserPool = operation(
  'CreateUserPool',
  async (scope, { PoolName: name, Schema: schema = [], ...settings }) => {
    const { service, region = 'us-east-1' } = scope
    const pool = await createPool(service, region, { name, schema, settings })
    return { UserPool: await userPoolType(scope, pool) }
  },
)

export const DescribeUserPool = operation('DescribeUserPool', async (scope, { UserPoolId }) => ({
  UserPool: await userPoolType(scope, await poolOf(scope, UserPoolId)),
}))

export const UpdateUserPool = operation(
  'UpdateUserPool',
  async (scope, { UserPoolId, PoolName: name, ...settings }) => {
    await updatePool(scope.service, await storedPool(scope, UserPoolId), { name, settings })
    return {}
  },
)

export const ListUserPools = operation('ListUserPools', async ({ service, region = '' }, input) => {
  const replicated = await poolsReplicatedTo(service, region)
  const { items, next } = await page('ListUserPools', input, input.NextToken, input.MaxResults, wanted =>
    poolsIn(service, wanted, id => regionOf(id) === region || replicated.has(id)),
  )
  return {
    UserPools: await Promise.all(items.map(({ record }) => descriptionIn(service, record, region))),
    ...defined({ NextToken: next }),
  }
})

/** The first pools of a page that are wanted. No more are read than it takes to find them. */
async function poolsIn(
  { store }: Service,
  { after, limit }: Page,
  isWanted: (id: string) => boolean,
): Promise<Stored<UserPool>[]> {
  const found: Stored<UserPool>[] = []
  for (let from = after; found.length < limit; ) {
    const read = await store.list(pools, { limit, ...(from === undefined ? {} : { after: from }) })
    found.push(...read.filter(({ record }) => isWanted(record.id)))
    if (read.length < limit) break
    from = read.at(-1)?.key
  }
  return found.slice(0, limit)
}

/** A pool of a list, as a region has it. */
async function descriptionIn({ store }: Service, pool: UserPool, region: string): Promise<object> {
  const replicas = await replicasOf({ store }, pool)
  const here = replicas.find(replica => replica.region === region)
  const { id, name, settings, createdAt, modifiedAt } = here === undefined ? pool : asServedBy(pool, here)
  return {
    Id: id,
    Name: name,
    LambdaConfig: settings.LambdaConfig ?? {},
    LastModifiedDate: timestamp(modifiedAt),
    CreationDate: timestamp(createdAt),
    ...(replicas.length === 0 ? {} : { ReplicaRegions: replicas.map(replica => replica.region) }),
  }
}

export const DeleteUserPool = operation('DeleteUserPool', async (scope, { UserPoolId }) => {
  await deletePool(scope.service, await storedPool(scope, UserPoolId))
  return undefined
})

export const AddCustomAttributes = operation(
  'AddCustomAttributes',
  async (scope, { UserPoolId, CustomAttributes }) => {
    await addAttributes(scope.service, await storedPool(scope, UserPoolId), CustomAttributes)
    return {}
  },
)
