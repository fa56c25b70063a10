import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { inputs } from '../src/api/operations.js'
import { ownOriginFetch } from '../src/http/own-origin-fetch.js'
import { createFlightRecorder } from '../src/recorder/flight-recorder.js'
import { launchChromium } from './support/chromium.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient } from './support/rockpool.js'

const evil = `"><script>alert(1)</script>'\r\nSet-Cookie: x=1\r\n\r\n<img src=x onerror=alert(2)>`

t.test('what is put into parameters comes out escaped, or not at all', async t => {
  const rockpool = await aRockpool(t)
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  const good = {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.callbackUrls[0] ?? '',
    scope: 'openid',
    state: 's',
    nonce: 'n',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    identity_provider: 'COGNITO',
    idp_identifier: 'i',
    login_hint: 'l',
    prompt: 'login',
    lang: 'en',
    resource: 'https://api.example',
    max_age: '1',
    logout_uri: client.logoutUrls[0] ?? '',
    error: 'e',
    code: 'c',
    anything: 'a',
  }
  for (const path of [
    '/oauth2/authorize',
    '/login',
    '/logout',
    '/error',
    '/oauth2/idpresponse',
    '/changePassword',
  ])
    for (const name of Object.keys(good)) {
      for (const hostile of [evil, '\u0000', '%00%0d%0a', '\ud800', 'x'.repeat(20_000)]) {
        const query = new URLSearchParams({ ...good, [name]: hostile })
        const answer = await fetch(`${pool.domainUrl}${path}?${query}`, { redirect: 'manual' })
        const what = `${path} ${name}`
        if (answer.status >= 500) t.fail(`${what}: ${answer.status}`)
        if (answer.headers.getSetCookie().some(cookie => cookie.startsWith('x='))) t.fail(`${what}: a header`)
        const body = await answer.text()
        // Of scripts there are our own files only.
        if (/<script(?! src="\/[\w./-]+" defer>)|<img src=x/i.test(body)) t.fail(`${what}: markup`)
        const location = answer.headers.get('location')
        if (
          location !== null &&
          ![rockpool.baseUrl, 'http://localhost:3000'].includes(new URL(location, rockpool.baseUrl).origin)
        )
          t.fail(`${what}: leads to ${location}`)
      }
    }
  t.pass('no page, header or redirect carried it')
})

t.test('odd requests are answered, never with a failure of ours', async t => {
  const log: string[] = []
  const rockpool = await aRockpool(t, { log: line => log.push(line) })
  const paths = [
    '/',
    '//',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/oidc-pool-1',
    '/oidc-pool-1/',
    '/OIDC-POOL-1/login',
    '/oidc-pool-1/oauth2/token/',
    '/oidc-pool-1//login',
    `/${'x'.repeat(500)}/login`,
    '/__proto__/login',
    '/constructor/oauth2/token',
    '/us-east-1_OidcPool1/.well-known/',
    '/_rockpool/flights/__proto__',
    '/_rockpool/flights?limit=-1',
    '/_rockpool/assets/none.css',
    '/%',
    '/%ff%fe',
  ]
  const bodies = [
    '',
    '{',
    'a=b',
    '__proto__[x]=1&constructor=2&client_id=__proto__',
    'grant_type=%',
    '\u0000',
  ]
  for (const path of paths)
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const type of [
        'application/x-www-form-urlencoded',
        'application/json',
        'text/plain; charset=nonsense',
        '',
      ]) {
        const body = method === 'GET' ? null : (bodies[(path.length + type.length) % bodies.length] ?? '')
        const answer = await fetch(`${rockpool.baseUrl}${path}`, {
          method,
          redirect: 'manual',
          headers: {
            ...(type === '' ? {} : { 'content-type': type }),
            cookie: 'XSRF-TOKEN=%; =; ;; cognito.us-east-1_OidcPool1=%%%',
            authorization: 'Basic ====',
          },
          body,
        })
        await answer.arrayBuffer()
        if (answer.status >= 500) t.fail(`${method} ${path} ${type}: ${answer.status}`)
      }
    }
  t.strictSame(
    log.filter(line => line.startsWith('Rockpool failed')),
    [],
  )
})

/** Asks as whoever is led here by another name, which `fetch` does not let one do. */
const statusUnder = (baseUrl: string, host: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get(`${baseUrl}${path}`, { headers: { host } }, answer => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    }).on('error', reject)
  })

