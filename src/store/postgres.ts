import type { Clock } from '../core/ports/clock.js'
import type {
  Collection,
  Filed,
  Filing,
  ImageEntry,
  Page,
  PrefixPage,
  Store,
  Stored,
  StoreImage,
  Write,
} from '../core/ports/store.js'
import { inPieces, pieceSize } from '../lib/pieces.js'
import { beyond, bytes, text } from './byte-order.js'
import { type Change, changeOf, changeOfEntry, ensureDeclared, firstKey, stored } from './change.js'
import { packedImage } from './packed-image.js'
import { type Connections, openConnections, type Row, type Session } from './postgres-connections.js'
import { channel, schemaName, shutOut } from './postgres-schema.js'
import { recent } from './recent.js'
import { StateReplaced } from './turnstile.js'

/** Records whose parsed form is remembered by their version, under which the content never changes. */
const remembered = 1000

/** What the processes on one database tell each other. */
export interface News {
  /** Another state took the place of all there was. */
  readonly replaced?: boolean
  /** The clock was moved: how it goes now. */
  readonly clock?: unknown
  /** A process begins, and asks how the clock goes. */
  readonly begins?: boolean
  /** Which process tells it. */
  readonly by?: string
  /** The connection was lost for a while: ask for what others may have told. */
  readonly missed?: boolean
}

/** A store that other processes share. */
export interface SharedStore extends Store {
  /** Tells all other processes on this database. They hear of a replacement by `replaceAll` without a call. */
  tell(news: News): Promise<void>
}

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that libpq knows. */
  readonly url: string
  readonly clock: Clock
  /** Called with what other processes tell. */
  readonly heard: (news: News) => void
  /** Takes one line about the connection: lost, found again. */
  readonly log: (line: string) => void
}

/**
 * A store in a PostgreSQL database, in a schema of its own, which any number of processes share. Every read asks the
 * database; a commit is one round trip, durable as the server is configured (`synchronous_commit`).
 * @throws DatabaseError when the database cannot be reached or used, in a sentence that says what to do
 */
export async function openPostgresStore(options: PostgresOptions): Promise<SharedStore> {
  const { clock, heard } = options
  /** The state, counted by replacements, that this process works on: commits on an older one are refused. */
  let era: string | undefined
  const connections = await openConnections({ ...options, heard: message => hear(message) })
  const parsed = recent<Stored<unknown>>(remembered)
  era = await eraOf(connections)

  function hear(message: string): void {
    // A notification that arrives while this process connects is part of the state that it reads afterwards.
    if (era === undefined) return
    const news = JSON.parse(message) as News & { readonly era?: string }
    if (news.missed) void catchUp()
    if (news.era === era) return
    era = news.era ?? era
    heard(news)
  }

  /** Another process may have replaced the state while this one could not hear of it. */
  async function catchUp(): Promise<void> {
    const found = await eraOf(connections).catch(() => era)
    if (found !== era) hear(JSON.stringify({ replaced: true, era: found }))
  }

  /** The same version is the same object, so that what hangs on a record (a parsed key) is found again. */
  function read<R>(row: Row): Stored<R> {
    const known = parsed.get(row.version)
    if (known !== undefined) return known as Stored<R>
    const expiresAt = row.expires_at === null ? undefined : Number(row.expires_at)
    const found = stored<R>(text(row.key), row.json, Number(row.version), expiresAt)
    parsed.set(row.version, found)
    return found
  }

  async function commit(writes: readonly Write[]): Promise<boolean> {
    const changes = writes.map(changeOf)
    if (changes.length === 0) return true
    try {
      const { rows } = await connections.once<{ done: boolean }>({
        name: 'commit',
        text: `SELECT ${schemaName}.commit($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) AS done`,
        values: [era, clock.now(), ...columnsOf(changes)],
      })
      return rows[0]?.done === true
    } catch (error) {
      if ((error as { code?: string }).code !== 'RP001') throw error
      hear(JSON.stringify({ replaced: true, era: await eraOf(connections) }))
      throw new StateReplaced()
    }
  }

  return {
    ...reading(connections, clock, read),
    commit: async (...writes) => commit(writes),
    image: () => imageOf(connections),
    async replaceAll(image, ...writes) {
      era = await replaceAll(connections, image, writes.map(changeOf))
      parsed.clear()
    },
    async sweep(limit) {
      const values = [clock.now(), count(limit)]
      const { rowCount } = await connections.once({ name: 'sweep', text: statements.sweep, values })
      return rowCount ?? 0
    },
    tell: news => connections.tell(JSON.stringify(news)),
    close: () => connections.close(),
  }
}

