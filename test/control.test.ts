import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { routes } from '../src/control/routes.js'
import type { Rockpool, RockpoolOptions } from '../src/emulator.js'
import { signingKeys } from './support/keys.js'
import { aRockpool } from './support/rockpool.js'

const password = 'Anemone-4-Marco!'
const temporary = 'Welcome-2-Rockpool!'
const [one, two] = await Promise.all([signingKeys(), signingKeys()])
const app = (ClientName: string, more: object) => ({
  ClientName,
  CallbackURLs: [`\${base}/_rockpool/app/callback`],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  SupportedIdentityProviders: ['COGNITO'],
  ...more,
})
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Reef00001',
      Domain: 'reef',
      SigningKeys: one,
      ResourceServers: [
        { Identifier: 'api', Name: 'api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'r' }] },
      ],
      Clients: [
        app('app', { SupportedIdentityProviders: ['COGNITO', 'Tide'] }),
        app('robot', {
          GenerateSecret: true,
          AllowedOAuthFlows: ['client_credentials'],
          AllowedOAuthScopes: ['api/read'],
        }),
        { ClientName: 'plain', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
      ],
      Groups: [{ GroupName: 'staff' }],
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
          AttributeMapping: { email: 'email' },
        },
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          UserAttributes: { email: 'marco@reef.example' },
          Groups: ['staff'],
        },
      ],
    },
    {
      PoolName: 'tide',
      Domain: 'tide',
      SigningKeys: two,
      Schema: [{ Name: 'given_name', AttributeDataType: 'String', Required: true, Mutable: true }],
      Clients: [
        app('reef', { CallbackURLs: [`\${pools.reef.domain}/oauth2/idpresponse`], GenerateSecret: true }),
      ],
      Users: [
        {
          Username: 'jane',
          TemporaryPassword: temporary,
          UserAttributes: { email: 'jane@tide.example', given_name: 'Jane' },
        },
      ],
    },
  ],
}

// biome-ignore lint/suspicious/noExplicitAny: what comes back is compared, not used
type Any = any

/** A Rockpool, and its control API; every answer is held against what the description says. */
async function aReef(t: Test, options: Omit<RockpoolOptions, 'seeds'> & { seed?: object } = {}) {
  const rockpool = await aRockpool(t, { seed, ...options })
  const described = await (await fetch(`${rockpool.baseUrl}/_rockpool/openapi.json`)).json()
  const ajv = new Ajv2020({ strict: false })
  ajv.addSchema(described, 'api')
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const json = (await answer.json()) as Any
    t.match(answer.headers.get('cache-control'), 'no-store')
    const at = routes.find(
      route =>
        route.method === method &&
        new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''),
    )
    const status = answer.ok ? '200' : '4XX'
    const pointer = ['paths', at?.path, method.toLowerCase(), 'responses', status]
      .map(part => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/')
    const conforms = ajv.compile({ $ref: `api#/${pointer}/content/application~1json/schema` })
    t.ok(conforms(json), `${method} ${path}: ${ajv.errorsText(conforms.errors)}`)
    return { status: answer.status, ...json }
  }
  return { rockpool, ask, described: described as Any }
}

t.test('an address that changes something says how it is asked', async t => {
  const { baseUrl } = await aRockpool(t)
  for (const path of ['reset', 'clock/reset', 'clock/advance']) {
    const answer = await fetch(`${baseUrl}/_rockpool/${path}`)
    t.equal(answer.status, 405, path)
    t.equal(answer.headers.get('allow'), 'POST')
    t.match(await answer.json(), {
      message: `takes POST, not GET: curl -X POST ${baseUrl}/_rockpool/${path}`,
    })
  }
})

