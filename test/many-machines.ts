import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { seedOf } from '../src/config/seed/read.js'
import { type Rockpool, startRockpool } from '../src/emulator.js'
import type { Flight, FlightSummary } from '../src/recorder/flight.js'
import { aBrowser } from './support/browser.js'
import { shareKeys } from './support/keys.js'
import { postgresServer } from './support/postgres.js'

/**
 * Several Rockpools on one PostgreSQL database, behind one address, are one: whichever of them a request goes to. Run by
 * `npm run test:postgres`.
 */

const server = await postgresServer(t)
const base = 'http://pool.example'
const password = 'Anchor-7-Harbour'
const callback = 'https://app.example/cb'
const client = {
  ClientName: 'web',
  ClientId: 'webclient1',
  CallbackURLs: [callback],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  SupportedIdentityProviders: ['COGNITO'],
}
const UserPoolId = 'us-east-1_Machines1'
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: UserPoolId,
      Domain: 'reef',
      AutoVerifiedAttributes: ['email'],
      Clients: [
        client,
        {
          ...client,
          ClientName: 'rotating',
          ClientId: 'rotatingclient1',
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
        },
      ],
      Users: [
        {
          Username: 'ada',
          Password: password,
          UserAttributes: { email: 'ada@reef.example', email_verified: true },
        },
      ],
    },
  ],
}

type Clock = Rockpool['operations']['clock']

const begin = (dataDir: string, baseUrl = base): Promise<Rockpool> =>
  startRockpool({ port: 0, keys: 'recycled', baseUrl, dataDir, seeds: [seedOf(seed)] })

/** Two that start at the same moment on an empty database, and a way to ask them in turn. */
async function two(t: Test, baseUrl = base) {
  await shareKeys()
  const dataDir = await server.database()
  const both = await Promise.all([begin(dataDir, baseUrl), begin(dataDir, baseUrl)])
  t.teardown(() => Promise.all(both.map(one => one.close())))
  return { both, dataDir, ...inTurn(both.map(({ address }) => address.port)) }
}

/** Each request goes to another process than the one before. */
function inTurn(ports: readonly number[]) {
  let turn = 0
  const ask = ((url: string, init?: RequestInit) => {
    const { pathname, search } = new URL(url, base)
    return fetch(`http://127.0.0.1:${ports[turn++ % ports.length]}${pathname}${search}`, {
      redirect: 'manual',
      ...init,
    })
  }) as typeof fetch
  const form = (path: string, fields: Record<string, string>) =>
    ask(`${base}${path}`, { method: 'POST', body: new URLSearchParams(fields) })
  const call = async (operation: string, input: object) => {
    const answer = await ask(base, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    })
    return {
      status: answer.status,
      body: JSON.parse((await answer.text()) || '{}') as Record<string, unknown>,
    }
  }
  return { ask, form, call }
}

/** A code, by a browser each of whose requests goes to the other process. */
async function codeFor(ask: typeof fetch): Promise<string> {
  const browser = aBrowser(ask)
  const query = new URLSearchParams({
    client_id: client.ClientId,
    response_type: 'code',
    redirect_uri: callback,
  })
  const { page, url } = await browser.follow(`${base}/reef/oauth2/authorize?${query}`, callback)
  const csrf = /name="_csrf" value="([^"]*)"/.exec(page?.text ?? '')?.[1] ?? ''
  const answer = await browser.post(url.href, { _csrf: csrf, username: 'ada', password })
  const { url: end } = await browser.follow(
    new URL(answer.headers.get('location') ?? '', base).href,
    callback,
  )
  return end.searchParams.get('code') ?? ''
}

const exchange = (form: ReturnType<typeof inTurn>['form'], code: string) =>
  form('/reef/oauth2/token', {
    grant_type: 'authorization_code',
    client_id: client.ClientId,
    code,
    redirect_uri: callback,
  })

