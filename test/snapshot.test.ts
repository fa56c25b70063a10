import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListUsersCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { Clock } from '../src/core/ports/clock.js'
import { type Collection, insert, put, replace, type Store } from '../src/core/ports/store.js'
import type { Rockpool, RockpoolOptions } from '../src/emulator.js'
import { pieceSize } from '../src/lib/pieces.js'
import { type SnapshotDocument, writeDocument, writeText } from '../src/state/document.js'
import { readDocument } from '../src/state/read-document.js'
import { knownCollections } from '../src/state/record-shapes.js'
import { memoryStore } from '../src/store/memory.js'
import { openSqliteStore } from '../src/store/sqlite.js'
import { StateReplaced, turnstile } from '../src/store/turnstile.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { often } from './support/often.js'
import { aRockpool, authorizeQuery, poolAndClient, postForm, signInAt } from './support/rockpool.js'

interface Shell {
  readonly colour: string
}
const shells: Collection<Shell> = { name: 'shells', indexes: { colour: ({ colour }) => [colour] } }
const others: Collection<Shell> = { name: 'others', indexes: {} }
const keys = (found: readonly { readonly key: string }[]): string[] => found.map(({ key }) => key)

images('memory', async (_t, clock) => memoryStore(clock))
images('sqlite', (t, clock) => openSqliteStore(t.testdir(), clock))

function images(name: string, open: (t: Test, clock: Clock) => Promise<Store>): void {
  t.test(`${name}: an image is all that is there, and stays what it is`, async t => {
    const clock = { time: 1000, now: () => clock.time }
    const store = await open(t, clock)
    t.teardown(() => store.close())
    await store.commit(
      insert(shells, 'b', { colour: 'red' }, { expiresAt: 5000 }),
      insert(shells, 'a', { colour: 'red' }),
      insert(others, 'a', { colour: 'blue' }),
    )
    const image = await store.image()
    const a = await store.get(shells, 'a')
    await store.commit(put(shells, 'a', { colour: 'green' }), insert(shells, 'c', { colour: 'red' }))
    t.strictSame(
      [...image.entries()].map(({ version: _, ...entry }) => entry),
      [
        { collection: 'others', key: 'a', record: { colour: 'blue' }, filings: [] },
        {
          collection: 'shells',
          key: 'a',
          record: { colour: 'red' },
          filings: [{ index: 'colour', value: 'red' }],
        },
        {
          collection: 'shells',
          key: 'b',
          record: { colour: 'red' },
          expiresAt: 5000,
          filings: [{ index: 'colour', value: 'red' }],
        },
      ],
    )

    const green = await store.get(shells, 'a')
    for (let round = 0; round < 2; round++) {
      await store.replaceAll(image, put(others, 'z', { colour: 'white' }))
      t.strictSame(keys(await store.lookup(shells, 'colour', 'red')), ['a', 'b'])
      t.strictSame(keys(await store.lookup(shells, 'colour', 'green')), [])
      t.strictSame(keys(await store.list(others, { limit: 9 })), ['a', 'z'])
      t.equal(await store.commit(replace(shells, green as never, { colour: 'black' })), false)
      await store.commit(put(shells, 'a', { colour: 'black' }), put(others, 'a', { colour: 'black' }))
    }
    await store.replaceAll(image)
    const version = (await store.get(shells, 'a'))?.version
    t.ok(
      version === a?.version || (version ?? 0) > (green?.version ?? 0),
      'no version comes back for another content',
    )
    clock.time = 5000
    t.strictSame(keys(await store.lookup(shells, 'colour', 'red')), ['a'])
    t.equal(await store.sweep(10), 1, 'what has an end is still swept')
  })

  t.test(`${name}: the image of another store is taken over as a whole or not at all`, async t => {
    const clock = { now: () => 1000 }
    const store = await open(t, clock)
    t.teardown(() => store.close())
    const elsewhere = memoryStore(clock)
    await elsewhere.commit(insert(shells, 'far', { colour: 'red' }, { expiresAt: 5000 }))
    await store.commit(insert(shells, 'near', { colour: 'red' }))
    const near = await store.get(shells, 'near')
    const entries = [...(await elsewhere.image()).entries()]
    await t.rejects(
      store.replaceAll({
        *entries() {
          yield* entries
          throw new Error('the disk is gone')
        },
      }),
      /the disk is gone/,
    )
    t.strictSame(keys(await store.lookup(shells, 'colour', 'red')), ['near'])
    await store.replaceAll(await elsewhere.image())
    t.strictSame(keys(await store.lookup(shells, 'colour', 'red')), ['far'])
    t.equal((await store.get(shells, 'far'))?.expiresAt, 5000)
    t.ok(((await store.get(shells, 'far'))?.version ?? 0) > (near?.version ?? 0), 'with a version of its own')
  })
}

