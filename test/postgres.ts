import pg from 'pg'
import t, { type Test } from 'tap'
import { insert, put, replace } from '../src/core/ports/store.js'
import { withoutPassword } from '../src/lib/url.js'
import { memoryStore } from '../src/store/memory.js'
import { openPostgresStore, type PostgresOptions } from '../src/store/postgres.js'
import type { News } from '../src/store/postgres-news.js'
import { StateReplaced } from '../src/store/turnstile.js'
import { postgresServer } from './support/postgres.js'
import {
  conformance,
  everything,
  existing,
  keys,
  people,
  person,
  stopped,
} from './support/store-conformance.js'

/** Needs a PostgreSQL (Debian: `apt-get install postgresql`); `npm run test:postgres` runs it. */

const server = await postgresServer(t)
const nothing = () => {}

/** A store that is closed with the test, also where that fails: an open one connects again and again. */
async function open(t: Test, url: string, given: Partial<PostgresOptions> = {}) {
  const store = await openPostgresStore({ url, clock: stopped(), heard: nothing, log: nothing, ...given })
  t.teardown(() => store.close())
  return store
}

conformance('postgres', async (t, clock) => open(t, await server.database(), { clock }))

t.test(
  'processes that start at once on an empty database make one schema, and see what the others write',
  async t => {
    const url = await server.database()
    const stores = await Promise.all([open(t, url), open(t, url), open(t, url)])
    await stores[0].commit(put(people, 'a', person('Ann', 'x')))
    for (const store of stores) t.same((await existing(store, 'a')).record, person('Ann', 'x'))
    await stores[1].commit(put(people, 'a', person('Bea', 'y')))
    for (const store of stores) {
      t.equal((await existing(store, 'a')).record.name, 'Bea', 'no process remembers what was')
      t.same(keys(await store.lookup(people, 'tag', 'x')), [])
    }
  },
)

t.test(
  'of a hundred conditional writes by two processes one wins, in whatever order they name their records',
  async t => {
    const url = await server.database()
    const stores = await Promise.all([open(t, url), open(t, url)])
    await stores[0].commit(put(people, 'a', person('Ann')), put(people, 'b', person('Bob')))
    const a = await existing(stores[0], 'a')
    const b = await existing(stores[0], 'b')
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const store = stores[index % 2] ?? stores[0]
        const writes = [replace(people, a, person(`${index}`)), replace(people, b, person(`${index}`))]
        return store.commit(...(index % 3 === 0 ? writes.reverse() : writes))
      }),
    )
    t.equal(outcomes.filter(Boolean).length, 1)
    const winner = String(outcomes.indexOf(true))
    t.same(
      (await stores[1].list(people, everything)).map(({ record }) => record.name),
      [winner, winner],
    )
  },
)

t.test(
  'after one process replaced the state, the others hear of it, and their commits on the old one are refused',
  async t => {
    const url = await server.database()
    const first = await open(t, url)
    const { promise: told, resolve } = withResolvers<News>()
    await open(t, url, { heard: resolve })
    const deaf = await open(t, url)
    await first.commit(put(people, 'a', person('Ann')))
    const image = await first.image()
    await first.commit(put(people, 'b', person('Bob')))
    await first.replaceAll(image, insert(people, 'c', person('Cid')))
    t.same(keys(await first.list(people, everything)), ['a', 'c'])
    t.equal(
      await first.commit(insert(people, 'd', person('Dan'))),
      true,
      'the process that replaced it goes on',
    )
    const outcome = await deaf.commit(insert(people, 'e', person('Eve'))).catch(error => error)
    // Whether the news or the commit came first: never is a write of the old state silently part of the new one.
    t.ok(outcome === true || outcome instanceof StateReplaced, String(outcome))
    t.equal((await told).replaced, true)
  },
)

t.test('a commit of many records is one, and finds what it files', async t => {
  const url = await server.database()
  const stores = await Promise.all([open(t, url), open(t, url)])
  const many = Array.from({ length: 8000 }, (_, index) =>
    insert(people, `k${index}`, person(`P${index}`, `t${index % 1000}`, 'all')),
  )
  const [whole, other] = await Promise.all([
    stores[0].commit(...many),
    stores[1].commit(insert(people, 'k7999', person('Other'))),
  ])
  t.not(whole, other, 'of two that insert the same, one wins')
  if (other) t.equal(await stores[0].commit(...many.slice(0, -1)), true)
  t.equal((await stores[1].lookup(people, 'tag', 't7')).length, 8)
  t.equal((await stores[1].list(people, { limit: 9000 })).length, 8000)
  const again = Array.from({ length: 600 }, (_, index) =>
    put(people, `k${index}`, person(`P${index}`, 'new')),
  )
  await stores[0].commit(...again.map(write => ({ ...write, record: person('before', 'old') })), ...again)
  t.equal(
    (await stores[1].lookup(people, 'tag', 'new')).length,
    600,
    'of two changes of a record the later counts',
  )
  t.equal((await stores[1].lookup(people, 'tag', 'old')).length, 0)
})