t.test('the whole story, with every request going to the other process', async t => {
  const { ask, form, call } = await two(t)
  const answer = await exchange(form, await codeFor(ask))
  t.equal(answer.status, 200)
  const { access_token, refresh_token } = (await answer.json()) as Record<string, string>
  t.match(await (await ask(`${base}/_rockpool/state`)).json(), { processes: 2 })
  const authorization = { authorization: `Bearer ${access_token}` }
  for (const _process of [1, 2])
    t.match(await (await ask(`${base}/reef/oauth2/userInfo`, { headers: authorization })).json(), {
      email: 'ada@reef.example',
    })
  const refresh = () =>
    form('/reef/oauth2/token', {
      grant_type: 'refresh_token',
      client_id: client.ClientId,
      refresh_token: refresh_token ?? '',
    })
  for (const _process of [1, 2]) t.equal((await refresh()).status, 200)
  const keys = await Promise.all(
    [1, 2].map(async () => (await ask(`${base}/${UserPoolId}/.well-known/jwks.json`)).json()),
  )
  t.strictSame(keys[0], keys[1], 'both sign by the same keys')
  t.equal(
    (await form('/reef/oauth2/revoke', { client_id: client.ClientId, token: refresh_token ?? '' })).status,
    200,
  )
  for (const _process of [1, 2]) t.equal((await refresh()).status, 400, 'revoked at one, revoked at all')
  await call('AdminCreateUser', { UserPoolId, Username: 'bea' })
  t.equal((await call('AdminGetUser', { UserPoolId, Username: 'bea' })).status, 200)
  for (const _process of [1, 2]) t.equal((await ask(`${base}/_rockpool/ready`)).status, 200, 'both are ready')
  t.match(await call('AdminCreateUser', { UserPoolId, Username: 'bea' }), {
    body: { __type: 'UsernameExistsException' },
  })
})

t.test('of a hundred parallel exchanges of one code over both one succeeds', async t => {
  const { ask, form } = await two(t)
  const code = await codeFor(ask)
  const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(form, code)))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 400).length, 99)
})

t.test('of a hundred parallel refreshes by a token that rotates one succeeds', async t => {
  const { call } = await two(t)
  const { body } = await call('InitiateAuth', {
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: 'rotatingclient1',
    AuthParameters: { USERNAME: 'ada', PASSWORD: password },
  })
  const { RefreshToken } = (body.AuthenticationResult ?? {}) as { RefreshToken?: string }
  t.type(RefreshToken, 'string')
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      call('GetTokensFromRefreshToken', { ClientId: 'rotatingclient1', RefreshToken }),
    ),
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
})

t.test('of a hundred users of one name, and of a hundred groups, one is made', async t => {
  const { call } = await two(t)
  for (const [operation, input] of [
    ['AdminCreateUser', { UserPoolId, Username: 'cleo' }],
    ['CreateGroup', { UserPoolId, GroupName: 'staff' }],
  ] as const) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => call(operation, input)))
    t.equal(answers.filter(({ status }) => status === 200).length, 1, operation)
  }
})

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 20))
}

t.test('a clock that one moves goes so at all, those that start later included', async t => {
  const { both, dataDir } = await two(t)
  const [first, second] = both.map(({ operations }) => operations.clock) as [Clock, Clock]
  first.advance({ days: 3 })
  await first.settled()
  t.equal(Math.round(second.aheadSeconds), 3 * 86_400, 'the next request may go to the other')
  const moment = Date.parse('2030-01-01T00:00:00Z')
  second.freeze(moment)
  await second.settled()
  t.same(first.state, { frozenAt: moment })
  const third = await begin(dataDir)
  t.teardown(() => third.close())
  t.same(third.operations.clock.state, { frozenAt: moment })
  for (let move = 0; move < 20; move++) {
    first.advance({ minutes: 1 })
    second.advance({ minutes: 1 })
  }
  await Promise.all([first.settled(), second.settled()])
  await until(() => first.now() === second.now() && second.now() === third.operations.clock.now())
  t.ok(first.now() >= moment + 20 * 60_000)
  await Promise.all([...both, third].map(one => one.close()))
  const again = await begin(dataDir)
  t.teardown(() => again.close())
  t.equal(again.operations.clock.now(), first.now(), 'and it stays so when all of them are gone')
})