t.test('what concerns the whole state is done in pieces, with a turn of others after each', async t => {
  const clock = { now: () => 1000 }
  let turns = 0
  const turn = async () => {
    turns += 1
  }
  const counted = async (work: () => Promise<unknown>) => {
    turns = 0
    await work()
    return turns
  }
  const from = memoryStore(clock)
  const [pieces, records] = [5, 5 * pieceSize + 1]
  for (let number = 0; number < records; number++)
    await from.commit(insert(shells, `shell ${number}`, { colour: `c${number % 7}` }))
  const image = await from.image()
  for (const [name, store] of [
    ['memory', memoryStore(clock, turn)],
    ['sqlite', await openSqliteStore(t.testdir(), clock, turn)],
  ] as const) {
    t.teardown(() => store.close())
    t.ok((await counted(() => store.replaceAll(image))) >= pieces, `${name}: taking over`)
    t.equal((await store.lookup(shells, 'colour', 'c3')).length, Math.ceil((records - 3) / 7))
    if (name === 'sqlite') t.ok((await counted(() => store.image())) >= pieces, `${name}: an image`)
    const more = Array.from({ length: records }, (_, number) =>
      insert(others, `${number}`, { colour: 'red' }),
    )
    t.ok(
      (await counted(() => store.commit(...more))) >= 2 * pieces,
      `${name}: a large commit, read and written`,
    )
    t.equal((await store.list(others, { limit: records * 2 })).length, records)
    const again = memoryStore(clock)
    await again.replaceAll(await store.image())
    t.equal((await again.list(shells, { limit: records * 2 })).length, records)
  }

  // What is given up first is not in memory beside what takes its place.
  const given = memoryStore(clock, async () => {
    held.push((await given.list(shells, { limit: records })).length)
  })
  const held: number[] = []
  await given.commit(insert(shells, 'old', { colour: 'red' }))
  await given.replaceAll({ entries: () => image.entries(), isSeen: true })
  t.ok(
    held.length >= pieces && held.every(count => count === 0),
    'a state is given up before another is built',
  )
  t.equal((await given.list(shells, { limit: records * 2 })).length, records)

  const about = {
    writtenBy: '1',
    takenAt: '',
    baseUrl: 'http://a',
    secrets: true,
    leftOut: [],
    clock: { aheadMs: 0 },
  }
  const texts: string[] = []
  const written = await counted(async () => {
    for await (const text of writeText(about, image.entries(), turn)) texts.push(text)
  })
  t.ok(written >= pieces, 'writing')
  t.strictSame(JSON.parse(texts.join('')), writeDocument(about, image.entries()), 'the document is the same')
  const read = await counted(async () => {
    const document = await readDocument(texts.join(''), '1', turn)
    t.equal([...document.entries('http://b')].length, records)
  })
  t.ok(read >= pieces, 'reading')
})

