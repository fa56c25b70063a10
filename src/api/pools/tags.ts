import type { Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changePool } from '../../flows/administration/pools.js'
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
  ensure(poolArn(scope, id) === arn, invalid)
  return stored
}

const reservedKey = refusal('UserPoolTaggingException', (key: string) => ({
  told: 'Tag keys must not begin with aws:, which is reserved.',
  because: `The tag key "${key}" begins with aws:.`,
  remedy: `Choose a key that does not begin with aws:, for example ${key.slice(4) || 'stage'}.`,
}))

const tooManyTags = refusal('UserPoolTaggingException', (count: number) => ({
  told: 'A user pool can have 50 tags at most.',
  because: `The pool would have ${count} tags.`,
  remedy: `Take ${count - 50} tags away with UntagResource first.`,
}))

export const TagResource = operation('TagResource', async (scope, { ResourceArn, Tags }) => {
  const stored = await poolOfArn(scope, ResourceArn)
  const { settings } = stored.record
  const UserPoolTags = { ...settings.UserPoolTags, ...Tags }
  const reserved = Object.keys(Tags).find(key => key.startsWith('aws:'))
  ensure(reserved === undefined, () => reservedKey(reserved ?? ''))
  const count = Object.keys(UserPoolTags).length
  ensure(count <= 50, () => tooManyTags(count))
  await changePool(scope.service, stored, { settings: { ...settings, UserPoolTags } })
  return {}
})

export const UntagResource = operation('UntagResource', async (scope, { ResourceArn, TagKeys }) => {
  const stored = await poolOfArn(scope, ResourceArn)
  const { settings } = stored.record
  const kept = Object.entries(settings.UserPoolTags ?? {}).filter(([key]) => !TagKeys.includes(key))
  const UserPoolTags = Object.fromEntries(kept)
  await changePool(scope.service, stored, { settings: { ...settings, UserPoolTags } })
  return {}
})

export const ListTagsForResource = operation('ListTagsForResource', async (scope, { ResourceArn }) => ({
  Tags: (await poolOfArn(scope, ResourceArn)).record.settings.UserPoolTags ?? {},
}))
