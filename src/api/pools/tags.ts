import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { servingRegion, type UserPool } from '../../core/user-pool.js'
import { tagPool, untagPool } from '../../flows/administration/tags.js'
import { operation } from '../operations.js'
import { invalidParameter } from '../refusals.js'
import { poolArn, type Scope, storedPool } from '../scope.js'

/** Only pools have tags. */
async function poolOfArn(scope: Scope, arn: string): Promise<Stored<UserPool>> {
  const invalid = () =>
    invalidParameter(`Invalid ARN: ${arn}`, 'Use the Arn that DescribeUserPool shows for the pool.')
  const id = /:userpool\/([\w-]+_[0-9A-Za-z]+)$/.exec(arn)?.[1]
  ensure(id, invalid)
  const stored = await storedPool(scope, id)
  ensure(poolArn(scope, id, servingRegion(stored.record)) === arn, invalid)
  return stored
}

export const TagResource = operation('TagResource', async (scope, { ResourceArn, Tags }) => {
  await tagPool(scope.service, await poolOfArn(scope, ResourceArn), Tags)
  return {}
})

export const UntagResource = operation('UntagResource', async (scope, { ResourceArn, TagKeys }) => {
  await untagPool(scope.service, await poolOfArn(scope, ResourceArn), TagKeys)
  return {}
})

export const ListTagsForResource = operation('ListTagsForResource', async (scope, { ResourceArn }) => ({
  Tags: (await poolOfArn(scope, ResourceArn)).record.settings.UserPoolTags ?? {},
}))
