import { createRequire } from 'node:module'
import t from 'tap'
import { seedOf } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { shareKeys } from './support/keys.js'

/** `/_rockpool/metrics`, read by a parser that is not of the library that writes it. */

interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly metrics: readonly {
    readonly value?: string
    readonly labels?: Readonly<Record<string, string>>
  }[]
}
const require = createRequire(import.meta.url)
const parse = require('parse-prometheus-text-format') as (text: string) => Family[]

const password = 'Anchor-7-Harbour'
const seed = seedOf({
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Metrics01',
      Domain: 'reef',
      ResourceServers: [
        { Identifier: 'fish', Name: 'fish', Scopes: [{ ScopeName: 'read', ScopeDescription: 'read' }] },
      ],
      Clients: [
        {
          ClientName: 'web',
          ClientId: 'webclient1',
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
        {
          ClientName: 'machine',
          ClientId: 'machineclient1',
          ClientSecret: 'aSecretOfTheMachine12345',
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['client_credentials'],
          AllowedOAuthScopes: ['fish/read'],
        },
      ],
      Users: [{ Username: 'ada', Password: password }],
    },
  ],
})

async function aRockpool(given: Parameters<typeof startRockpool>[0] = {}) {
  await shareKeys()
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seed], ...given })
  t.teardown(() => rockpool.close())
  const base = rockpool.baseUrl
  const call = (operation: string, input: object) =>
    fetch(base, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
    })
  const signIn = (PASSWORD: string) =>
    call('InitiateAuth', {
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: 'webclient1',
      AuthParameters: { USERNAME: 'ada', PASSWORD },
    })
  const scrape = async (headers: Record<string, string> = {}) =>
    fetch(`${base}/_rockpool/metrics`, { headers })
  return { base, call, signIn, scrape }
}

const numbers = (families: Family[], name: string): Record<string, number> =>
  Object.fromEntries(
    families
      .filter(family => family.name === name)
      .flatMap(({ metrics }) => metrics)
      .map(({ labels = {}, value }) => [Object.values(labels).join(' '), Number(value)]),
  )

/** The samples of a histogram. The parser keeps one set of classes a name, so it is given them as samples of no kind. */
const samplesOf = (text: string, histogram: string) =>
  parse(text.replace(`# TYPE ${histogram} histogram`, ''))
    .filter(({ name }) => name.startsWith(`${histogram}_`))
    .flatMap(({ name, metrics }) =>
      metrics.map(({ labels = {}, value }) => ({
        name: name.slice(histogram.length),
        labels,
        value: Number(value),
      })),
    )

t.test(
  'sign-ins, tokens, refusals and latencies are counted from the start, and no name or secret is told',
  async t => {
    const { base, call, signIn, scrape } = await aRockpool()
    const { AuthenticationResult } = (await (await signIn(password)).json()) as {
      AuthenticationResult: { RefreshToken: string }
    }
    const { RefreshToken } = AuthenticationResult
    await call('InitiateAuth', {
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: 'webclient1',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    })
    for (const _try of [1, 2]) t.equal((await signIn('Wrong-1-password')).status, 400)
    t.equal((await call('MakeTea', {})).status, 400)
    const machine = { grant_type: 'client_credentials', client_id: 'machineclient1' }
    const body = new URLSearchParams({ ...machine, client_secret: 'aSecretOfTheMachine12345' })
    t.equal((await fetch(`${base}/reef/oauth2/token`, { method: 'POST', body })).status, 200)
    t.equal((await fetch(`${base}/reef/nowhere/ada`)).status, 404)

    const answer = await scrape()
    t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
    const text = await answer.text()
    const families = parse(text)
    t.strictSame(numbers(families, 'rockpool_sign_ins_total'), { COGNITO: 1 })
    t.strictSame(numbers(families, 'rockpool_tokens_total'), {
      api_sign_in: 1,
      api_refresh: 1,
      client_credentials: 1,
    })
    t.match(numbers(families, 'rockpool_refusals_total'), { NotAuthorizedException: 2 })
    t.match(numbers(families, 'rockpool_requests_total'), {
      'InitiateAuth 2xx': 2,
      'InitiateAuth 4xx': 2,
      'unknown operation 4xx': 1,
      '/oauth2/token 2xx': 1,
      'none 4xx': 1,
    })
    const latencies = samplesOf(text, 'rockpool_request_duration_seconds')
    const ofSignIn = (part: string) =>
      latencies.filter(({ name, labels }) => name === part && labels.route === 'InitiateAuth')
    t.same(
      ofSignIn('_count').map(({ value }) => value),
      [4],
    )
    t.ok(ofSignIn('_sum').every(({ value }) => value > 0 && value < 60))
    const buckets = ofSignIn('_bucket')
    t.equal(buckets.at(-1)?.labels.le, '+Inf')
    t.equal(buckets.at(-1)?.value, 4, 'each class counts those below it')
    const values = buckets.map(({ value }) => value)
    t.same(
      values,
      values.toSorted((one, other) => one - other),
    )
    for (const secret of ['ada', password, 'aSecretOfTheMachine12345', RefreshToken, 'reef', 'webclient1'])
      t.notOk(text.includes(secret), `not ${secret.slice(0, 20)}`)
  },
)

t.test('the event loop, memory and the processor are told under the names that dashboards know', async t => {
  const { scrape } = await aRockpool()
  const families = parse(await (await scrape()).text())
  const names = families.map(({ name }) => name)
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_gc_duration_seconds',
  ])
    t.ok(names.includes(name), name)
  for (const { help } of families) t.ok(help.length > 0)
})

t.test('they are for those who may use the control API', async t => {
  const { scrape } = await aRockpool({ control: 'token', controlToken: 'for-prometheus' })
  t.equal((await scrape()).status, 401)
  t.equal((await scrape({ authorization: 'Bearer for-prometheus' })).status, 200)
  t.equal(
    (await scrape({ authorization: 'Bearer for-prometheus', origin: 'https://evil.example' })).status,
    403,
  )
  const { scrape: closed } = await aRockpool({ control: 'off' })
  t.equal((await closed()).status, 403)
})
