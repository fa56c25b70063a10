import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual, promisify } from 'node:util'
import { build } from 'esbuild'
import Database from 'libsql'
import t, { type Test } from 'tap'
import { insert, put, remove, replace, type Store, type Stored } from '../src/core/ports/store.js'
import { DataDirectoryError } from '../src/store/data-directory-error.js'
import { memoryStore } from '../src/store/memory.js'
import { recent } from '../src/store/recent.js'
import { openSqliteStore } from '../src/store/sqlite.js'
import {
  conformance,
  everything,
  existing,
  keys,
  others,
  type Person,
  people,
  person,
  stopped,
} from './support/store-conformance.js'

conformance('memory', async (_t, clock) => memoryStore(clock))
conformance('sqlite', (t, clock) => openSqliteStore(t.testdir(), clock))

t.test('what was used last is remembered, and no more than there is room for', async t => {
  const words = recent<number>(2)
  words.set('a', 1)
  words.set('b', 2)
  t.equal(words.get('a'), 1)
  words.set('c', 3)
  t.same(
    ['a', 'b', 'c'].map(word => words.get(word)),
    [1, undefined, 3],
  )
  words.set('a', 4)
  words.delete('c')
  t.same([words.get('a'), words.get('c')], [4, undefined])
  words.clear()
  t.equal(words.get('a'), undefined)
})

t.test('both stores tell the same story, whatever happens', async t => {
  const clock = stopped()
  const sqlite = await openSqliteStore(t.testdir(), clock)
  const memory = memoryStore(clock)
  const pick = dice(7665)
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const key = () => pick(names)
  for (let step = 0; step < 800; step++) {
    clock.time += pick([0, 0, 1, 5])
    const intents = Array.from({ length: pick([1, 1, 2, 4]) }, () => ({
      make: pick([put, insert, replace, replace, remove]),
      collection: pick([people, others]),
      key: key(),
      record: person(key(), key(), key()),
      expiry: pick([{}, {}, { expiresAt: clock.time + pick([0, 3, 20]) }]),
    }))
    /** Versions differ from store to store, so a store's own reading is the condition. */
    const writes = async (store: Store) =>
      Promise.all(
        intents.map(async ({ make, collection, key, record, expiry }) => {
          const read = await store.get(collection, key)
          if (make === put || make === insert) return make(collection, key, record, expiry)
          if (make === replace)
            return read ? replace(collection, read, record, expiry) : put(collection, key, record)
          return remove(collection, read ?? key)
        }),
      )
    const limit = pick([0, 0, 0, 1, 3])
    const page = pick([{ limit: 3, after: key() }, everything])
    const tag = key()
    const outcome = async (store: Store) => {
      const committed = await store.commit(...(await writes(store)))
      const swept = await store.sweep(limit)
      const listed = await store.list(people, page)
      const found = await store.lookup(others, 'tag', tag, page)
      return { committed, swept, listed: listed.map(unversioned), found: found.map(unversioned) }
    }
    const [inMemory, inSqlite] = [await outcome(memory), await outcome(sqlite)]
    if (!isDeepStrictEqual(inMemory, inSqlite)) return t.strictSame(inMemory, inSqlite, `step ${step}`)
  }
  t.ok((await memory.list(people, everything)).length > 2)
  await sqlite.close()
})

const unversioned = ({ version, ...rest }: Stored<Person>) => rest

/** Picks by a fixed sequence of numbers (Numerical Recipes' linear congruence), so that a failure comes back. */
function dice(seed: number): <T>(choices: readonly T[]) => T {
  let state = seed
  return choices => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const choice = choices[Math.floor((state / 2 ** 32) * choices.length)]
    return choice as (typeof choices)[number]
  }
}

t.test('sqlite: what was written is there after reopening, and versions go on', async t => {
  const directory = join(t.testdir(), 'made', 'here')
  const clock = stopped()
  const first = await openSqliteStore(directory, clock)
  await first.commit(
    put(people, 'a', person('Ann', 'x')),
    put(people, 'b', person('Bob'), { expiresAt: 2_000 }),
  )
  const a = await existing(first, 'a')
  const b = await existing(first, 'b')
  await first.commit(remove(people, 'b'))
  await first.close()
  await first.close()
  t.same(await readdir(directory), ['rockpool.db'], 'a closed store is one file')
  t.equal((await stat(directory)).mode & 0o777, 0o700)
  t.equal((await stat(join(directory, 'rockpool.db'))).mode & 0o777, 0o600)

  const second = await openSqliteStore(directory, clock)
  t.strictSame(await second.list(people, everything), [a])
  t.same(keys(await second.lookup(people, 'tag', 'x')), ['a'])
  await second.commit(insert(people, 'b', person('Bob')))
  t.ok((await existing(second, 'b')).version > b.version)
  await second.close()
})

