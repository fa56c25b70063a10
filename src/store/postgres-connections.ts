import pg from 'pg'
import { channel, migrate } from './postgres-schema.js'
import { inWords, isLoss, notDone, unavailable } from './postgres-trouble.js'

/** A row of the table of records. PostgreSQL's big integers come as texts. */
export interface Row {
  readonly key: Buffer
  readonly version: string
  readonly expires_at: string | null
  readonly json: string
}

/** A statement that the server prepares once a connection. */
interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** One connection, for several statements. */
export interface Session {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>
}

/** The connections to one database. All throw `DatabaseUnavailable` where patience ends. */
export interface Connections {
  /** Does a statement that only reads; where the connection is lost, again on another. */
  read<R extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<R>>
  /** Does a statement that writes, at most once. */
  once<R extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<R>>
  /** Does work of several statements as one transaction, which may take its time. `begin` is the statement that opens it. */
  transaction<T>(begin: string, work: (session: Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly url: string
  /** Called with each message that is sent to the channel. */
  readonly heard: (message: string) => void
  /**
   * Reads what messages are about: called whenever this process begins to listen, and from time to time: messages of the time
   * before are lost.
   */
  readonly catchUp: (session: Session) => Promise<void>
  readonly log: (line: string) => void
  /** Milliseconds for which a request waits for a database that is away, as in a fail-over: ten seconds. */
  readonly patience?: number
}

/** Connections per process: requests are short, and PostgreSQL's own default allows a hundred for all. */
const most = 10

/** Milliseconds between two attempts to connect again. */
const pause = 200

/** Milliseconds between two questions whether the listening connection is still there. */
const heartbeat = 10_000

/** What those connections are called in `pg_stat_activity`. */
export const listenerName = 'rockpool news'

/**
 * Connects, and brings the schema to today's form.
 * @throws DatabaseError
 */
export async function openConnections(options: ConnectionOptions): Promise<Connections> {
  const { url, patience = 10_000, log } = options
  const pool = openPool(url, patience, log)
  const asking = { pool, patience }
  const listener = listen({ ...options, patience })
  try {
    await transaction(asking, 'BEGIN', migrate)
    await listener.ready()
  } catch (error) {
    await listener.stop()
    await pool.end()
    throw inWords(error as Error, url)
  }
  let closed: Promise<void> | undefined
  return {
    read: statement => ask(asking, statement, { again: true }),
    once: statement => ask(asking, statement, { again: false }),
    transaction: (begin, work) => transaction(asking, begin, work),
    close() {
      closed ??= listener.stop().then(() => pool.end())
      return closed
    },
  }
}

function openPool(url: string, patience: number, log: ConnectionOptions['log']): pg.Pool {
  const pool = new pg.Pool({
    ...settingsOf(url, patience),
    max: most,
    application_name: 'rockpool',
    // The server gives up what a request no longer waits for.
    statement_timeout: patience,
  })
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  // If one breaks while it is in use, its query rejects.
  pool.on('connect', client => client.on('error', () => {}))
  pool.on('error', error => log(`A connection to PostgreSQL broke: ${error.message}`))
  return pool
}

/** A machine that is gone without a word is noticed by probes. */
const settingsOf = (url: string, patience: number) => ({
  connectionString: url,
  connectionTimeoutMillis: patience,
  keepAlive: true,
  keepAliveInitialDelayMillis: heartbeat,
})

interface Asking {
  readonly pool: pg.Pool
  readonly patience: number
}

/**
 * Does one statement; where it only reads and the connection is lost, again on another. `patience` is how long a request waits
 * for it in all, whatever it waits for: this is the one place that waits.
 */
async function ask<R extends pg.QueryResultRow>(
  { pool, patience }: Asking,
  { name, text, values }: Statement,
  { again }: { readonly again: boolean },
): Promise<pg.QueryResult<R>> {
  const limit = limitOf(patience)
  try {
    for (;;) {
      const client = await connected(pool, limit)
      const answer = await using(client, () =>
        limit.within(client.query<R>({ name, text, values: [...values] })),
      ).catch(error => {
        if (!isLoss(error)) throw error
        if (limit.isOver || !(again || notDone(error))) throw unavailable(error)
      })
      if (answer !== undefined) return answer
    }
  } finally {
    limit.clear()
  }
}

/** A connection of the pool; where there is none, it is tried again and again until the time is over. */
async function connected(pool: pg.Pool, limit: Limit): Promise<pg.PoolClient> {
  for (;;) {
    const connecting = pool.connect()
    try {
      return await limit.within(connecting)
    } catch (error) {
      // One that comes after all is for another request.
      connecting.then(
        late => late.release(),
        () => {},
      )
      if (!isLoss(error)) throw error
      if (limit.isOver) throw unavailable(error as Error)
    }
    await sleep(pause)
  }
}

/** Does work on a connection, and gives it back to its pool: to be dropped, where it was lost or is not waited for. */
async function using<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  let broken: Error | undefined
  try {
    return await work()
  } catch (error) {
    if (isLoss(error)) broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** The statements of a transaction may take longer than a request waits: another state is put in the place of this one. */
async function transaction<T>(
  { pool, patience }: Asking,
  begin: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const limit = limitOf(patience)
  const client = await connected(pool, limit).finally(limit.clear)
  return using(client, async () => {
    await client.query(begin)
    try {
      await client.query('SET LOCAL statement_timeout = 0')
      const done = await work(client)
      await client.query('COMMIT')
      return done
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {})
      throw error
    }
  }).catch(error => {
    throw isLoss(error) ? unavailable(error) : error
  })
}

/** How long one request may wait, in all. */
interface Limit {
  readonly isOver: boolean
  /** What the promise gives, or, once the time is over, an error that is a loss. */
  within<T>(promise: Promise<T>): Promise<T>
  clear(): void
}

function limitOf(milliseconds: number): Limit {
  let isOver = false
  let end: (error: Error) => void = () => {}
  const over = new Promise<never>((_resolve, reject) => {
    end = reject
  })
  over.catch(() => {})
  const timer = setTimeout(() => {
    isOver = true
    end(Object.assign(new Error(`no answer within ${milliseconds / 1000} s`), { code: 'ETIMEDOUT' }))
  }, milliseconds)
  return {
    get isOver() {
      return isOver
    },
    within: promise => Promise.race([promise, over]),
    clear: () => clearTimeout(timer),
  }
}

/** Hears what processes tell, over a connection of its own that is made again when it breaks. */
function listen({ url, heard, catchUp, log, patience }: ConnectionOptions & { readonly patience: number }) {
  let client: pg.Client | undefined
  let beats: NodeJS.Timeout | undefined
  let stopped = false

  async function connect(): Promise<void> {
    const next = new pg.Client({
      ...settingsOf(url, patience),
      application_name: listenerName,
      query_timeout: patience,
    })
    next.on('notification', ({ payload = '{}' }) => heard(payload))
    next.on('error', () => {})
    client = next
    try {
      await next.connect()
      await next.query(`LISTEN ${channel}`)
      await catchUp(next)
    } catch (error) {
      await next.end().catch(() => {})
      throw error
    }
    next.once('end', () => void again())
    beats = setInterval(() => {
      // A machine that vanishes says nothing: a connection that does not answer is given up.
      catchUp(next).catch(() => void next.end().catch(() => {}))
    }, heartbeat)
    beats.unref()
  }

  async function again(): Promise<void> {
    clearInterval(beats)
    if (!stopped)
      log('The connection to PostgreSQL by which this Rockpool hears of others broke; connecting again.')
    while (!stopped) {
      await sleep(pause)
      if (stopped || (await succeeds(connect()))) return
    }
  }

  return {
    ready: connect,
    async stop() {
      stopped = true
      clearInterval(beats)
      await client?.end().catch(() => {})
    },
  }
}

const succeeds = (attempt: Promise<unknown>): Promise<boolean> =>
  attempt.then(
    () => true,
    () => false,
  )

const sleep = (milliseconds: number): Promise<void> => new Promise(done => setTimeout(done, milliseconds))
