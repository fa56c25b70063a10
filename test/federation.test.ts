import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { applySeeds } from '../src/config/seed/apply.js'
import { seedOf } from '../src/config/seed/read.js'
import { control } from '../src/control/control.js'
import type { Operations } from '../src/control/operations.js'
import * as collections from '../src/core/collections.js'
import { keyOf, remove, replace, type Store } from '../src/core/ports/store.js'
import { userKey } from '../src/core/user.js'
import { oidcFederation } from '../src/federation/oidc/surface.js'
import { userCreation } from '../src/flows/administration/create-user.js'
import type { Service } from '../src/flows/service.js'
import type { Hosting } from '../src/http/hosted-refusals.js'
import { keepOwnCallsApart } from '../src/http/own-calls.js'
import { ownOriginFetch } from '../src/http/own-origin-fetch.js'
import { recordHops } from '../src/http/record-hops.js'
import { authorizationServer, oauth } from '../src/oauth/index.js'
import type { Flight, FlightSummary } from '../src/recorder/flight.js'
import { createFlightRecorder } from '../src/recorder/flight-recorder.js'
import { memoryStore } from '../src/store/memory.js'
import { createSigningKeys } from '../src/tokens/signing-keys.js'
import { inProcessTriggers } from '../src/triggers/in-process.js'
import { aBrowser, type Browser } from './support/browser.js'
import { type Behaviour, deadEnd, hostileUpstream, type Signing, soundUpstream } from './support/upstream.js'

const callback = 'https://app.example/cb'
const upstreamClient = { clientId: 'our-client', clientSecret: 'our-secret-at-the-provider-0123456789' }

/** A provider of the pool under test, in a seed's words. */
const provider = (ProviderName: string, details: Record<string, string>, AttributeMapping = mapping) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: upstreamClient.clientId,
    client_secret: upstreamClient.clientSecret,
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
    ...details,
  },
  AttributeMapping,
})

const mapping: Record<string, string> = { email: 'email', given_name: 'given_name' }

type ProviderSeed = ReturnType<typeof provider>

/** A seed with one pool, `reef`, whose one client enables the providers. */
const reef = (
  providers: readonly ProviderSeed[],
  Schema: readonly { readonly Name: string; readonly [member: string]: unknown }[] = [],
) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Reef00001',
      Domain: 'reef',
      UsernameConfiguration: { CaseSensitive: false },
      ...(Schema.length === 0 ? {} : { Schema }),
      IdentityProviders: providers,
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'appatreef',
          CallbackURLs: [callback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code', 'implicit'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: ['COGNITO', ...providers.map(({ ProviderName }) => ProviderName)],
          WriteAttributes: [
            'email',
            'given_name',
            ...Schema.flatMap(({ Name }) =>
              Name === 'token' ? ['custom:token'] : Name === 'email' ? [] : [Name],
            ),
          ],
        },
      ],
    },
  ],
})

/**
 * Rockpool as far as it takes to sign in through a provider. Its clock is moved, it waits for nobody longer than a
 * moment, and its store can be looked into.
 */
