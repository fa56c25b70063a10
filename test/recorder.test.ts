import { randomBytes, randomUUID } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { control } from '../src/control/control.js'
import type { Operations } from '../src/control/operations.js'
import { type Clue, flightHeader } from '../src/core/ports/recorder.js'
import { refusal } from '../src/core/refusal.js'
import { recordHops } from '../src/http/record-hops.js'
import { allFlights } from '../src/recorder/all-flights.js'
import type { Flight, FlightSummary } from '../src/recorder/flight.js'
import {
  createFlightRecorder,
  type FlightRecorder,
  type Hop,
  recorderLimits,
} from '../src/recorder/flight-recorder.js'
import { onOneLine } from '../src/recorder/mask.js'

const wrongSecret = refusal('invalid_client', (client: string) => ({
  because: `The secret sent for client ${client} is not one of its secrets.`,
  remedy: 'Copy the secret from the seed file.',
}))
const wrongPassword = refusal('NotAuthorizedException', (name: string) => ({
  told: 'Incorrect username or password.',
  because: `The password given for ${name} is wrong.`,
  remedy: 'Take the one from the seed file.',
}))

/** A recorder with a clock that is moved. */
function aRecorder(limits = recorderLimits) {
  const time = { now: Date.parse('2026-01-01T00:00:00Z') }
  const lines: string[] = []
  const recorder = createFlightRecorder({
    clock: { now: () => time.now },
    chance: { bytes: randomBytes, uuid: randomUUID },
    log: line => lines.push(line),
    limits,
  })
  return { recorder, time, lines }
}

async function anApp(t: Test, recorder: FlightRecorder) {
  const app = Fastify()
  t.teardown(() => app.close())
  recordHops(app, recorder)
  await app.register(formbody)
  return app
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** The only flight there is. */
function theFlight(recorder: FlightRecorder): Flight {
  const [summary, ...others] = recorder.flights({ limit: 10 })
  if (summary === undefined || others.length > 0)
    throw new Error(`${others.length} flights too many, or none`)
  const flight = recorder.flight(summary.id)
  if (flight === undefined) throw new Error('a flight that is listed cannot be read')
  return flight
}

const pool1 = { id: 'eu-west-1_1', name: 'oidc-pool-1' }
const pool2 = { id: 'eu-west-1_2', name: 'oidc-pool-2' }

/** Planted wherever a secret travels; none may be found in what is recorded. */
const planted = {
  password: 'planted-password',
  secret1: 'planted-secret-1',
  secret2: 'planted-secret-2',
  code1: 'planted-code-1',
  code2: 'planted-code-2',
  verifier: 'planted-verifier',
  csrf: 'planted-csrf',
  cookie: 'planted-cookie',
  access: 'planted-access',
  refresh: 'planted-refresh',
  jwt: 'eyJwbGFudGVkIjoiand0In0.eyJwbGFudGVkIjoiand0In0.planted-signature',
}

/** What the endpoints of two pools that federate do, as far as a recorder sees it. */
async function twoPools(t: Test, recorder: FlightRecorder) {
  const app = await anApp(t, recorder)
  let sent = 0
  const signsIn = new URLSearchParams({
    client_id: 'upstream',
    response_type: 'code',
    redirect_uri: 'http://localhost:7665/one/oauth2/idpresponse',
  })
  // The engine works on the raw messages, past Fastify's parsers and hooks.
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.url.endsWith('/oauth2/token')) return done()
    reply.hijack()
    void (async () => {
      let body = ''
      for await (const chunk of request.raw) body += chunk
      const given = new URLSearchParams(body)
      recorder.concerns({ pool: request.url.startsWith('/one/') ? pool1 : pool2 })
      const isFine = given.get('client_secret') !== 'wrong'
      if (isFine) {
        recorder.join(`grant:${given.get('refresh_token')}`)
        recorder.expect(`grant:${planted.refresh}`)
        recorder.note('tokens', { access_token: { sub: 'sub-1', scope: 'openid' }, id_token: planted.jwt })
      } else if (given.get('client_id') !== 'silent')
        recorder.refused(wrongSecret(given.get('client_id') ?? ''))
      reply.raw.statusCode = isFine ? 200 : 400
      reply.raw.setHeader('content-type', 'application/json')
      reply.raw.end(JSON.stringify(isFine ? { access_token: planted.access } : { error: 'invalid_client' }))
    })()
  })
  app.get('/one/oauth2/authorize', (request, reply) =>
    reply.redirect(`/one/login?${new URLSearchParams(request.query as Record<string, string>)}`),
  )
  app.get('/one/login', () => {
    recorder.concerns({ pool: pool1, client: { id: 'app', name: 'web-app' } })
    return 'a page'
  })
  app.get('/one/oauth2/choose', (_request, reply) => {
    signsIn.set('state', `upstream-state-${++sent}`)
    return reply.redirect(`http://localhost:7665/two/oauth2/authorize?${signsIn}`)
  })
  app.get('/two/oauth2/authorize', (request, reply) => {
    recorder.concerns({ pool: pool2 })
    return reply.redirect(
      `/two/login?${new URLSearchParams(request.query as Record<string, string>)}&lang=en`,
    )
  })
  app.get('/two/login', (_request, reply) => {
    reply.header('set-cookie', [`XSRF-TOKEN=${planted.cookie}; Path=/`, `cognito=${planted.cookie}`])
    return 'a page'
  })
  app.post<{ Body: { username: string; password: string } }>('/two/login', (request, reply) => {
    recorder.concerns({ pool: pool2, user: request.body.username })
    if (request.body.password === 'wrong') {
      recorder.refused(wrongPassword(request.body.username))
      return 'a page'
    }
    return reply.redirect(
      `http://localhost:7665/one/oauth2/idpresponse?code=${planted.code2}&state=upstream-state-1`,
    )
  })
  app.get('/two/.well-known/jwks.json', () => ({ keys: [] }))
  app.get('/one/oauth2/idpresponse', async (_request, reply) => {
    recorder.concerns({ pool: pool1, user: 'two_sub-1' })
    await turn()
    const header = { [flightHeader]: recorder.flightId ?? 'none' }
    const to = `http://localhost:${(app.server.address() as { port: number }).port}/two`
    await fetch(`${to}/.well-known/jwks.json`, { headers: header })
    await fetch(`${to}/oauth2/token`, {
      method: 'POST',
      headers: { ...form, ...header },
      body: `grant_type=authorization_code&code=${planted.code2}&client_secret=${planted.secret2}`,
    })
    recorder.note('mapping', { rows: [{ claim: 'email', attribute: 'email', value: 'jo@example.com' }] })
    return reply.redirect(`https://app.example/callback?code=${planted.code1}&state=s1`)
  })
  app.get('/boom', () => {
    throw new Error('boom')
  })
  await app.listen({ port: 0, host: 'localhost' })
  return app
}

