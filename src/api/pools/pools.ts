import { pools } from '../../core/collections.js'
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
  const { items, next } = await page(
    'ListUserPools',
    input,
    input.NextToken,
    input.MaxResults,
    async ({ after, limit }) =>
      (await service.store.list(pools, { limit: Number.MAX_SAFE_INTEGER, ...(after ? { after } : {}) }))
        .filter(({ record }) => regionOf(record.id) === region || replicated.has(record.id))
        .slice(0, limit),
  )
  return {
    UserPools: await Promise.all(items.map(({ record }) => descriptionIn(service, record, region))),
    ...defined({ NextToken: next }),
  }
})

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
