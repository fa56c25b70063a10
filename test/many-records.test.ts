import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { AdminListUserAuthEvents } from '../src/api/auth-events/auth-events.js'
import { AdminListDevices } from '../src/api/devices/devices.js'
import { AdminListGroupsForUser, ListGroups, ListUsersInGroup } from '../src/api/groups/groups.js'
import type { Operation } from '../src/api/operations.js'
import { ListUserPools } from '../src/api/pools/pools.js'
import type { Scope } from '../src/api/scope.js'
import { ListUsers } from '../src/api/users/list-users.js'
import { applySeeds } from '../src/config/seed/apply.js'
import { seedOf } from '../src/config/seed/read.js'
import { exportedUsers, importUsers } from '../src/control/people.js'
import { authEvents, devices, groups, memberships, pools, users } from '../src/core/collections.js'
import { type Collection, insert, keyOf, put, type Store } from '../src/core/ports/store.js'
import { createGroup, deleteGroup } from '../src/flows/administration/groups.js'
import { deletePool } from '../src/flows/administration/pools.js'
import { belongingsOf } from '../src/flows/directory/belongings.js'
import { searchedBy } from '../src/flows/directory/user-search.js'
import type { Service } from '../src/flows/service.js'
import { listAsText, nextTurn, pieceSize } from '../src/lib/pieces.js'
import { memoryStore } from '../src/store/memory.js'
import { openSqliteStore } from '../src/store/sqlite.js'
import { aClock } from './support/rockpool.js'

/** Users of the pool, each of whom matches what is searched for. */
const many = 6 * pieceSize
const everything = { limit: 1_000_000 }

/** A store that counts the records it hands out, and how many it handed out at once. */
function counting(store: Store) {
  const count = { records: 0, atOnce: 0 }
  const taken = <T>(found: T): T => {
    const number = Array.isArray(found) ? found.length : found === undefined ? 0 : 1
    count.records += number
    count.atOnce = Math.max(count.atOnce, number)
    return found
  }
  const readings: Pick<Store, 'get' | 'list' | 'lookup' | 'lookupPrefix'> = {
    get: async (...asked) => taken(await store.get(...asked)),
    list: async (...asked) => taken(await store.list(...asked)),
    lookup: async (...asked) => taken(await store.lookup(...asked)),
    lookupPrefix: async (...asked) => taken(await store.lookupPrefix(...asked)),
  }
  return { count, store: { ...store, ...readings } }
}