const asked = 'client_id=app&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&state=s1'

async function signIn(app: FastifyInstance) {
  await app.inject(`/one/oauth2/authorize?${asked}`)
  await app.inject(`/one/login?${asked}`)
  const chosen = await app.inject(`/one/oauth2/choose?identity_provider=two&${asked}`)
  const there = new URL(String(chosen.headers.location))
  const page = await app.inject(there.pathname + there.search)
  const login = String(page.headers.location)
  await app.inject({ url: login, headers: { cookie: `cognito=${planted.cookie}; lang=en` } })
  for (const password of ['wrong', planted.password]) {
    await app.inject({
      method: 'POST',
      url: login,
      headers: form,
      body: `username=jo&password=${password}&_csrf=${planted.csrf}`,
    })
  }
  await app.inject(`/one/oauth2/idpresponse?code=${planted.code2}&state=${there.searchParams.get('state')}`)
}

const exchange = (app: FastifyInstance, body: string) =>
  app.inject({
    method: 'POST',
    url: '/one/oauth2/token',
    headers: { ...form, authorization: `Basic ${planted.secret1}` },
    body,
  })

t.test('a federated sign-in is one flight across both pools', async t => {
  const { recorder, lines } = aRecorder()
  const app = await twoPools(t, recorder)
  await signIn(app)

  t.match(theFlight(recorder), {
    outcome: { is: 'code delivered' },
    title:
      'Sign-in at oidc-pool-1 through oidc-pool-2 for web-app as two_sub-1: the app was given a code and has not exchanged it yet.',
  })
  await exchange(
    app,
    `code=${planted.code1}&code_verifier=${planted.verifier}&client_secret=${planted.secret1}`,
  )
  await exchange(app, `refresh_token=${planted.refresh}`)

  const flight = theFlight(recorder)
  t.strictSame(
    flight.hops.map(hop => `${hop.number} ${hop.caller} ${hop.method} ${hop.path} ${hop.answer?.status}`),
    [
      '1 browser or app GET /one/oauth2/authorize 302',
      '2 browser or app GET /one/login 200',
      '3 browser or app GET /one/oauth2/choose 302',
      '4 browser or app GET /two/oauth2/authorize 302',
      '5 browser or app GET /two/login 200',
      '6 browser or app POST /two/login 200',
      '7 browser or app POST /two/login 302',
      '8 browser or app GET /one/oauth2/idpresponse 302',
      '9 rockpool GET /two/.well-known/jwks.json 200',
      '10 rockpool POST /two/oauth2/token 200',
      '11 browser or app POST /one/oauth2/token 200',
      '12 browser or app POST /one/oauth2/token 200',
    ],
  )
  t.match(flight, {
    title: 'Sign-in at oidc-pool-1 through oidc-pool-2 for web-app as two_sub-1: tokens were issued.',
    startedAt: '2026-01-01T00:00:00.000Z',
    outcome: { is: 'tokens issued' },
    pools: [pool1, pool2],
    client: { id: 'app', name: 'web-app' },
    refusals: ['NotAuthorizedException'],
    hopCount: 12,
  })
  const [, , , , page, refused, posted, idpResponse, , upstreamToken, token] = flight.hops
  t.strictSame(page?.cookies, ['cognito', 'lang'])
  t.strictSame(page?.answer?.setsCookies, ['XSRF-TOKEN', 'cognito'])
  t.match(refused?.refusals, [
    {
      code: 'NotAuthorizedException',
      told: 'Incorrect username or password.',
      because: 'The password given for jo is wrong.',
      remedy: 'Take the one from the seed file.',
    },
  ])
  t.match(posted, {
    pool: pool2,
    user: 'jo',
    body: { username: 'jo', password: '‹masked 16 characters›', _csrf: '‹masked 12 characters›' },
    answer: {
      location:
        'http://localhost:7665/one/oauth2/idpresponse?code=‹masked 14 characters›&state=upstream-state-1',
    },
  })
  t.match(idpResponse?.notes, [{ kind: 'mapping', detail: { rows: [{ value: 'jo@example.com' }] } }])
  t.match(upstreamToken?.body, { grant_type: 'authorization_code', code: '‹masked 14 characters›' })
  t.match(token, {
    headers: { authorization: 'Basic ‹masked 16 characters›' },
    notes: [{ kind: 'tokens', detail: { access_token: { sub: 'sub-1' }, id_token: /^‹masked/ } }],
  })

  const everything = JSON.stringify(flight) + JSON.stringify(recorder.flights({ limit: 9 })) + lines.join()
  for (const [name, secret] of Object.entries(planted)) t.notOk(everything.includes(secret), `no ${name}`)
})

