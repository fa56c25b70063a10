import { users } from '../../core/collections.js'
import { ensure } from '../../core/refusal.js'
import {
  ensureAttributesExist,
  type FoundUser,
  searchUsers,
  type UserFilter,
} from '../../flows/directory/user-search.js'
import { ifAny } from '../../lib/if-any.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { invalidParameter } from '../refusals.js'
import { poolOf } from '../scope.js'
import { userType } from './representation.js'

export const ListUsers = operation('ListUsers', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { Filter } = input
  const wanted = ifAny(input.AttributesToGet)
  ensureAttributesExist(pool, wanted)
  const filter = Filter === undefined || Filter.trim() === '' ? undefined : parseFilter(Filter)
  const { items, next } = await page<FoundUser>(
    'ListUsers',
    input,
    input.PaginationToken,
    input.Limit || 60,
    pageOf =>
      filter === undefined
        ? scope.service.store.lookup(users, 'pool', pool.id, pageOf)
        : searchUsers(scope.service, pool, filter, pageOf),
  )
  return {
    Users: items.map(({ record }) => userType(record, wanted)),
    ...defined({ PaginationToken: next }),
  }
})

/** A filter as the API spells it. */
function parseFilter(text: string): UserFilter {
  const [, quoted, plain, operator, value] =
    /^\s*(?:"([^"]+)"|([\w:.-]+))\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text) ?? []
  const attribute = quoted ?? plain
  ensure(attribute !== undefined && value !== undefined, () =>
    invalidParameter(
      'Error while parsing filter',
      'Write the filter as attribute = "value", or attribute ^= "beginning".',
    ),
  )
  return { attribute, exact: operator === '=', value: value.replace(/\\(.)/g, '$1') }
}
