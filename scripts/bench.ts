/**
 * `npm run bench`: how fast Rockpool starts and answers, as ratios to what the same machine does in the same seconds: to an
 * empty Node process, and to a process that does nothing but sign with RSA-2048, with as many signatures under way as
 * there are requests. Each measurement has a reference of its own right before it, and medians are told. The server is the
 * built command in a process of its own; the load generator shares the machine with it, which the ratios of rates
 * include and those of CPU time do not.
 */
import { spawn } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { argv, cpuUsage, execPath, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readSeeds } from '../src/config/seed/read.js'
import { type Rockpool, startRockpool } from '../src/testing/fixture.js'
import { SRP_A, srpAnswer } from '../test/support/srp.js'

const command = fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url))
const demo = fileURLToPath(new URL('../fixtures/two-pools.yaml', import.meta.url))
/** Requests, and raw signatures, under way at the same time. */
const inFlight = 16
const quick = argv.includes('--quick')
const rounds = quick ? 3 : 7
const seconds = quick ? 0.5 : 1.5

interface Row {
  readonly what: string
  readonly value: string
  readonly ratio?: number
  readonly aim?: string
  /** CPU time as a multiple of that of one raw signature. */
  readonly cpuRatio?: number
}

/** Milliseconds until a process has said something, or until it has ended. */
const lasts = (args: string[], until: 'output' | 'exit') =>
  new Promise<number>((measured, failed) => {
    const begin = performance.now()
    const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.on('error', failed)
    const done = () => {
      measured(performance.now() - begin)
      child.kill()
    }
    if (until === 'exit') child.on('exit', done)
    else child.stdout.once('data', done)
  })

/** The built command, answering; and the CPU time it has used, in milliseconds. */
async function aServer(...args: string[]) {
  const child = spawn(execPath, [command, '--json', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((told, failed) => {
    child.stdout.once('data', data => told(String(data)))
    child.once('error', failed)
    child.once('exit', code => failed(new Error(`Rockpool ended with ${code} before it was ready.`)))
  })
  const { baseUrl } = JSON.parse(line) as { baseUrl: string }
  return {
    baseUrl,
    /** Not a number where the system does not tell. */
    async cpu() {
      // utime and stime, in hundredths of a second (proc(5)); the name in parentheses may hold blanks.
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
    close: () => child.kill(),
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: inFlight })

/** One exchange over a kept connection. */
const send = (url: string, form?: Record<string, string> | string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (answered, failed) => {
      const body = typeof form === 'object' ? new URLSearchParams(form).toString() : form
      const outgoing = request(
        url,
        {
          agent,
          method: form ? 'POST' : 'GET',
          headers: { ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}), ...headers },
        },
        response => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', chunk => {
            text += chunk
          })
          response.on('end', () =>
            answered({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          )
        },
      )
      outgoing.on('error', failed)
      outgoing.end(body)
    },
  )

const sendJson = (url: string, body: object, headers: Record<string, string>) =>
  send(url, JSON.stringify(body), { 'content-type': 'application/x-amz-json-1.1', ...headers })

/** How often `act` is done in a second, some at a time. */
async function rate(act: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + seconds * 1000
  let done = 0
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < end) {
        await act()
        done++
      }
    }),
  )
  return (done * 1000) / (performance.now() - begin)
}

interface Speed {
  /** Per second. */
  readonly rate: number
  /** Milliseconds of CPU time that one takes. */
  readonly cpu: number
}

/** How fast one thread signs, without the thread pool: the slower reference, told for comparison. */
function rawSigningOfOneThread(): number {
  const begin = performance.now()
  let done = 0
  while (performance.now() - begin < seconds * 500) {
    sign('RSA-SHA256', rawText, rawKey)
    done++
  }
  return (done * 1000) / (performance.now() - begin)
}