t.test('a reset and a restore are one for all, and what was under way elsewhere is refused', async t => {
  const { both, call } = await two(t)
  const [first, second] = both as [Rockpool, Rockpool]
  await call('AdminCreateUser', { UserPoolId, Username: 'cyd' })
  const snapshot = await first.operations.state.snapshot()
  await call('AdminCreateUser', { UserPoolId, Username: 'dora' })
  second.operations.clock.advance({ days: 1 })
  await second.operations.clock.settled()
  await second.operations.state.restore(JSON.parse(JSON.stringify(snapshot.document({ secrets: true }))))
  t.equal(first.operations.clock.aheadSeconds, 0, 'the clock goes as it went then')
  await isGone('dora')
  for (const _process of [1, 2])
    t.equal((await call('AdminGetUser', { UserPoolId, Username: 'cyd' })).status, 200)
  await first.operations.state.reset()
  await isGone('cyd')
  t.equal((await call('AdminCreateUser', { UserPoolId, Username: 'dora' })).status, 200, 'and all go on')

  async function isGone(Username: string) {
    for (const _process of [1, 2])
      t.match(await call('AdminGetUser', { UserPoolId, Username }), {
        body: { __type: 'UserNotFoundException' },
      })
  }
})

t.test(
  'PostgreSQL is killed under load: nothing acknowledged is lost, and all go on by themselves',
  async t => {
    const { both, call, form, ask } = await two(t)
    const { refresh_token } = (await (await exchange(form, await codeFor(ask))).json()) as Record<
      string,
      string
    >
    const acknowledged: string[] = []
    const refused: unknown[] = []
    let running = true
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; running; index++) {
        const Username = `user-${writer}-${index}`
        const { status, body } = await call('AdminCreateUser', { UserPoolId, Username })
        if (status === 200) acknowledged.push(Username)
        else refused.push({ status, body })
      }
    })
    for (let kills = 0; kills < 2; kills++) {
      const before = acknowledged.length
      await until(() => acknowledged.length > before + 40)
      await server.kill()
      t.match(
        await (await ask(`${base}/_rockpool/health`)).json(),
        { status: 'ok' },
        'a process is up without it',
      )
      const ready = await ask(`${base}/_rockpool/ready`)
      t.equal(ready.status, 503)
      t.match(await ready.text(), /The database does not answer/, 'and takes no requests')
      const asked = form('/reef/oauth2/token', {
        grant_type: 'refresh_token',
        client_id: client.ClientId,
        refresh_token: refresh_token ?? '',
      })
      await server.start()
      t.ok([200, 503].includes((await asked).status))
    }
    const before = acknowledged.length
    await until(() => acknowledged.length > before + 40)
    running = false
    await Promise.all(writers)
    for (const answer of refused)
      t.match(answer, {
        status: 503,
        body: {
          __type: 'ServiceUnavailable',
          message: /^PostgreSQL did not answer .* Whether the request was carried out is/,
        },
      })
    for (const Username of acknowledged) {
      const { status } = await call('AdminGetUser', { UserPoolId, Username })
      if (status !== 200) t.fail(`${Username} was acknowledged, and is lost`)
    }
    await until(async () => (await ask(`${base}/_rockpool/ready`)).status === 200)
    const [first, second] = both.map(({ operations }) => operations.clock) as [Clock, Clock]
    first.advance({ days: 1 })
    await first.settled()
    await until(() => second.aheadSeconds === 86_400)
  },
)

