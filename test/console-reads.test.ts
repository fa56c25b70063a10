import t from 'tap'
import type { View, Visit } from '../src/console/page.js'
import { steps } from '../src/console/steps.js'
import { pools, users } from '../src/core/collections.js'
import { keyOf, put, type Store } from '../src/core/ports/store.js'
import type { Service } from '../src/flows/service.js'
import { memoryStore } from '../src/store/memory.js'
import { often } from './support/often.js'
import { aClock } from './support/rockpool.js'

/** A store of which every reading is counted, with how many records it gave. */
function weighed(store: Store): { store: Store; readings: number[] } {
  const readings: number[] = []
  const weighing = Object.fromEntries(
    (['get', 'list', 'lookup', 'lookupPrefix'] as const).map(name => [
      name,
      async (...asked: unknown[]) => {
        const found: unknown = await Reflect.apply(store[name], store, asked)
        readings.push(Array.isArray(found) ? found.length : 1)
        return found
      },
    ]),
  )
  return { readings, store: { ...store, ...weighing } }
}

t.test('the console reads a page of thousands of users, not all of them', async t => {
  const { store, readings } = weighed(memoryStore(aClock()))
  const service = { store, clock: aClock(), base: 'http://localhost:7665' } as unknown as Service
  const pool = {
    id: 'us-east-1_Crowded1',
    name: 'crowd',
    settings: {},
    schema: [],
    createdAt: 0,
    modifiedAt: 0,
  }
  await store.commit(put(pools, pool.id, pool as never))
  const many = often(3000, 100_000)
  const last = `user${String(many - 1).padStart(6, '0')}`
  for (let first = 0; first < many; first += 1000)
    await store.commit(
      ...Array.from({ length: 1000 }, (_, index) => {
        const username = `user${String(first + index).padStart(6, '0')}`
        const record = {
          poolId: pool.id,
          username,
          sub: `sub-${username}`,
          status: 'CONFIRMED',
          enabled: true,
          attributes: { email: `${username}@example.com` },
          identities: [],
          aliases: [],
          createdAt: 0,
          modifiedAt: 0,
        }
        return put(users, keyOf(pool.id, username), record as never)
      }),
    )
  const open = async (path: string, query: Record<string, string>) => {
    readings.length = 0
    const step = steps.find(one => one.method === 'GET' && one.path === path)
    if (step === undefined) throw new Error(`the console has no ${path}`)
    const visit = {
      console: { service },
      params: { pool: pool.id },
      query,
      form: {},
      all: () => [],
      csrf: '',
    }
    const { body } = (await step.take(visit as unknown as Visit)) as View
    return {
      text: body.toString(),
      reads: readings.length,
      records: readings.reduce((sum, one) => sum + one, 0),
    }
  }
  const page = '/pools/:pool/users'
  const first = await open(page, {})
  const [, after = ''] = /after=([\w-]+)/.exec(first.text) ?? []
  const cases: [what: string, query: Record<string, string>, shows: RegExp][] = [
    ['the first page', {}, /user000000</],
    ['the next page', { after }, /user000060</],
    ['a name', { by: 'username', begins: last.slice(0, -2) }, new RegExp(`${last.slice(0, -2)}00<`)],
    ['the start of all names', { by: 'username', begins: 'user' }, /user000000</],
    ['an address', { by: 'email', begins: `${last}@` }, new RegExp(`${last}<`)],
    ['a status that all have', { by: 'status', begins: 'Enabled' }, /user\d{6}</],
    ['nobody', { by: 'username', begins: 'nobody' }, /No username begins with/],
  ]
  for (const [what, query, shows] of cases) {
    const { text, reads, records } = await open(page, query)
    t.match(text, shows, what)
    t.ok(reads <= 4, `${what}: ${reads} readings`)
    t.ok(records <= 70, `${what}: ${records} records`)
  }
})
