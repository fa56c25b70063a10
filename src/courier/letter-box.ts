import { messages } from '../core/collections.js'
import type { Message } from '../core/message.js'
import { type Page, remove, type Store, type Stored } from '../core/ports/store.js'

/** Whose messages are read. */
export type Addressee =
  | { readonly pool: string }
  /** A user, as the index `user` files them: pool and `sub`. */
  | { readonly user: string }
  | undefined

/** The last moment that a key can name: the end of the year 9999. */
const endOfTime = 253_402_300_799_999

/**
 * The newest messages, the newest first. A message's key begins with its time, so the time after which there are few enough is
 * searched for by halves: that reads some dozen pages, however many messages there are. Of more than `limit` within one
 * millisecond, the first are answered.
 */
export async function newestMessages(store: Store, addressee: Addressee, limit: number): Promise<Message[]> {
  const after = (ms: number) =>
    messagesTo(store, addressee, { after: new Date(ms).toISOString(), limit: limit + 1 })
  let found = await after(0)
  // Too many come after `early`, and few enough after `late`.
  let [early, late] = [0, endOfTime]
  let latest: Stored<Message>[] = []
  while (found.length > limit && late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    const half = await after(middle)
    if (half.length > limit) early = middle
    else [late, latest] = [middle, half]
    if (latest.length === limit) break
  }
  if (found.length > limit) found = latest.length === 0 ? await after(early) : latest
  return found
    .slice(0, limit)
    .reverse()
    .map(({ record }) => record)
}

/** Messages in the order of their keys, the oldest first. */
function messagesTo(store: Store, addressee: Addressee, page: Page): Promise<Stored<Message>[]> {
  if (addressee === undefined) return store.list(messages, page)
  return 'pool' in addressee
    ? store.lookup(messages, 'pool', addressee.pool, page)
    : store.lookup(messages, 'user', addressee.user, page)
}

/** Throws away all messages, or those to an addressee. @returns how many there were */
export async function emptyLetterBox(store: Store, addressee: Addressee): Promise<number> {
  let thrown = 0
  for (;;) {
    const found = await messagesTo(store, addressee, { limit: emptiedAtOnce })
    if (found.length === 0) return thrown
    await store.commit(...found.map(({ key }) => remove(messages, key)))
    thrown += found.length
  }
}

const emptiedAtOnce = 500

/** The message of this id, while it is kept. */
export const messageById = async (store: Store, id: string): Promise<Message | undefined> =>
  (await store.lookup(messages, 'id', id, { limit: 1 }))[0]?.record