t.test('what is our own is not told under names that may be somebody else’s', async t => {
  const rockpool = await aRockpool(t, { baseUrl: 'https://pools.example' })
  const local = `http://127.0.0.1:${rockpool.address.port}`
  for (const path of [
    '/_rockpool/messages',
    '/_rockpool/flights',
    '/_rockpool/app',
    '/%5frockpool/messages',
  ]) {
    for (const host of [
      'evil.example',
      'EVIL.example:7665',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ])
      t.equal(await statusUnder(local, host, path), 403, `${host}${path}`)
    for (const host of ['localhost:7665', '[::1]', '10.0.0.7', 'rockpool', 'x.internal', 'pools.example'])
      t.equal(await statusUnder(local, host, path), 200, `${host}${path}`)
  }
  t.equal(
    await statusUnder(local, 'evil.example', '/us-east-1_OidcPool1/.well-known/jwks.json'),
    200,
    'what is for everybody is found under any name',
  )
})

t.test('the host of the base URL is no domain, though it looks like one', async t => {
  const rockpool = await aRockpool(t, { baseUrl: 'http://cognito.localhost:7665' })
  const local = `http://127.0.0.1:${rockpool.address.port}`
  const ask = (host: string, path: string) => statusUnder(local, host, path)
  const configuration = '/us-east-1_OidcPool1/.well-known/openid-configuration'
  t.equal(await ask('cognito.localhost:7665', configuration), 200)
  const { client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  const login = `/login?${authorizeQuery(client)}`
  t.equal(await ask('Cognito.localhost:7665', `/oidc-pool-1${login}`), 200)
  t.equal(await ask('oidc-pool-1.localhost:7665', login), 200)
})

t.test('pools find one another where somebody in front of us ends the TLS', async t => {
  const rockpool = await aRockpool(t, { baseUrl: 'https://pools.example' })
  const { client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  const query = authorizeQuery(client, { identity_provider: 'CorporateID' })
  const local = `http://127.0.0.1:${rockpool.address.port}/oidc-pool-1/oauth2/authorize?${query}`
  const { headers } = await fetch(local, { redirect: 'manual' })
  t.match(headers.get('location'), /^https:\/\/pools\.example\/oidc-pool-2\/oauth2\/authorize\?/)
})

t.test('the flight of a call is named to our own server only, and a redirect leads to no other', async t => {
  const told = new Map<string, unknown>()
  const listening = async (name: string, answer: (response: ServerResponse) => void) => {
    const server = createServer(({ headers }, response) => {
      told.set(name, headers)
      answer(response)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    return (server.address() as AddressInfo).port
  }
  const elsewhere = await listening('elsewhere', response => response.end())
  const location = `http://127.0.0.1:${elsewhere}/`
  const port = await listening('ours', response => response.writeHead(302, { location }).end())
  const listener = {
    base: `http://localhost:${port}`,
    address: { host: '127.0.0.1', port },
    hosts: async () => new Set<string>(),
    certificate: async () => '',
    secret: 'ours',
  }
  const recorder = createFlightRecorder({
    clock: aClock(),
    chance: { bytes: randomBytes, uuid: randomUUID },
    log: () => {},
  })
  const { fetch: call, close } = ownOriginFetch(() => listener, recorder)
  t.teardown(close)
  const hop = (url: string) => recorder.hop({ method: 'GET', url: '/login', headers: {} }, () => call(url))
  await t.rejects(hop(listener.base), {
    name: 'RedirectNotFollowed',
    message: /to another origin.*127\.0\.0\.1/,
  })
  t.match(told.get('ours'), { 'x-rockpool-flight': /^\w{12}$/, 'x-rockpool-call': 'ours' })
  t.notOk(told.has('elsewhere'))
  await hop(location)
  t.match(told.get('elsewhere'), { 'x-rockpool-flight': undefined, 'x-rockpool-call': 'upstream' })
})

t.test('a callback may have any character that Cognito allows', async t => {
  const url = 'https://例え.jp/ü?x=é'
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'p',
          Domain: 'pp',
          Clients: [
            {
              ClientName: 'c',
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['code'],
              AllowedOAuthScopes: ['openid'],
              SupportedIdentityProviders: ['COGNITO'],
              CallbackURLs: [url],
              LogoutURLs: [url],
            },
          ],
        },
      ],
    },
  })
  const { pool, client } = poolAndClient(rockpool, 'p', 'c')
  const location = async (path: string) =>
    (await fetch(`${pool.domainUrl}${path}`, { redirect: 'manual' })).headers.get('location') ?? ''
  const refused = new URL(await location(`/oauth2/authorize?${authorizeQuery(client, { prompt: 'none' })}`))
  t.equal(refused.origin, new URL(url).origin)
  t.equal(refused.searchParams.get('x'), 'é')
  t.equal(refused.searchParams.get('error'), 'login_required')
  const query = new URLSearchParams({ client_id: client.id, logout_uri: url })
  t.equal(new URL(await location(`/logout?${query}`)).href, new URL(url).href)
})

