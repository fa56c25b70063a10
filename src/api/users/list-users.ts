import { searchable, searchKey, type UserRecord, users } from '../../core/collections.js'
import { keyOf, type Store, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { userKey } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub } from '../../flows/directory/directory.js'
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
    invalidParameter(
      'One or more requested attributes do not exist.',
      "Name attributes of the pool's schema in AttributesToGet, custom ones with their prefix.",
    ),
  )
  const filter = Filter === undefined || Filter.trim() === '' ? undefined : parseFilter(Filter)
  const { items, next } = await page<Found>(
    'ListUsers',
    input,
    input.PaginationToken,
    input.Limit || 60,
    pageOf =>
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
  ensure(attribute !== undefined && value !== undefined, () =>
    invalidParameter(
      'Error while parsing filter',
      'Write the filter as attribute = "value", or attribute ^= "beginning".',
    ),
  )
  ensure([...searchable, ...alsoSearchable].includes(attribute), () =>
    invalidParameter(
      `Invalid search attribute: ${attribute}`,
      `Search by one of ${[...searchable, ...alsoSearchable].join(', ')}.`,
    ),
  )
  return { attribute, exact: operator === '=', value: value.replace(/\\(.)/g, '$1') }
}

/** An item of a listing: its place, after which the next page begins, and the user. */
type Found = Pick<Stored<UserRecord>, 'key' | 'record'>

/** Each search reads about as many records as it answers. */
async function search(
  { service }: Scope,
  pool: UserPool,
  { attribute, exact, value }: Filter,
  page: Page,
): Promise<readonly Found[]> {
  const { store } = service
  const { after = '' } = page
  if (attribute === 'username')
    return exact
      ? single(await store.get(users, userKey(pool, value)), after)
      : byUsername(store, userKey(pool, value), page)
  if (attribute === 'sub')
    return exact
      ? single(await userBySub(service, pool, value), after)
      : byPrefix(store, 'sub', keyOf(pool.id, value.toLowerCase()), page)
  // Alone among the attributes this one has two values, and minds the case.
  const wanted = attribute === 'status' ? enabling(value, exact) : value
  if (wanted === undefined) return []
  const key = searchKey(pool.id, attribute, wanted)
  return exact ? store.lookup(users, 'search', key, page) : byPrefix(store, 'search', key, page)
}

const single = (user: Stored<UserRecord> | undefined, after: string): Found[] =>
  user !== undefined && user.key > after ? [user] : []

/** The text itself where it is, or begins, what the status of some user can be. */
const enabling = (text: string, exact: boolean): string | undefined =>
  ['Enabled', 'Disabled'].some(status => (exact ? status === text : status.startsWith(text)))
    ? text
    : undefined

/** Users are kept by their names, in order: those that begin with a text follow one another. */
async function byUsername(store: Store, prefix: string, { after, limit }: Page): Promise<Found[]> {
  const first = after === undefined ? await store.get(users, prefix) : undefined
  const further = await store.list(users, { after: after ?? prefix, limit })
  return [...(first === undefined ? [] : [first]), ...further]
    .filter(({ key }) => key.startsWith(prefix))
    .slice(0, limit)
}

/** What an index files under values that begin with a text; the place of a user there is value and key. */
async function byPrefix(
  store: Store,
  index: 'sub' | 'search',
  prefix: string,
  { after, limit }: Page,
): Promise<Found[]> {
  const found = await store.lookupPrefix(users, index, prefix, {
    limit,
    ...(after === undefined ? {} : { after: placeOf(after) }),
  })
  return found.map(({ value, stored: { key, record } }) => ({ key: `${value}\0${key}`, record }))
}

/** Keys hold no NUL, for no username does. */
function placeOf(text: string): { value: string; key: string } {
  const mark = text.lastIndexOf('\0')
  return { value: text.slice(0, mark), key: text.slice(mark + 1) }
}
