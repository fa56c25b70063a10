import { searchable, searchKey, type UserRecord, users } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { userKey } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub } from '../../flows/directory.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { invalidParameter } from '../refusals.js'
import { poolOf, type Scope } from '../scope.js'
import { userType } from './representation.js'

type Page = { readonly after?: string; readonly limit: number }

export const ListUsers = operation('ListUsers', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { AttributesToGet: wanted, Filter } = input
  ensure(wanted?.every(name => pool.schema.some(attribute => attribute.name === name)) ?? true, () =>
    invalidParameter('One or more requested attributes do not exist.'),
  )
  const filter = Filter === undefined || Filter.trim() === '' ? undefined : parseFilter(Filter)
  const { items, next } = await page('ListUsers', input, input.PaginationToken, input.Limit || 60, pageOf =>
    filter === undefined
      ? scope.service.store.lookup(users, 'pool', pool.id, pageOf)
      : search(scope, pool, filter, pageOf),
  )
  return {
    Users: items.map(({ record }) => userType(record, wanted)),
    ...defined({ PaginationToken: next }),
  }
})

/** `name op "value"`: `=` for all of the value, `^=` for its beginning. */
interface Filter {
  readonly attribute: string
  readonly exact: boolean
  readonly value: string
}

const alsoSearchable = ['username', 'sub', 'status', 'cognito:user_status']

function parseFilter(text: string): Filter {
  const [, quoted, plain, operator, value] =
    /^\s*(?:"([^"]+)"|([\w:.-]+))\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text) ?? []
  const attribute = quoted ?? plain
  ensure(attribute !== undefined && value !== undefined, () => invalidParameter('Error while parsing filter'))
  ensure([...searchable, ...alsoSearchable].includes(attribute), () =>
    invalidParameter(`Invalid search attribute: ${attribute}`),
  )
  return { attribute, exact: operator === '=', value: value.replace(/\\(.)/g, '$1') }
}

/** What can be looked up is; a prefix, and whether users are enabled, is sought by going through the pool. */
async function search(
  { service }: Scope,
  pool: UserPool,
  { attribute, exact, value }: Filter,
  { after = '', limit }: Page,
): Promise<Stored<UserRecord>[]> {
  const { store } = service
  if (exact && attribute === 'username') return single(await store.get(users, userKey(pool, value)), after)
  if (exact && attribute === 'sub') return single(await userBySub(service, pool, value), after)
  if (exact && attribute !== 'status')
    return store.lookup(users, 'search', searchKey(pool.id, attribute, value), { after, limit })
  const found: Stored<UserRecord>[] = []
  for (let from = after; found.length < limit; ) {
    const some = await store.lookup(users, 'pool', pool.id, { after: from, limit: 500 })
    found.push(...some.filter(({ record }) => fits(record, attribute, exact, value)))
    from = some.at(-1)?.key ?? from
    if (some.length < 500) break
  }
  return found.slice(0, limit)
}

const single = (user: Stored<UserRecord> | undefined, after: string): Stored<UserRecord>[] =>
  user !== undefined && user.key > after ? [user] : []

function fits(user: UserRecord, attribute: string, exact: boolean, value: string): boolean {
  const present = searchedValue(user, attribute)
  if (present === undefined) return false
  const caseCounts = attribute === 'username' || attribute === 'status'
  const [one, other] = caseCounts ? [present, value] : [present.toLowerCase(), value.toLowerCase()]
  return exact ? one === other : one.startsWith(other)
}

function searchedValue(
  { username, sub, enabled, status, attributes }: UserRecord,
  attribute: string,
): string | undefined {
  switch (attribute) {
    case 'username':
      return username
    case 'sub':
      return sub
    case 'status':
      return enabled ? 'Enabled' : 'Disabled'
    case 'cognito:user_status':
      return status
    default:
      return attributes[attribute]
  }
}