/** How fast this process signs when it does nothing else. */
async function rawSigning(): Promise<Speed> {
  const before = cpuUsage()
  const perSecond = await rate(() => signInPool('RSA-SHA256', rawText, rawKey))
  const { user, system } = cpuUsage(before)
  return { rate: perSecond, cpu: (user + system) / 1000 / (perSecond * seconds) }
}
const signInPool = promisify(sign)
const rawText = Buffer.from('x'.repeat(800))
const { privateKey: rawKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

async function benchStart(): Promise<Row[]> {
  const [empty, start]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds * 2; round++) {
    empty.push(await lasts(['-e', '0'], 'exit'))
    start.push(await timeToDiscovery())
  }
  return [
    { what: 'empty Node', value: `${median(empty).toFixed(0)} ms` },
    {
      what: 'start to the first discovery answer',
      value: `${median(start).toFixed(0)} ms`,
      ratio: median(start) / median(empty),
      aim: '≤ 2.5',
    },
  ]
}

async function timeToDiscovery(): Promise<number> {
  const begin = performance.now()
  const server = await aServer()
  await send(`${server.baseUrl}/us-east-1_OidcPool1/.well-known/openid-configuration`)
  const took = performance.now() - begin
  server.close()
  return took
}

/** A browser's session at pool 2, and how a code is come by with it. */
async function signedIn(baseUrl: string) {
  const domain = `${baseUrl}/oidc-pool-2`
  const redirect_uri = `${baseUrl}/_rockpool/app/callback`
  const client_id = '2directappatpool2clientid0'
  const query = new URLSearchParams({ client_id, response_type: 'code', redirect_uri, scope: 'openid email' })
  const page = await send(`${domain}/login?${query}`)
  const xsrf = String(page.headers['set-cookie']).split(';')[0] ?? ''
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const form = { _csrf, username: 'marco', password: 'Anemone-4-Marco!' }
  const entered = await send(`${domain}/login?${query}`, form, { cookie: xsrf })
  const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
  const code = async () => {
    const answer = await send(`${domain}/oauth2/authorize?${query}`, undefined, { cookie })
    return new URL(String(answer.headers.location)).searchParams.get('code') ?? ''
  }
  const token = async (form: Record<string, string>) => {
    const answer = await send(`${domain}/oauth2/token`, { client_id, ...form })
    if (answer.status !== 200) throw new Error(`${form.grant_type}: ${answer.status} ${answer.body}`)
    return JSON.parse(answer.body) as { refresh_token: string }
  }
  const exchange = async (code: string) => token({ grant_type: 'authorization_code', code, redirect_uri })
  return { code, exchange, token, cookie }
}

async function benchTokens(store: 'memory' | 'sqlite', ...args: string[]): Promise<Row[]> {
  const server = await aServer(...args)
  const { code, exchange, token } = await signedIn(server.baseUrl)
  const { refresh_token } = await exchange(await code())
  const basic = Buffer.from('1batchjobatpool1clientid00:batchjobsecretfordevelopmentonly0000000000000000000')
  const headers = { authorization: `Basic ${basic.toString('base64')}` }
  const machine = async () => {
    const form = { grant_type: 'client_credentials' }
    const answer = await send(`${server.baseUrl}/oidc-pool-1/oauth2/token`, form, headers)
    if (answer.status !== 200) throw new Error(`client_credentials: ${answer.status} ${answer.body}`)
  }
  const codes: string[] = []
  const acts = {
    'authorize (session reuse)': code,
    client_credentials: machine,
    refresh: () => token({ grant_type: 'refresh_token', refresh_token }),
    'code exchange': async () => exchange(codes.pop() ?? (await code())),
  }
  const aims: Record<string, string> = { client_credentials: '≥ 0.6', refresh: '≥ 0.33' }
  const single: number[] = []
  const measured = new Map(Object.keys(acts).map(name => [name, [] as (Speed & { raw: Speed })[]]))
  for (let round = 0; round < rounds; round++) {
    single.push(rawSigningOfOneThread())
    codes.push(...(await Promise.all(Array.from({ length: 2500 }, code))))
    for (const [name, act] of Object.entries(acts)) {
      const raw = await rawSigning()
      const before = await server.cpu()
      const perSecond = await rate(act)
      const spent = (await server.cpu()) - before
      measured.get(name)?.push({ rate: perSecond, cpu: spent / (perSecond * seconds), raw })
    }
    codes.length = 0
  }
  server.close()
  const raws = [...measured.values()].flat().map(({ raw }) => raw)
  return [
    { what: `raw signing (${store})`, value: told(raws) },
    {
      what: `raw signing of one thread (${store})`,
      value: `${median(single).toFixed(0)}/s`,
      ratio: median(single) / median(raws.map(({ rate }) => rate)),
    },
    ...[...measured].map(([name, speeds]) => ({
      what: `${name} (${store})`,
      value: told(speeds),
      ratio: median(speeds.map(({ rate, raw }) => rate / raw.rate)),
      cpuRatio: median(speeds.map(({ cpu, raw }) => cpu / raw.cpu)),
      ...(aims[name] === undefined ? {} : { aim: aims[name] }),
    })),
  ]
}