/** Three pools, the second with many users, groups, and much that belongs to the first of the users. */
async function reef() {
  const clock = aClock()
  const { store, count } = counting(memoryStore(clock))
  const chance = { bytes: randomBytes, uuid: randomUUID }
  const service = { clock, store, chance, base: 'http://localhost:7665' } as unknown as Service
  const settings = { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' }, UserPoolTier: 'PLUS' }
  const DeviceConfiguration = { ChallengeRequiredOnNewDevice: true }
  const UserPools = ['left', 'reef', 'right'].map(PoolName => ({
    PoolName,
    DeviceConfiguration,
    ...settings,
  }))
  await applySeeds(service, [seedOf({ UserPools })], service)
  const [stored] = await store.lookup(pools, 'name', 'reef')
  if (stored === undefined) throw new Error('no seed')
  const pool = stored.record
  for (let number = 0; number < many; number++) await createGroup(service, pool, { name: `group${number}` })
  await importUsers(
    service,
    pool,
    Array.from({ length: many }, (_, number) => ({
      username: `user${number}`,
      sub: `5ub${number}`,
      groups: ['group0'],
      attributes: {
        email: 'shared@reef.example',
        phone_number: '+15555550100',
        name: 'Ada Reef',
        given_name: 'Ada',
        family_name: 'Reef',
        preferred_username: 'ada',
      },
    })),
  )
  const about = { poolId: pool.id, sub: '5ub0' }
  for (let number = 0; number < many; number++) {
    const membership = { ...about, group: `group${number}` }
    const device = { ...about, deviceKey: `device${number}`, browser: 'kept', isRemembered: true }
    const event = { ...about, id: `event${number}`, type: 'SignIn', response: 'Pass', at: number }
    await store.commit(
      put(memberships, keyOf(pool.id, about.sub, membership.group), membership),
      put(devices, keyOf(pool.id, device.deviceKey), device as never),
      put(authEvents, keyOf(pool.id, about.sub, `${number}`), event as never),
    )
  }
  return { service, stored, pool, count }
}

/** How often others had their turn at the event loop while something was done. */
async function turnsDuring<T>(act: () => Promise<T>): Promise<{ readonly turns: number; readonly done: T }> {
  let turns = 0
  let next = setImmediate(function again() {
    turns += 1
    next = setImmediate(again)
  })
  try {
    return { done: await act(), turns }
  } finally {
    clearImmediate(next)
  }
}

t.test('a page of any listing reads about as many records as it shows, however many there are', async t => {
  const { service, pool, count } = await reef()
  const scope = { service, region: undefined } as unknown as Scope
  const shown = 10
  /** Beside the records of the page: the pool, what a name stands for, and one record that tells of another page. */
  const besides = 5

  async function ask(operation: Operation, input: object): Promise<{ read: number; items: number }> {
    count.records = 0
    const limits = { Limit: shown, MaxResults: shown }
    const answer = (await operation.run(scope, { UserPoolId: pool.id, ...limits, ...input } as never)) ?? {}
    const items = Object.values(answer).find(Array.isArray) ?? []
    return { read: count.records, items: items.length }
  }

  const beginning: Record<string, string> = {
    username: 'user',
    sub: '5ub',
    status: 'Enabled',
    'cognito:user_status': 'FORCE_CHANGE_PASSWORD',
    email: 'shared@reef.example',
    phone_number: '+15555550100',
    name: 'Ada Reef',
    given_name: 'Ada',
    family_name: 'Reef',
    preferred_username: 'ada',
  }
  t.same(Object.keys(beginning).sort(), [...searchedBy].sort(), 'each of the attributes is searched by')
  for (const [attribute, value] of Object.entries(beginning))
    for (const operator of ['=', '^=']) {
      const one = operator === '=' && { username: 'user7', sub: '5ub7' }[attribute]
      const text = operator === '=' ? one || value : value.slice(0, 3)
      const { read, items } = await ask(ListUsers, { Filter: `${attribute} ${operator} "${text}"` })
      t.equal(items, one ? 1 : shown, `${attribute} ${operator} "${text}"`)
      t.ok(read <= items + besides, `reads ${read} for ${attribute} ${operator}`)
    }
  for (const [operation, input, each] of [
    [ListUsers, {}, 1],
    [ListGroups, {}, 1],
    // A membership, and the user or group that it is about.
    [ListUsersInGroup, { GroupName: 'group0' }, 2],
    [AdminListGroupsForUser, { Username: 'user0' }, 2],
    [AdminListUserAuthEvents, { Username: 'user0' }, 1],
    [AdminListDevices, { Username: 'user0' }, 1],
  ] as const) {
    const { read, items } = await ask(operation, input)
    t.equal(items, shown, operation.name)
    t.ok(read <= each * shown + besides, `${operation.name} reads ${read}`)
  }
})

t.test('a page of pools reads no more of them than it takes', async t => {
  const { service, count } = await reef()
  const scope = { service, region: 'us-east-1' } as unknown as Scope
  for (let number = 0; number < many; number++) {
    const id = `us-east-1_${String(number).padStart(9, '0')}`
    const record = { id, name: id, settings: {}, createdAt: 0, modifiedAt: 0 } as never
    await service.store.commit(put(pools, id, record))
  }
  const names: string[] = []
  for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page++) {
    count.records = 0
    const input = { MaxResults: 20, ...(token === undefined ? {} : { NextToken: token }) }
    const answer = (await ListUserPools.run(scope, input as never)) as {
      readonly UserPools: { readonly Name: string }[]
      readonly NextToken?: string
    }
    t.ok(count.records <= 45, `a page reads ${count.records}`)
    names.push(...answer.UserPools.map(({ Name }) => Name))
    token = answer.NextToken
  }
  t.equal(new Set(names).size, many + 3)
  t.equal(names.length, many + 3, 'each once')
})

