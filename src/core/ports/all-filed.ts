import { nextTurn, pieceSize } from '../../lib/pieces.js'
import type { Collection, Store, Stored } from './store.js'

/**
 * All records that an index has under a value, in the order of their keys, where there may be many. They are read a piece at a
 * time; other work has its turn after each full piece. The caller may delete records on the way.
 * @param size how many records make a piece
 */
export async function* allFiled<R>(
  store: Pick<Store, 'lookup'>,
  collection: Collection<R>,
  index: string,
  value: string,
  size = pieceSize,
): AsyncGenerator<readonly Stored<R>[]> {
  let piece = await store.lookup(collection, index, value, { limit: size })
  for (let last = piece.at(-1); last !== undefined; last = piece.at(-1)) {
    yield piece
    if (piece.length < size) return
    await nextTurn()
    piece = await store.lookup(collection, index, value, { after: last.key, limit: size })
  }
}