t.test('what is deleted of a former state on disk is deleted in pieces, also after a restart', async t => {
  const clock = { now: () => 1000 }
  const directory = t.testdir()
  const small = memoryStore(clock)
  await small.commit(insert(shells, 'small', { colour: 'red' }))
  /** After so many turns the store never gets on. */
  let turns = Number.POSITIVE_INFINITY
  const turn = () => (turns-- > 0 ? setImmediate() : new Promise<void>(() => {}))
  const store = await openSqliteStore(directory, clock, turn)
  await store.commit(
    ...Array.from({ length: 450 }, (_, number) => put(shells, `${number}`, { colour: 'red' })),
  )
  const image = await small.image()
  await setImmediate()
  await setImmediate()
  turns = 1
  await store.replaceAll(image)
  t.strictSame(keys(await store.lookup(shells, 'colour', 'red')), ['small'])
  await store.close()
  const again = await openSqliteStore(directory, clock)
  t.strictSame(keys(await again.list(shells, { limit: 9 })), ['small'])
  for (const _ of [1, 2]) await again.replaceAll(image)
  t.strictSame(keys(await again.list(shells, { limit: 9 })), ['small'], 'once all of it is gone')
  await again.close()
})

t.test('the turnstile', async t => {
  t.test('lets many in at once, and one alone', async t => {
    const { among, alone } = turnstile()
    const log: string[] = []
    const gates: Record<string, () => void> = {}
    const held = (name: string) =>
      among(async () => {
        log.push(`${name} in`)
        await new Promise<void>(resolve => {
          gates[name] = resolve
        })
        log.push(`${name} out`)
      })
    const [a, b] = [held('a'), held('b')]
    await Promise.resolve()
    const swap = alone(async () => void log.push('alone'), { displacing: true })
    const second = alone(async () => void log.push('alone again'), { displacing: true })
    const c = among(() => log.push('c'))
    gates.a?.()
    await a
    await among(() => log.push('part'), true)
    gates.b?.()
    await Promise.all([b, swap, second, c])
    t.strictSame(log.slice(0, 6), ['a in', 'b in', 'a out', 'part', 'b out', 'alone'])
    t.strictSame(log.slice(6).sort(), ['alone again', 'c'])
  })

  t.test('what is part of work does not wait for who waits to be alone', async t => {
    const { among, alone } = turnstile()
    let swap: Promise<void> | undefined
    await among(async () => {
      swap = alone(async () => {}, { displacing: true })
      await among(() => t.pass('inside'))
    })
    await swap
  })

  t.test('waits for nobody for ever, and closes the state to them', async t => {
    const gate = turnstile(10)
    const { among, alone, ensureCurrent } = gate
    let goOn = () => {}
    const slow = among(async () => {
      await new Promise<void>(resolve => {
        goOn = resolve
      })
      ensureCurrent()
    })
    await alone(async () => {}, { displacing: false })
    await alone(async () => {}, { displacing: true })
    goOn()
    await t.rejects(slow, StateReplaced)
    await among(() => t.doesNotThrow(ensureCurrent))
  })

  t.test('a failure alone opens it again', async t => {
    const { among, alone } = turnstile()
    await t.rejects(
      alone(() => Promise.reject(new Error('no')), { displacing: true }),
      /no/,
    )
    t.equal(await among(() => 1), 1)
  })
})

const password = 'Anemone-4-Marco!'
const [one, two] = await Promise.all([signingKeys(), signingKeys()])
const app = (ClientName: string, more: object) => ({
  ClientName,
  CallbackURLs: [`\${base}/_rockpool/app/callback`],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  ...more,
})
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Domain: 'reef',
      SigningKeys: one,
      Clients: [app('app', { SupportedIdentityProviders: ['COGNITO', 'Tide'] })],
      IdentityProviders: [
        {
          ProviderName: 'Tide',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: `\${pools.tide.clients.reef.id}`,
            client_secret: `\${pools.tide.clients.reef.secret}`,
            oidc_issuer: `\${pools.tide.issuer}`,
            authorize_scopes: 'openid email',
            attributes_request_method: 'GET',
          },
        },
      ],
    },
    {
      PoolName: 'tide',
      Domain: 'tide',
      SigningKeys: two,
      Clients: [
        app('reef', {
          CallbackURLs: [`\${pools.reef.domain}/oauth2/idpresponse`],
          GenerateSecret: true,
          SupportedIdentityProviders: ['COGNITO'],
        }),
      ],
      Users: [{ Username: 'marco', Password: password, UserAttributes: { email: 'marco@tide.example' } }],
    },
  ],
}