t.test('what concerns many users lets others have their turn meanwhile', async t => {
  const { service, stored, pool, count } = await reef()
  const pieces = many / pieceSize
  const { store } = service

  const exporting = await turnsDuring(() => exportedUsers(service, pool, {}))
  t.equal(exporting.done.length, many)
  t.equal(exporting.done.find(({ username }) => username === 'user1')?.groups[0], 'group0')
  t.ok(exporting.turns >= pieces, `an export (${exporting.turns})`)

  const written = await turnsDuring(async () => {
    let text = ''
    for await (const piece of listAsText('users', exporting.done)) text += piece
    return text
  })
  t.strictSame(JSON.parse(written.done), JSON.parse(JSON.stringify({ users: exporting.done })))
  t.ok(written.turns >= pieces, `its text (${written.turns})`)
  for (const items of [[], [1]]) {
    let text = ''
    for await (const piece of listAsText('a', items)) text += piece
    t.equal(text, JSON.stringify({ a: items }))
  }

  const belongings = await turnsDuring(() => belongingsOf(service, pool, { withUsers: true }))
  t.equal(belongings.done.users.length, many)
  t.ok(belongings.turns >= pieces, `belongings (${belongings.turns})`)

  count.atOnce = 0
  const group = await turnsDuring(() => deleteGroup(service, pool, 'group0'))
  t.ok(group.turns >= pieces, `a group that goes (${group.turns})`)
  t.ok(count.atOnce <= pieceSize, `no more than a piece is read at once (${count.atOnce})`)
  t.same(await store.lookup(memberships, 'group', keyOf(pool.id, 'group0')), [])
  t.equal((await store.list(groups, everything)).length, many - 1)

  const gone = await turnsDuring(() => deletePool(service, stored))
  t.ok(gone.turns >= pieces, `a pool that goes (${gone.turns})`)
  for (const collection of [users, groups, memberships, devices, authEvents])
    t.same(await store.list(collection as typeof users, everything), [], collection.name)
})

t.test('a seed of many pools is written in few commits, and applying it again in none', async t => {
  const clock = aClock()
  const store = memoryStore(clock)
  let commits = 0
  const counted: Store = {
    ...store,
    commit(...writes) {
      commits += 1
      return store.commit(...writes)
    },
  }
  const chance = { bytes: randomBytes, uuid: randomUUID }
  const addresses = { base: 'http://localhost:7665', awsAddresses: false }
  const UserPools = Array.from({ length: 40 }, (_, number) => ({
    PoolName: `pool-${number}`,
    Domain: `pool-${number}`,
    Clients: [{ ClientName: 'one' }, { ClientName: 'two' }],
  }))
  const seeds = [seedOf({ UserPools })]
  const applied = await applySeeds({ clock, chance, store: counted }, seeds, addresses)
  t.strictSame(
    applied.map(({ pool, clients }) => [pool.name, clients.length]),
    UserPools.map(({ PoolName }) => [PoolName, 2]),
  )
  t.ok(commits <= 5, `${commits} commits`)
  commits = 0
  await applySeeds({ clock, chance, store: counted }, seeds, addresses)
  t.equal(commits, 0)
})

const shells: Collection<{ readonly colour: string }> = {
  name: 'shells',
  indexes: { colour: ({ colour }) => [colour] },
}

t.test('another state on disk, or a large commit, does not wait until a former state is deleted', async t => {
  const clock = { now: () => 1000 }
  const directory = t.testdir()
  let turns = 0
  const turn = async () => {
    turns += 1
    await nextTurn()
  }
  const turnsOf = async (work: Promise<unknown>) => {
    turns = 0
    await work
    return turns
  }
  const store = await openSqliteStore(directory, clock, turn)
  const [former, some] = [30 * pieceSize, 2 * pieceSize]
  const all = (count: number, colour: string) =>
    Array.from({ length: count }, (_, number) => put(shells, `${number}`, { colour }))
  const small = memoryStore(clock)
  await small.commit(...all(1, 'white'))
  await store.commit(...all(former, 'red'))
  await store.replaceAll(await small.image())
  t.ok((await turnsOf(store.replaceAll(await small.image()))) < 10, 'another state')
  t.ok((await turnsOf(store.commit(...all(some, 'blue')))) < 20, 'a large commit')
  t.equal((await store.lookup(shells, 'colour', 'blue')).length, some)
  // What cannot be kept is taken back without what was deleted meanwhile.
  t.equal(await store.commit(...all(some, 'green'), insert(shells, '0', { colour: 'green' })), false)
  t.equal((await store.lookup(shells, 'colour', 'blue')).length, some)
  // There is room on the disk for a few of them.
  for (let number = 0; number < 8; number++) await store.replaceAll(await small.image())
  t.strictSame(
    (await store.list(shells, everything)).map(({ key }) => key),
    ['0'],
  )
  await store.close()
  const again = await openSqliteStore(directory, clock)
  t.strictSame(
    (await again.list(shells, everything)).map(({ key }) => key),
    ['0'],
  )
  await again.close()
})