t.test('it is described, route by route, as it is served', async t => {
  const { described, rockpool } = await aReef(t)
  t.equal(described.openapi, '3.1.0')
  t.strictSame(described.servers, [{ url: `${rockpool.baseUrl}/_rockpool` }])
  const told = Object.entries(described.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  t.strictSame(told.sort(), routes.map(({ method, path }) => `${method} ${path}`).sort())
  const ids = Object.values(described.paths as Record<string, object>).flatMap(methods =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  t.equal(new Set(ids).size, ids.length, 'each operation has a name of its own')
  for (const { method, path } of routes) {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool${path.replace(/\{\w+\}/g, '!')}`, {
      method,
      body: method === 'GET' ? null : '[]',
    })
    const { message } = (await answer.json()) as Any
    t.notMatch(message ?? '', 'There is nothing at', `${method} ${path} is served`)
  }
})

t.test('what it is and has', async t => {
  const { ask, rockpool } = await aReef(t)
  t.match(await ask('GET', '/health'), { status: 'ok', uptimeSeconds: Number })
  t.match(await ask('GET', '/state'), {
    baseUrl: rockpool.baseUrl,
    pools: ['reef', 'tide'],
    snapshots: [],
    processes: 1,
    clock: { frozen: false, aheadSeconds: 0 },
  })
  t.strictSame((await ask('GET', '/pools')).pools, rockpool.pools)
})

t.test('the clock', async t => {
  const { ask } = await aReef(t)
  t.match(await ask('POST', '/clock/advance', { hours: 1, seconds: -1 }), { aheadSeconds: 3599 })
  t.match(await ask('POST', '/clock/freeze', { at: '2040-01-01T00:00:00Z' }), {
    now: '2040-01-01T00:00:00.000Z',
    frozen: true,
  })
  t.match(await ask('POST', '/clock/advance', { days: 1 }), { now: '2040-01-02T00:00:00.000Z' })
  t.match(await ask('POST', '/clock/resume'), { now: /^2040-01-02/, frozen: false })
  t.match(await ask('POST', '/clock/set', { to: 0 }), { now: /^1970-01-01/ })
  t.match(await ask('GET', '/clock'), { now: /^1970-01-01/ })
  t.match(await ask('POST', '/clock/reset'), { aheadSeconds: 0 })
  t.match(await ask('POST', '/clock/freeze'), { frozen: true, aheadSeconds: 0 })
})

t.test('what is not understood is refused in sentences, all at once', async t => {
  const { ask } = await aReef(t)
  const cases: [method: string, path: string, body: unknown, status: number, message: RegExp][] = [
    ['POST', '/clock/advance', { minuts: 1 }, 400, /^"minuts" is not known here\. Did you mean "minutes"\?$/],
    ['POST', '/clock/advance', { minutes: '1' }, 400, /"minutes" has to be a whole number\./],
    ['POST', '/clock/advance', {}, 400, /Say by how much/],
    ['POST', '/clock/advance', '{', 400, /The body is no JSON: /],
    ['POST', '/clock/advance', [], 400, /The input has to be an object/],
    ['POST', '/clock/set', {}, 400, /"to" is missing/],
    ['POST', '/clock/set', { to: true }, 400, /"to" has to be a text or a whole number/],
    ['POST', '/clock/set', { to: 'tomorrow' }, 400, /"tomorrow" is no time that the clock can show/],
    ['GET', '/flights?limit=0', undefined, 400, /"limit" has to be a whole number from 1 up to 999999/],
    ['GET', '/flights/none', undefined, 404, /There is no flight "none"/],
    ['GET', '/snapshot?secrets=maybe', undefined, 400, /"secrets" has to be true or false/],
    ['PUT', '/snapshots/..%2Fx', undefined, 400, /"name" has to be a text of the form/],
    ['DELETE', '/snapshots/none', undefined, 404, /There is no snapshot "none"\. There is none\./],
    ['POST', '/snapshots/none/restore', undefined, 404, /There is no snapshot "none"/],
    ['POST', '/restore', {}, 400, /no snapshot of a Rockpool/],
    ['POST', '/restore', '[', 400, /no JSON/],
    [
      'POST',
      '/users',
      { username: '', groups: 'x', attributes: { a: [] } },
      400,
      /"groups" has to be a list\.|"username" has to be 1 to 128 characters long/,
    ],
    ['POST', '/users', { username: 'x' }, 400, /Say which pool\. There are: reef, tide\./],
    [
      'POST',
      '/users',
      { pool: 'reff', username: 'x' },
      404,
      /There is no pool "reff"\. Did you mean "reef"\?/,
    ],
    [
      'POST',
      '/users',
      { pool: 'reef', username: 'x', password, temporaryPassword: temporary },
      400,
      /not both/,
    ],
    ['POST', '/users', { pool: 'reef', username: 'x', password: 'weak' }, 400, /Password not long enough/],
    [
      'POST',
      '/users',
      { pool: 'reef', username: 'x', groups: ['stuff'] },
      404,
      /no group of reef "stuff"\. Did you mean "staff"\?/,
    ],
    [
      'POST',
      '/users',
      { pool: 'reef', username: 'x', attributes: { size: 1 } },
      400,
      /schema has no attribute "size"/,
    ],
    ['POST', '/users', { pool: 'reef', username: 'marco' }, 400, /has a user by this username already/],
    [
      'POST',
      '/tokens',
      { pool: 'reef', client: 'ap', username: 'marco' },
      404,
      /no client of reef "ap"\. Did you mean "app"\?/,
    ],
    [
      'POST',
      '/tokens',
      { pool: 'reef', username: 'nobody', client: 'app' },
      404,
      /reef has no user "nobody"/,
    ],
    [
      'POST',
      '/tokens',
      { pool: 'reef', client: 'app' },
      400,
      /Say whose tokens: the client app is not for machines/,
    ],
    [
      'POST',
      '/tokens',
      { pool: 'reef', username: 'marco' },
      400,
      /Say which client of reef\. There are: app, plain, robot\./,
    ],
    [
      'POST',
      '/sign-in',
      { pool: 'reef', client: 'plain', username: 'marco', password },
      400,
      /Nobody can sign in to plain of reef by pages/,
    ],
    [
      'POST',
      '/sign-in',
      { pool: 'reef', username: 'marco', password: 'wrong' },
      400,
      /\/reef\/login said: Incorrect username or password\./,
    ],
    [
      'POST',
      '/sign-in',
      { pool: 'reef', username: 'jane', password: temporary, provider: 'Tide' },
      400,
      /The password of jane is temporary: give a newPassword/,
    ],
    [
      'POST',
      '/sign-in',
      { pool: 'reef', username: 'jane', password: temporary, provider: 'Tide', newPassword: 'weak' },
      400,
      /changePassword said: .*Password not long enough/,
    ],
    [
      'POST',
      '/sign-in',
      { pool: 'reef', username: 'jane', password: temporary, provider: 'Tode' },
      400,
      /no identity provider "Tode"/,
    ],
    [
      'POST',
      '/sign-in',
      { pool: 'reef', username: 'marco', password, scopes: ['nope'] },
      400,
      /called back with the error invalid_request: invalid_scope/,
    ],
  ]
  for (const [method, path, body, status, message] of cases)
    t.match(
      await ask(method, path, body),
      { status, error: String, message },
      `${method} ${path} ${JSON.stringify(body)}`,
    )
  const many = await ask('POST', '/users', { groups: 'x', attributes: { a: [] }, passwrd: 1 })
  t.match(many.message, /"passwrd" .*"username" is missing\. .*"attributes\.a" .*"groups" has to be a list\./)
})

t.test('people: made, exported, imported with their sub and their passwords', async t => {
  const { ask } = await aReef(t)
  const ada = await ask('POST', '/users', {
    pool: 'reef',
    username: 'ada',
    attributes: { email: 'ada@reef.example', email_verified: true },
    groups: ['staff'],
  })
  t.match(ada, { status: 'CONFIRMED', attributes: { email_verified: 'true' } })
  const signIn = (username: string, password: string) =>
    ask('POST', '/sign-in', { pool: 'reef', username, password })
  const { claims } = await signIn('ada', ada.password)
  t.match(claims.id, { sub: ada.sub, 'cognito:groups': ['staff'], email_verified: true })
  await signIn('marco', password)

  const bare = (await ask('GET', '/users?pool=reef')).users
  t.strictSame(
    bare.map(({ username }: Any) => username),
    ['ada', 'marco'],
  )
  t.notMatch(JSON.stringify(bare), 'verifier')
  const { users } = await ask('GET', '/users?pool=reef&secrets=true')
  const elsewhere = await aReef(t, {
    seed: {
      UserPools: [
        {
          ...seed.UserPools[0],
          IdentityProviders: [],
          Clients: seed.UserPools[0]?.Clients.slice(1),
          Users: [],
        },
      ],
    },
  })
  const imported = await elsewhere.ask('POST', '/users/import', {
    users: [...users, { username: 'new', password }, { username: 'temp', temporaryPassword: temporary }],
  })
  t.match(imported, { imported: 4 })
  const again = (await elsewhere.ask('GET', '/users?secrets=true')).users
  t.strictSame(
    again.filter(({ username }: Any) => ['ada', 'marco'].includes(username)),
    users,
    'as they were',
  )
  t.match(
    again.find(({ username }: Any) => username === 'temp'),
    { status: 'FORCE_CHANGE_PASSWORD' },
  )
  t.match(
    await elsewhere.ask('POST', '/users/import', { users: [{ username: 'other' }, { username: 'marco' }] }),
    {
      status: 409,
      message: /has a user with the username, sub or an alias of marco already: marco\. Nothing was imported/,
    },
  )
  t.equal((await elsewhere.ask('GET', '/users')).users.length, 4)
  t.match(await elsewhere.ask('POST', '/users/import', { users: [{ username: 'x' }, { username: 'x' }] }), {
    status: 400,
    message: /x shares a username/,
  })
  t.match(await ask('POST', '/users/import', { pool: 'tide', users }), {
    status: 400,
    message: /good in a pool whose id ends in "_Reef00001" only, and tide has the id/,
  })
  t.match(
    await ask('POST', '/users/import', { pool: 'tide', users: [{ username: 'x', verifier: { salt: 1 } }] }),
    {
      status: 400,
      message: /"users\[0\]\.verifier\.salt" has to be a text/,
    },
  )
})

t.test('tokens: signed in for, through a provider, and minted', async t => {
  const { ask, rockpool } = await aReef(t)
  const newPassword = 'Kingfisher-7-Jane!'
  const jane = { pool: 'reef', client: 'app', provider: 'Tide', username: 'jane' }
  const first = await ask('POST', '/sign-in', {
    ...jane,
    password: temporary,
    newPassword,
    scopes: ['openid'],
  })
  t.match(first.claims, { access: { scope: 'openid' }, id: { identities: [{ providerName: 'Tide' }] } })
  t.match(await ask('POST', '/sign-in', { ...jane, password: newPassword }), { idToken: String })
  t.match(await ask('POST', '/sign-in', { ...jane, password: temporary }), { status: 400 })

  const pool = rockpool.pools.find(({ name }) => name === 'reef')
  const minted = await ask('POST', '/tokens', { pool: 'reef', client: 'app', username: 'marco' })
  t.strictSame(decodeJwt(minted.idToken), minted.claims.id)
  const userInfo = await fetch(`${pool?.domainUrl}/oauth2/userInfo`, {
    headers: { authorization: `Bearer ${minted.accessToken}` },
  })
  t.match(await userInfo.json(), { username: 'marco' })
  const refreshed = await fetch(`${pool?.domainUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: pool?.clients.find(({ name }) => name === 'app')?.id ?? '',
      refresh_token: minted.refreshToken,
    }),
  })
  t.equal(refreshed.status, 200, 'they are refreshed like any others')
  t.match((await ask('POST', '/tokens', { pool: 'reef', client: 'plain', username: 'marco' })).claims, {
    access: { scope: 'aws.cognito.signin.user.admin', version: undefined },
  })
  t.match((await ask('POST', '/tokens', { pool: 'reef', client: 'robot' })).claims.access, {
    scope: 'api/read',
  })
  t.ok((await ask('GET', '/flights?limit=1')).flights.length)
})