/** Signs marco in at tide by way of reef, and redeems the code. */
async function federated(rockpool: Rockpool, browser = aBrowser()) {
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  const query = authorizeQuery(client, { identity_provider: 'Tide' })
  const callback = client.callbackUrls[0] ?? ''
  const way = await browser.follow(`${pool.domainUrl}/oauth2/authorize?${query}`, callback)
  let back = way.url
  if (way.page !== undefined) {
    t.match(way.url.pathname, '/tide/login', way.page.text)
    back = await signInAt(browser, `${rockpool.baseUrl}/tide`, way.url.search.slice(1), {
      username: 'marco',
      password,
    })
    back = (await browser.follow(back.href, callback)).url
  }
  const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: client.id,
    redirect_uri: callback,
    code: back.searchParams.get('code') ?? back.href,
  })
  return (await answer.json()) as { access_token: string; refresh_token: string; error?: string }
}

const refreshed = async (rockpool: Rockpool, refresh_token: string): Promise<number> => {
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  const form = { grant_type: 'refresh_token', client_id: client.id, refresh_token }
  return (await postForm(`${pool.domainUrl}/oauth2/token`, form)).status
}

for (const kept of ['in memory', 'on disk']) {
  const aReef = (t: Test, options: Omit<RockpoolOptions, 'seeds'> = {}) =>
    aRockpool(t, { seed, ...(kept === 'on disk' ? { dataDir: t.testdir() } : {}), ...options })

  t.test(`${kept}: a snapshot brings everything back, the clock too`, async t => {
    const rockpool = await aReef(t)
    const sdk = anSdk(t, rockpool)
    const { pool } = poolAndClient(rockpool, 'reef', 'app')
    const tide = rockpool.pools.find(({ name }) => name === 'tide')?.id
    const browser = aBrowser()
    const before = await federated(rockpool, browser)
    rockpool.operations.clock.advance({ minutes: 5 })
    const snapshot = await rockpool.operations.state.snapshot()
    const text = JSON.stringify(snapshot.document({ secrets: true }))

    rockpool.operations.clock.advance({ days: 400 })
    await sdk.send(new AdminCreateUserCommand({ UserPoolId: tide, Username: 'late' }))
    await sdk.send(
      new AdminSetUserPasswordCommand({ UserPoolId: tide, Username: 'marco', Password: 'Other-1-Password!' }),
    )
    await sdk.send(new CreateUserPoolCommand({ PoolName: 'new' }))
    t.equal(await refreshed(rockpool, before.refresh_token), 400)

    for (const back of [snapshot, text]) {
      await rockpool.operations.state.restore(back)
      t.equal(rockpool.operations.clock.aheadSeconds, 300)
      t.equal(await refreshed(rockpool, before.refresh_token), 200, 'tokens live on')
      t.match(await federated(rockpool, browser), { access_token: /./ }, 'sessions too')
      t.match(await federated(rockpool), { access_token: /./ }, 'passwords are what they were')
      t.match(await refusal(sdk.send(new AdminGetUserCommand({ UserPoolId: tide, Username: 'late' }))), [
        'UserNotFoundException',
      ])
      const users = await sdk.send(new ListUsersCommand({ UserPoolId: pool.id }))
      t.match(users.Users, [{ UserStatus: 'EXTERNAL_PROVIDER' }])
    }
    const again = (await rockpool.operations.state.snapshot()).document({ secrets: true })
    t.ok(again.collections.grants?.length, 'and can be taken again')
  })

  t.test(`${kept}: reset begins anew, and keeps the keys that were made`, async t => {
    const SigningKeys = undefined
    const pools = seed.UserPools.map(pool => ({ ...pool, SigningKeys }))
    const rockpool = await aReef(t, { seed: JSON.parse(JSON.stringify({ UserPools: pools })) } as object)
    const sdk = anSdk(t, rockpool)
    const jwks = async () => await (await fetch(`${rockpool.pools[0]?.issuer}/.well-known/jwks.json`)).text()
    const published = await jwks()
    const before = await federated(rockpool)
    rockpool.operations.clock.freeze('2050-01-01')
    await sdk.send(new CreateUserPoolCommand({ PoolName: 'new' }))
    for (const id of rockpool.pools.map(({ id }) => id))
      await sdk.send(new UpdateUserPoolCommand({ UserPoolId: id, UserPoolTags: { a: 'b' } }))
    await rockpool.operations.state.reset()
    t.strictSame(rockpool.operations.clock.state, { aheadMs: 0 })
    t.equal(await refreshed(rockpool, before.refresh_token), 400, 'no token lives on')
    const { flights } = (await (await fetch(`${rockpool.baseUrl}/_rockpool/flights`)).json()) as {
      flights: unknown[]
    }
    t.equal(flights.length, 1, 'but that one, no flight is known')
    const { UserPool } = await sdk.send(new DescribeUserPoolCommand({ UserPoolId: rockpool.pools[0]?.id }))
    t.strictSame(UserPool?.UserPoolTags, {})
    t.equal(await jwks(), published)
    t.match(await federated(rockpool), { access_token: /./ })
    const document = (await rockpool.operations.state.snapshot()).document()
    t.equal(document.collections.pools?.length, 2)
    t.equal(document.collections.users?.length, 2)
  })

  t.test(`${kept}: a request meanwhile sees the one state or the other`, async t => {
    const rockpool = await aReef(t)
    const { state } = rockpool.operations
    const sdk = anSdk(t, rockpool)
    const UserPoolId = rockpool.pools.find(({ name }) => name === 'tide')?.id
    const person = (Username: string) => ({ UserPoolId, Username, MessageAction: 'SUPPRESS' as const })
    const names = async () =>
      ((await sdk.send(new ListUsersCommand({ UserPoolId }))).Users ?? [])
        .map(({ Username }) => Username)
        .sort()
    // Two worlds, each with two users of its own, seen in one answer.
    const worlds = ['high', 'low']
    const snapshots = []
    for (const world of worlds) {
      await state.reset()
      for (const number of [1, 2]) await sdk.send(new AdminCreateUserCommand(person(`${world}${number}`)))
      snapshots.push(await state.snapshot())
    }
    let running = true
    const seen = new Set<string>()
    const readers = Array.from({ length: 6 }, async () => {
      while (running) seen.add((await names()).join())
    })
    const people = Array.from({ length: 2 }, async () => {
      let done = 0
      while (running) {
        const tokens = await federated(rockpool).catch((error: Error) => ({ error: error.message }))
        if ('access_token' in tokens) done++
      }
      return done
    })
    const written: Promise<string[]>[] = []
    for (let round = 0; round < often(8, 20); round++) {
      await state.restore(snapshots[round % 2] as never)
      // What is acknowledged before a snapshot is in it.
      const mine = `mine${round}`
      await sdk.send(new AdminCreateUserCommand(person(mine)))
      const taken = await state.snapshot()
      const users = taken.document().collections.users ?? []
      t.ok(users.some(({ record }) => (record as { username: string }).username === mine))
      await sdk.send(new AdminGetUserCommand({ UserPoolId, Username: mine }))
    }
    running = false
    await Promise.all([...readers, ...written])
    await Promise.all(people)
    for (const list of seen)
      t.match(list, /^(high1,high2|low1,low2)(,marco|,mine\d+,marco|,marco,mine\d+)*$/, list)
    for (const list of seen) t.notMatch(list, /high.*low/)
  })
}