t.test('a new sign-in is a new flight, even with the state of an old one', async t => {
  const { recorder, time } = aRecorder()
  const app = await twoPools(t, recorder)
  await signIn(app)
  t.equal(recorder.flights({ limit: 9 }).length, 1)

  await app.inject(`/one/login?${asked}`)
  t.match(recorder.flights({ limit: 9 }), [{ hopCount: 1 }, { hopCount: 10 }], 'the first had its answer')
  await app.inject(`/one/login?${asked}&lang=de`)
  t.match(recorder.flights({ limit: 9 }), [{ hopCount: 2 }, {}], 'the page asked for again goes on')
  time.now += 11 * 60 * 1000
  await app.inject(`/one/login?${asked}`)
  t.match(recorder.flights({ limit: 9 }), [{ hopCount: 1 }, { hopCount: 2 }, {}], 'an abandoned one is over')
  await app.inject(`/one/login?${asked.replace('s1', 's2')}`)
  t.equal(recorder.flights({ limit: 9 }).length, 4, 'another state, another flight')
  t.equal(recorder.flights({ limit: 2 }).length, 2)

  await exchange(app, `code=${planted.code1}`)
  t.match(
    recorder.flights({ limit: 9 })[3],
    { outcome: { is: 'tokens issued' } },
    'the first code still is the first flight',
  )
})

