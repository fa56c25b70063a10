import pg from 'pg'
import { channel, migrate, SchemaTooNew } from './postgres-schema.js'

/** A row of the table of records. PostgreSQL's big integers come as texts. */
export interface Row {
  readonly key: Buffer
  readonly version: string
  readonly expires_at: string | null
  readonly json: string
}

/** A database that cannot serve. The message is whole sentences for the operator: what is wrong, and what to do. */
class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

/** A request that the database did not answer. It may be sent again: nothing is known to be half-done. */
class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
  /** For the HTTP layer. */
  readonly statusCode = 503
}

/** A statement that the server prepares once a connection. */
interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** One connection, for a transaction of several statements. */
export interface Session {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>
}

/** The connections to one database. */
export interface Connections {
  /** Does a statement that only reads; where the connection is lost, again on another, as long as patience lasts. */
  read<R extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<R>>
  /** Does a statement that writes, at most once; waits for a connection as long as patience lasts. */
  once<R extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<R>>
  /** Does work on one connection. */
  session<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** Sends a message to all processes that listen, this one included. */
  tell(message: string): Promise<void>
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly url: string
  /** Called with each message that is sent to the channel. */
  readonly heard: (message: string) => void
  readonly log: (line: string) => void
  /** Milliseconds for which a request waits for a database that is away, as in a fail-over. */
  readonly patience?: number
}

/** Connections per process: requests are short, and PostgreSQL's own default allows a hundred for all. */
const most = 10

/** Milliseconds between two attempts to connect again. */
const pause = 200

/**
 * Connects, and brings the schema to today's form.
 * @throws DatabaseError
 */
export async function openConnections(options: ConnectionOptions): Promise<Connections> {
  const { url, patience = 10_000, log } = options
  const pool = openPool(url, patience, log)
  await migrated(pool, url)
  const listener = listen(options)
  await listener.ready

  const once = <R extends pg.QueryResultRow>({ name, text, values }: Statement) =>
    sessionOf(pool, patience, client => client.query<R>({ name, text, values: [...values] }))

  let closed: Promise<void> | undefined
  return {
    read: statement =>
      patiently(
        () => once(statement),
        patience,
        error => error instanceof DatabaseUnavailable,
      ),
    once,
    session: work => sessionOf(pool, patience, work),
    async tell(message) {
      await once({ name: 'tell', text: 'SELECT pg_notify($1, $2)', values: [channel, message] })
    },
    close() {
      closed ??= listener.stop().then(() => pool.end())
      return closed
    },
  }
}

function openPool(url: string, patience: number, log: ConnectionOptions['log']): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: most,
    connectionTimeoutMillis: patience,
    application_name: 'rockpool',
  })
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  // If one breaks while it is in use, its query rejects.
  pool.on('connect', client => client.on('error', () => {}))
  pool.on('error', error => log(`A connection to PostgreSQL broke: ${error.message}`))
  return pool
}

/** Brings the schema to today's form; where that fails, ends the pool. */
async function migrated(pool: pg.Pool, url: string): Promise<void> {
  try {
    const client = await pool.connect()
    try {
      await migrate(client as unknown as pg.Client)
    } finally {
      client.release()
    }
  } catch (error) {
    await pool.end()
    throw inWords(error as Error, url)
  }
}

/** Does work on one connection of the pool, and drops the connection if it was lost. */
async function sessionOf<T>(
  pool: pg.Pool,
  patience: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await patiently(() => pool.connect(), patience, isLoss).catch(error => {
    throw unavailable(error as Error)
  })
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    if (!isLoss(error)) throw error
    broken = error as Error
    throw unavailable(broken)
  } finally {
    client.release(broken)
  }
}

/** Tries again after errors that will pass, as long as patience (milliseconds) lasts. */
async function patiently<T>(
  attempt: () => Promise<T>,
  patience: number,
  willPass: (error: unknown) => boolean,
): Promise<T> {
  for (let left = Math.ceil(patience / pause); ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (!willPass(error) || left <= 0) throw error
      await sleep(pause)
    }
  }
}

/** Hears what processes tell, over a connection of its own that is made again when it breaks. */
function listen({ url, heard, log }: ConnectionOptions): { ready: Promise<void>; stop: () => Promise<void> } {
  let client: pg.Client | undefined
  let stopped = false

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'rockpool news' })
    next.on('notification', ({ payload }) => heard(payload ?? '{}'))
    next.on('error', () => {})
    next.on('end', () => void again())
    client = next
    await next.connect()
    await next.query(`LISTEN ${channel}`)
  }

  async function again(): Promise<void> {
    if (stopped) return
    log('The connection to PostgreSQL by which this Rockpool hears of others broke; connecting again.')
    while (!stopped) {
      await sleep(pause)
      const done = await connect().then(
        () => true,
        () => false,
      )
      // What was told meanwhile was missed: the caller asks for what matters.
      if (done) return heard('{"missed":true}')
    }
  }

  return {
    ready: connect(),
    async stop() {
      stopped = true
      await client?.end().catch(() => {})
    },
  }
}

const sleep = (milliseconds: number): Promise<void> => new Promise(done => setTimeout(done, milliseconds))

/** PostgreSQL's codes for a server that shuts down, starts up, or has no room, and Node's for a lost connection. */
const losses = new Set([
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH'],
])

/** Whether the database was not reached, or lost. The driver's own errors for that have words and no code. */
function isLoss(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true
  const { code, message } = error as { code?: string; message?: string }
  if (code !== undefined) return losses.has(code)
  return /Connection terminated|Client has encountered a connection error|timeout exceeded|not queryable/.test(
    message ?? '',
  )
}

const unavailable = (cause: Error): DatabaseUnavailable =>
  cause instanceof DatabaseUnavailable
    ? cause
    : new DatabaseUnavailable(
        `PostgreSQL did not answer (${cause.message}). Nothing is known of what was asked; ask again when it is back.`,
        { cause },
      )

/** Why the database cannot be used, without the password of its address. */
function inWords(cause: Error, url: string): Error {
  const where = withoutPassword(url)
  if (cause instanceof SchemaTooNew) return new DatabaseError(cause.message, { cause })
  const code = (cause as { code?: string }).code
  const remedy =
    code === '28P01' || code === '28000'
      ? 'Check user and password in the address given with --data.'
      : code === '3D000'
        ? 'Create it with createdb, or name another one in the address given with --data.'
        : code === '42501'
          ? 'Grant the user CREATE on the database: Rockpool makes a schema of its own in it.'
          : 'Check that PostgreSQL runs there and that the address given with --data is right.'
  return new DatabaseError(`The database ${where} cannot be used: ${cause.message}. ${remedy}`, { cause })
}

/** The address as it may be shown. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'given with --data'
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '***'
  if (shown.searchParams.has('password')) shown.searchParams.set('password', '***')
  return shown.href
}