/** The state once the endpoints of its provider, which are looked up after the start, are known. */
async function settled({ operations }: Rockpool): Promise<SnapshotDocument> {
  for (;;) {
    const document = (await operations.state.snapshot()).document({ secrets: true })
    if (/"authorize_url"/.test(JSON.stringify(document.collections['identity-providers']))) return document
    await setImmediate()
  }
}

t.test('what cannot be restored is refused, and the state stays as it was', async t => {
  const rockpool = await aRockpool(t, { seed })
  const { state } = rockpool.operations
  const document = await settled(rockpool)
  const before = JSON.stringify(document.collections)
  const cases: [given: unknown, sentence: RegExp][] = [
    [
      { ...document, version: 2, writtenBy: '9.9.9' },
      /format version 2, written by Rockpool 9\.9\.9; this Rockpool, \d.*Restore it with/,
    ],
    [{ ...document, baseUrl: 'http://elsewhere' }, /damaged, or was changed after it was written/],
    [{ ...document, version: 0 }, /damaged/],
    [{ ...document, digest: undefined }, /damaged/],
    [JSON.stringify(document).replace('marco@', 'polo@'), /damaged/],
    [JSON.stringify(document).slice(0, -100), /no JSON \(.*cut off/],
    [{}, /no snapshot of a Rockpool/],
    ['[]', /no snapshot of a Rockpool/],
    ['null', /no snapshot of a Rockpool/],
    [undefined, /no snapshot of a Rockpool/],
    [7, /no snapshot of a Rockpool/],
  ]
  for (const [given, sentence] of cases) {
    await t.rejects(state.restore(given as never), { name: 'SnapshotError', message: sentence })
    t.equal(JSON.stringify((await state.snapshot()).document({ secrets: true }).collections), before)
  }
  const pretty = JSON.stringify(Object.fromEntries(Object.entries(document).reverse()), undefined, 2)
  await state.restore(pretty)
  t.pass('the order of members and the layout do not count')
})

t.test('a snapshot that somebody made up is refused before anything is replaced', async t => {
  const rockpool = await aRockpool(t, { seed })
  const { state, clock } = rockpool.operations
  const document = await settled(rockpool)
  const before = JSON.stringify(document.collections)
  const { users = [], clients = [] } = document.collections
  const user = users[0] as { readonly key: string; readonly record: Record<string, unknown> }
  /** The document with other collections, or another member. */
  const withUsers = (users: unknown) => ({ collections: { ...document.collections, users } })
  const withUser = (member: string, value: unknown) =>
    withUsers([{ ...user, record: { ...user.record, [member]: value } }])
  const cases: [change: object, sentence: RegExp][] = [
    [
      withUsers([{ ...user, record: null }]),
      /the record "\S+ marco" of its collection "users" has a "record" that is no object/,
    ],
    [withUsers([null]), /record 1 of its collection "users" is no object/],
    [withUsers([{ record: user.record }]), /record 1 of its collection "users" has no "key"/],
    [withUsers([{ ...user, filed: { sub: 'x' } }]), /"filed" that is not lists of texts by name/],
    [withUsers([{ ...user, expiresAt: 'late' }]), /"expiresAt" that is no number/],
    [withUsers({}), /collection "users" is no list of records/],
    [withUsers(clients), /the record ".*" of its collection "users" has no member "sub", which is a text/],
    [withUser('attributes', undefined), /has no member "attributes", which is texts by name/],
    [withUser('attributes', { email: 7 }), /has a member "attributes" that is not texts by name/],
    [withUser('enabled', 'yes'), /has a member "enabled" that is not true or false/],
    [{ collections: null }, /needs the texts "takenAt" and "baseUrl"/],
    [{ collections: [] }, /needs the texts/],
    [{ secrets: undefined }, /needs the texts/],
    [{ clock: null }, /cannot be restored: null is no state of a clock/],
    [{ clock: { aheadMs: 8e15 } }, /no state of a clock: .* shows a time from 1970 to the end of 9999/],
    [{ clock: { frozenAt: 'now' } }, /no state of a clock/],
  ]
  for (const [change, message] of cases) {
    const { digest: _, ...made } = { ...document, ...change }
    const given = JSON.parse(JSON.stringify(signed(made)))
    await t.rejects(
      state.restore(given),
      { name: 'SnapshotError', message },
      JSON.stringify(change).slice(0, 80),
    )
    t.equal(JSON.stringify((await state.snapshot()).document({ secrets: true }).collections), before)
    t.strictSame(clock.state, { aheadMs: 0 })
  }
  await state.restore(signed({ ...document, digest: undefined }) as never)
  t.pass('with the digest that this test computes, the snapshot itself is restored')
})

/** With the digest over the canonical form: members in order of their names, absent ones left out. */
function signed(made: object): object {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, member]) => [name, sorted(member)]),
    )
  }
  const digest = createHash('sha256')
    .update(JSON.stringify(sorted(made)))
    .digest('base64')
  return { ...made, digest: `sha256-${digest}` }
}

