import type { Clock } from '../core/ports/clock.js'
import type { Collection, Filed, Page, PrefixPage, Store, Stored, Write } from '../core/ports/store.js'
import { beyond, bytes, text } from './byte-order.js'
import { changeOf, ensureDeclared, firstKey, stored } from './change.js'
import { columnsOf } from './postgres-columns.js'
import { type Connections, openConnections, type Row } from './postgres-connections.js'
import { type SharedFiles, sharedFiles } from './postgres-files.js'
import { type News, type NewsMessage, sharedNews } from './postgres-news.js'
import { hearers, type QuestionMessage, type Questions, questions } from './postgres-questions.js'
import { schemaName } from './postgres-schema.js'
import { imageOf, replaceAll } from './postgres-whole.js'
import { recent } from './recent.js'
import { StateReplaced } from './turnstile.js'

/** Records whose parsed form is remembered by their version, under which the content never changes. */
const remembered = 1000

/** A store that other processes share. */
export interface SharedStore extends Store {
  /**
   * Stores how the clock runs, and makes all processes on this database follow. Returns the number of the move.
   * @throws DatabaseUnavailable
   */
  moveClock(state: unknown): Promise<number>
  /** Asks all other processes on this database for what only they have in memory. */
  readonly ask: Questions['ask']
  readonly files: SharedFiles
  /** The number of processes on this database, this one included. */
  processes(): Promise<number>
}

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that libpq knows. */
  readonly url: string
  readonly clock: Clock
  /** Called with what other processes did, and with the moves of the clock by this one. */
  readonly heard: (news: News) => void
  /** Answers a question of another process with plain data, or undefined if this process has nothing to say. */
  readonly asked?: (question: unknown) => unknown
  /** Takes one line about the connection: lost, found again. */
  readonly log: (line: string) => void
  /** Milliseconds for which a request waits for a database that is away: ten seconds. */
  readonly patience?: number
}

/**
 * A store in a PostgreSQL database, in a schema of its own, which any number of processes share. Every read asks the
 * database; a commit is one round trip, durable as the server is configured (`synchronous_commit`).
 * @throws DatabaseError when the database cannot be reached or used, in a sentence that says what to do
 */
export async function openPostgresStore(options: PostgresOptions): Promise<SharedStore> {
  const { clock, asked = () => undefined } = options
  // What is heard while there are no connections yet goes unanswered.
  const once: Connections['once'] = async statement => connections.once(statement)
  const news = sharedNews(options.heard, once)
  const asking = questions(question => asked(question) ?? null, once)
  const heard = (message: string): void => {
    const said = JSON.parse(message) as NewsMessage | QuestionMessage
    if ('ask' in said || 'answered' in said) asking.hear(said)
    else news.hear(said)
  }
  const connections = await openConnections({ ...options, heard, catchUp: news.catchUp })
  const parsed = recent<Stored<unknown>>(remembered)
  const tables = statistics(connections)

  /** The same version of a record is the same object, so that what is cached by the object (a parsed key) is found again. */
  function read<R>(row: Row): Stored<R> {
    const known = parsed.get(row.version)
    if (known !== undefined) return known as Stored<R>
    const expiresAt = row.expires_at === null ? undefined : Number(row.expires_at)
    const found = stored<R>(text(row.key), row.json, Number(row.version), expiresAt)
    parsed.set(row.version, found)
    return found
  }

  async function commit(writes: readonly Write[]): Promise<boolean> {
    const changes = writes.map(write => changeOf(write))
    if (changes.length === 0) return true
    try {
      const { rows } = await connections.once<{ done: boolean }>({
        name: 'commit',
        text: `SELECT ${schemaName}.commit($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) AS done`,
        values: [news.era, clock.now(), ...columnsOf(changes)],
      })
      const isDone = rows[0]?.done === true
      if (isDone) tables.grown(changes.length)
      return isDone
    } catch (error) {
      if ((error as { code?: string }).code !== 'RP001') throw error
      await news.catchUp({ query: text => connections.read({ name: 'standing', text, values: [] }) })
      throw new StateReplaced()
    }
  }

  return {
    isShared: true,
    ...reading(connections, clock, read),
    commit: async (...writes) => commit(writes),
    image: () => imageOf(connections),
    async replaceAll(image, ...writes) {
      news.era = await replaceAll(
        connections,
        image,
        writes.map(write => changeOf(write)),
      )
      parsed.clear()
      tables.look()
    },
    async sweep(limit) {
      const values = [clock.now(), count(limit)]
      const { rowCount } = await connections.once({ name: 'sweep', text: statements.sweep, values })
      return rowCount ?? 0
    },
    moveClock: news.moveClock,
    ask: asking.ask,
    files: sharedFiles(connections),
    async processes() {
      const text = `SELECT ${hearers} AS hearers`
      const { rows } = await connections.read<{ hearers: string }>({ name: 'hearers', text, values: [] })
      return Number(rows[0]?.hearers)
    },
    close: () => connections.close(),
  }
}

/** A number of records among which every way of searching is quick. */
const fewRecords = 1000

/**
 * Has PostgreSQL look at its tables again whenever what this process has written has doubled. It does so by itself once a minute;
 * until then, after an import, its planner takes them for as small as they were, and every request reads all of them.
 */
function statistics(connections: Connections) {
  let written = 0
  let next = fewRecords
  function look(): void {
    const text = `ANALYZE ${schemaName}.records, ${schemaName}.filings`
    connections.once({ name: 'analyze', text, values: [] }).catch(() => {
      // Then PostgreSQL looks when it comes to it.
    })
  }
  return {
    /** Says how many records were written. */
    grown(records: number): void {
      written += records
      if (written < next) return
      next = written * 2
      look()
    },
    look,
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

/** A limit as PostgreSQL takes it. */
const count = (limit = Number.MAX_SAFE_INTEGER): number =>
  Math.min(Math.max(limit, 0), Number.MAX_SAFE_INTEGER)