t.test('a sign-in whose requests went to two processes is one flight, at each of them', async t => {
  const { both, ask, form } = await two(t)
  const code = await codeFor(ask)
  t.equal((await exchange(form, code)).status, 200)
  const refused = await exchange(form, code)
  t.equal(refused.status, 400)
  const seen = async <T>(path: string, port: number | undefined) =>
    (await (await fetch(`http://127.0.0.1:${port}/_rockpool/flights${path}`)).json()) as T
  for (const { address } of both) {
    const { flights } = await seen<{ flights: FlightSummary[] }>('', address.port)
    t.equal(flights.length, 1, JSON.stringify(flights))
    t.match(flights[0], {
      title: 'Sign-in at reef for web as ada: refused with invalid_grant.',
      pools: [{ id: UserPoolId, name: 'reef' }],
      user: 'ada',
      refusals: ['invalid_grant'],
    })
    const flight = await seen<Flight>(`/${flights[0]?.id}`, address.port)
    const paths = flight.hops.map(({ method, path }) => `${method} ${path}`)
    t.match(paths, ['GET /reef/oauth2/authorize', 'GET /reef/login', 'POST /reef/login'])
    t.strictSame(paths.slice(-2), ['POST /reef/oauth2/token', 'POST /reef/oauth2/token'])
    t.strictSame(
      flight.hops.map(({ number }) => number),
      paths.map((_, index) => index + 1),
    )
    t.notMatch(JSON.stringify(flight), code, 'masked, wherever it comes from')
    t.notMatch(JSON.stringify(flight), password)
    t.equal((await seen<Flight>('/none', address.port)).id, undefined)
    for (const [query, found] of [
      ['pool=reef&user=ADA&refused=true', 1],
      [`pool=${UserPoolId}&client=webclient1`, 1],
      ['refused=false', 0],
      ['client=rotating', 0],
    ] as const)
      t.equal((await seen<{ flights: unknown[] }>(`?${query}`, address.port)).flights.length, found, query)
  }
  // The link of an error leads to whichever process has the part that was refused.
  const own = both.flatMap(({ operations }) => operations.flights().map(({ id }) => id))
  t.ok(own.length > 1, 'each process has parts')
  for (const id of own)
    for (const { address } of both)
      t.equal((await seen<Flight>(`/${id}`, address.port)).hops.length > 4, true)
  const page = await fetch(`http://127.0.0.1:${both[1]?.address.port}/_rockpool/flights`, {
    headers: { accept: 'text/html' },
  })
  t.match(await page.text(), /Sign-in at reef for web as ada/)
  // Another sign-in of the same app is another flight; one of the same request after its end, too.
  await codeFor(ask)
  const { flights } = await seen<{ flights: FlightSummary[] }>('', both[0]?.address.port)
  t.equal(flights.length, 2)
  await both[0]?.operations.state.reset()
  await until(
    async () => (await seen<{ flights: unknown[] }>('', both[1]?.address.port)).flights.length === 0,
  )
})