t.test('sqlite: a directory that cannot serve is refused in a sentence', async t => {
  const refused = async (t: Test, directory: string, sentence: RegExp) => {
    const error = await openSqliteStore(directory, stopped()).then(
      () => undefined,
      error => error,
    )
    t.type(error, DataDirectoryError)
    t.match(error?.message, sentence)
    t.ok(error?.message.includes(directory), 'it names the directory')
  }

  await t.test('in use, by this process or another', async t => {
    const directory = t.testdir()
    const store = await openSqliteStore(directory, stopped())
    await refused(t, directory, /in use by another Rockpool. Stop that one, or name another data directory/)
    const program = await bundle(t.testdirName, opener)
    t.match(
      (await promisify(execFile)(process.execPath, [program, directory], { env: {} })).stdout,
      /^DataDirectoryError: The data directory .* is in use by another Rockpool/,
    )
    t.equal(await store.commit(put(people, 'a', person('Ann'))), true, 'the first is not disturbed')
    await store.close()
    const next = await openSqliteStore(directory, stopped())
    t.ok(await next.get(people, 'a'), 'and makes room when it is closed')
    await next.close()
  })

  await t.test('not a directory', async t => {
    const directory = t.testdir({ file: 'text' })
    await refused(t, join(directory, 'file'), /cannot be created or written \(EEXIST\)/)
    await refused(t, join(directory, 'file', 'below'), /cannot be created or written \(ENOTDIR\)/)
  })

  await t.test('a file system that takes no folders', { skip: process.platform !== 'linux' }, async t => {
    await refused(t, '/proc/rockpool', /cannot be created or written \(ENOENT\)/)
    await refused(t, '/proc/rockpool/data', /cannot be created or written \(ENOENT\)/)
  })

  await t.test('not a database', async t => {
    const text = 'This is not a database. '.repeat(500)
    const directory = t.testdir({ 'rockpool.db': text })
    await refused(t, directory, /damaged or is no database. Restore it/)
    t.equal(await readFile(join(directory, 'rockpool.db'), 'utf8'), text, 'it is left as it was')
  })

  await t.test('a damaged database', async t => {
    const directory = t.testdir()
    const store = await openSqliteStore(directory, stopped())
    for (let first = 0; first < 500; first += 50)
      await store.commit(
        ...Array.from({ length: 50 }, (_, index) =>
          insert(people, `${first + index}`, person('x'.repeat(100), 'x')),
        ),
      )
    await store.close()
    const file = join(directory, 'rockpool.db')
    const sound = await readFile(file)
    await writeFile(
      file,
      Buffer.concat([sound.subarray(0, 40_000), Buffer.alloc(20_000, 0x5a), sound.subarray(60_000)]),
    )
    await refused(t, directory, /damaged or is no database/)
    await writeFile(file, sound.subarray(0, 40_000))
    await refused(t, directory, /damaged or is no database/)
    await writeFile(file, sound)
    const mended = await openSqliteStore(directory, stopped())
    t.equal((await mended.list(people, everything)).length, 500)
    await mended.close()
  })

  await t.test('an emptied database, and a first start that was interrupted', async t => {
    const directory = t.testdir({ 'rockpool.db': '', 'rockpool.db.1.unfinished': '' })
    await refused(t, directory, /is empty, though Rockpool never leaves it so.* remove it to start afresh/)
    await rm(join(directory, 'rockpool.db'))
    const store = await openSqliteStore(directory, stopped())
    t.equal(await store.commit(put(people, 'a', person('Ann'))), true)
    await store.close()
  })

  await t.test('after an end that was none: a missing or damaged log', async t => {
    const program = await bundle(t.testdir(), writer)
    const directory = join(t.testdirName, 'data')
    const child = spawn(process.execPath, [program, directory, '0'], {
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let count = 0
    for await (const _key of createInterface({ input: child.stdout }))
      if (++count === 60) child.kill('SIGKILL')
    const [file, log] = [join(directory, 'rockpool.db'), join(directory, 'rockpool.db-wal')]
    const [database, whole] = [await readFile(file), await readFile(log)]
    const anew = async (bytes: Uint8Array | undefined) => {
      await writeFile(file, database)
      if (bytes === undefined) await rm(log)
      else await writeFile(log, bytes)
    }
    const damagedAt = (...places: number[]) => {
      const bytes = Buffer.from(whole)
      for (const place of places) bytes[place] = (bytes[place] ?? 0) ^ 0xff
      return bytes
    }
    const frame = 24 + whole.readUInt32BE(8)
    await anew(undefined)
    await refused(
      t,
      directory,
      /rockpool\.db-wal is missing: .* Put it back .* or name another data directory/,
    )
    for (const bytes of [
      damagedAt(5),
      damagedAt(25),
      damagedAt(32 + frame + 30),
      damagedAt(32 + 2 * frame + 9),
    ]) {
      await anew(bytes)
      await refused(t, directory, /rockpool\.db-wal, which holds the latest writes, is damaged\. Restore it/)
      t.same(await readFile(log), bytes, 'the log is left as it was')
      t.same(await readFile(file), database, 'and the database')
    }
    const kept = async () => {
      const store = await openSqliteStore(directory, stopped())
      const { length } = await store.list(people, everything)
      await store.close()
      return length
    }
    await anew(whole.subarray(0, whole.length - 100))
    t.ok((await kept()) >= count - 1, 'a last frame that is cut off was never acknowledged')
    await anew(whole)
    t.ok((await kept()) >= count, 'with its log nothing is lost')
    await anew(Buffer.alloc(0))
    t.ok((await kept()) < count, 'who wants to go on without the log puts an empty one there')
  })

  await t.test("another program's database", async t => {
    const foreign = t.testdir()
    const database = new Database(join(foreign, 'rockpool.db'))
    database.exec('CREATE TABLE theirs (a)')
    database.close()
    const before = await readFile(join(foreign, 'rockpool.db'))
    await refused(t, foreign, /is a database of another program. Move it away/)
    t.same(await readFile(join(foreign, 'rockpool.db')), before, 'it is left as it was')
  })

  await t.test('a database of a later Rockpool', async t => {
    const directory = t.testdir()
    await (await openSqliteStore(directory, stopped())).close()
    const database = new Database(join(directory, 'rockpool.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    await refused(
      t,
      directory,
      /has schema version 99, but this Rockpool knows version 2. Start the Rockpool that wrote/,
    )
  })

  await t.test('without the optional package', async t => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'rockpool-'))
    t.teardown(() => rm(elsewhere, { recursive: true }))
    const program = await bundle(elsewhere, opener)
    const { stdout } = await promisify(execFile)(process.execPath, [program, join(elsewhere, 'data')], {
      env: {},
    })
    t.match(
      stdout,
      /^DataDirectoryError: The data directory .*"libsql" is not installed.* "npm install libsql"/,
    )
  })
})

