import t from 'tap'
import { insert, put, replace } from '../src/core/ports/store.js'
import { memoryStore } from '../src/store/memory.js'
import { type News, openPostgresStore } from '../src/store/postgres.js'
import { withoutPassword } from '../src/store/postgres-connections.js'
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
const open = (url: string, heard: (news: News) => void = nothing, clock = stopped()) =>
  openPostgresStore({ url, clock, heard, log: nothing })

conformance('postgres', async (_t, clock) =>
  openPostgresStore({ url: await server.database(), clock, heard: nothing, log: nothing }),
)

t.test(
  'processes that start at once on an empty database make one schema, and see what the others write',
  async t => {
    const url = await server.database()
    const stores = await Promise.all([open(url), open(url), open(url)])
    await stores[0].commit(put(people, 'a', person('Ann', 'x')))
    for (const store of stores) t.same((await existing(store, 'a')).record, person('Ann', 'x'))
    await stores[1].commit(put(people, 'a', person('Bea', 'y')))
    for (const store of stores) {
      t.equal((await existing(store, 'a')).record.name, 'Bea', 'no process remembers what was')
      t.same(keys(await store.lookup(people, 'tag', 'x')), [])
    }
    await Promise.all(stores.map(store => store.close()))
  },
)

t.test(
  'of a hundred conditional writes by two processes one wins, in whatever order they name their records',
  async t => {
    const url = await server.database()
    const stores = await Promise.all([open(url), open(url)])
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
    await Promise.all(stores.map(store => store.close()))
  },
)

t.test(
  'after one process replaced the state, the others hear of it, and their commits on the old one are refused',
  async t => {
    const url = await server.database()
    const first = await open(url)
    const { promise: told, resolve } = withResolvers<News>()
    const second = await open(url, resolve)
    const deaf = await open(url)
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
    await Promise.all([first, second, deaf].map(store => store.close()))
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
  const store = await open(await server.database(), nothing, clock)
  await store.replaceAll(await memory.image())
  const plain = (entries: Iterable<object>) => [...entries].map(entry => ({ ...entry, version: 0 }))
  t.strictSame(plain((await store.image()).entries()), plain((await memory.image()).entries()))
  t.equal((await store.lookup(people, 'tag', 't3')).length, (await memory.lookup(people, 'tag', 't3')).length)
  await store.close()
})

t.test('while PostgreSQL is away requests wait, and nothing that was acknowledged is lost', async t => {
  const url = await server.database()
  const store = await open(url)
  const acknowledged: string[] = []
  let running = true
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let index = 0; running; index++) {
      const key = `${writer}-${index}`
      const done = await store.commit(insert(people, key, person(key))).catch(() => false)
      if (done) acknowledged.push(key)
    }
  })
  while (acknowledged.length < 100) await new Promise(resolve => setTimeout(resolve, 5))
  await server.kill()
  const reading = store.list(people, everything)
  await server.start()
  const before = acknowledged.length
  while (acknowledged.length < before + 50) await new Promise(resolve => setTimeout(resolve, 5))
  running = false
  await Promise.all(writers)
  t.ok((await reading).length >= 100, 'what was asked meanwhile is answered')
  const kept = new Set(keys(await store.list(people, everything)))
  t.same(
    acknowledged.filter(key => !kept.has(key)),
    [],
  )
  await store.close()
})

t.test('a database that cannot serve is refused in a sentence that shows no password', async t => {
  const wrong = (await server.database())
    .replace(/test_\d+$/, 'nowhere')
    .replace('rockpool@', 'rockpool:s3cret@')
  const error = await open(wrong).catch(error => error)
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