t.test('what belongs to no flight is kept only if it failed', async t => {
  const { recorder, lines } = aRecorder()
  const app = await twoPools(t, recorder)
  for (const url of [
    '/two/.well-known/jwks.json',
    '/favicon.ico',
    '/style.css',
    '/_rockpool/flights',
    '/nowhere',
  ]) {
    await app.inject({ url, headers: { [flightHeader]: 'made-up' } })
  }
  await app.inject({ method: 'OPTIONS', url: '/one/login' })
  await exchange(app, 'client_id=machine')
  t.strictSame(recorder.flights({ limit: 9 }), [])
  t.strictSame(lines, [])

  await exchange(app, 'client_id=machine&client_secret=wrong')
  const [failed] = recorder.flights({ limit: 9 })
  t.match(failed, {
    title: 'POST /one/oauth2/token at oidc-pool-1 for machine: refused with invalid_client.',
    outcome: { is: 'refused', error: 'invalid_client' },
    client: { id: 'machine' },
  })
  t.strictSame(lines, [
    'Refused invalid_client (POST /one/oauth2/token): The secret sent for client machine is not one of its secrets. ' +
      `Copy the secret from the seed file. [flight ${failed?.id}]`,
  ])

  await exchange(app, 'client_id=silent&client_secret=wrong')
  await app.inject('/boom')
  t.match(recorder.flights({ limit: 2 }), [
    { title: 'GET /boom: under way.' },
    { outcome: { is: 'refused', error: 'invalid_client' }, client: { id: 'silent' } },
  ])
  t.match(recorder.flight(recorder.flights({ limit: 1 })[0]?.id ?? '')?.hops, [{ answer: { status: 500 } }])
  t.equal(recorder.flight('made-up'), undefined)
})

t.test('a posted sign-in is known by its body; one that nothing announces begins a flight', async t => {
  const { recorder } = aRecorder()
  const app = await anApp(t, recorder)
  app.get('/login', () => 'a page')
  app.post('/login', () => recorder.flightId ?? 'none')
  await app.inject('/login?state=known')
  const [first] = recorder.flights({ limit: 1 })
  const known = await app.inject({ method: 'POST', url: '/login', headers: form, body: 'state=known' })
  t.equal(known.body, first?.id)
  const unknown = await app.inject({ method: 'POST', url: '/login', headers: form, body: 'state=unknown' })
  t.equal(unknown.body, recorder.flights({ limit: 1 })[0]?.id)
  t.not(unknown.body, first?.id)
})

/** Few connections, each used again and again. */
const agent = new Agent({ keepAlive: true, maxSockets: 5 })

/** Posts a form whose body comes when the server already waits for it, on an event of the socket. */
const slowPost = (url: string, body: string) =>
  new Promise<string>((answered, failed) => {
    const headers = { ...form, 'content-length': body.length }
    const request = httpRequest(url, { method: 'POST', headers, agent }, response =>
      text(response).then(answered, failed),
    )
    request.on('error', failed).flushHeaders()
    setTimeout(() => request.end(body), 5)
  })

t.test('requests at the same time, on one connection or many, stay apart', async t => {
  const { recorder } = aRecorder()
  const app = await anApp(t, recorder)
  const handle = async (mark: string) => {
    const before = recorder.flightId
    for (let turns = Number(mark) % 7; turns >= 0; turns--) await turn()
    recorder.note('warning', { mark })
    if (recorder.flightId !== before) throw new Error('the flight changed under way')
    return before ?? 'none'
  }
  app.get<{ Querystring: { state: string } }>('/login', request => handle(request.query.state))
  app.post<{ Body: { state: string } }>('/login', request => handle(request.body.state))
  app.get('/_rockpool/health', async () => {
    await turn()
    return recorder.flightId ?? 'none'
  })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => agent.destroy())

  const marks = Array.from({ length: 60 }, (_, index) => String(index))
  const opened = await Promise.all(
    marks.map(async mark => (await fetch(`${base}/login?state=${mark}`)).text()),
  )
  const posted = await Promise.all(
    marks.flatMap(mark => [
      slowPost(`${base}/login`, `state=${mark}`),
      fetch(`${base}/_rockpool/health`).then(async answer => t.equal(await answer.text(), 'none')),
    ]),
  )
  t.equal(new Set(opened).size, 60)
  t.strictSame(
    posted.filter(each => typeof each === 'string'),
    opened,
  )
  for (const [index, id] of opened.entries()) {
    t.strictSame(
      recorder.flight(id)?.hops.map(hop => hop.notes[0]?.detail),
      [{ mark: marks[index] }, { mark: marks[index] }],
    )
  }
})