t.test('a body that is no form is refused in the words of the endpoint, for scripts as well', async t => {
  const rockpool = await aRockpool(t)
  const { pool } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  for (const path of ['/oauth2/token', '/oauth2/revoke'])
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'image/png']) {
      const answer = await fetch(`${pool.domainUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"grant_type":',
      })
      t.equal(answer.status, 400, `${path} ${type}`)
      t.equal(answer.headers.get('access-control-allow-origin'), '*')
      t.strictSame(await answer.json(), { error: 'invalid_request' })
    }
})

t.test('a provider may call its error as it likes', async t => {
  const rockpool = await aRockpool(t)
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  for (const error of ['constructor', '__proto__', 'toString']) {
    const leave = await fetch(
      `${pool.domainUrl}/oauth2/authorize?${authorizeQuery(client, { identity_provider: 'CorporateID' })}`,
      { redirect: 'manual' },
    )
    const state = new URL(leave.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const cookie = leave.headers.getSetCookie().map(each => each.split(';')[0])
    const back = await fetch(
      `${pool.domainUrl}/oauth2/idpresponse?${new URLSearchParams({ state, error })}`,
      {
        redirect: 'manual',
        headers: { cookie: cookie.join('; ') },
      },
    )
    const told = new URL(back.headers.get('location') ?? '').searchParams
    t.equal(told.get('error_description'), `error=${error}`)
  }
})

t.test('every operation of the API answers whatever it is sent', async t => {
  const rockpool = await aRockpool(t)
  const authorization =
    'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00'
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
  const everything = Object.fromEntries(
    Object.values(inputs).flatMap(({ members }) =>
      Object.keys(members).map(name => [name, { deep: [null, 1] }]),
    ),
  )
  for (const name of Object.keys(inputs)) {
    const operation = name.charAt(0).toUpperCase() + name.slice(1)
    const members = Object.keys(inputs[name as keyof typeof inputs].members)
    const strings = Object.fromEntries(members.map(member => [member, 'us-east-1_OidcPool1']))
    const bodies = [
      '{',
      '[]',
      deep,
      JSON.stringify(everything),
      JSON.stringify(strings),
      '{"__proto__":{"UserPoolId":"x"}}',
      JSON.stringify(Object.fromEntries(members.map(member => [member, [[]]]))),
      JSON.stringify(Object.fromEntries(members.map(member => [member, null]))),
    ]
    for (const body of bodies) {
      const answer = await fetch(rockpool.baseUrl, {
        method: 'POST',
        headers: { 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`, authorization },
        body,
      })
      await answer.arrayBuffer()
      if (![200, 400].includes(answer.status)) t.fail(`${operation} ${body.slice(0, 60)}: ${answer.status}`)
    }
  }
  t.pass('with an exception, or an answer')
})

t.test('two tabs, reloading, going back and pressing twice, in one browser', async t => {
  const rockpool = await aRockpool(t)
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  const context = await chromium.newContext()
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  const ask = (state: string) =>
    `${pool.domainUrl}/login?${new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: client.callbackUrls[0] ?? '',
      state,
    })}`
  const [first, second] = [await context.newPage(), await context.newPage()]
  const failures: string[] = []
  context.on('response', answer => {
    if (answer.status() >= 500) failures.push(`${answer.status()} ${answer.url()}`)
  })
  await first.goto(ask('first'))
  await second.goto(ask('second'))
  await first.reload()
  await first.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await second.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await second.reload()
  await second.locator('#signInFormUsername').fill('jane')
  await second.locator('#signInFormPassword').fill('Welcome-2-Rockpool!')
  await second.locator('[name=signInSubmitButton]').click()
  await second.locator('[name=new_password]').waitFor()
  await second.goBack()
  await second.goForward()
  await second.reload()
  await second.locator('[name=new_password]').waitFor()

  await first.locator('#signInFormUsername').fill('marco')
  await first.locator('#signInFormPassword').fill('Anemone-4-Marco!')
  await first.locator('[name=signInSubmitButton]').dblclick()
  await first.waitForURL(/callback\?.*state=first/)
  t.match(new URL(first.url()).searchParams.get('code'), /./, 'the first tab has its own outcome')
  await first.reload()
  await first.goBack()
  await first.goBack()

  await second.goto(ask('second'))
  // Classic pages offer to go on as the user who is signed in.
  await second.getByRole('button', { name: /^Sign in as / }).click()
  await second.waitForURL(/callback\?.*state=second/)
  t.match(new URL(second.url()).searchParams.get('state'), 'second', 'and the second its own')
  t.strictSame(failures, [])
})