t.test(
  'PostgreSQL is told to look at its tables when they have grown, and when they are other ones',
  async t => {
    const url = await server.database()
    const store = await open(t, url)
    const asking = new pg.Client(url)
    await asking.connect()
    t.teardown(() => asking.end())
    // By itself it looks once a minute, which is counted elsewhere.
    const looks = async () => {
      const { rows } = await asking.query(
        "SELECT sum(analyze_count) AS looks FROM pg_stat_user_tables WHERE schemaname = 'rockpool'",
      )
      return Number(rows[0].looks)
    }
    const lot = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => put(people, `k${from + index}`, person('Ann', 'x')))
    await store.commit(...lot(0, 900))
    t.equal(await looks(), 0, 'of few records none is hard to find')
    await store.commit(...lot(900, 1000))
    await until(async () => (await looks()) === 2)
    await store.commit(...lot(1000, 1900))
    const image = await store.image()
    await store.replaceAll(image)
    await until(async () => (await looks()) === 4)
    t.pass('two tables, twice')
  },
)

t.test('a state goes from memory to PostgreSQL and back', async t => {
  const clock = stopped()
  const memory = memoryStore(clock)
  for (let index = 0; index < 1200; index++)
    await memory.commit(
      put(
        people,
        `k${index}`,
        person(`P${index}`, 'all', `t${index % 7}`),
        index % 2 ? {} : { expiresAt: 9_000 },
      ),
    )
  const store = await open(t, await server.database(), { clock })
  await store.replaceAll(await memory.image())
  const plain = (entries: Iterable<object>) => [...entries].map(entry => ({ ...entry, version: 0 }))
  t.strictSame(plain((await store.image()).entries()), plain((await memory.image()).entries()))
  t.equal((await store.lookup(people, 'tag', 't3')).length, (await memory.lookup(people, 'tag', 't3')).length)
})

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 5))
}

t.test(
  'PostgreSQL is killed under load: requests wait, and nothing that was acknowledged is lost',
  async t => {
    const url = await server.database()
    const store = await open(t, url)
    const acknowledged: string[] = []
    const refused: Error[] = []
    let running = true
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      for (let index = 0; running; index++) {
        const key = `${writer}-${index}`
        const done = await store
          .commit(insert(people, key, person(key)))
          .catch(error => refused.push(error) < 0)
        if (done) acknowledged.push(key)
      }
    })
    for (let kills = 0; kills < 3; kills++) {
      const before = acknowledged.length
      await until(() => acknowledged.length > before + 100)
      await server.kill()
      const reading = store.list(people, everything)
      await server.start()
      t.ok((await reading).length >= before + 100, 'what is asked meanwhile waits, and is answered')
    }
    const before = acknowledged.length
    await until(() => acknowledged.length > before + 100)
    running = false
    await Promise.all(writers)
    const kept = new Set(keys(await store.list(people, everything)))
    t.same(
      acknowledged.filter(key => !kept.has(key)),
      [],
    )
    for (const { message } of refused)
      t.match(
        message,
        /^PostgreSQL did not answer \(.*\)\. Whether the request was carried out is not known; /,
      )
    t.ok(refused.length <= 60, 'none but those under way: a request each of twenty, three times')
  },
)

t.test('a database that is away, or stands still, is waited for so long and no longer', async t => {
  const patience = 300
  const url = await server.database()
  const store = await open(t, url, { patience })
  await store.commit(put(people, 'a', person('Ann')))
  for (const [leave, back] of [
    [server.kill, server.start],
    [server.pause, server.resume],
  ] as const) {
    await leave()
    const asked = Array.from({ length: 30 }, (_, index) =>
      index % 2 ? store.get(people, 'a') : store.commit(put(people, 'a', person('Bea'))),
    )
    for (const outcome of await Promise.allSettled(asked))
      t.match(outcome, { status: 'rejected', reason: { name: 'DatabaseUnavailable', statusCode: 503 } })
    await back()
    await until(() => store.commit(put(people, 'a', person('Cid'))).catch(() => false))
    t.equal((await existing(store, 'a')).record.name, 'Cid', 'and it recovers by itself')
  }
})