t.test('a request that is broken off leaves a hop without an answer', async t => {
  const { recorder } = aRecorder()
  const app = await anApp(t, recorder)
  app.get('/login', () => new Promise(() => {}))
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const request = httpRequest(`${base}/login`).end()
  request.on('error', () => {})
  while (recorder.flights({ limit: 1 }).length === 0) await turn()
  await new Promise(closed => request.on('close', closed).destroy())
  t.match(theFlight(recorder), { outcome: { is: 'under way' }, hops: [{ number: 1, answer: undefined }] })
})

t.test('what is kept is bounded', t => {
  const limits = { flights: 3, hops: 100, hopsPerFlight: 4, charactersPerHop: 3_000 }
  const { recorder } = aRecorder(limits)
  const get = (url: string, run: () => void = () => {}) =>
    recorder.hop({ method: 'GET', url, headers: {} }, hop => {
      run()
      hop?.answered({ status: 200, setCookie: [] })
    })

  for (let page = 1; page <= 10; page++) get(`/login?state=loop&page=${page}`)
  const [looping] = recorder.flights({ limit: 9 })
  const flight = recorder.flight(looping?.id ?? '')
  t.strictSame(
    flight?.hops.map(hop => hop.number),
    [1, 2, 9, 10],
    'the first and the latest hops',
  )
  t.match(flight, { hopsLeftOut: 6, hopCount: 10 })

  const size = () => JSON.stringify(recorder.flight(recorder.flights({ limit: 1 })[0]?.id ?? '')).length
  get('/login?state=large', () => {
    for (let n = 0; n < 60; n++) {
      recorder.note('warning', { text: 'x'.repeat(100_000), list: new Array(1000).fill('y') })
      recorder.expect(`grant:${'z'.repeat(n)}`)
    }
  })
  t.ok(size() < 100_000, `${size()} characters`)
  const cycle: Record<string, unknown> = {}
  cycle.again = cycle
  get('/login?state=cycle', () => recorder.note('user', cycle))
  t.match(JSON.stringify(recorder.flights({ limit: 1 })), 'Sign-in')

  get('/login?state=fourth')
  t.equal(recorder.flights({ limit: 9 }).length, 3)
  t.equal(recorder.flight(looping?.id ?? ''), undefined, 'the oldest made room')
  get('/oauth2/idpresponse?state=loop')
  t.equal(recorder.flights({ limit: 9 }).length, 3, 'and its clues are forgotten')
  t.end()
})

t.test('long flights make room before there are many, but never for themselves', t => {
  const limits = { flights: 100, hops: 12, hopsPerFlight: 5, charactersPerHop: 3_000 }
  const { recorder } = aRecorder(limits)
  const pages = (state: string, count: number) => {
    for (let page = 0; page < count; page++)
      recorder.hop({ method: 'GET', url: `/login?state=${state}&page=${page}`, headers: {} }, hop =>
        hop?.answered({ status: 200, setCookie: [] }),
      )
  }
  const kept = () => recorder.flights({ limit: 99 }).map(({ id }) => recorder.flight(id)?.hops.length)
  pages('first', 9)
  pages('second', 5)
  t.strictSame(kept(), [5, 5])
  pages('third', 2)
  t.strictSame(kept(), [2, 5, 5], 'hops that were left out are not counted')
  pages('third', 1)
  t.strictSame(kept(), [3, 5], 'the oldest flight made room')
  pages('second', 40)
  t.strictSame(kept(), [3, 5])
  for (let other = 0; other < 50; other++) pages(`other${other}`, 1)
  t.equal(kept().length, 12)
  t.end()
})