const told = (speeds: readonly Speed[]): string => {
  const cpu = median(speeds.map(({ cpu }) => cpu))
  const perSecond = `${median(speeds.map(({ rate }) => rate)).toFixed(0)}/s`
  return Number.isNaN(cpu) ? perSecond : `${perSecond}, ${cpu.toFixed(2)} ms CPU`
}

/** The way of a browser from pool 1 to pool 2 and back, without the pages: pool 2 knows the browser already. */
async function federated(baseUrl: string): Promise<number> {
  const { cookie } = await signedIn(baseUrl)
  const query = new URLSearchParams({
    client_id: '1webappatpool1clientid0000',
    response_type: 'code',
    redirect_uri: `${baseUrl}/_rockpool/app/callback`,
    identity_provider: 'CorporateID',
  })
  const times: number[] = []
  for (let round = 0; round < rounds * 3; round++) {
    const begin = performance.now()
    const away = await send(`${baseUrl}/oidc-pool-1/oauth2/authorize?${query}`)
    const binding = String(away.headers['set-cookie']).split(';')[0] ?? ''
    const back = await send(String(away.headers.location), undefined, { cookie })
    const done = await send(String(back.headers.location), undefined, { cookie: binding })
    if (!String(done.headers.location).includes('code=')) throw new Error(`no code: ${done.headers.location}`)
    times.push(performance.now() - begin)
  }
  return median(times)
}

async function benchFederation(): Promise<Row[]> {
  const server = await aServer()
  const took = await federated(server.baseUrl)
  server.close()
  return [{ what: 'federated sign-in (four calls of servers)', value: `${took.toFixed(1)} ms` }]
}

