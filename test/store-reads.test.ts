import { randomBytes, randomUUID } from 'node:crypto'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { applySeeds } from '../src/config/seed/apply.js'
import { seedOf } from '../src/config/seed/read.js'
import { grants, refreshTokens } from '../src/core/collections.js'
import type { Store } from '../src/core/ports/store.js'
import { authorizationRequest } from '../src/flows/authorization/authorization-request.js'
import { clientById, poolById, userNamed } from '../src/flows/directory/directory.js'
import { grantWithRefreshToken } from '../src/flows/grants/grants.js'
import { tokenSessionsOf } from '../src/flows/grants/user-sessions.js'
import type { Service } from '../src/flows/service.js'
import { parseForms } from '../src/http/forms.js'
import { serveHosted } from '../src/http/hosted-answers.js'
import { authorizationServer, oauth } from '../src/oauth/index.js'
import { memoryStore } from '../src/store/memory.js'
import { createSigningKeys } from '../src/tokens/signing-keys.js'
import { signingKeys } from './support/keys.js'
import { client, machine, password, type Tokens } from './support/oauth-client.js'
import { often } from './support/often.js'
import { aClock } from './support/rockpool.js'

const seed = {
  UserPools: [
    {
      PoolName: 'one',
      Domain: 'one',
      SigningKeys: await signingKeys(),
      ResourceServers: [
        { Identifier: 'api', Name: 'Api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'read' }] },
      ],
      Groups: [{ GroupName: 'divers' }],
      Clients: [
        client('public'),
        client('rotating', { RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 } }),
        machine('machine', ['api/read']),
      ],
      Users: [{ Username: 'marco', Password: password, Groups: ['divers'], UserAttributes: {} }],
    },
  ],
}
const redirectUri = 'https://app.example/cb'

/** A store that tells of every reading which collection was read. */
function counted(store: Store): { store: Store; reads: string[] } {
  const reads: string[] = []
  const readings = ['get', 'list', 'lookup', 'lookupPrefix'] as const
  const counting = Object.fromEntries(
    readings.map(name => [
      name,
      (collection: { readonly name: string }, ...more: unknown[]) => {
        reads.push(collection.name)
        return Reflect.apply(store[name], store, [collection, ...more])
      },
    ]),
  )
  return { reads, store: { ...store, ...counting } }
}

