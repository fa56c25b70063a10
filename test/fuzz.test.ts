import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { type FuzzedRequest, fuzzer, seededChance } from './support/fuzz.js'
import { often } from './support/often.js'
import { aRockpool } from './support/rockpool.js'

/** `FUZZ_SEED=7 FUZZ_REQUESTS=200000 npm test -- test/fuzz.test.ts` looks elsewhere, and longer. */
const seed = Number(process.env.FUZZ_SEED ?? 20261129)
const count = Number(process.env.FUZZ_REQUESTS ?? often(8000, 20_000))
/** Requests that are under way at a time. */
const width = 16
/** Milliseconds without an answer that count as a hang. */
const patience = 60_000

t.setTimeout(Math.max(900_000, count * 45))

interface Answered {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const agent = new Agent({ keepAlive: true, maxSockets: width })
t.teardown(() => agent.destroy())

async function send(port: number, { method, path, headers, body }: FuzzedRequest): Promise<Answered> {
  const bytes = Buffer.from(body)
  const length = bytes.length > 0 ? { 'content-length': `${bytes.length}` } : {}
  const options = { agent, host: '127.0.0.1', port, method, path, headers: { ...length, ...headers } }
  const asked = httpRequest({ ...options, signal: AbortSignal.timeout(patience) })
  asked.end(bytes)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
}

/** Sends the bytes of a request with some of them altered; the status of the first answer, 0 for none. */
async function sendBytes(
  port: number,
  request: FuzzedRequest,
  alterations: readonly (readonly [at: number, byte: number])[],
): Promise<Answered> {
  const lines = Object.entries({ host: 'localhost', ...request.headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const head = [`${request.method} ${request.path} HTTP/1.1`, ...lines, 'connection: close']
  const body = Buffer.from(request.body)
  const bytes = Buffer.from(`${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  for (const [at, byte] of alterations) if (at < bytes.length) bytes[at] = byte
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(patience, () => socket.destroy(new Error('no answer')))
  // An altered length may leave the server waiting for more: it is told that nothing comes.
  socket.end(bytes)
  let said = ''
  try {
    for await (const chunk of socket) said += chunk
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
  const [top = '', ...rest] = said.split('\r\n\r\n')
  const headers = Object.fromEntries(
    top
      .split('\r\n')
      .slice(1)
      .map(line => line.split(': ', 2).map((part, at) => (at ? part : part.toLowerCase()))),
  )
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1] ?? 0), headers, body: rest.join('\r\n\r\n') }
}

/** What no answer may be. */
function offence({ status, headers, body }: Answered): string | undefined {
  if (status >= 500) return `status ${status}`
  if ('x-evil' in headers) return 'a header of somebody else'
  if (/\n\s+at (?:\S+ \()?(?:file:|node:|\/)/.test(body)) return 'a stack trace'
  if (/<script>alert/i.test(body) && /html/.test(headers['content-type'] ?? ''))
    return 'markup of somebody else'
  return undefined
}

t.test(
  `${count} requests, valid or nearly, are all answered, and none with a failure (seed ${seed})`,
  async t => {
    const log: string[] = []
    const rockpool = await aRockpool(t, { log: line => log.push(line) })
    const { port } = rockpool.address
    const clients = rockpool.pools.flatMap(pool => pool.clients)
    const known = [
      ...rockpool.pools.flatMap(({ id, name }) => [id, name, id]),
      ...clients.flatMap(({ id, name, secret = 'none' }) => [id, id, name, secret]),
      ...[
        'jane',
        'jane@example.com',
        'sub',
        'email',
        'Welcome-2-Rockpool!',
        'Otter-5-Alice!',
        '123456',
        'CorporateID',
        'COGNITO',
      ],
      ...['http://localhost:3000/callback', 'openid', 'test', '2030-01-31T12:00:00Z', 'USERNAME', 'PASSWORD'],
    ]
    const { accessToken, refreshToken = '' } = await rockpool.operations.mintTokens({
      pool: 'oidc-pool-2',
      client: 'federation-from-pool-1',
      username: 'jane',
    })
    known.push(accessToken, refreshToken)
    const domains = ['', '/oidc-pool-1', '/oidc-pool-2', '/none', '/us-east-1_OidcPool1']
    const paths = domains.flatMap(domain => hostedPaths.map(path => `${domain}${path}`))
    const chance = seededChance(seed)
    const fuzz = fuzzer(chance, known, paths)

    const offences: string[] = []
    const statuses = new Map<number, number>()
    for (let sent = 0; sent < count && offences.length < 20; sent += width) {
      // All are made before any is answered: which ones they are depends on the seed, not on who is answered first.
      const batch = Array.from({ length: width }, (_, index) => {
        const alterations = Array.from(
          { length: chance.below(4) },
          () => [chance.below(2000), chance.below(256)] as const,
        )
        return { number: sent + index, request: fuzz.next(), isRaw: chance.oneIn(20), alterations }
      })
      const answers = await Promise.all(
        batch.map(({ request, isRaw, alterations }) =>
          (isRaw ? sendBytes(port, request, alterations) : send(port, request)).catch(
            (error: Error) => error,
          ),
        ),
      )
      for (const [index, answer] of answers.entries()) {
        const wrong = answer instanceof Error ? answer.message : offence(answer)
        if (wrong !== undefined) offences.push(`${wrong}: ${JSON.stringify(batch[index]).slice(0, 1500)}`)
        if (answer instanceof Error) continue
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        fuzz.hear(answer.body.slice(0, 20_000))
      }
    }

    t.strictSame(offences, [])
    t.strictSame(log.filter(line => line.startsWith('Rockpool failed')).slice(0, 10), [])
    t.equal(
      (await send(port, { method: 'GET', path: '/_rockpool/health', headers: {}, body: '' })).status,
      200,
    )
    t.ok((statuses.get(200) ?? 0) > count / 20, `many succeed: ${JSON.stringify([...statuses])}`)
  },
)

const hostedPaths = [
  ...['/oauth2/authorize', '/oauth2/token', '/oauth2/revoke', '/oauth2/userInfo', '/oauth2/idpresponse'],
  ...['/login', '/logout', '/error', '/changePassword', '/mfa', '/passkeys/add', '/passkeys/use'],
  ...[
    '/.well-known/openid-configuration',
    '/.well-known/jwks.json',
    '/',
    '/_rockpool/app',
    '/_rockpool/app/callback',
  ],
  ...[
    '/_rockpool/app/sign-in',
    '/_rockpool/app/exchange',
    '/_rockpool/openapi.json',
    '/_rockpool/ca.pem',
    '/nothing',
  ],
]