t.test('the built-in app, the console, messages and snapshots are at whichever process is asked', async t => {
  // A callback by http is for this machine alone.
  const own = 'http://localhost:7665'
  const { both, ask, call } = await two(t, own)
  const [first, second] = both as [Rockpool, Rockpool]
  const browser = aBrowser(ask)
  const page = async (url: string) => (await browser.get(url, { accept: 'text/html' })).text()
  const csrfIn = (text: string) => /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? ''
  // Shown by one, and sent to the other.
  const picked = await page(`${own}/_rockpool/app?pick=${client.ClientId}`)
  const form = { _csrf: csrfIn(picked), client_id: client.ClientId }
  t.equal((await browser.post(`${own}/_rockpool/app/let-in`, form)).status, 303)
  const begun = await browser.post(`${own}/_rockpool/app/sign-in`, form)
  t.equal(begun.status, 302)
  const login = await browser.follow(begun.headers.get('location') ?? '', 'nowhere')
  const answer = await browser.post(login.url.href, {
    _csrf: csrfIn(login.page?.text ?? ''),
    username: 'ada',
    password,
  })
  const back = await browser.follow(new URL(answer.headers.get('location') ?? '', own).href, 'nowhere')
  t.match(back.page?.text, /The pool sent you back with a code/)
  const sign_in = /name="sign_in" value="([^"]*)"/.exec(back.page?.text ?? '')?.[1] ?? ''
  const about = { _csrf: csrfIn(back.page?.text ?? ''), sign_in }
  t.equal((await browser.post(`${own}/_rockpool/app/exchange`, about)).status, 303)
  for (const _process of [1, 2]) t.match(await page(`${own}/_rockpool/app`), /Signed in/)
  t.equal((await browser.post(`${own}/_rockpool/app/refresh`, about)).status, 303)
  // The console: a pool is made by a form of one process at the other, and shown by both.
  const making = await page(`${own}/_rockpool/pools/new`)
  const made = await browser.post(
    `${own}/_rockpool/pools/new`,
    { _csrf: csrfIn(making), PoolName: 'lagoon' },
    { accept: 'text/html' },
  )
  t.equal(made.status, 303)
  for (const _process of [1, 2]) t.match(await page(`${own}/_rockpool/pools`), /lagoon/)

  await call('AdminCreateUser', {
    UserPoolId,
    Username: 'mia',
    UserAttributes: [{ Name: 'email', Value: 'mia@reef.example' }],
  })
  for (const { operations } of both) t.equal((await operations.messages({ username: 'mia' })).length, 1)
  await first.operations.snapshots.keep('with-mia', await first.operations.state.snapshot())
  await call('AdminDeleteUser', { UserPoolId, Username: 'mia' })
  t.strictSame(await second.operations.snapshots.names(), ['with-mia'])
  const kept = await second.operations.snapshots.find('with-mia')
  t.ok(kept)
  if (kept !== undefined)
    await second.operations.state.restore(kept as Parameters<Rockpool['operations']['state']['restore']>[0])
  for (const _process of [1, 2])
    t.equal((await call('AdminGetUser', { UserPoolId, Username: 'mia' })).status, 200)
  t.equal(await first.operations.snapshots.forget('with-mia'), true)
  t.strictSame(await second.operations.snapshots.names(), [])
})

t.test('what one process has discovered about a provider all know, and what one has changed', async t => {
  const { both, call } = await two(t)
  const provider = createServer((_request, response) => {
    const { port } = provider.address() as AddressInfo
    const issuer = `http://localhost:${port}`
    const discovery = Object.fromEntries(
      ['authorization', 'token', 'userinfo'].map(name => [`${name}_endpoint`, `${issuer}/${name}`]),
    )
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ issuer, ...discovery, jwks_uri: `${issuer}/jwks` }))
  })
  provider.listen(0)
  await once(provider, 'listening')
  t.teardown(() => provider.close())
  const issuer = `http://localhost:${(provider.address() as AddressInfo).port}`
  const details = {
    client_id: 'reef',
    client_secret: 'secret',
    attributes_request_method: 'GET',
    authorize_scopes: 'openid',
    oidc_issuer: issuer,
  }
  const harbour = { UserPoolId, ProviderName: 'Harbour' }
  const made = { ...harbour, ProviderType: 'OIDC', ProviderDetails: details }
  t.equal((await call('CreateIdentityProvider', made)).status, 200)
  const { ClientName: _name, ...settings } = client
  const federated = { ...settings, UserPoolId, SupportedIdentityProviders: ['COGNITO', 'Harbour'] }
  t.equal((await call('UpdateUserPoolClient', federated)).status, 200)
  const query = new URLSearchParams({
    identity_provider: 'Harbour',
    client_id: client.ClientId,
    response_type: 'code',
    redirect_uri: callback,
  })
  const ledTo = async ({ address }: Rockpool) => {
    const { ask } = inTurn([address.port])
    const { headers, status } = await ask(`${base}/reef/oauth2/authorize?${query}`)
    return headers.get('location')?.split('?')[0] ?? status
  }
  const [first, second] = both as [Rockpool, Rockpool]
  t.equal(await ledTo(first), `${issuer}/authorization`)
  provider.closeAllConnections()
  provider.close()
  t.equal(await ledTo(second), `${issuer}/authorization`, 'the provider is gone, and need not be asked')

  const byHand = {
    ...details,
    authorize_url: `${issuer}/elsewhere`,
    token_url: `${issuer}/token`,
    attributes_url: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
  }
  const changed = { ...harbour, ProviderDetails: byHand }
  t.equal((await inTurn([second.address.port]).call('UpdateIdentityProvider', changed)).status, 200)
  for (const each of both) t.equal(await ledTo(each), `${issuer}/elsewhere`)
})

