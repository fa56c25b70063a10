import { searchable, searchKey, type UserRecord, users } from '../../core/collections.js'
import { keyOf, type Page, type Store, type Stored } from '../../core/ports/store.js'
import { ensure, listed, refusal } from '../../core/refusal.js'
import { userKey } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub } from './directory.js'

/** What users are searched for (docs/facts/user-pools-api.md §4.6). */
export interface UserFilter {
  /** One of `searchedBy`. */
  readonly attribute: string
  /** Whether all of the value is given, or its beginning. */
  readonly exact: boolean
  readonly value: string
}

/** The names that users are searched by. */
export const searchedBy: readonly string[] = [
  ...searchable,
  'username',
  'sub',
  'status',
  'cognito:user_status',
]

/** An item of a listing: its place, after which the next page begins, and the user. */
export type FoundUser = Pick<Stored<UserRecord>, 'key' | 'record'>

/** @throws Refusal when the schema of the pool lacks one of the attributes */
export const ensureAttributesExist = (
  { name, schema }: Pick<UserPool, 'name' | 'schema'>,
  wanted: readonly string[] = [],
): void => {
  const missing = wanted.filter(attribute => schema.every(known => known.name !== attribute))
  ensure(missing.length === 0, () => attributesUnknown(missing, name))
}

/**
 * Searches users. Each search reads about as many records as it answers.
 * @throws Refusal for an attribute that users are not searched by
 */
export async function searchUsers(
  from: { readonly store: Store },
  pool: UserPool,
  { attribute, exact, value }: UserFilter,
  page: Page,
): Promise<readonly FoundUser[]> {
  ensure(searchedBy.includes(attribute), () => notSearchable(attribute))
  const { store } = from
  const { after = '' } = page
  if (attribute === 'username')
    return exact
      ? single(await store.get(users, userKey(pool, value)), after)
      : byUsername(store, userKey(pool, value), page)
  if (attribute === 'sub')
    return exact
      ? single(await userBySub(from, pool, value), after)
      : byPrefix(store, 'sub', keyOf(pool.id, value.toLowerCase()), page)
  // Alone among the attributes this one has two values, and minds the case.
  const wanted = attribute === 'status' ? enabling(value, exact) : value
  if (wanted === undefined) return []
  const key = searchKey(pool.id, attribute, wanted)
  return exact ? store.lookup(users, 'search', key, page) : byPrefix(store, 'search', key, page)
}

const single = (user: Stored<UserRecord> | undefined, after: string): FoundUser[] =>
  user !== undefined && user.key > after ? [user] : []

/** The text itself where it is, or begins, what the status of some user can be. */
const enabling = (text: string, exact: boolean): string | undefined =>
  ['Enabled', 'Disabled'].some(status => (exact ? status === text : status.startsWith(text)))
    ? text
    : undefined

/** Users are kept by their names, in order: those that begin with a text follow one another. */
async function byUsername(store: Store, prefix: string, { after, limit }: Page): Promise<FoundUser[]> {
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
): Promise<FoundUser[]> {
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

const attributesUnknown = refusal('InvalidParameterException', (names: readonly string[], pool: string) => ({
  told: 'One or more requested attributes do not exist.',
  because: `The schema of ${pool} lacks ${listed(names)}.`,
  remedy: "Name attributes of the pool's schema in AttributesToGet, custom ones with their prefix.",
}))

const notSearchable = refusal('InvalidParameterException', (attribute: string) => ({
  told: `Invalid search attribute: ${attribute}`,
  because: `Users are not searched by "${attribute}".`,
  remedy: `Search by one of ${listed(searchedBy)}.`,
}))