t.test('what was told while a process could not hear is read when it hears again', async t => {
  const url = await server.database()
  const name = new URL(url).pathname.slice(1)
  const news: News[] = []
  const first = await open(t, url)
  await open(t, url, { heard: told => news.push(told) })
  await first.commit(put(people, 'a', person('Ann')))
  const image = await first.image()
  await Promise.all([first.list(people, everything), first.list(people, everything)])
  // Nobody connects anew, and the connections by which they hear are cut; the others stay.
  await server.query(
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE datname = '${name}' AND application_name = 'rockpool news'`,
  )
  const moved = first.moveClock({ frozenAt: 5 })
  await first.replaceAll(image)
  t.equal(await moved, 1)
  t.same(news, [], 'nothing was heard')
  await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  await until(() => news.length === 2)
  t.same(news, [{ replaced: true }, { clock: { state: { frozenAt: 5 }, move: 1 } }])
  const third: News[] = []
  await open(t, url, { heard: told => third.push(told) })
  t.same(
    third,
    [{ clock: { state: { frozenAt: 5 }, move: 1 } }],
    'a process that begins later knows the clock',
  )
})

t.test('a move of the clock is done when all processes follow', async t => {
  const url = await server.database()
  const moves: unknown[] = []
  const stores = await Promise.all(
    [0, 1, 2].map(() => open(t, url, { heard: ({ clock }) => moves.push(clock?.state) })),
  )
  await stores[0]?.moveClock({ aheadMs: 1 })
  t.same(moves, [{ aheadMs: 1 }, { aheadMs: 1 }, { aheadMs: 1 }])
})

t.test('two versions side by side: the newer one makes room for itself, the older goes on', async t => {
  const url = await server.database()
  const name = new URL(url).pathname.slice(1)
  const older = await open(t, url)
  await older.commit(put(people, 'a', person('Ann')))
  // As an earlier version left it.
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(() => client.end())
  await client.query(`
    DROP TABLE rockpool.answers, rockpool.file_pieces, rockpool.files;
    DROP SEQUENCE rockpool.questions, rockpool.file_ids;
    COMMENT ON SCHEMA rockpool IS 'version 2'`)
  const newer = await open(t, url)
  t.equal(await older.commit(insert(people, 'b', person('Bea'))), true, name)
  t.same(keys(await newer.list(people, everything)), ['a', 'b'])
  t.equal(await newer.processes(), 2)

  await client.query(`COMMENT ON SCHEMA rockpool IS 'version 99'`)
  const refused = await open(t, url).catch(error => error)
  t.match(
    refused.message,
    /^A newer Rockpool made the schema "rockpool" of this database \(version 99; .* Start that Rockpool/,
  )
  t.equal(await older.commit(insert(people, 'c', person('Cid'))), true, 'what runs goes on')
})

t.test('of processes that sweep at once each deletes what no other does', async t => {
  const url = await server.database()
  const clock = stopped()
  const stores = await Promise.all([open(t, url, { clock }), open(t, url, { clock })])
  const many = Array.from({ length: 300 }, (_, index) =>
    insert(people, `k${index}`, person(`P${index}`), index < 200 ? { expiresAt: 2_000 } : {}),
  )
  await stores[0].commit(...many)
  clock.time = 3_000
  let swept = 0
  for (let round = 0; round < 20 && swept < 200; round++)
    for (const count of await Promise.all(stores.map(store => store.sweep(150)))) swept += count
  t.equal(swept, 200)
  t.equal((await stores[1].list(people, everything)).length, 100)
})

t.test('a question is answered by all other processes, and by none that is gone', async t => {
  const url = await server.database()
  const answering = (name: string) => open(t, url, { asked: question => ({ name, question }) })
  const [first, second, third] = await Promise.all([answering('one'), answering('two'), answering('three')])
  const names = (answers: readonly unknown[]) =>
    answers.map(answer => (answer as { name: string }).name).sort()
  const answers = await first.ask({ what: '\u0000 and \ud800' })
  t.strictSame(names(answers), ['three', 'two'])
  t.match(answers[0], { question: { what: '\u0000 and \ud800' } })
  const many = await Promise.all([first.ask(1), second.ask(2), third.ask(3)])
  t.strictSame(many.map(names), [
    ['three', 'two'],
    ['one', 'three'],
    ['one', 'two'],
  ])
  await third.close()
  await until(async () => (await first.processes()) === 2)
  t.strictSame(names(await first.ask(4)), ['two'])
  await second.close()
  await until(async () => (await first.processes()) === 1)
  t.strictSame(await first.ask(5), [], 'alone')
})

t.test('a database that cannot serve is refused in a sentence that shows no password', async t => {
  const wrong = (await server.database())
    .replace(/test_\d+$/, 'nowhere')
    .replace('rockpool@', 'rockpool:s3cret@')
  const error = await open(t, wrong).catch(error => error)
  t.match(
    error.message,
    /^The database postgres:\/\/rockpool:\*\*\*@.*\/nowhere cannot be used: .* Create it with createdb/,
  )
  t.equal(withoutPassword('postgres://a:b@c/d?password=e'), 'postgres://a:***@c/d?password=***')
})

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(done => {
    resolve = done
  })
  return { promise, resolve }
}