async function aReef(t: Test, seed: object, { kept, baseUrl }: { kept?: Store; baseUrl?: string } = {}) {
  const time = { ahead: 0 }
  const clock = { now: () => Date.now() + time.ahead }
  const chance = { bytes: randomBytes, uuid: randomUUID }
  const store = kept ?? memoryStore(clock)
  const log: string[] = []
  const recorder = createFlightRecorder({ clock, chance, log: line => log.push(line) })
  const app = Fastify()
  t.teardown(() => app.close())
  const service: Service & { base: string } = {
    clock,
    chance,
    store,
    recorder,
    keys: createSigningKeys(store),
    triggers: inProcessTriggers({}),
    base: '',
  }
  keepOwnCallsApart(app, { secret: 'ours', log: line => log.push(line) })
  recordHops(app, recorder)
  await app.register(formbody)
  control(app, {
    operations: recorder as unknown as Operations,
    clock,
    version: 'test',
    baseUrl: () => service.base,
  })
  const hosting: Hosting = {
    service,
    errorPage: ({ message }) => `<h1>${message}</h1>`,
    explanationOf: () => undefined,
  }
  const warnings: string[] = []
  const address = { host: '127.0.0.1', port: 0 }
  const server = authorizationServer(service)
  const upstream = oidcFederation(app, hosting, {
    authorizationServer: server,
    fetch: ownOriginFetch(
      () => ({
        base: service.base,
        address,
        hosts: async () => new Set(),
        certificate: async () => '',
        secret: 'ours',
      }),
      recorder,
    ),
    warn: sentence => warnings.push(sentence),
    timeoutMs: 400,
  })
  oauth(app, hosting, { server, upstream })
  const listening = await app.listen({ port: 0, host: '127.0.0.1' })
  address.port = Number(new URL(listening).port)
  service.base = baseUrl ?? listening
  await applySeeds({ clock, chance, store }, [seedOf(seed)], { base: service.base })
  const { base } = service

  return {
    base,
    time,
    store,
    log,
    warnings,
    upstream,
    /** The address that begins a sign-in through a provider. */
    authorize: (identity_provider: string, more: Record<string, string> = {}) =>
      `${base}/reef/oauth2/authorize?${new URLSearchParams({
        client_id: 'appatreef',
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid email',
        state: 'the-state-of-the-app',
        identity_provider,
        ...more,
      })}`,
    users: async () => (await store.list(collections.users, { limit: 100 })).map(({ record }) => record),
    provider: async (name: string) =>
      (await store.get(collections.identityProviders, keyOf('us-east-1_Reef00001', name)))?.record,
    /** The flight that was heard of last, and all that it says. */
    async flight(): Promise<Flight> {
      const read = async (path: string): Promise<unknown> => (await fetch(`${base}/_rockpool/${path}`)).json()
      const { flights } = (await read('flights')) as { flights: FlightSummary[] }
      const [last] = flights.toSorted((one, other) => (one.lastAt < other.lastAt ? 1 : -1))
      return (await read(`flights/${last?.id}`)) as Flight
    },
  }
}

type Reef = Awaited<ReturnType<typeof aReef>>

const notesOf = (flight: Flight, kind: string): Record<string, unknown>[] =>
  flight.hops
    .flatMap(({ notes }) => notes)
    .filter(note => note.kind === kind)
    .map(({ detail }) => detail as Record<string, unknown>)

/** Signs in and answers what the app is told. */
async function signIn(rockpool: Reef, name: string, browser: Browser = aBrowser()) {
  const arrival = await browser.follow(rockpool.authorize(name), callback)
  return { ...arrival, outcome: Object.fromEntries(arrival.url.searchParams) }
}

/** The app is given a code, and its state as it was. */
const isSignedIn = (t: Test, { outcome }: Awaited<ReturnType<typeof signIn>>) => {
  t.match(outcome, { code: /^[\w-]{36}$/, state: 'the-state-of-the-app' })
  t.notOk(outcome.error)
}