t.test('nothing that it is given makes it throw into its caller', async t => {
  const { recorder, time, lines } = aRecorder()
  const hostile = new Proxy({}, { ownKeys: thrower, get: thrower, getPrototypeOf: thrower })
  const values: never[] = [
    undefined,
    null,
    7,
    Symbol('s'),
    () => 1,
    new Date(Number.NaN),
    hostile,
    { deep: hostile },
    {
      get password() {
        return thrower()
      },
    },
    Object.create(null),
    { [Symbol.toPrimitive]: thrower, toString: thrower },
    '\ud800%E0%A4%A',
  ] as never[]
  let ran = 0
  for (const now of [Date.now(), 8.64e15, 8.64e15 + 1, Number.NaN, Number.POSITIVE_INFINITY])
    for (const value of values) {
      time.now = now
      const use = (hop?: Hop) => {
        ran++
        recorder.note('warning', value)
        recorder.note(value, { value })
        recorder.concerns(value)
        recorder.concerns({ pool: value, client: value, user: value })
        recorder.expect(value)
        recorder.join(value)
        recorder.refused(value)
        t.doesNotThrow(() => recorder.flightId)
        hop?.received(value, value)
        hop?.received('application/json', '{"a":')
        hop?.answered(value)
        hop?.answered({ status: 302, location: value, setCookie: [value], failure: value })
      }
      use()
      for (const url of ['/login?state=1', '/else?code=%E0%A4%A&code=2', value])
        recorder.hop({ method: 'GET', url, headers: { cookie: value } as never }, use)
      recorder.hop({ method: value, url: '/login', headers: value }, use)
      recorder.hop(value, use)
      for (const { id } of recorder.flights({ limit: 1000 })) t.ok(JSON.stringify(recorder.flight(id)))
    }
  t.equal(ran, 5 * values.length * 6, 'every request is handled')
  t.throws(
    () => recorder.hop({ method: 'GET', url: '/login', headers: {} }, thrower),
    /hostile/,
    'its own failures stay its own',
  )
  t.ok(
    lines.some(line => /could not keep a part of a request: .*hostile/.test(line)),
    'what is missing is logged',
  )
  const silent = createFlightRecorder({
    clock: { now: thrower },
    chance: { bytes: randomBytes, uuid: randomUUID },
    log: thrower,
  })
  t.equal(
    silent.hop({ method: 'GET', url: '/login', headers: {} }, () => 'handled'),
    'handled',
    'also where there is no log',
  )
})

const thrower = (): never => {
  throw new Error('hostile')
}

t.test('a clue is the latest flight’s that expects it, and a hop stays in its first flight', t => {
  const { recorder } = aRecorder()
  const idIn = (url: string, ...clues: Clue[]) =>
    recorder.hop({ method: 'GET', url, headers: {} }, () => {
      for (const clue of clues) recorder.join(clue)
      return recorder.flightId
    })
  const expecting = (url: string) =>
    recorder.hop({ method: 'GET', url, headers: {} }, () => {
      recorder.expect('grant:shared')
      return recorder.flightId
    })
  const first = expecting('/login?state=1')
  const second = expecting('/login?state=2')
  t.equal(idIn('/oauth2/userInfo', 'grant:shared'), second)
  t.equal(idIn('/oauth2/userInfo', 'grant:unknown'), undefined)
  t.equal(idIn('/oauth2/userInfo?state=1', 'grant:shared'), first)
  t.equal(recorder.flightId, undefined)
  t.doesNotThrow(() => {
    recorder.note('user', {})
    recorder.expect('state:x')
    recorder.join('state:1')
    recorder.concerns({ user: 'x' })
  }, 'outside a hop nothing happens')
  t.end()
})

t.test('a refusal is logged once, on one line, whatever stands in it', t => {
  const { recorder, lines } = aRecorder()
  const evil = `jo\r\n2026 Refused nothing\u001b[2J\u2028\u202eend password=hunter2 ${planted.jwt}`
  const thrown = wrongPassword(evil)
  recorder.hop({ method: 'GET', url: '/login\u0007?x', headers: {} }, () => {
    recorder.refused(thrown)
    recorder.refused(thrown)
    recorder.refused(wrongPassword('jo'))
  })
  recorder.refused(wrongPassword('nobody'))
  t.equal(lines.length, 3)
  t.notMatch(lines[0], /[\p{Cc}\u2028\u202e]|hunter2|planted/u)
  t.match(
    lines[0],
    /^Refused NotAuthorizedException \(GET \/login \): The password given for jo 2026 Refused/,
  )
  t.match(lines[0], /Take the one from the seed file\. \[flight \w+\]$/)
  t.match(
    lines[2],
    /^Refused NotAuthorizedException: The password given for nobody is wrong\. Take .* file\.$/,
  )
  t.equal(theFlight(recorder).hops[0]?.refusals.length, 2)
  t.equal(onOneLine('a\u0000\u0085b'), 'a b')
  t.end()
})