t.test('keys are made once, and each process counts for itself', async t => {
  const { both, ask, call } = await two(t)
  const created = await call('CreateUserPool', { PoolName: 'new' })
  const { Id } = created.body.UserPool as { Id: string }
  const jwks = () => ask(`${base}/${Id}/.well-known/jwks.json`).then(answer => answer.text())
  const sets = await Promise.all(Array.from({ length: 10 }, jwks))
  t.equal(new Set(sets).size, 1, 'ten requests at once, to both')
  await codeFor(ask)
  const metrics = await Promise.all(
    both.map(async ({ address }) =>
      (await fetch(`http://127.0.0.1:${address.port}/_rockpool/metrics`)).text(),
    ),
  )
  const signIns = metrics.map(text => Number(/^rockpool_sign_ins_total\S* (\d+)$/m.exec(text)?.[1] ?? 0))
  t.equal((signIns[0] ?? 0) + (signIns[1] ?? 0), 1, 'one process has counted the sign-in')
})

/** A job that imports a crew of 400, its file delivered, and how to follow it at one of the processes. */
async function anImport({ ask, call }: Pick<Awaited<ReturnType<typeof two>>, 'ask' | 'call'>, port = 0) {
  const rows = 400
  const created = await call('CreateUserImportJob', {
    UserPoolId,
    JobName: 'crew',
    CloudWatchLogsRoleArn: 'arn:aws:iam::000000000000:role/import',
  })
  const { JobId, PreSignedUrl } = created.body.UserImportJob as { JobId: string; PreSignedUrl: string }
  const { CSVHeader } = (await call('GetCSVHeader', { UserPoolId })).body as { CSVHeader: string[] }
  const row = (number: number) =>
    CSVHeader.map(
      column =>
        ({
          'cognito:username': `crew${number}`,
          'cognito:mfa_enabled': 'false',
          email: `crew${number}@reef.example`,
          email_verified: 'true',
          phone_number_verified: 'false',
        })[column] ?? '',
    ).join(',')
  const csv = [CSVHeader.join(','), ...Array.from({ length: rows }, (_, number) => row(number))].join('\n')
  const put = await ask(PreSignedUrl, { method: 'PUT', body: csv })
  if (put.status !== 200) throw new Error(`the file was not taken: ${put.status}`)
  const at = inTurn([port]).call
  const job = async () => {
    const { body } = await at('DescribeUserImportJob', { UserPoolId, JobId })
    return body.UserImportJob as Record<string, unknown>
  }
  return {
    rows,
    JobId,
    job,
    started: () => until(async () => Number((await job()).ImportedUsers) > 0),
    ended: () => until(async () => !['Pending', 'InProgress'].includes(String((await job()).Status))),
  }
}

t.test('an import is done once, whatever processes begin and end meanwhile', async t => {
  const pair = await two(t)
  const [first, second] = pair.both as [Rockpool, Rockpool]
  const { rows, JobId, job, started, ended } = await anImport(pair, second.address.port)
  const { call } = inTurn([first.address.port])
  t.equal((await call('StartUserImportJob', { UserPoolId, JobId })).status, 200)
  await started()
  const third = await begin(pair.dataDir)
  t.teardown(() => third.close())
  await first.close()
  await ended()
  t.match(await job(), { Status: 'Succeeded', ImportedUsers: rows, SkippedUsers: 0, FailedUsers: 0 })
})

