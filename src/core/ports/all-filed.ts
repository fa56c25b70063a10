import { inPieces, nextTurn, pieceSize } from '../../lib/pieces.js'
import type { Collection, Store, Stored } from './store.js'

/**
 * All records that an index has under a value, in the order of their keys, where there may be many. They are read a piece at a
 * time; other work has its turn after each piece. The caller may delete records on the way.
 * @param size how many records make a piece
 */
export const allFiled = <R>(
  store: Pick<Store, 'lookup'>,
  collection: Collection<R>,
  index: string,
  value: string,
  size = pieceSize,
): AsyncGenerator<readonly Stored<R>[]> =>
  inPieces(oneByOne(store, collection, index, value, size), nextTurn, size)

async function* oneByOne<R>(
  store: Pick<Store, 'lookup'>,
  collection: Collection<R>,
  index: string,
  value: string,
  limit: number,
): AsyncGenerator<Stored<R>> {
  let page = await store.lookup(collection, index, value, { limit })
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    yield* page
    if (page.length < limit) return
    page = await store.lookup(collection, index, value, { after: last.key, limit })
  }
}
