import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { inputs, isSigned } from '../src/api/operations.js'
import { surroundingMachine } from '../src/config/container.js'
import { routes } from '../src/control/routes.js'
import { thisMachine } from '../src/http/this-machine.js'
import { aBrowser } from './support/browser.js'
import { launchChromium } from './support/chromium.js'
import { freePort } from './support/https.js'
import { aRockpool, authorizeQuery, poolAndClient } from './support/rockpool.js'
import { call, federated, send, signature, signInThroughStrangers } from './support/strangers.js'

/** Pages of strangers, other machines and malicious providers: what they may not do here. */

const operationNames = Object.keys(inputs).map(key => key.charAt(0).toUpperCase() + key.slice(1))
t.test('1: signed operations are refused to pages of other origins, and to names of others', async t => {
  const log: string[] = []
  const { address, baseUrl } = await aRockpool(t, {
    hostNames: ['pools.corp'],
    allowOrigins: ['https://admin.example', 'null'],
    log: line => log.push(line),
  })
  const { port } = address
  const list = (headers: Record<string, string>) => call(port, 'ListUserPools', headers, { MaxResults: 1 })

  for (const headers of [
    {},
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    { origin: 'http://app.localhost:3000', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://127.0.0.1:5173' },
    { origin: 'http://127.8.8.8' },
    { origin: 'http://[::1]:5173' },
    { origin: 'https://pools.corp', host: 'pools.corp' },
    { origin: 'https://ADMIN.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'null' },
    { origin: baseUrl },
    { origin: `http://192.168.1.7:${port}`, host: `192.168.1.7:${port}` },
    { host: 'cognito-idp.us-east-1.amazonaws.com' },
    { host: 'rockpool:7665' },
  ] as Record<string, string>[])
    t.equal((await list(headers)).status, 200, `allowed: ${JSON.stringify(headers)}`)

  for (const headers of [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://localhost.evil.example' },
    { origin: 'http://127.0.0.1.evil.example' },
    { origin: 'http://192.168.1.7:3000' },
    { origin: 'https://admin.example:8443' },
    { origin: 'nonsense' },
    { 'sec-fetch-site': 'cross-site' },
    { host: 'evil.example:7665' },
    { origin: `http://evil.example:${port}`, host: `evil.example:${port}`, 'sec-fetch-site': 'same-origin' },
  ] as Record<string, string>[]) {
    const { status, text, headers: told } = await list(headers)
    t.equal(status, 400, `refused: ${JSON.stringify(headers)}`)
    t.match(JSON.parse(text), { __type: 'AccessDeniedException', message: /--(allow-origin|host-name)/ })
    t.equal(told['x-amzn-errortype'], 'AccessDeniedException:')
  }
  t.match(log.filter(line => line.includes('AccessDeniedException')).join('\n'), /evil\.example/)

  const stranger = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  for (const operation of operationNames) {
    const { text } = await call(port, operation, stranger)
    t.equal(text.includes('AccessDeniedException'), isSigned(operation), operation)
  }
  const preflight = (origin: string) =>
    send(port, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-amz-target',
      },
    })
  t.equal(
    (await preflight('https://evil.example')).headers['access-control-allow-headers'],
    'content-type,x-amz-target',
  )
  t.equal(
    (await preflight('http://localhost:3000')).headers['access-control-allow-headers'],
    'authorization,content-type,x-amz-target',
  )
})