t.test(
  'an import whose process is killed is taken over: no user is lost, and none is there twice',
  async t => {
    const pair = await two(t)
    const port = pair.both[0]?.address.port
    const { rows, JobId, job, started, ended } = await anImport(pair, port)
    const { child, port: other } = await aCommand(t, pair.dataDir)
    t.equal((await inTurn([other]).call('StartUserImportJob', { UserPoolId, JobId })).status, 200)
    await started()
    child.kill('SIGKILL')
    await once(child, 'exit')
    t.match(await job(), { Status: 'InProgress' }, 'it had not ended')
    await ended()
    const { Status, ImportedUsers, SkippedUsers, FailedUsers } = await job()
    t.strictSame([Status, FailedUsers], ['Succeeded', 0])
    // Rows since the counts were kept last are gone through again, and their users are there already.
    t.equal(Number(ImportedUsers) + Number(SkippedUsers), rows)
    t.ok(Number(SkippedUsers) < 50)
    const survivor = inTurn([port])
    for (const number of Array.from({ length: rows }, (_, index) => index)) {
      const { body } = await survivor.call('ListUsers', {
        UserPoolId,
        Filter: `email = "crew${number}@reef.example"`,
      })
      if ((body.Users as unknown[]).length !== 1) t.fail(`crew${number} is there ${JSON.stringify(body)}`)
    }
  },
)

/** The command with the same state, in a process of its own that can be killed. */
async function aCommand(t: Test, dataDir: string) {
  const child = spawn(
    process.execPath,
    [
      '--import',
      './scripts/typescript.js',
      'src/cli/main.ts',
      'start',
      '--data',
      dataDir,
      '--port',
      '0',
      '--base-url',
      base,
      '--json',
      '--key-stock',
      'off',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  // Its port is told by nobody, but it can be found: the process says where it listens.
  return { child, line: line.toString(), port: await portOf(child.pid ?? 0) }
}

t.test('a process that is killed under load takes nothing along that was acknowledged', async t => {
  const { both, dataDir } = await two(t)
  const { child, line, port } = await aCommand(t, dataDir)
  t.match(JSON.parse(line), { pools: [{}, {}, {}] }, 'it has the pools of the others, and of the demo')
  t.notMatch(line, /postgres:/)
  const { call } = inTurn([both[0]?.address.port ?? 0, port])
  const acknowledged: string[] = []
  let running = true
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let index = 0; running; index++) {
      const Username = `user-${writer}-${index}`
      const { status } = await call('AdminCreateUser', { UserPoolId, Username }).catch(() => ({ status: 0 }))
      if (status === 200) acknowledged.push(Username)
    }
  })
  await until(() => acknowledged.length > 60)
  child.kill('SIGKILL')
  const before = acknowledged.length
  await until(() => acknowledged.length > before + 20)
  running = false
  await Promise.all(writers)
  const survivor = inTurn([both[1]?.address.port ?? 0])
  for (const Username of acknowledged) {
    const { status } = await survivor.call('AdminGetUser', { UserPoolId, Username })
    if (status !== 200) t.fail(`${Username} was acknowledged, and is lost`)
  }
  t.ok(acknowledged.length > 80)
})

/** The port that a process of this machine listens on. */
async function portOf(pid: number): Promise<number> {
  const { readdir, readFile, readlink } = await import('node:fs/promises')
  const sockets = new Set<string>()
  for (const name of await readdir(`/proc/${pid}/fd`)) {
    const link = await readlink(`/proc/${pid}/fd/${name}`).catch(() => '')
    sockets.add(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')
  }
  const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map(row => row.trim().split(/\s+/))
  const listening = rows.find(row => row[3] === '0A' && sockets.has(row[9] ?? ''))
  return Number.parseInt(listening?.[1]?.split(':')[1] ?? '0', 16)
}