/** A pool of its own, made through the API: users sign in by password and SRP, and by e-mail address as an alias. */
async function aPool(baseUrl: string) {
  const call = async <A = object>(operation: string, input: object): Promise<A> => {
    const headers = {
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      authorization: signature,
    }
    const answer = await sendJson(baseUrl, input, headers)
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`)
    return (answer.body === '' ? {} : JSON.parse(answer.body)) as A
  }
  const { UserPool } = await call<{ UserPool: { Id: string } }>('CreateUserPool', {
    PoolName: 'bench',
    AliasAttributes: ['email'],
  })
  const { UserPoolClient } = await call<{ UserPoolClient: { ClientId: string } }>('CreateUserPoolClient', {
    UserPoolId: UserPool.Id,
    ClientName: 'bench',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  const { Id: UserPoolId } = UserPool
  const { ClientId } = UserPoolClient
  const create = async (number: number) => {
    await call('AdminCreateUser', {
      UserPoolId,
      Username: `user${number}`,
      TemporaryPassword: benchPassword,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: `user${number}@reef.example` },
        { Name: 'email_verified', Value: 'true' },
      ],
    })
  }
  const confirm = (number: number) =>
    call('AdminSetUserPassword', {
      UserPoolId,
      Username: `user${number}`,
      Password: benchPassword,
      Permanent: true,
    })
  const signIn = (USERNAME: string) =>
    call('InitiateAuth', {
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME, PASSWORD: benchPassword },
    })
  const signInBySrp = async (USERNAME: string) => {
    const { ChallengeName, ChallengeParameters } = await call<{
      ChallengeName: string
      ChallengeParameters: Record<string, string>
    }>('InitiateAuth', { ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME, SRP_A } })
    // 'Wed Nov 25 12:00:00 UTC 2026', from 'Wed, 25 Nov 2026 12:00:00 GMT'
    const [weekday, day, month, year, time] = new Date().toUTCString().split(' ')
    const at = `${weekday?.slice(0, 3)} ${month} ${Number(day)} ${time} UTC ${year}`
    const ChallengeResponses = srpAnswer(UserPoolId, benchPassword, ChallengeParameters, at)
    await call('RespondToAuthChallenge', { ClientId, ChallengeName, ChallengeResponses })
  }
  return { UserPoolId, call, create, confirm, signIn, signInBySrp }
}

const benchPassword = 'Anemone-4-User!'

/**
 * Signing in through the API. What a client computes for SRP is more than what the server does, and slower here: of that
 * row only the CPU time of the server says something.
 */
async function benchSignIn(store: 'memory' | 'sqlite', ...args: string[]): Promise<Row[]> {
  const server = await aServer(...args)
  const { create, confirm, signIn, signInBySrp } = await aPool(server.baseUrl)
  await create(0)
  await confirm(0)
  const acts = {
    'InitiateAuth, password': { act: () => signIn('user0'), aim: '≥ 0.4' },
    'InitiateAuth and answer, SRP': { act: () => signInBySrp('user0') },
  }
  const rows: Row[] = []
  for (const [name, { act, ...aim }] of Object.entries(acts)) {
    const speeds: (Speed & { raw: Speed })[] = []
    for (let round = 0; round < rounds; round++) {
      const raw = await rawSigning()
      const before = await server.cpu()
      let done = 0
      const perSecond = await rate(async () => {
        await act()
        done++
      })
      const spent = (await server.cpu()) - before
      speeds.push({ rate: perSecond, cpu: spent / done, raw })
    }
    rows.push({
      what: `${name} (${store})`,
      value: told(speeds),
      ratio: median(speeds.map(({ rate, raw }) => rate / raw.rate)),
      cpuRatio: median(speeds.map(({ cpu, raw }) => cpu / raw.cpu)),
      ...aim,
    })
  }
  server.close()
  return rows
}

/** What users cost where there are many, as a ratio to what they cost where there are few. */
async function benchUsers(store: 'memory' | 'sqlite', ...args: string[]): Promise<Row[]> {
  const server = await aServer(...args)
  const many = quick ? 5000 : 100_000
  const { UserPoolId, call, create, confirm, signIn } = await aPool(server.baseUrl)
  const api = (operation: string, input: object) => call(operation, { UserPoolId, ...input })
  let made = 0
  /** Users who may sign in, spread among all. */
  const confirmed: number[] = []
  const grow = async (to: number) => {
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (made < to) {
          const number = made++
          await create(number)
          if (number % (to / 50) < 1) {
            await confirm(number)
            confirmed.push(number)
          }
        }
      }),
    )
  }
  const any = () => Math.floor((performance.now() * 7919) % made)
  const acts = {
    AdminCreateUser: () => create(made++),
    AdminGetUser: () => api('AdminGetUser', { Username: `user${any()}` }),
    'sign-in by alias': () => signIn(`user${confirmed[any() % confirmed.length]}@reef.example`),
    'ListUsers, a page': () => api('ListUsers', { Limit: 10 }),
    'ListUsers, by e-mail': () => api('ListUsers', { Filter: `email = "user${any()}@reef.example"` }),
  }
  const measure = async () => {
    const rates = new Map<string, number>()
    for (const [name, act] of Object.entries(acts)) rates.set(name, await rate(act))
    return rates
  }
  await grow(100)
  await measure()
  const few = await measure()
  await grow(many)
  const lots = await measure()
  server.close()
  return [...few].map(([name, before]) => ({
    what: `${name} at ${many} (${store})`,
    value: `${(lots.get(name) ?? 0).toFixed(0)}/s`,
    ratio: before / (lots.get(name) ?? 1),
    aim: '≤ 1.5',
  }))
}

const signature =
  'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00'

/** In this process, as a test does it: start, reset, and a sign-in through both pools, with all pages. */
async function benchFixture(): Promise<Row[]> {
  const seeds = await readSeeds([demo])
  const times = {
    empty: [] as number[],
    start: [] as number[],
    reset: [] as number[],
    signIn: [] as number[],
  }
  for (let round = 0; round < rounds * 2; round++) {
    let rockpool: Rockpool | undefined
    times.empty.push(await lasts(['-e', '0'], 'exit'))
    times.start.push(
      await milliseconds(async () => {
        rockpool = await startRockpool({ seeds, keys: 'recycled' })
      }),
    )
    // The first waits for keys and for what is imported on demand.
    for (let repeat = 0; repeat < 4; repeat++) {
      const took = await milliseconds(() => rockpool?.signIn(marco))
      if (repeat > 0) times.signIn.push(took)
      times.reset.push(await milliseconds(() => rockpool?.reset()))
    }
    await rockpool?.close()
  }
  const row = (what: string, took: readonly number[], aim: number): Row => ({
    what,
    value: `${median(took).toFixed(1)} ms`,
    ratio: median(took) / median(times.empty),
    aim: `≤ ${aim} ms`,
  })
  return [
    row('start in the same process', times.start, 50),
    row('reset to the seeds', times.reset, 5),
    row('headless federated sign-in', times.signIn, 60),
  ]
}

const marco = {
  pool: 'oidc-pool-1',
  client: 'web-app',
  provider: 'CorporateID',
  username: 'marco',
  password: 'Anemone-4-Marco!',
}

async function milliseconds(act: () => Promise<unknown> | undefined): Promise<number> {
  const begin = performance.now()
  await act()
  return performance.now() - begin
}

const directory = `/tmp/rockpool-bench-${createHash('sha256').update(String(performance.timeOrigin)).digest('hex').slice(0, 8)}`

async function measureAll(): Promise<Row[]> {
  try {
    return [
      ...(await benchStart()),
      ...(await benchTokens('memory')),
      ...(await benchTokens('sqlite', '--data', directory)),
      ...(await benchSignIn('memory')),
      ...(await benchSignIn('sqlite', '--data', `${directory}-sign-in`)),
      ...(await benchFederation()),
      ...(await benchUsers('memory')),
      ...(await benchUsers('sqlite', '--data', `${directory}-users`)),
      ...(await benchFixture()),
    ]
  } finally {
    agent.destroy()
    await rm(directory, { recursive: true, force: true })
    await rm(`${directory}-sign-in`, { recursive: true, force: true })
    await rm(`${directory}-users`, { recursive: true, force: true })
  }
}

function line({ what, value, ratio, aim, cpuRatio }: Row): string {
  const columns = [
    what.padEnd(41),
    value.padEnd(24),
    (ratio === undefined ? '' : `× ${ratio.toFixed(2)}`).padEnd(8),
    (aim === undefined ? '' : `aim ${aim}`).padEnd(11),
    cpuRatio === undefined || Number.isNaN(cpuRatio) ? '' : `CPU × ${cpuRatio.toFixed(1)}`,
  ]
  return `${columns.join(' ').trimEnd()}\n`
}

const rows = await measureAll()
stdout.write(argv.includes('--json') ? `${JSON.stringify(rows)}\n` : rows.map(line).join(''))