/** Exchanges a code as the app does; the claims of the ID token. */
async function idTokenClaims({ base }: Reef, code = ''): Promise<Record<string, unknown>> {
  const response = await fetch(`${base}/reef/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'appatreef',
      redirect_uri: callback,
      code,
    }),
  })
  const { id_token } = (await response.json()) as { id_token: string }
  return decodeJwt(id_token)
}

t.test('a sign-in through an independent provider', async t => {
  const sound = await soundUpstream(t)
  const rockpool = await aReef(
    t,
    reef([
      provider('Found', { oidc_issuer: sound.issuer, attributes_request_method: 'POST' }),
      provider('By-Hand', { oidc_issuer: sound.issuer, ...sound.endpoints }),
    ]),
  )
  sound.serve({ ...upstreamClient, redirectUri: `${rockpool.base}/reef/oauth2/idpresponse` })

  await t.test('the endpoints are discovered ahead, and kept where Describe shows them', async t => {
    await rockpool.upstream.discoverAll()
    t.strictSame(rockpool.warnings, [])
    const found = await rockpool.provider('Found')
    t.match(found?.details, sound.endpoints)
  })

  await t.test('O14, O15 and O17: the parameters upstream, and the user it makes', async t => {
    sound.account = { sub: 'Ada-1', email: 'ada@example.com', given_name: 'Ada', locale: 'en' }
    const browser = aBrowser()
    const arrival = await signIn(rockpool, 'Found', browser)
    isSignedIn(t, arrival)
    const { outcome, way } = arrival
    const upstream = way.find(({ origin }) => origin === sound.issuer)
    t.strictSame(
      [...(upstream?.searchParams.keys() ?? [])],
      ['client_id', 'redirect_uri', 'scope', 'response_type', 'state'],
    )
    t.match(
      upstream?.search,
      `redirect_uri=${encodeURIComponent(`${rockpool.base}/reef/oauth2/idpresponse`)}`,
    )
    t.match(upstream?.search, 'scope=openid+email+profile&response_type=code')
    const state = upstream?.searchParams.get('state') ?? ''
    t.match(state, /^H4sIAAAA[\w-]+\.H4sI[\w-]+\.4$/)
    t.notMatch(gunzipSync(Buffer.from(state.split('.')[0] ?? '', 'base64url')).toString(), 'state-of-the-app')
    t.match(await rockpool.users(), [
      {
        username: 'found_ada-1',
        status: 'EXTERNAL_PROVIDER',
        enabled: true,
        attributes: { email: 'ada@example.com', given_name: 'Ada', email_verified: 'false' },
        identities: [
          { userId: 'Ada-1', providerName: 'Found', providerType: 'OIDC', issuer: null, primary: true },
        ],
      },
    ])
    t.notOk((await rockpool.users())[0]?.attributes.locale, 'what is not mapped is dropped')
    t.match(
      await idTokenClaims(rockpool, outcome.code),
      {
        'cognito:username': 'found_ada-1',
        'cognito:groups': ['us-east-1_Reef00001_Found'],
        identities: [{ userId: 'Ada-1', primary: 'true', providerType: 'OIDC', issuer: null }],
        nonce: /^[\w-]{171}$/,
      },
      'O16, and O21 a nonce of its own',
    )
    const session = [...browser.cookies.values()].find(({ name }) => name.startsWith('cognito.'))
    t.match(session, { path: '/reef', value: /^[\w-]{43}$/ })
  })

  await t.test(
    'O44 the next sign-in updates the same user; a claim that is missing leaves its value',
    async t => {
      const [before] = await rockpool.users()
      sound.account = { sub: 'Ada-1', email: 'ada@new.example' }
      isSignedIn(t, await signIn(rockpool, 'Found'))
      const [after, ...others] = await rockpool.users()
      t.strictSame(others, [])
      t.equal(after?.sub, before?.sub)
      t.match(after?.attributes, { email: 'ada@new.example', given_name: 'Ada' })
    },
  )

  await t.test('endpoints given by hand do as well, and another provider makes another user', async t => {
    isSignedIn(t, await signIn(rockpool, 'By-Hand'))
    t.strictSame((await rockpool.users()).map(({ username }) => username).sort(), [
      'by-hand_ada-1',
      'found_ada-1',
    ])
  })

  await t.test(
    'O46 an identity that was linked leads to the local user, who stays what they are',
    async t => {
      const pool = (await rockpool.store.list(collections.pools, { limit: 1 }))[0]?.record
      if (pool === undefined) throw new Error('no pool')
      const { record, writes } = userCreation(
        {
          clock: { now: () => Date.now() },
          chance: { bytes: randomBytes, uuid: randomUUID },
        },
        pool,
        { username: 'grace', sub: randomUUID(), attributes: { email: 'grace@local.example', nickname: 'G' } },
      )
      await rockpool.store.commit(...writes)
      const local = await rockpool.store.get(collections.users, userKey(pool, 'grace'))
      if (local === undefined) throw new Error('no user')
      const linked = {
        userId: 'Grace-9',
        providerName: 'Found',
        providerType: 'OIDC' as const,
        issuer: null,
        primary: false,
        dateCreated: Date.now(),
      }
      await rockpool.store.commit(
        replace(collections.users, local, { ...local.record, status: 'CONFIRMED', identities: [linked] }),
      )
      const before = (await rockpool.users()).length
      sound.account = { sub: 'Grace-9', email: 'grace@up.example' }
      const arrival = await signIn(rockpool, 'Found')
      isSignedIn(t, arrival)
      const claims = await idTokenClaims(rockpool, arrival.outcome.code)
      t.match(claims, {
        sub: record.sub,
        'cognito:username': 'grace',
        email: 'grace@up.example',
        identities: [{ userId: 'Grace-9', primary: 'false' }],
      })
      t.notOk('cognito:groups' in claims, 'no group of the provider')
      t.equal((await rockpool.users()).length, before, 'no new user')
      const after = (await rockpool.store.get(collections.users, userKey(pool, 'grace')))?.record
      t.match(after, { status: 'CONFIRMED', attributes: { nickname: 'G' } })
      await rockpool.store.commit(remove(collections.users, userKey(pool, 'grace')))
      sound.account = { sub: 'Ada-1', email: 'ada@new.example' }
    },
  )

  await t.test('what the app asks of the user is passed on', async t => {
    const { headers } = await aBrowser().get(
      rockpool.authorize('Found', { prompt: 'login consent', login_hint: 'ada@example.com' }),
    )
    const url = new URL(headers.get('location') ?? '')
    t.strictSame([...url.searchParams].slice(-2), [
      ['prompt', 'login consent'],
      ['login_hint', 'ada@example.com'],
    ])
  })

  await t.test('the flight tells all of it, and no secret', async t => {
    await signIn(rockpool, 'Found')
    const flight = await rockpool.flight()
    t.strictSame(
      notesOf(flight, 'upstream-request').map(({ purpose, method, status }) => [purpose, method, status]),
      [
        ['token', 'POST', 200],
        ['keys', 'GET', 200],
        ['userInfo', 'POST', 200],
      ],
    )
    t.match(notesOf(flight, 'upstream-claims'), [
      {
        id_token: { iss: sound.issuer, aud: upstreamClient.clientId },
        userInfo: { email: 'ada@new.example' },
      },
    ])
    t.notMatch(JSON.stringify(flight), upstreamClient.clientSecret)
  })
})

t.test('the way back belongs to one browser, one time, five minutes', async t => {
  const clock = { now: () => Date.now() }
  const upstream = await hostileUpstream(t, { ...upstreamClient, now: clock.now })
  const rockpool = await aReef(
    t,
    reef([provider('Upstream', { oidc_issuer: upstream.issuer, ...upstream.endpoints })]),
  )
  const idpResponse = `${rockpool.base}/reef/oauth2/idpresponse`
  /** Goes to the provider and stops on the way back. */
  const leave = async (browser: Browser) =>
    (await browser.follow(rockpool.authorize('Upstream'), idpResponse)).url.href
  const isInvalidState = async (t: Test, url: string, browser: Browser, why: RegExp) => {
    const { page } = await browser.follow(url, callback)
    t.match(page, { status: 400, text: 'Invalid State' }, 'O52 the app is told nothing')
    t.match((await rockpool.flight()).hops.at(-1)?.refusals, [{ told: 'Invalid State', because: why }])
    t.strictSame(await rockpool.users(), [])
    t.strictSame(
      upstream.seen.filter(({ path }) => path === '/token'),
      [],
    )
  }

  await t.test('O52 unknown, changed, or missing', async t => {
    const url = new URL(await leave(aBrowser()))
    const state = url.searchParams.get('state') ?? ''
    const [payload, mac] = state.split('.')
    for (const forged of ['x', 'a.b.4', `${payload}.${mac}.5`, `${payload?.replace(/.$/, '-')}.${mac}.4`]) {
      const browser = aBrowser()
      await leave(browser)
      url.searchParams.set('state', forged)
      await isInvalidState(t, url.href, browser, /not made by this Rockpool/)
    }
    await isInvalidState(t, `${idpResponse}?code=x`, aBrowser(), /without a state/)
  })

  await t.test('O52 in another browser, or without cookies', async t => {
    const url = await leave(aBrowser())
    await isInvalidState(t, url, aBrowser(), /does not show the cookie csrf-state/)
    const other = aBrowser()
    await leave(other)
    await isInvalidState(t, url, other, /begun in another browser/)
  })

  await t.test('late', async t => {
    const browser = aBrowser()
    const url = await leave(browser)
    rockpool.time.ahead += 301_000
    const { page } = await browser.follow(url, callback)
    t.match(page, { status: 400, text: 'Something went wrong' })
    t.match((await rockpool.flight()).hops.at(-1)?.refusals, [{ because: /after 301 seconds; it has 300/ }])
    rockpool.time.ahead = 0
  })

  await t.test('two tabs at once are no trouble; O52 a replay is', async t => {
    const browser = aBrowser()
    const [first, second] = [await leave(browser), await leave(browser)]
    for (const url of [second, first])
      t.match((await browser.follow(url, callback)).url.href, `${callback}?code=`)
    const users = await rockpool.users()
    t.equal(users.length, 1)
    const { page } = await browser.follow(first, callback)
    t.match(page, { status: 400, text: 'Invalid State' })
    t.match((await rockpool.flight()).hops.at(-1)?.refusals, [{ because: /used already/ }])
  })

  await t.test('the address without a domain finds the pool by the state', async t => {
    const browser = aBrowser()
    const url = await leave(browser)
    const { url: arrived } = await browser.follow(url.replace('/reef/', '/'), callback)
    t.match(arrived.href, `${callback}?code=`)
  })
})

/** A case in which the provider does something wrong. */
interface Wrong {
  readonly why: string
  readonly behaviour: Partial<Behaviour>
  /** `error_description` at the callback. */
  readonly told: string | RegExp
  readonly because: RegExp
  readonly remedy: RegExp
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (header: unknown, { claims }: Signing) => `${base64url(header)}.${base64url(claims)}`
const hmac = (key: string, input: string) => createHmac('sha256', key).update(input).digest('base64url')
const answering =
  (status: number, body: string) =>
  (_request: unknown, response: { writeHead(status: number): { end(body: string): void } }) =>
    response.writeHead(status).end(body)

t.test(
  'what is wrong with an answer of the provider is said at the callback, and nobody is made',
  async t => {
    const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
    const { issuer } = upstream
    const nowhere = await deadEnd()
    const rockpool = await aReef(
      t,
      reef(
        [
          provider('Upstream', { oidc_issuer: issuer, ...upstream.endpoints }),
          provider('BadSecret', { oidc_issuer: issuer, ...upstream.endpoints, client_secret: 'a-wrong-one' }),
          provider('Away', { oidc_issuer: nowhere }),
          provider('HalfAway', { oidc_issuer: issuer, ...upstream.endpoints, token_url: `${nowhere}/token` }),
        ],
        [{ Name: 'email', Required: true, Mutable: true }],
      ),
    )

    const wrongs: Wrong[] = [
      {
        why: 'O51 another audience',
        behaviour: { claims: right => ({ ...right, aud: ['someone', 'else'] }) },
        told: 'Bad id_token audience someone, else',
        because: /meant for someone, else, but our client_id there is "our-client"/,
        remedy: /client_id of Upstream/,
      },
      {
        why: 'O51 another issuer',
        behaviour: { claims: right => ({ ...right, iss: `${issuer}/` }) },
        told: `Bad id_token issuer ${issuer}/`,
        because: new RegExp(`issued by "${issuer}/", but oidc_issuer is "${issuer}"`),
        remedy: /Set oidc_issuer of Upstream/,
      },
      {
        why: 'O51 expired in this very second',
        behaviour: { claims: right => ({ ...right, exp: Math.floor(Date.now() / 1000) }) },
        told: 'Bad id_token expired',
        because: /good until .*; it is now .*, and no tolerance/,
        remedy: /clocks/,
      },
      {
        why: 'without an expiry',
        behaviour: { claims: ({ exp: _, ...right }) => right },
        told: 'Bad id_token exp',
        because: /no valid exp/,
        remedy: /exp/,
      },
      {
        why: 'O51 an unknown key',
        behaviour: { header: right => ({ ...right, kid: 'other' }) },
        told: 'Bad id_token kid other',
        because: /key "other", but .*\/jwks has only good, curve/,
        remedy: /jwks_uri/,
      },
      {
        why: 'no key named',
        behaviour: { header: () => ({ alg: 'RS256' }) },
        told: 'Bad id_token kid',
        because: /has no kid/,
        remedy: /kid/,
      },
      {
        why: 'a key of another type',
        behaviour: { header: () => ({ alg: 'RS256', kid: 'curve' }) },
        told: 'Bad id_token kid curve',
        because: /its kty is EC/,
        remedy: /kid/,
      },
      {
        why: 'alg none',
        behaviour: { sign: signing => `${unsigned({ alg: 'none', kid: 'good' }, signing)}.` },
        told: 'Bad id_token algorithm none',
        because: /algorithm "none"/,
        remedy: /RS256/,
      },
      {
        why: 'HS256 with the public key',
        behaviour: {
          sign: signing => {
            const input = unsigned({ alg: 'HS256', kid: 'good' }, signing)
            return `${input}.${hmac(signing.publicPem, input)}`
          },
        },
        told: 'Bad id_token signature',
        because: /\(HS256\).*does not match our client_secret/,
        remedy: /client_secret/,
      },
      {
        why: 'a signature over something else',
        behaviour: {
          sign: signing =>
            `${unsigned({ alg: 'RS256', kid: 'good' }, signing)}.${Buffer.alloc(256, 1).toString('base64url')}`,
        },
        told: 'Bad id_token signature',
        because: /\(RS256\).*does not match the key "good"/,
        remedy: /jwks_uri/,
      },
      {
        why: 'no JWT at all',
        behaviour: { sign: () => 'opaque' },
        told: 'Bad id_token',
        because: /not a signed JWT/,
        remedy: /compact/,
      },
      {
        why: 'an error at the token endpoint',
        behaviour: { instead: { '/token': answering(500, 'oops') } },
        told: 'Upstream Error - 500 error getting token',
        because: /\/token, answered 500/,
        remedy: /log of Upstream/,
      },
      {
        why: 'a page for a token',
        behaviour: { instead: { '/token': answering(200, '<html>') } },
        told: 'Bad token response: no JSON object',
        because: /answered 200, but/,
        remedy: /token_url/,
      },
      {
        why: 'no ID token',
        behaviour: { instead: { '/token': answering(200, '{"access_token":"x"}') } },
        told: 'Bad token response: no id_token',
        because: /no id_token/,
        remedy: /openid/,
      },
      {
        why: 'silence at the token endpoint',
        behaviour: { instead: { '/token': () => {} } },
        told: 'Timeout occurred in calling IdP token endpoint',
        because: /did not answer within 400 ms/,
        remedy: /token_url/,
      },
      {
        why: 'a connection closed',
        behaviour: { instead: { '/token': request => request.socket.destroy() } },
        told: 'Connection reset',
        because: /closed the connection/,
        remedy: /token_url/,
      },
      {
        why: 'an answer without end',
        behaviour: { instead: { '/token': answering(200, ' '.repeat(2_000_000)) } },
        told: 'Response too large',
        because: /larger than/,
        remedy: /token_url/,
      },
      {
        why: 'silence at the keys',
        behaviour: { instead: { '/jwks': () => {} } },
        told: 'error_description=Timeout in calling jwks uri',
        because: /keys of Upstream/,
        remedy: /jwks_uri/,
      },
      {
        why: 'no keys',
        behaviour: { instead: { '/jwks': answering(200, '{"keys":"none"}') } },
        told: 'Upstream Error - error getting keys',
        because: /not a key set/,
        remedy: /jwks_uri/,
      },
      {
        why: 'userInfo of somebody else',
        behaviour: { userInfo: { sub: 'Bob-2', email: 'bob@example.com' } },
        told: 'Bad userInfo subject',
        because: /speaks of "Bob-2", the ID token of "Ada-1"/,
        remedy: /attributes_url/,
      },
      {
        why: 'nobody named',
        behaviour: { claims: ({ sub: _, ...right }) => right, userInfo: { email: 'ada@example.com' } },
        told: 'username attribute mapping required',
        because: /has a usable "sub"/,
        remedy: /userinfo/i,
      },
      {
        why: 'O19 a required attribute missing, because userInfo refuses',
        behaviour: { instead: { '/userinfo': answering(403, '{}') } },
        told: 'attributes required: [email]',
        because: /requires email/,
        remedy: /AttributeMapping of Upstream/,
      },
      {
        why: 'the user says no',
        behaviour: { authorized: { error: 'access_denied', error_description: 'Not today' } },
        told: 'Not today; error=access_denied',
        because: /Upstream refused the sign-in: access_denied \(Not today\)/,
        remedy: /account that may/,
      },
      {
        why: 'neither code nor error',
        behaviour: { authorized: {} },
        told: 'code is missing',
        because: /neither a code nor an error/,
        remedy: /response_type/,
      },
    ]
    const isTold = async (
      t: Test,
      name: string,
      { told, because, remedy }: Omit<Wrong, 'why' | 'behaviour'>,
    ) => {
      const { outcome } = await signIn(rockpool, name)
      t.match(outcome, { error: 'invalid_request', error_description: told, state: 'the-state-of-the-app' })
      t.notOk(outcome.code)
      const flight = await rockpool.flight()
      t.match(flight.hops.at(-1)?.refusals, [{ because, remedy }])
      t.match(flight.outcome, { is: 'error delivered' })
      t.notMatch(JSON.stringify(flight), upstreamClient.clientSecret)
      t.strictSame(await rockpool.users(), [])
    }
    for (const { why, behaviour, ...expected } of wrongs) {
      await t.test(why, async t => {
        upstream.behave(behaviour)
        await isTold(t, 'Upstream', expected)
      })
    }
    upstream.behave()

    await t.test('O50 a wrong secret, which went in the body', async t => {
      await isTold(t, 'BadSecret', {
        told: 'BadSecret Error - 401 error getting token',
        because: /answered 401: invalid_client/,
        remedy: /client_id and client_secret of BadSecret .*never Basic/,
      })
      const call = upstream.seen.find(({ path }) => path === '/token')
      t.match(call?.headers, { 'user-agent': 'Amazon/Cognito' })
      t.notOk(call?.headers.authorization)
      t.strictSame(Object.fromEntries(call?.body ?? []), {
        grant_type: 'authorization_code',
        code: 'a-code',
        redirect_uri: `${rockpool.base}/reef/oauth2/idpresponse`,
        client_id: 'our-client',
        client_secret: 'a-wrong-one',
      })
    })

    await t.test('nobody at home', async t => {
      await isTold(t, 'HalfAway', {
        told: 'Connection refused',
        because: /nothing listens there \(ECONNREFUSED\)/,
        remedy: /token_url of HalfAway/,
      })
      await rockpool.upstream.discoverAll()
      t.strictSame(rockpool.warnings.length, 1)
      t.match(rockpool.warnings[0], /^The endpoints of Away could not be discovered at .*It is tried again/)
      await isTold(t, 'Away', {
        told: 'Unable to contact well-known endpoint',
        because: /nothing listens there/,
        remedy: /oidc_issuer of Away/,
      })
    })
  },
)

t.test('what providers may do', async t => {
  const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
  const rockpool = await aReef(
    t,
    reef(
      [
        provider(
          'Upstream',
          { oidc_issuer: upstream.issuer, ...upstream.endpoints },
          { ...mapping, 'custom:token': 'access_token', email_verified: 'email_verified' },
        ),
        provider(
          'Fixed',
          { oidc_issuer: upstream.issuer, ...upstream.endpoints },
          { family_name: 'family_name' },
        ),
      ],
      [
        { Name: 'token', AttributeDataType: 'String', Mutable: true },
        { Name: 'family_name', Mutable: false },
      ],
    ),
  )
  const ada = async () => (await rockpool.users()).find(({ username }) => username === 'upstream_ada-1')

  await t.test('the ID token wins over userInfo; tokens may be mapped, and are not shown', async t => {
    upstream.behave({ claims: right => ({ ...right, email: 'token@example.com', email_verified: true }) })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    t.match((await ada())?.attributes, {
      email: 'token@example.com',
      given_name: 'Ada',
      'custom:token': 'an-opaque-access-token',
      email_verified: 'true',
    })
    t.notMatch(JSON.stringify(await rockpool.flight()), 'an-opaque-access-token')
  })

  await t.test('sign with a curve, or with the secret that we share', async t => {
    upstream.behave({ header: () => ({ alg: 'ES256', kid: 'curve' }) })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    upstream.behave({
      sign: signing => {
        const input = unsigned({ alg: 'HS256' }, signing)
        return `${input}.${hmac(signing.clientSecret, input)}`
      },
    })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
  })

  await t.test('name the user in userInfo alone, or fail there when nothing is missing', async t => {
    upstream.behave({ claims: ({ sub: _, ...right }) => right })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    upstream.behave({ instead: { '/userinfo': answering(403, '{}') } })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    t.match(notesOf(await rockpool.flight(), 'warning'), [
      { warning: /userInfo of Upstream .* answered 403/ },
    ])
    t.equal((await rockpool.users()).length, 1)
  })

  await t.test('O45 fill an immutable attribute once', async t => {
    upstream.behave({ claims: right => ({ ...right, family_name: 'L.' }) })
    const before = await rockpool.users()
    isSignedIn(t, await signIn(rockpool, 'Fixed'))
    t.match((await signIn(rockpool, 'Fixed')).outcome, {
      error: 'invalid_request',
      error_description: 'Invalid user attributes: family_name: Attribute cannot be updated.\n ',
    })
    t.equal((await rockpool.users()).length, before.length + 1)
  })
})

t.test('endpoints that were discovered', async t => {
  const baseUrl = 'http://rockpool.example:81'
  const provided = reef([provider('Ourselves', { oidc_issuer: `${baseUrl}/us-east-1_Reef00001` })])
  const [pool] = provided.UserPools
  const before = await aReef(t, provided, { baseUrl })
  const tokenUrl = async ({ provider }: Reef) => (await provider('Ourselves'))?.details.token_url

  await t.test('are found by an address that leads to us from nowhere else', async t => {
    await before.upstream.discoverAll()
    t.strictSame(before.warnings, [])
    t.equal(await tokenUrl(before), `${baseUrl}/reef/oauth2/token`)
  })

  await t.test('at a pool of ours are looked up anew by the next process', async t => {
    const moved = { UserPools: [{ ...pool, Domain: 'lagoon' }] }
    const after = await aReef(t, moved, { baseUrl, kept: before.store })
    t.equal(await tokenUrl(after), `${baseUrl}/reef/oauth2/token`, 'what was known is kept')
    await after.upstream.discoverAll()
    t.equal(await tokenUrl(after), `${baseUrl}/lagoon/oauth2/token`)
  })

  await t.test('elsewhere stay; those given by hand are never replaced', async t => {
    const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
    const { issuer, endpoints } = upstream
    const byHand = { ...endpoints, token_url: 'http://localhost:1/token' }
    const seed = reef([
      provider('Found', { oidc_issuer: issuer }),
      provider('By-Hand', { oidc_issuer: issuer, ...byHand }),
    ])
    const first = await aReef(t, seed)
    await first.upstream.discoverAll()
    const second = await aReef(t, seed, { kept: first.store })
    await second.upstream.discoverAll()
    t.match((await second.provider('Found'))?.details, endpoints)
    t.match((await second.provider('By-Hand'))?.details, byHand)
    t.strictSame(
      upstream.seen.map(({ path }) => path),
      ['/.well-known/openid-configuration'],
    )
  })
})
