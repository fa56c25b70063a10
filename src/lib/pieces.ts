/** Lets others have their turn at the event loop. */
export type Turn = () => Promise<unknown>

export const nextTurn: Turn = () => new Promise(done => setImmediate(done))

/** Records that are worked on without a turn of others in between: some milliseconds of work, thirty in a database. */
export const pieceSize = 100

/** Goes through what may be many, a piece at a time, with a turn of others after each full one. */
export async function* inPieces<T>(
  items: Iterable<T> | AsyncIterable<T>,
  turn: Turn = nextTurn,
  size = pieceSize,
): AsyncGenerator<readonly T[]> {
  let piece: T[] = []
  for await (const item of items) {
    piece.push(item)
    if (piece.length < size) continue
    yield piece
    piece = []
    await turn()
  }
  if (piece.length > 0) yield piece
}

/** The JSON text of an object with one member, a list that may be long: a piece of it at a time. */
export async function* listAsText(name: string, items: Iterable<unknown>): AsyncGenerator<string> {
  yield `{${JSON.stringify(name)}:[`
  let comma = ''
  for await (const piece of inPieces(items)) {
    yield comma + piece.map(item => JSON.stringify(item)).join(',')
    comma = ','
  }
  yield ']}'
}
