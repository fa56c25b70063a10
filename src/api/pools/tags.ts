import { ensure } from '../../core/refusal.js'
import { operation } from '../operations.js'
import { because, invalidParameter } from '../refusals.js'
import { poolArn, poolOf, type Scope } from '../scope.js'
import { changePool } from './pools.js'

/** Only pools have tags. */
async function poolOfArn(scope: Scope, arn: string) {
  const id = /:userpool\/([\w-]+_[0-9A-Za-z]+)$/.exec(arn)?.[1]
  ensure(id, () => invalidParameter(`Invalid ARN: ${arn}`))
  const pool = await poolOf(scope, id)
  ensure(poolArn(scope, pool.id) === arn, () => invalidParameter(`Invalid ARN: ${arn}`))
  return pool
}

const tooMany = because('UserPoolTaggingException')

export const TagResource = operation('TagResource', async (scope, { ResourceArn, Tags }) => {
  const pool = await poolOfArn(scope, ResourceArn)
  const UserPoolTags = { ...pool.settings.UserPoolTags, ...Tags }
  ensure(!Object.keys(Tags).some(key => key.startsWith('aws:')), () =>
    tooMany('Tag keys must not begin with aws:, which is reserved.'),
  )
  ensure(Object.keys(UserPoolTags).length <= 50, () => tooMany('A user pool can have 50 tags at most.'))
  await changePool(scope, pool.id, ({ settings, ...rest }) => ({
    ...rest,
    settings: { ...settings, UserPoolTags },
  }))
  return {}
})

export const UntagResource = operation('UntagResource', async (scope, { ResourceArn, TagKeys }) => {
  const pool = await poolOfArn(scope, ResourceArn)
  await changePool(scope, pool.id, ({ settings, ...rest }) => ({
    ...rest,
    settings: {
      ...settings,
      UserPoolTags: Object.fromEntries(
        Object.entries(settings.UserPoolTags ?? {}).filter(([key]) => !TagKeys.includes(key)),
      ),
    },
  }))
  return {}
})

export const ListTagsForResource = operation('ListTagsForResource', async (scope, { ResourceArn }) => ({
  Tags: (await poolOfArn(scope, ResourceArn)).settings.UserPoolTags ?? {},
}))
