import type { Connections } from './postgres-connections.js'
import { schemaName } from './postgres-schema.js'
import { StoreFailure } from './store-failure.js'

/** Files that processes on one database share: bytes under a name, apart from the records, which come and go without them. */
export interface SharedFiles {
  names(): Promise<string[]>
  /** Writes a file as a whole, or not at all. One of the same name makes room. */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<void>
  /** The pieces of a file, read one by one; undefined when there is none of this name. */
  read(name: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** Answers whether there was one. */
  remove(name: string): Promise<boolean>
}

export const sharedFiles = (connections: Connections): SharedFiles => ({
  async names() {
    const text = `SELECT name FROM ${schemaName}.files ORDER BY name COLLATE "C"`
    const { rows } = await connections.read<{ name: string }>({ name: 'files', text, values: [] })
    return rows.map(({ name }) => name)
  },

  write: (name, content) =>
    connections.transaction('BEGIN', async session => {
      // Two that write one name at once: the later waits, and then replaces the former.
      await session.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [name])
      await session.query(`DELETE FROM ${schemaName}.files WHERE name = $1`, [name])
      const made = `INSERT INTO ${schemaName}.files (name) VALUES ($1) RETURNING id`
      const id = (await session.query<{ id: string }>(made, [name])).rows[0]?.id
      let number = 0
      for await (const bytes of content) {
        const piece = `INSERT INTO ${schemaName}.file_pieces (file, number, bytes) VALUES ($1, $2, $3)`
        await session.query(piece, [id, number, bytes])
        number += 1
      }
      await session.query(`UPDATE ${schemaName}.files SET pieces = $2 WHERE id = $1`, [id, number])
    }),

  async read(name) {
    const text = `SELECT id, pieces FROM ${schemaName}.files WHERE name = $1`
    const { rows } = await connections.read<{ id: string; pieces: number }>({
      name: 'file',
      text,
      values: [name],
    })
    const [found] = rows
    return found && piecesOf(connections, name, found)
  },

  async remove(name) {
    const text = `DELETE FROM ${schemaName}.files WHERE name = $1`
    const { rowCount } = await connections.once({ name: 'remove-file', text, values: [name] })
    return rowCount === 1
  },
})

async function* piecesOf(
  connections: Connections,
  name: string,
  { id, pieces }: { readonly id: string; readonly pieces: number },
): AsyncIterable<Uint8Array> {
  const text = `SELECT bytes FROM ${schemaName}.file_pieces WHERE file = $1 AND number = $2`
  for (let number = 0; number < pieces; number++) {
    const { rows } = await connections.read<{ bytes: Buffer }>({ name: 'piece', text, values: [id, number] })
    const [piece] = rows
    if (piece === undefined)
      throw new StoreFailure(`"${name}" was replaced or removed while it was read. Ask again.`, {
        statusCode: 503,
        error: 'temporarily_unavailable',
      })
    yield piece.bytes
  }
}