t.test('sqlite: kill -9 loses no acknowledged write', async t => {
  const program = await bundle(t.testdir(), writer)
  const directory = join(t.testdirName, 'data')
  const acknowledged: string[] = []
  for (const [round, enough] of [1, 40, 300, 150, 77].entries()) {
    const child = spawn(process.execPath, [program, directory, `${round}`], {
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let count = 0
    // What the pipe still holds after the kill was acknowledged too.
    for await (const key of createInterface({ input: child.stdout })) {
      acknowledged.push(key)
      count += 1
      if (count === enough) child.kill('SIGKILL')
    }
    t.same(await exited, [null, 'SIGKILL'])
    t.ok(count >= enough)

    const store = await openSqliteStore(directory, stopped())
    const kept = new Map((await store.list(people, everything)).map(({ key, record }) => [key, record]))
    const lost = acknowledged.filter(key => kept.get(key)?.name !== `name of ${key}`)
    t.same(lost, [], `round ${round}: ${count} writes`)
    t.same(keys(await store.list(others, everything)), [...kept.keys()], 'no write is there by half')
    t.same(keys(await store.lookup(people, 'tag', 'all')), [...kept.keys()], 'nor without its index')
    await store.close()
  }
})

/** Says which error opening the directory throws. */
const opener = `
  import { openSqliteStore } from '../src/store/sqlite.js'
import { conformance, everything, existing, keys, others, type Person, people, person, stopped } from './support/store-conformance.js'
  const opened = openSqliteStore(process.argv[2] ?? '', { now: () => 0 })
  console.log(String(await opened.then(() => 'opened', error => error)))`

/** Writes without end, two records a commit, and prints the key of each commit that was acknowledged. */
const writer = `
  import { writeSync } from 'node:fs'
  import { put } from '../src/core/ports/store.js'
  import { openSqliteStore } from '../src/store/sqlite.js'
import { conformance, everything, existing, keys, others, type Person, people, person, stopped } from './support/store-conformance.js'
  const [directory = '', round] = process.argv.slice(2)
  const store = await openSqliteStore(directory, { now: () => 0 })
  const people = { name: 'people', indexes: { name: ({ name }) => [name], tag: ({ tags }) => tags } }
  for (let index = 0; ; index++) {
    const key = round + '-' + index
    const record = { name: 'name of ' + key, tags: ['all', 'x'.repeat(index % 3000)] }
    if (await store.commit(put(people, key, record), put({ ...people, name: 'others' }, key, record))) {
      writeSync(1, key + '\\n')
    }
  }`

/** Makes one JavaScript file of a program written here. */
async function bundle(directory: string, contents: string): Promise<string> {
  const outfile = join(directory, 'program.mjs')
  await build({
    stdin: { contents, loader: 'ts', resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['libsql'],
    outfile,
  })
  return outfile
}

t.test('sqlite: what asks a store that is closed is refused, and the process goes on', async t => {
  const store = await openSqliteStore(t.testdir(), stopped())
  await store.commit(put(people, 'a', person('Ann', 'x')))
  await store.close()
  const asking: (() => Promise<unknown>)[] = [
    () => store.get(people, 'a'),
    () => store.list(people, everything),
    () => store.lookup(people, 'tag', 'x'),
    () => store.lookupPrefix(people, 'tag', 'x', everything),
    () => store.commit(put(people, 'b', person('Bob'))),
    () => store.image(),
    () => store.sweep(1),
  ]
  for (const ask of asking) await t.rejects(ask(), /is closed: Rockpool has stopped/)
})