t.test('messages: read, and cleared', async t => {
  const { ask, rockpool } = await aReef(t)
  const call = (operation: string, input: object) =>
    fetch(rockpool.baseUrl, {
      method: 'POST',
      headers: {
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
      },
      body: JSON.stringify({ UserPoolId: 'us-east-1_Reef00001', ...input }),
    })
  for (const Username of ['a', 'b'])
    await call('AdminCreateUser', { Username, UserAttributes: [{ Name: 'email', Value: 'a@reef.example' }] })
  t.match((await ask('GET', '/messages')).messages, [{ username: 'a' }, { username: 'b', secret: String }])
  t.match(await ask('DELETE', '/messages?username=a'), { cleared: 1 })
  t.match((await ask('GET', '/messages?username=b')).messages, [{ username: 'b' }])
  t.match(await ask('DELETE', '/messages'), { cleared: 1 })
  t.strictSame((await ask('GET', '/messages')).messages, [])
})

for (const kept of ['in memory', 'on disk'])
  t.test(`${kept}: snapshots by name and as documents, and reset`, async t => {
    const dataDir = kept === 'on disk' ? t.testdir() : undefined
    const { ask } = await aReef(t, dataDir === undefined ? {} : { dataDir })
    const names = async () =>
      (await ask('GET', '/users?pool=reef')).users.map(({ username }: Any) => username)
    const add = (username: string) => ask('POST', '/users', { pool: 'reef', username })
    await add('ada')
    t.match(await ask('PUT', '/snapshots/with-ada'), { name: 'with-ada' })
    const document = await ask('GET', '/snapshot?secrets=true')
    const { status: _, ...whole } = document
    t.match(await ask('GET', '/snapshot'), {
      secrets: false,
      leftOut: [/Signing keys/, /Passwords/, /Client secrets/, /Messages/],
    })
    await add('ben')
    t.match((await ask('POST', '/reset')).pools, [{ name: 'reef' }, { name: 'tide' }])
    t.strictSame(await names(), ['marco'])
    await ask('POST', '/snapshots/with-ada/restore')
    t.strictSame(await names(), ['ada', 'marco'])
    await ask('POST', '/reset')
    t.match(await ask('POST', '/restore', whole), { pools: [{ name: 'reef' }, { name: 'tide' }] })
    t.strictSame(await names(), ['ada', 'marco'])
    t.strictSame((await ask('GET', '/snapshots')).snapshots, ['with-ada'])
    if (dataDir !== undefined) {
      const folder = join(dataDir, 'snapshots')
      t.strictSame(await readdir(folder), ['with-ada.json.gz'])
      t.equal((await stat(join(folder, 'with-ada.json.gz'))).mode & 0o777, 0o600, 'for its owner alone')
    }
    t.equal((await ask('DELETE', '/snapshots/with-ada')).status, 200)
    t.strictSame((await ask('GET', '/snapshots')).snapshots, [])
  })

t.test('it is not for pages of others, nor under names of others', async t => {
  const { ask, rockpool } = await aReef(t)
  const names = (rockpool: Rockpool) => `localhost:${rockpool.address.port}`
  for (const headers of [
    { origin: 'http://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'null', 'content-type': 'text/plain' },
  ] as Record<string, string>[])
    t.match(await ask('POST', '/reset', {}, headers), {
      status: 403,
      error: 'forbidden',
      message: /may not ask/,
    })
  t.match(await ask('POST', '/clock/freeze', {}, { origin: `http://${names(rockpool)}` }), { frozen: true })
  const { request } = await import('node:http')
  const status = await new Promise(answered => {
    request(
      {
        port: rockpool.address.port,
        path: '/_rockpool/reset',
        method: 'POST',
        headers: { host: 'evil.example' },
      },
      answer => answered(answer.resume().statusCode),
    ).end()
  })
  t.equal(status, 403, 'a name that somebody else may have given to this machine')
})