/** The OAuth endpoints alone, over a store whose readings are counted. */
async function anEndpoint(t: Test, pool: object = {}) {
  const clock = aClock()
  const { store, reads } = counted(memoryStore(clock))
  const service = {
    clock,
    store,
    chance: { bytes: randomBytes, uuid: randomUUID },
    keys: createSigningKeys(store),
    triggers: { call: async () => undefined },
    recorder: {
      note() {},
      counts() {},
      refused() {},
      concerns() {},
      expect() {},
      join() {},
      flightId: undefined,
    },
    base: 'http://localhost:7665',
  } as unknown as Service
  const [one] = seed.UserPools
  await applySeeds(service, [seedOf({ UserPools: [{ ...one, ...pool }] })], service)
  const app = fastify()
  t.teardown(() => app.close())
  parseForms(app)
  const hosting = {
    service,
    errorPage: async () => '',
    postPage: () => '',
    explanationOf: async () => undefined,
  }
  const server = authorizationServer(service)
  serveHosted(app, oauth(app, hosting, { server, upstream: { begin: async () => '' } as never }))
  const codeOf = async (name: string) => {
    const client = await clientById(service, `${name}0id`)
    const pool = await poolById(service, client?.poolId ?? '')
    const user = pool && (await userNamed(service, pool, 'marco'))
    if (pool === undefined || user === undefined) throw new Error('the seed was not applied')
    const parameters = { client_id: `${name}0id`, response_type: 'code', redirect_uri: redirectUri }
    const asked = await authorizationRequest(service, pool, parameters)
    const session = { sub: user.record.sub, authTime: 0 } as Parameters<typeof server.grant>[1]
    return new URL(await server.grant(asked, session)).searchParams.get('code') ?? ''
  }
  const send = async (form: Record<string, string>) => {
    reads.length = 0
    const answer = await app.inject({
      method: 'POST',
      url: '/one/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    })
    return { status: answer.statusCode, tokens: answer.json() as Tokens, reads: [...reads] }
  }
  return { codeOf, send, service, reads, clock }
}

t.test('each record is read once a request', async t => {
  const { codeOf, send } = await anEndpoint(t)
  for (const name of ['public', 'rotating']) {
    const exchanged = await send({
      grant_type: 'authorization_code',
      client_id: `${name}0id`,
      code: await codeOf(name),
      redirect_uri: redirectUri,
    })
    t.equal(exchanged.status, 200)
    t.strictSame(exchanged.reads, [
      'pools',
      'clients',
      'authorization-codes',
      'grants',
      'users',
      'memberships',
      'groups',
      'signing-keys',
    ])
    t.ok(exchanged.reads.length <= 9, 'a code exchange')
    const refreshed = await send({
      grant_type: 'refresh_token',
      client_id: `${name}0id`,
      refresh_token: exchanged.tokens.refresh_token ?? '',
    })
    t.equal(refreshed.status, 200)
    t.ok(refreshed.reads.length <= 8, `a refresh, ${name}: ${refreshed.reads}`)
    t.equal(new Set(refreshed.reads).size, refreshed.reads.length, 'nothing is read twice')
  }
  const forMachine = await send({
    grant_type: 'client_credentials',
    client_id: 'machine0id',
    client_secret: 'machinesecret'.padEnd(30, '0'),
  })
  t.strictSame(forMachine.reads, ['pools', 'clients', 'resource-servers', 'signing-keys'])
})

const SessionConfiguration = { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 20 } }

t.test('where sessions are tracked, a code exchange and a refresh read a few records more', async t => {
  const { codeOf, send } = await anEndpoint(t, { SessionConfiguration })
  for (const name of ['public', 'rotating']) {
    const exchange = async () =>
      send({
        grant_type: 'authorization_code',
        client_id: `${name}0id`,
        code: await codeOf(name),
        redirect_uri: redirectUri,
      })
    const exchanged = await exchange()
    t.equal(exchanged.status, 200)
    t.strictSame(exchanged.reads, [
      'pools',
      'clients',
      'authorization-codes',
      'grants',
      'users',
      'memberships',
      'groups',
      // The sessions that the user has.
      'grants',
      'signing-keys',
    ])
    const refreshed = await send({
      grant_type: 'refresh_token',
      client_id: `${name}0id`,
      refresh_token: exchanged.tokens.refresh_token ?? '',
    })
    t.equal(refreshed.status, 200)
    t.equal(new Set(refreshed.reads).size, refreshed.reads.length, `a refresh, ${name}, reads nothing twice`)
  }
})

const signIns = often(1000, 10_000)
t.test(`a user may sign in ${signIns} times: what a sign-in reads and keeps stays the same`, async t => {
  const { service, reads, clock } = await anEndpoint(t, { SessionConfiguration })
  const client = await clientById(service, 'public0id')
  const pool = await poolById(service, client?.poolId ?? '')
  const user = pool && (await userNamed(service, pool, 'marco'))
  if (client === undefined || pool === undefined || user === undefined) throw new Error('no seed')
  const granted = { sub: user.record.sub, scopes: ['openid'], authTime: 0 }
  const readsOfOne = async () => {
    reads.length = 0
    await grantWithRefreshToken(service, pool, client, granted)
    return reads.length
  }
  for (let n = 0; n < 20; n++) await readsOfOne()
  const atTheLimit = await readsOfOne()
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  t.teardown(() => clearInterval(turning))
  for (let n = 0; n < signIns; n++) {
    clock.advance({ seconds: 1 })
    if ((await readsOfOne()) !== atTheLimit) t.fail(`sign-in ${n} read ${reads}`)
    // As between two requests.
    if (n % 10 === 0) await new Promise(setImmediate)
  }
  t.ok(turns > 0, 'others had their turn')
  t.equal((await tokenSessionsOf(service, pool, user.record.sub)).length, 20)
  const left = await service.store.list(grants, { limit: 100_000 })
  t.equal(left.length, 20, 'sessions that were evicted are gone')
  t.equal((await service.store.list(refreshTokens, { limit: 100_000 })).length, 20)
})