/** A provider of a malicious person's, for a pool whose users sign in with it. */
async function aMaliciousProvider(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

t.test('2: a provider leads our calls nowhere but to its own origin, and never to ourselves', async t => {
  const issuer = await aMaliciousProvider(t, ({ url = '' }, response) => {
    const { searchParams, pathname } = new URL(url, 'http://p')
    const to = searchParams.get('to')
    if (to !== null) response.writeHead(Number(searchParams.get('with')), { location: to }).end()
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(pathname === '/token' ? '{"access_token":"x"}' : '{}')
  })
  const { port } = new URL(issuer)
  const targets = (base: string, own: string) => [
    { token_url: `${issuer}/token?with=307&to=${encodeURIComponent(`${base}/_rockpool/reset`)}` },
    {
      token_url: `${issuer}/token?with=302&to=${encodeURIComponent(`${base}/_rockpool/snapshot?secrets=true`)}`,
    },
    { token_url: `${issuer}/token?with=308&to=${encodeURIComponent(`${issuer}/elsewhere`)}` },
    { jwks_uri: `${issuer}/jwks?with=302&to=${encodeURIComponent(`http://127.0.0.1:${port}/jwks`)}` },
    { token_url: `${base}/_rockpool/reset` },
    { token_url: `${base}/%5Frockpool/reset` },
    { token_url: `http://[::ffff:127.0.0.1]:${own}/_rockpool/reset` },
    { token_url: `http://127.0.0.2:${own}/_rockpool/reset` },
    { token_url: `${base}/` },
    { attributes_url: `${base}/_rockpool/snapshot?secrets=true` },
  ]
  for (const [index] of targets('', '').entries()) {
    const log: string[] = []
    const port = await freePort()
    const target = targets(`http://localhost:${port}`, String(port))[index] ?? {}
    const details = {
      authorize_url: `${issuer}/authorize`,
      token_url: `${issuer}/token`,
      attributes_url: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      ...target,
    }
    const rockpool = await aRockpool(t, {
      port,
      host: '0.0.0.0',
      keys: 'recycled',
      seed: federated(details, issuer),
      log: line => log.push(line),
    })
    rockpool.operations.clock.freeze()
    const told = await signInThroughStrangers(rockpool)
    const what = Object.values(target).join()
    t.not(told, 'signed in', what)
    t.not(rockpool.operations.clock.state.frozenAt, undefined, 'nothing was reset')
    t.match(
      log.join('\n'),
      /it redirects a POST|it redirects to another origin|does not call its own|id_token/,
      what,
    )
    await rockpool.close()
  }
})

t.test('2: redirects of a GET within the origin of a provider are followed', async t => {
  const asked: string[] = []
  const issuer: string = await aMaliciousProvider(t, ({ url = '' }, response) => {
    asked.push(url)
    if (url === '/.well-known/openid-configuration')
      return response.writeHead(301, { location: '/moved' }).end()
    const document = {
      issuer,
      authorization_endpoint: `${issuer}/a`,
      token_endpoint: `${issuer}/t`,
      userinfo_endpoint: `${issuer}/u`,
      jwks_uri: `${issuer}/j`,
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  })
  const rockpool = await aRockpool(t, { seed: federated({}, issuer) })
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  const query = authorizeQuery(client, { scope: 'openid', identity_provider: 'Strangers' })
  const leave = await aBrowser().get(`${pool.domainUrl}/oauth2/authorize?${query}`)
  t.match(leave.headers.get('location'), `${issuer}/a?`)
  t.ok(asked.includes('/moved'))
})

t.test('3: the control API is for this machine, or for those who have the token, or for nobody', async t => {
  const token = 'a-token-for-the-tests'
  const bearer = { authorization: `Bearer ${token}` }
  const other = { 'x-forwarded-for': '172.18.0.7' }
  const paths = [
    '/state',
    '/pools',
    '/snapshot?secrets=true',
    '/messages',
    '/flights',
    '/users',
    '/app',
    '/auth-events',
    '/openapi.json',
  ]
  const cases: [object, headers: Record<string, string>, status: number][] = [
    [{}, {}, 200],
    [{}, other, 403],
    [{}, { 'x-forwarded-for': '127.0.0.1, 172.18.0.7' }, 403],
    [{}, { 'x-forwarded-for': '::ffff:127.0.0.1' }, 200],
    [{}, { ...other, ...bearer }, 403],
    [{ controlToken: token }, {}, 200],
    [{ controlToken: token }, other, 401],
    [{ controlToken: token }, { ...other, ...bearer }, 200],
    [{ controlToken: token }, { ...other, authorization: `Bearer ${token}x` }, 401],
    [{ control: 'token', controlToken: token }, {}, 401],
    [{ control: 'token', controlToken: token }, { ...other, ...bearer }, 200],
    [{ control: 'token' }, { authorization: 'Bearer undefined' }, 401],
    [{ control: 'off', controlToken: token }, bearer, 403],
  ]
  for (const [options, headers, status] of cases) {
    const { address, close } = await aRockpool(t, { trustProxy: true, keys: 'recycled', ...options })
    const what = `${JSON.stringify(options)} ${JSON.stringify(headers)}`
    for (const path of paths) {
      const answer = await send(address.port, { path: `/_rockpool${path}`, headers })
      const isAsExpected = status === 200 ? ![401, 403].includes(answer.status) : answer.status === status
      if (!isAsExpected) t.fail(`${what} ${path}: ${answer.status}`)
      if (status !== 200) t.match(JSON.parse(answer.text).message, /control API/)
    }
    const page = await send(address.port, {
      path: '/_rockpool/flights',
      headers: { ...headers, accept: 'text/html' },
    })
    t.equal(page.status, status, `${what}, in a browser`)
    if (status !== 200) t.match(page.text, /<!doctype html>[\s\S]*The control API/, 'a person reads a page')
    t.equal((await send(address.port, { path: '/_rockpool/health', headers })).status, 200, what)
    t.equal((await send(address.port, { path: '/_rockpool/ca.pem', headers })).status, 200)
    await close()
  }
})

t.test('3: in a container, the machine around it is found by the gateway of its network', async t => {
  const container = t.testdir({
    '.dockerenv': '',
    proc: {
      net: {
        route: `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010012AC	0003	0	0	0	00000000	0	0	0
eth0	000012AC	00000000	0001	0	0	0	0000FFFF	0	0	0
`,
        ipv6_route: `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo
`,
      },
    },
  })
  const around = surroundingMachine(container)
  t.match(around, ['172.18.0.1', 'fd00:0000:0000:0000:0000:0000:0000:0001'])
  t.strictSame(surroundingMachine(t.testdir({ other: '' })), [], 'nowhere else')
  const isThis = thisMachine(['172.18.0.1', 'fd00:0000:0000:0000:0000:0000:0000:0001', '192.168.65.0/24'])
  for (const address of [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '::ffff:172.18.0.1',
    '172.18.0.1',
    'fd00::1',
    '192.168.65.1',
  ])
    t.ok(isThis(address), address)
  for (const address of ['172.18.0.2', '10.255.255.254', '2001:db8::2', '', 'nonsense', '192.168.66.1'])
    t.notOk(isThis(address), address)
})

t.test('4: a request from outside joins no flight, and no work of ours, by a header', async t => {
  const rockpool = await aRockpool(t)
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  await fetch(`${pool.domainUrl}/login?${authorizeQuery(client)}`)
  const [flight] = rockpool.operations.flights()
  t.ok(flight)
  const before = rockpool.operations.flight(flight?.id ?? '')?.hops.length
  for (const mark of [{}, { 'x-rockpool-call': 'upstream' }, { 'x-rockpool-call': '' }] as Record<
    string,
    string
  >[])
    await fetch(`${pool.domainUrl}/oauth2/token`, {
      method: 'POST',
      headers: { 'x-rockpool-flight': flight?.id ?? '', ...mark },
      body: new URLSearchParams({ grant_type: 'nonsense' }),
    })
  t.equal(rockpool.operations.flight(flight?.id ?? '')?.hops.length, before)
})

/** A page of a stranger's, in a browser that finds his name at this machine. */
async function aStrangersPage(t: Test) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>win a prize</title>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const browser = await launchChromium('--host-resolver-rules=MAP evil.example 127.0.0.1')
  t.teardown(() => browser.close())
  // A page of a stranger's has no policy of ours, also where this test lets us serve it.
  const page = await browser.newPage({ bypassCSP: true })
  return { page, url: `http://evil.example:${(server.address() as AddressInfo).port}/` }
}

t.test(
  'in a browser, a page of another origin can do no signed operation, and reaches no control route',
  { timeout: 120_000 },
  async t => {
    const { address, baseUrl, operations } = await aRockpool(t)
    const { page, url } = await aStrangersPage(t)
    const signed = operationNames.filter(isSigned)
    /** What a script gets to see of each attempt. */
    const attempts = (endpoint: string) =>
      page.evaluate(
        async ({ endpoint, signed, signature }) => {
          const seen: string[] = []
          for (const operation of signed) {
            const target = { 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}` }
            for (const headers of [target, { ...target, authorization: signature }] as Record<
              string,
              string
            >[])
              try {
                const answer = await fetch(endpoint, { method: 'POST', headers, body: '{"MaxResults":1}' })
                seen.push(`${operation} ${answer.status} ${await answer.text()}`)
              } catch {
                seen.push(`${operation} blocked`)
              }
          }
          return seen
        },
        { endpoint, signed, signature },
      )
    await page.goto(url)
    const across = await attempts(`${baseUrl}/`)
    t.strictSame(
      across.filter(line => !/ blocked$| 400 .*AccessDeniedException/.test(line)),
      [],
      'from its own server',
    )
    const reached = (base: string) =>
      page.evaluate(
        async ({ base, routes }) => {
          const seen: string[] = []
          for (const { method, path } of routes)
            for (const mode of ['cors', 'no-cors'] as const)
              try {
                const type = mode === 'cors' ? 'application/json' : 'text/plain'
                const body = method === 'GET' ? null : '{"minutes":1,"to":0}'
                const answer = await fetch(`${base}/_rockpool${path}`, {
                  method,
                  mode,
                  body,
                  headers: { 'content-type': type },
                })
                // What mode no-cors gets is hidden from the page: what it did is seen below.
                if (answer.type !== 'opaque') seen.push(`${method} ${path} ${answer.status}`)
              } catch {}
          return seen
        },
        { base, routes: routes.map(({ method, path }) => ({ method, path: path.replace(/\{\w+\}/g, 'x') })) },
      )
    operations.clock.freeze(0)
    t.strictSame(await reached(baseUrl), [], 'nothing is read of the control API')
    t.equal(operations.clock.now(), 0, 'and nothing done')
    // Its name leads to us by now: to the browser, we are the server of its page.
    await page.goto(`http://evil.example:${address.port}/prize`)
    const within = await attempts('/')
    t.equal(within.length, 2 * signed.length)
    t.strictSame(
      within.filter(line => !/ 400 .*AccessDeniedException/.test(line)),
      [],
      'and by rebinding',
    )
    const refused = await reached('')
    t.ok(refused.length >= routes.length)
    t.strictSame(
      refused.filter(line => !line.endsWith(' 403')),
      [],
    )
    t.equal(operations.clock.now(), 0)
  },
)
