import { pools } from '../../core/collections.js'
import { regionOf } from '../../core/user-pool.js'
import { addAttributes, createPool, deletePool, updatePool } from '../../flows/administration/pools.js'
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

export const ListUserPools = operation('ListUserPools', async ({ service, region }, input) => {
  const { items, next } = await page(
    'ListUserPools',
    input,
    input.NextToken,
    input.MaxResults,
    async ({ after, limit }) =>
      (await service.store.list(pools, { limit: Number.MAX_SAFE_INTEGER, ...(after ? { after } : {}) }))
        .filter(({ record }) => regionOf(record.id) === region)
        .slice(0, limit),
  )
  return {
    UserPools: items.map(({ record: { id, name, settings, createdAt, modifiedAt } }) => ({
      Id: id,
      Name: name,
      LambdaConfig: settings.LambdaConfig ?? {},
      LastModifiedDate: timestamp(modifiedAt),
      CreationDate: timestamp(createdAt),
    })),
    ...defined({ NextToken: next }),
  }
})

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