/** The reading half of the port. Every read asks the database. */
const reading = (
  connections: Connections,
  clock: Clock,
  read: <R>(row: Row) => Stored<R>,
): Pick<Store, 'get' | 'list' | 'lookup' | 'lookupPrefix'> => ({
  async get<R>({ name }: Collection<R>, key: string) {
    const values = [name, bytes(key), clock.now()]
    const { rows } = await connections.read<Row>({ name: 'get', text: statements.get, values })
    return rows[0] === undefined ? undefined : read<R>(rows[0])
  },
  async list<R>({ name }: Collection<R>, { after, limit }: Page) {
    const values = [name, bytes(firstKey(after)), clock.now(), count(limit)]
    const { rows } = await connections.read<Row>({ name: 'list', text: statements.list, values })
    return rows.map(row => read<R>(row))
  },
  async lookup<R>(collection: Collection<R>, index: string, value: string, page: Partial<Page> = {}) {
    ensureDeclared(collection, index)
    const from = [collection.name, index, bytes(value), bytes(firstKey(page.after))]
    const values = [...from, clock.now(), count(page.limit)]
    const { rows } = await connections.read<Row>({ name: 'lookup', text: statements.lookup, values })
    return rows.map(row => read<R>(row))
  },
  async lookupPrefix<R>(
    collection: Collection<R>,
    index: string,
    prefix: string,
    { after, limit }: PrefixPage,
  ) {
    ensureDeclared(collection, index)
    const from = [bytes(after?.value ?? prefix), bytes(after === undefined ? '' : firstKey(after.key))]
    const values = [collection.name, index, ...from, beyond(bytes(prefix)), clock.now(), count(limit)]
    const { rows } = await connections.read<Row & { readonly value: Buffer }>({
      name: 'prefix',
      text: statements.lookupPrefix,
      values,
    })
    return rows.map((row): Filed<R> => ({ value: text(row.value), stored: read<R>(row) }))
  },
})

const columns = 'r.key, r.version, r.expires_at, r.json'
const alive = (parameter: string): string => `(r.expires_at IS NULL OR r.expires_at > ${parameter})`
const joined = `${schemaName}.filings f JOIN ${schemaName}.records r ON r.collection = f.collection AND r.key = f.key`

const statements = {
  get: `
    SELECT ${columns} FROM ${schemaName}.records r WHERE r.collection = $1 AND r.key = $2 AND ${alive('$3')}`,
  list: `
    SELECT ${columns} FROM ${schemaName}.records r
    WHERE r.collection = $1 AND r.key >= $2 AND ${alive('$3')} ORDER BY r.key LIMIT $4`,
  lookup: `
    SELECT ${columns} FROM ${joined}
    WHERE f.collection = $1 AND f.name = $2 AND f.value = $3 AND f.key >= $4 AND ${alive('$5')}
    ORDER BY f.key LIMIT $6`,
  lookupPrefix: `
    SELECT f.value, ${columns} FROM ${joined}
    WHERE f.collection = $1 AND f.name = $2 AND (f.value, f.key) >= ($3, $4) AND f.value < $5 AND ${alive('$6')}
    ORDER BY f.value, f.key LIMIT $7`,
  sweep: `
    DELETE FROM ${schemaName}.records WHERE version IN
      (SELECT version FROM ${schemaName}.records WHERE expires_at <= $1
       ORDER BY expires_at, version LIMIT $2 FOR UPDATE SKIP LOCKED)`,
}

/** Changes as the parallel arrays that the database's function takes. */
function columnsOf(changes: readonly Change[]): unknown[] {
  const filings = changes.flatMap(({ filings }, at) => filings.map(filing => ({ ...filing, change: at + 1 })))
  return [
    changes.map(({ collection }) => collection),
    changes.map(({ key }) => bytes(key)),
    changes.map(({ condition }) =>
      condition === 'none' ? -1 : condition === 'absent' ? 0 : condition.version,
    ),
    changes.map(({ expiresAt }) => expiresAt ?? null),
    changes.map(({ json }) => json ?? null),
    filings.map(({ change }) => change),
    filings.map(({ index }) => index),
    filings.map(({ value }) => bytes(value)),
  ]
}

const eraOf = async (connections: Pick<Connections, 'read'>): Promise<string> => {
  const { rows } = await connections.read<{ number: string }>({
    name: 'era',
    text: `SELECT number FROM ${schemaName}.era`,
    values: [],
  })
  return rows[0]?.number ?? '0'
}

/** All records and where they are filed, as they were at one moment; fetched and packed piece by piece. */
const imageOf = (connections: Connections): Promise<StoreImage> =>
  connections.session(async session => {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await session.query(`
      DECLARE image CURSOR FOR SELECT r.collection, ${columns},
        ARRAY(SELECT f.name FROM ${filingsOfRecord}) AS names, ARRAY(SELECT f.value FROM ${filingsOfRecord}) AS values
      FROM ${schemaName}.records r ORDER BY r.collection COLLATE "C", r.key`)
    const image = await packedImage(entriesOf(session))
    await session.query('COMMIT')
    return image
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
async function replaceAll(
  connections: Connections,
  image: StoreImage,
  changes: readonly Change[],
): Promise<string> {
  const last = new Map(changes.map(change => [placeOf(change), change]))
  return connections.session(async session => {
    await session.query('BEGIN')
    try {
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
      await session.query('SELECT pg_notify($1, $2)', [channel, JSON.stringify({ replaced: true, era })])
      await session.query('COMMIT')
      return era
    } catch (error) {
      await session.query('ROLLBACK').catch(() => {})
      throw error
    }
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

/** A limit as PostgreSQL takes it. */
const count = (limit = Number.MAX_SAFE_INTEGER): number =>
  Math.min(Math.max(limit, 0), Number.MAX_SAFE_INTEGER)
