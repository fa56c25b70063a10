import t, { type Test } from 'tap'
import type { Clock } from '../../src/core/ports/clock.js'
import {
  type Collection,
  type Filed,
  insert,
  put,
  remove,
  replace,
  type Store,
} from '../../src/core/ports/store.js'
import { nextTurn, pieceSize } from '../../src/lib/pieces.js'

/** One suite for every implementation of the store: what a record, a condition, an index and an expiry are. */

export interface Person {
  readonly name: string
  readonly tags: readonly string[]
  readonly nested?: { readonly count: number }
  readonly absent?: undefined
}
export const people: Collection<Person> = {
  name: 'people',
  indexes: { name: ({ name }) => [name], tag: ({ tags }) => tags },
}
/** Has the keys and values of `people`, to show that collections do not meet. */
export const others: Collection<Person> = { ...people, name: 'others' }

export const person = (name: string, ...tags: string[]): Person => ({ name, tags })
export const keys = (found: readonly { readonly key: string }[]): string[] => found.map(({ key }) => key)
export const everything = { limit: Number.MAX_SAFE_INTEGER }

/** A clock that stands until it is moved. */
export const stopped = (time = 1_000): Clock & { time: number } => ({
  time,
  now() {
    return this.time
  },
})

/** Runs the suite. `open` gives an empty store; the suite closes it. */
export function conformance(name: string, open: (t: Test, clock: Clock) => Promise<Store>): void {
  const test = (title: string, run: (t: Test, store: Store, clock: { time: number }) => Promise<void>) =>
    t.test(`${name}: ${title}`, async t => {
      const clock = stopped()
      const store = await open(t, clock)
      await run(t, store, clock)
      await store.close()
    })

  test('a record is found under its key and in its collection only', async (t, store) => {
    t.equal(await store.get(people, 'a'), undefined)
    t.same(await store.list(people, everything), [])
    t.same(await store.lookup(people, 'name', 'Ann'), [])
    t.equal(await store.commit(put(people, 'a', person('Ann', 'x'))), true)
    const read = await store.get(people, 'a')
    t.strictSame(read, { key: 'a', record: person('Ann', 'x'), version: read?.version })
    t.equal(await store.get(people, 'A'), undefined)
    t.equal(await store.get(others, 'a'), undefined)
    t.same(await store.list(others, everything), [])
    t.same(await store.lookup(others, 'name', 'Ann'), [])
    await t.rejects(store.lookup(people, 'nmae', 'Ann'), /people declares no index nmae/)
  })

  test('what was written or read cannot be changed from outside, and has no undefined members', async (t, store) => {
    const mine = { name: 'Ann', tags: ['x'], nested: { count: 1 }, absent: undefined }
    await store.commit(put(people, 'a', mine))
    mine.tags.push('y')
    mine.nested.count = 2
    const [read] = await store.lookup(people, 'tag', 'x')
    t.strictSame(read?.record, { name: 'Ann', tags: ['x'], nested: { count: 1 } })
    t.notOk('absent' in (read?.record ?? {}))
    for (const part of [read, read?.record, read?.record.tags, read?.record.nested])
      t.ok(Object.isFrozen(part))
    t.same(await store.lookup(people, 'tag', 'y'), [])
  })

  test('many writes are one commit: nobody ever sees a part of it, and all come or none', async (t, store) => {
    const count = 3 * pieceSize + 1
    const many = Array.from({ length: count }, (_, at) =>
      insert(people, `${at}`, person(`name ${at}`, 'many')),
    )
    await store.commit(put(people, `${count - 1}`, person('Ann')))
    t.equal(await store.commit(...many), false, 'one of them was there')
    t.same(keys(await store.list(people, everything)), [`${count - 1}`])
    t.equal(await store.get(people, '0'), undefined)
    await store.commit(remove(people, `${count - 1}`))

    let isDone = false
    const committing = store.commit(...many).finally(() => {
      isDone = true
    })
    const seen = new Set<number>()
    while (!isDone) {
      seen.add((await store.lookup(people, 'tag', 'many')).length)
      await nextTurn()
    }
    t.equal(await committing, true)
    seen.delete(0)
    seen.delete(count)
    t.same([...seen], [])
    t.equal((await store.lookup(people, 'tag', 'many')).length, count)
    t.equal((await store.get(people, '0'))?.record.name, 'name 0')
  })

  test('what is written while many writes are under way is not lost', async (t, store) => {
    const many = (tag: string) =>
      Array.from({ length: 3 * pieceSize }, (_, at) => put(people, `${at}`, person(`name ${at}`, tag)))
    let isDone = false
    const committing = Promise.all([
      store.commit(...many('first')),
      store.commit(insert(others, 'a', person('Ann'))),
      store.commit(...many('second'), insert(others, 'a', person('Bob'))),
    ]).finally(() => {
      isDone = true
    })
    const written: string[] = []
    while (!isDone) {
      const key = `b${written.length}`.padEnd(5)
      written.push(key)
      t.equal(await store.commit(insert(others, key, person('Cid'))), true)
      await nextTurn()
    }
    t.strictSame(await committing, [true, true, false])
    t.same(keys(await store.list(others, everything)), ['a', ...written].sort())
    t.equal((await store.lookup(people, 'tag', 'first')).length, 3 * pieceSize)
    t.same(await store.lookup(people, 'tag', 'second'), [])
  })

  test('conditions: absent, unchanged, none', async (t, store) => {
    t.equal(await store.commit(insert(people, 'a', person('Ann'))), true)
    t.equal(await store.commit(insert(people, 'a', person('Bob'))), false)
    const first = await existing(store, 'a')
    t.equal(first.record.name, 'Ann')
    t.equal(await store.commit(replace(people, first, person('Cid'))), true)
    const second = await existing(store, 'a')
    t.not(second.version, first.version)
    t.equal(await store.commit(replace(people, first, person('Dan'))), false)
    t.equal(await store.commit(remove(people, first)), false)
    t.same((await existing(store, 'a')).record, person('Cid'))
    t.equal(await store.commit(put(people, 'a', person('Cid'))), true, 'the same content is a write too')
    t.equal(await store.commit(remove(people, second)), false)
    t.equal(await store.commit(remove(people, await existing(store, 'a'))), true)
    t.equal(await store.get(people, 'a'), undefined)
    t.equal(await store.commit(replace(people, second, person('Eve'))), false, 'what is gone is not replaced')
    t.equal(await store.commit(remove(people, 'a')), true, 'removing nothing is no failure')
  })

  test('a version never comes back, also when the record was removed and inserted anew', async (t, store) => {
    const seen = new Set<number>()
    for (let round = 0; round < 5; round++) {
      await store.commit(insert(people, 'a', person('Ann')))
      const read = await existing(store, 'a')
      seen.add(read.version)
      await store.commit(remove(people, 'a'))
      await store.commit(insert(people, 'a', person('Ann')))
      t.equal(await store.commit(replace(people, read, person('Bob'))), false)
      await store.commit(remove(people, 'a'))
    }
    t.equal(seen.size, 5)
  })

  test('of a hundred parallel conditional writes one wins', async (t, store) => {
    const hundred = Array.from({ length: 100 }, (_, index) => index)
    const inserted = await Promise.all(
      hundred.map(async index => store.commit(insert(people, 'a', person(`${index}`)))),
    )
    t.equal(inserted.filter(Boolean).length, 1)
    // All read before the first one writes: who reads after a commit has the new version, and may rightly win as well.
    const read = await Promise.all(hundred.map(async () => existing(store, 'a')))
    const replaced = await Promise.all(
      read.map(async (before, index) =>
        store.commit(replace(people, before, person(`${index}`)), insert(others, `${index}`, person(''))),
      ),
    )
    t.equal(replaced.filter(Boolean).length, 1)
    const winner = String(replaced.indexOf(true))
    t.equal((await existing(store, 'a')).record.name, winner)
    t.same(keys(await store.list(others, everything)), [winner])
  })

  test('writes happen together or not at all, each seeing those before it', async (t, store) => {
    await store.commit(put(people, 'a', person('Ann', 'x')), put(people, 'b', person('Bob', 'x')))
    const before = await store.list(people, everything)
    const a = await existing(store, 'a')
    const failing = [
      put(people, 'a', person('Changed', 'y')),
      remove(people, 'b'),
      put(people, 'c', person('Cid', 'x'), { expiresAt: 5_000 }),
      put(others, 'a', person('Other')),
    ]
    t.equal(await store.commit(...failing, insert(people, 'a', person('Late'))), false)
    t.equal(await store.commit(...failing, replace(people, a, person('Late'))), false)
    t.equal(await store.commit(insert(people, 'd', person('')), insert(people, 'd', person(''))), false)
    const circular: { name: string; tags: string[]; self?: unknown } = { name: 'Loop', tags: [] }
    circular.self = circular
    await t.rejects(store.commit(...failing, put<Person>(people, 'e', circular)), TypeError)
    t.strictSame(await store.list(people, everything), before)
    t.same(keys(await store.lookup(people, 'tag', 'x')), ['a', 'b'])
    t.same(await store.lookup(people, 'tag', 'y'), [])
    t.same(await store.list(others, everything), [])
    t.equal(await store.commit(remove(people, a), insert(people, 'a', person('Anew'))), true)
    t.equal((await existing(store, 'a')).record.name, 'Anew')
    t.equal(await store.commit(), true, 'nothing to do is done')
  })

  test('indexes follow replacement and removal', async (t, store) => {
    await store.commit(
      put(people, 'b', person('Bob', 'x', 'y', 'x')),
      put(people, 'a', person('Ann', 'x')),
      put(people, 'c', person('Cid')),
    )
    t.same(keys(await store.lookup(people, 'tag', 'x')), ['a', 'b'], 'in key order, each once')
    t.same(keys(await store.lookup(people, 'tag', 'y')), ['b'])
    t.same(keys(await store.lookup(people, 'name', 'x')), [], 'indexes do not meet')
    await store.commit(replace(people, await existing(store, 'b'), person('Bo', 'y', 'z')))
    t.same(keys(await store.lookup(people, 'tag', 'x')), ['a'])
    t.same(keys(await store.lookup(people, 'tag', 'y')), ['b'])
    t.same(keys(await store.lookup(people, 'tag', 'z')), ['b'])
    t.same(keys(await store.lookup(people, 'name', 'Bob')), [])
    t.equal((await store.lookup(people, 'name', 'Bo'))[0]?.record.name, 'Bo')
    await store.commit(remove(people, 'b'))
    for (const tag of ['x', 'y', 'z']) t.notOk(keys(await store.lookup(people, 'tag', tag)).includes('b'))
  })

  test('listing and look-up go page by page in the order of UTF-16 code units', async (t, store) => {
    // U+1F600 is written D83D DE00, which comes before U+FFFD: UTF-8 would have it the other way round.
    const ordered = [
      '',
      'A',
      'B',
      'Z',
      'a',
      'a\0',
      'a\0b',
      'a ',
      'a b',
      'aa',
      'ä',
      '\ud800',
      '😀',
      '\ue000',
      '\ufffd',
    ]
    const shuffled = [...ordered.keys()].map(index => ordered[(index * 7 + 3) % ordered.length] ?? '')
    t.same([...shuffled].sort(), ordered)
    for (const key of shuffled) await store.commit(insert(people, key, person(key, 'all', key)))
    const lists = {
      list: (after: string | undefined, limit: number) =>
        store.list(people, after === undefined ? { limit } : { after, limit }),
      lookup: (after: string | undefined, limit: number) =>
        store.lookup(people, 'tag', 'all', after === undefined ? { limit } : { after, limit }),
    }
    for (const [how, page] of Object.entries(lists)) {
      for (const limit of [1, 4, 100]) {
        const collected: string[] = []
        for (;;) {
          const found = await page(collected.at(-1), limit)
          if (found.length === 0) break
          t.ok(found.length <= limit)
          collected.push(...keys(found))
        }
        t.strictSame(collected, ordered, `${how} by ${limit}`)
      }
      t.same(keys(await page('aaa', 1)), ['ä'], `${how} after a key that is not there`)
      t.same(await page(undefined, 0), [])
      t.same(await page('\uffff', 5), [])
    }
    for (const key of ordered) {
      t.same((await store.get(people, key))?.record.name, key)
      t.same(keys(await store.lookup(people, 'name', key)), [key])
    }
    t.same(keys(await store.lookup(people, 'tag', 'all')), ordered, 'a look-up without a page finds all')
  })

  test('look-ups by the beginning of a value, page by page', async (t, store, clock) => {
    const values = [
      '',
      'a',
      'a b',
      'ab',
      'ab\0',
      'abc',
      'ab\u00ff',
      'ab😀',
      'ab\uffff',
      'ac',
      'b',
      '\uffff',
      '\uffffx',
    ]
    for (const [index, value] of values.entries())
      await store.commit(
        insert(people, `k${values.length - index}`, person('P', value)),
        insert(people, `l${values.length - index}`, person('Q', value, 'zz')),
      )
    await store.commit(insert(people, 'gone', person('G', 'ab'), { expiresAt: clock.time + 1 }))
    clock.time += 1
    const place = ({ value, stored }: Filed<Person>) => ({ value, key: stored.key })
    for (const prefix of ['', 'a', 'ab', 'abc', 'ab\u00ff', '\uffff', 'ad', 'zz']) {
      const all = await store.list(people, everything)
      const expected = all
        .flatMap(({ key, record }) => record.tags.map(value => ({ value, key })))
        .filter(({ value }) => value.startsWith(prefix))
        .sort((one, other) =>
          one.value < other.value || (one.value === other.value && one.key < other.key) ? -1 : 1,
        )
      for (const limit of [1, 3, 100]) {
        const collected: { value: string; key: string }[] = []
        for (;;) {
          const after = collected.at(-1)
          const page = await store.lookupPrefix(people, 'tag', prefix, { limit, ...(after && { after }) })
          if (page.length === 0) break
          t.ok(page.length <= limit)
          collected.push(...page.map(place))
        }
        t.strictSame(collected, expected, `${JSON.stringify(prefix)} by ${limit}`)
      }
    }
    t.strictSame(await store.lookupPrefix(others, 'tag', 'a', { limit: 5 }), [])
    await t.rejects(store.lookupPrefix(people, 'gat', 'a', { limit: 5 }), /declares no index gat/)
  })

  test('many records', async (t, store) => {
    const many = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(4, '0'))
    for (const key of many) await store.commit(insert(people, key, person(key, key.slice(0, 1), 'all')))
    t.same(keys(await store.list(people, everything)), many)
    t.same(
      keys(await store.lookup(people, 'tag', 'all', { after: '0499', limit: 100 })),
      many.slice(500, 600),
    )
    for (const key of many) if (!key.endsWith('7')) await store.commit(remove(people, key))
    const left = many.filter(key => key.endsWith('7'))
    t.same(keys(await store.list(people, everything)), left)
    t.same(keys(await store.lookup(people, 'tag', 'all')), left)
  })

  test('an expired record is gone', async (t, store, clock) => {
    await store.commit(
      put(people, 'a', person('Ann', 'x'), { expiresAt: 2_000 }),
      put(people, 'b', person('Bob', 'x'), { expiresAt: 1_999 }),
      put(people, 'c', person('Cid', 'x')),
    )
    const a = await existing(store, 'a')
    t.equal(a.expiresAt, 2_000)
    t.notOk('expiresAt' in (await existing(store, 'c')))
    clock.time = 1_999
    t.same(keys(await store.list(people, everything)), ['a', 'c'])
    t.same(keys(await store.list(people, { limit: 1 })), ['a'])
    t.same(keys(await store.lookup(people, 'tag', 'x', { limit: 1 })), ['a'])
    clock.time = 2_000
    t.equal(await store.get(people, 'a'), undefined)
    t.same(keys(await store.list(people, { limit: 1 })), ['c'], 'it does not count into a page')
    t.same(keys(await store.lookup(people, 'tag', 'x', { limit: 1 })), ['c'])
    t.equal(await store.commit(replace(people, a, person('Late'))), false)
    t.equal(await store.commit(remove(people, a)), false)
    t.equal(await store.commit(insert(people, 'a', person('Anew', 'y'))), true)
    t.same(keys(await store.lookup(people, 'tag', 'x')), ['c'])
    t.equal(await store.sweep(10), 1, 'what was written over is not swept')
    t.same(keys(await store.list(people, everything)), ['a', 'c'])
  })

  test('a replacement keeps the expiry unless another is given', async (t, store, clock) => {
    await store.commit(put(people, 'a', person('Ann'), { expiresAt: 2_000 }))
    await store.commit(replace(people, await existing(store, 'a'), person('Anna')))
    t.equal((await existing(store, 'a')).expiresAt, 2_000)
    await store.commit(replace(people, await existing(store, 'a'), person('Anna'), { expiresAt: 3_000 }))
    clock.time = 2_500
    t.equal(await store.sweep(10), 0)
    t.equal((await existing(store, 'a')).expiresAt, 3_000)
    await store.commit(replace(people, await existing(store, 'a'), person('Anna'), {}))
    clock.time = 9_000
    t.equal((await existing(store, 'a')).expiresAt, undefined)
  })

  test('sweeping deletes the oldest expired records', async (t, store, clock) => {
    const expiries = { a: 1_400, b: 1_100, c: 1_300, d: 1_200, e: 1_200, f: 5_000 }
    for (const [key, expiresAt] of Object.entries(expiries)) {
      await store.commit(put(people, key, person(key, 'x'), { expiresAt }), put(others, key, person(key)))
    }
    t.equal(await store.sweep(10), 0)
    clock.time = 1_400
    t.equal(await store.sweep(0), 0)
    t.equal(await store.sweep(3), 3)
    clock.time = 1_000 // Back, to see what is left.
    t.same(keys(await store.list(people, everything)), ['a', 'c', 'f'])
    t.same(keys(await store.lookup(people, 'tag', 'x')), ['a', 'c', 'f'])
    clock.time = 1_400
    t.equal(await store.sweep(10), 2)
    t.equal(await store.sweep(10), 0)
    clock.time = 1_000
    t.same(keys(await store.list(people, everything)), ['f'])
    t.equal((await store.list(others, everything)).length, 6)
  })
}

/** A record that has to be there. */
export async function existing(store: Store, key: string) {
  const read = await store.get(people, key)
  if (read === undefined) throw new Error(`There is no record ${key}.`)
  return read
}
