import type { Filing, ImageEntry, StoreImage } from '../core/ports/store.js'
import { inPieces, pieceSize } from '../lib/pieces.js'
import { text } from './byte-order.js'
import { type Change, changeOfEntry, stored } from './change.js'
import { packedImage } from './packed-image.js'
import { columnsOf } from './postgres-columns.js'
import type { Connections, Row, Session } from './postgres-connections.js'
import { channel, schemaName, shutOut } from './postgres-schema.js'

/** All records and where they are filed, as they were at one moment; fetched and packed piece by piece. */
export const imageOf = (connections: Connections): Promise<StoreImage> =>
  connections.transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async session => {
    // Before the moment is fixed: a table that was emptied after it would show as empty.
    await session.query(`LOCK TABLE ${schemaName}.records, ${schemaName}.filings IN ACCESS SHARE MODE`)
    await session.query(`
      DECLARE image CURSOR FOR SELECT r.collection, r.key, r.version, r.expires_at, r.json,
        ARRAY(SELECT f.name FROM ${filingsOfRecord}) AS names, ARRAY(SELECT f.value FROM ${filingsOfRecord}) AS values
      FROM ${schemaName}.records r ORDER BY r.collection COLLATE "C", r.key`)
    return packedImage(entriesOf(session))
  })

const filingsOfRecord = `${schemaName}.filings f WHERE f.collection = r.collection AND f.key = r.key ORDER BY f.name, f.value`

interface ImageRow extends Row {
  readonly collection: string
  readonly names: readonly string[]
  readonly values: readonly Buffer[]
}

async function* entriesOf(session: Session): AsyncIterable<ImageEntry> {
  for (;;) {
    const { rows } = await session.query<ImageRow>(`FETCH ${pieceSize} FROM image`)
    for (const { collection, key, json, version, expires_at, names, values } of rows) {
      const expiresAt = expires_at === null ? undefined : Number(expires_at)
      const filings = names.map((index, at): Filing => ({ index, value: text(values[at] as Buffer) }))
      yield { ...stored<object>(text(key), json, Number(version), expiresAt), collection, filings }
    }
    if (rows.length < pieceSize) return
  }
}

/**
 * Puts an image and changes in the place of all records there are, in one transaction that shuts out commits; the other
 * processes hear of it when it is done. Of two changes of one key the later counts.
 * @returns the new era
 */
export async function replaceAll(
  connections: Connections,
  image: StoreImage,
  changes: readonly Change[],
): Promise<string> {
  const last = new Map(changes.map(change => [placeOf(change), change]))
  return connections.transaction('BEGIN', async session => {
    await session.query(shutOut)
    await session.query(`TRUNCATE ${schemaName}.records CASCADE`)
    for await (const piece of inPieces(image.entries()))
      await fill(session, piece.filter(entry => !last.has(placeOf(entry))).map(changeOfEntry))
    await fill(
      session,
      [...last.values()].filter(({ json }) => json !== undefined),
    )
    const { rows } = await session.query<{ number: string }>(
      `UPDATE ${schemaName}.era SET number = number + 1 RETURNING number`,
    )
    const era = rows[0]?.number ?? '0'
    await session.query('SELECT pg_notify($1, $2)', [channel, JSON.stringify({ era })])
    return era
  })
}

const placeOf = ({ collection, key }: { readonly collection: string; readonly key: string }): string =>
  JSON.stringify([collection, key])

async function fill(session: Session, changes: readonly Change[]): Promise<void> {
  const [collections, keys, , expiries, jsons, change, names, values] = columnsOf(changes)
  await session.query(
    `INSERT INTO ${schemaName}.records (collection, key, version, expires_at, json)
     SELECT c, k, nextval('${schemaName}.versions'), e, j
     FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::text[]) AS t(c, k, e, j)`,
    [collections, keys, expiries, jsons],
  )
  await session.query(
    `INSERT INTO ${schemaName}.filings (collection, name, value, key)
     SELECT ($1::text[])[c], n, v, ($2::bytea[])[c] FROM unnest($3::int[], $4::text[], $5::bytea[]) AS f(c, n, v)`,
    [collections, keys, change, names, values],
  )
}