t.test('a restore knows the records of every collection', async t => {
  const sources = await readdir('src', { recursive: true })
  const declared: string[] = []
  for (const path of sources.filter(path => path.endsWith('.ts'))) {
    const text = await readFile(`src/${path}`, 'utf8')
    for (const [, name = ''] of text.matchAll(/: Collection<[^=]*> = \{\s*name: '([\w-]+)'/g))
      declared.push(name)
  }
  t.ok(declared.length > 20)
  t.strictSame(
    declared.filter(name => !knownCollections.includes(name)),
    [],
    'add them to src/state/record-shapes.ts',
  )
  t.strictSame(
    knownCollections.filter(name => !declared.includes(name)),
    [],
    'these are gone',
  )
})

t.test('without secrets, none is told, and what is left out comes from where it is restored', async t => {
  const rockpool = await aRockpool(t, { seed })
  const sdk = anSdk(t, rockpool)
  const tide = rockpool.pools.find(({ name }) => name === 'tide')
  const secret = tide?.clients[0]?.secret ?? ''
  await federated(rockpool)
  await sdk.send(
    new AdminCreateUserCommand({
      UserPoolId: tide?.id,
      Username: 'jane',
      TemporaryPassword: 'Welcome-2-Rockpool!',
      UserAttributes: [{ Name: 'email', Value: 'jane@tide.example' }],
    }),
  )
  const snapshot = await rockpool.operations.state.snapshot()
  const whole = JSON.stringify(snapshot.document({ secrets: true }))
  const text = JSON.stringify(snapshot)
  const document = JSON.parse(text) as SnapshotDocument
  t.equal(document.leftOut.length, 4)
  for (const telling of [secret, 'PRIVATE KEY', 'Welcome-2-Rockpool!', 'verifier', 'refresh-tokens']) {
    t.match(whole, telling)
    t.notMatch(text, telling)
  }

  t.test('where everything is known', async t => {
    await sdk.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: tide?.id,
        Username: 'jane',
        Password: 'Other-1-Password!',
        Permanent: true,
      }),
    )
    await rockpool.operations.state.restore(text)
    t.match(await federated(rockpool), { access_token: /./ }, 'keys, secrets and passwords stay')
    const jane = await sdk.send(new AdminGetUserCommand({ UserPoolId: tide?.id, Username: 'jane' }))
    t.equal(jane.UserStatus, 'FORCE_CHANGE_PASSWORD')
  })

  t.test('where nothing is known, and at another address', async t => {
    const elsewhere = await aRockpool(t, { seed: { UserPools: [] } })
    await elsewhere.operations.state.restore(document)
    const client = { UserPoolId: tide?.id, ClientId: tide?.clients[0]?.id }
    const away = anSdk(t, elsewhere)
    const { UserPoolClient } = await away.send(new DescribeUserPoolClientCommand(client))
    t.match(UserPoolClient?.ClientSecret, /^[0-9a-f]{51}$/, 'a stand-in')
    t.strictSame(UserPoolClient?.CallbackURLs, [`${elsewhere.baseUrl}/reef/oauth2/idpresponse`])
    await away.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: tide?.id,
        Username: 'marco',
        Password: password,
        Permanent: true,
      }),
    )
    const { pools } = rockpool
    const moved = JSON.parse(JSON.stringify(pools).replaceAll(rockpool.baseUrl, elsewhere.baseUrl))
    t.match(
      await federated({ ...elsewhere, pools: moved }),
      { access_token: /./ },
      'both sides of a federation have the same stand-in, and the new address',
    )
  })
})

t.test('a snapshot of another Rockpool in this process is taken over with its secrets', async t => {
  const [from, to] = await Promise.all([aRockpool(t, { seed }), aRockpool(t, { seed: { UserPools: [] } })])
  await to.operations.state.restore(await from.operations.state.snapshot())
  const moved = JSON.parse(JSON.stringify(from.pools).replaceAll(from.baseUrl, to.baseUrl))
  t.match(await federated({ ...to, pools: moved }), { access_token: /./ })
})