t.test('a warning is logged the first time that it comes', t => {
  const { recorder, lines } = aRecorder()
  const skipped = (attribute: string) =>
    recorder.hop({ method: 'GET', url: '/oauth2/authorize?state=a', headers: {} }, () =>
      recorder.note('warning', { warning: `${attribute} is skipped.`, remedy: `Allow ${attribute}.` }),
    )
  for (const attribute of ['nickname', 'nickname', 'locale', 'nickname']) skipped(attribute)
  t.match(lines, [
    /^Warning \(GET \/oauth2\/authorize\): nickname is skipped\. Allow nickname\. \[flight \w+\]$/,
    /: locale is skipped\. Allow locale\./,
  ])
  t.equal(lines.length, 2)
  recorder.clear()
  skipped('nickname')
  t.equal(lines.length, 3, 'after a reset it is new')
  recorder.note('warning', { code: 'nothing to say' })
  recorder.note('mapping', { warning: 'none' })
  t.equal(lines.length, 3)
  t.end()
})

t.test('the control API', async t => {
  const { recorder, time } = aRecorder()
  const app = await twoPools(t, recorder)
  // An app that listens takes no more routes, so the control API gets one of its own.
  const api = await anApp(t, recorder)
  control(api, {
    operations: { allFlights: allFlights(recorder, undefined) } as Operations,
    clock: { now: () => time.now },
    startedAt: time.now,
    version: '1.2.3',
    baseUrl: () => 'https://pools.example:7665',
  })
  await signIn(app)
  time.now += 61_500

  t.test('says how it is', async t => {
    const health = await api.inject('/_rockpool/health')
    t.strictSame(health.json(), { status: 'ok', version: '1.2.3', uptimeSeconds: 61 })
    t.match(health.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  })

  t.test('lists flights and tells one', async t => {
    const { flights } = (await api.inject('/_rockpool/flights?limit=1')).json<{ flights: FlightSummary[] }>()
    t.strictSame(flights, recorder.flights({ limit: 1 }))
    const id = flights[0]?.id ?? ''
    t.strictSame((await api.inject(`/_rockpool/flights/${id}`)).json(), recorder.flight(id))
    const none = await api.inject('/_rockpool/flights/none')
    t.equal(none.statusCode, 404)
    t.match(none.json(), { message: /^There is no flight "none"\. Old flights make room/ })
    for (const limit of ['0', '-1', 'x', '1.5']) {
      t.equal((await api.inject(`/_rockpool/flights?limit=${limit}`)).statusCode, 400)
    }
    t.equal(recorder.flights({ limit: 9 }).length, 1, 'reading is not recorded')
  })

  t.test('turns away browsers on pages of others', async t => {
    const status = async (headers: Record<string, string>) =>
      (await api.inject({ url: '/_rockpool/flights', headers })).statusCode
    t.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403)
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    t.equal(await status({ ...visit, 'sec-fetch-dest': 'document' }), 200, 'a link may be followed')
    t.equal(await status({ ...visit, 'sec-fetch-dest': 'iframe' }), 403)
    t.equal(await status({ origin: 'http://localhost:3000', host: 'localhost:7665' }), 403)
    t.equal(await status({ origin: 'null', host: '[' }), 403)
    t.equal(await status({ origin: 'http://localhost:7665', host: 'localhost:7665' }), 200)
    t.equal(await status({ origin: 'https://pools.example:7665', host: '10.0.0.1:80' }), 200)
    t.equal(await status({ 'sec-fetch-site': 'none' }), 200)
    const refused = await api.inject({ url: '/_rockpool/health', headers: { origin: 'http://evil.example' } })
    t.match(refused.json(), { message: /a page of "http:\/\/evil\.example" may not ask/ })
    t.equal(refused.headers['cache-control'], 'no-store')
  })
})
