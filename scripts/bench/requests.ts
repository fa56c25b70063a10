import { fileURLToPath } from 'node:url'
import { aPool, federation, signedIn } from './clients.js'
import {
  aProcess,
  aServer,
  costOf,
  inFlight,
  median,
  type Row,
  rawSigning,
  rounds,
  seconds,
  send,
} from './measure.js'

const typescript = fileURLToPath(new URL('../typescript.js', import.meta.url))
const bareServer = fileURLToPath(new URL('./bare-server.ts', import.meta.url))

/** What is asked for, of whom, and what it may cost in raw signatures. */
interface Act {
  readonly act: () => Promise<unknown>
  readonly of: { cpu(): Promise<number> }
  readonly aim?: number
  /** What is done before, and not counted. */
  readonly prepare?: () => Promise<unknown>
}

/**
 * What requests cost in CPU time of all threads of the server, in raw RSA-2048 signatures. Rounds of all kinds are
 * interleaved, each with a measurement of raw signing of its own right before it, and medians are told: what else the machine
 * does in a second touches all alike.
 */
export async function benchRequests(
  store: 'memory' | 'sqlite' | 'postgres',
  ...args: string[]
): Promise<Row[]> {
  const server = await aServer(...args)
  const bare = await aProcess(['--import', typescript, bareServer], line => line.trim())
  const acts = new Map<string, Act>([
    ['bare node:http, one token', { act: () => send(`${bare.baseUrl}/1`, 'a=b'), of: bare }],
    ['bare node:http, two tokens', { act: () => send(`${bare.baseUrl}/2`, 'a=b'), of: bare }],
    ...(await actsOf(server)),
  ])
  const measured = new Map([...acts.keys()].map(name => [name, [] as Cost[]]))
  const raws: number[] = []
  for (let round = 0; round < rounds; round++)
    for (const [name, act] of acts) {
      await act.prepare?.()
      const raw = await rawSigning()
      raws.push(raw.rate)
      const cost = await costOf(act)
      measured.get(name)?.push({ ...cost, signatures: cost.cpu / raw.cpu })
    }
  server.close()
  bare.close()
  return [
    { what: `raw signing (${store})`, value: `${median(raws).toFixed(0)}/s` },
    ...[...measured].map(([name, costs]) => {
      const aim = acts.get(name)?.aim
      return {
        what: `${name} (${store})`,
        value: `${median(costs.map(({ cpu }) => cpu)).toFixed(2)} ms CPU`,
        ratio: median(costs.map(({ signatures }) => signatures)),
        ...(aim === undefined ? {} : { aim: `≤ ${aim}` }),
      }
    }),
  ]
}

interface Cost {
  /** Milliseconds of CPU time that one takes. */
  readonly cpu: number
  readonly signatures: number
}

async function actsOf(server: Awaited<ReturnType<typeof aServer>>): Promise<[string, Act][]> {
  const { baseUrl } = server
  const { code, exchange, token, page } = await signedIn(baseUrl)
  const { refresh_token } = await exchange(await code())
  const pool = await aPool(baseUrl)
  await pool.create(0)
  await pool.confirm(0)
  let made = 1
  /** More than are redeemed in a round. */
  const codes: string[] = []
  const stockUp = async () => {
    codes.splice(0)
    while (codes.length < 1000 * seconds)
      codes.push(...(await Promise.all(Array.from({ length: inFlight }, code))))
  }
  const basic = Buffer.from('1batchjobatpool1clientid00:batchjobsecretfordevelopmentonly0000000000000000000')
  const headers = { authorization: `Basic ${basic.toString('base64')}` }
  const machine = async () => {
    const form = { grant_type: 'client_credentials' }
    const answer = await send(`${baseUrl}/oidc-pool-1/oauth2/token`, form, headers)
    if (answer.status !== 200) throw new Error(`client_credentials: ${answer.status} ${answer.body}`)
  }
  const rows: [string, () => Promise<unknown>, number?][] = [
    ['client_credentials', machine, 1.9],
    ['refresh', () => token({ grant_type: 'refresh_token', refresh_token }), 3.5],
    ['authorize with a session', code, 1.2],
    ['code exchange', async () => exchange(codes.pop() ?? (await code())), 4.6],
    ['hosted page', page],
    ['InitiateAuth, password', () => pool.signIn('user0'), 3.8],
    ['InitiateAuth and answer, SRP', () => pool.signInBySrp('user0')],
    ['federated sign-in, three hops', await federation(baseUrl), 12],
    ['AdminCreateUser', () => pool.create(made++), 1.3],
  ]
  return rows.map(([name, act, aim]) => [
    name,
    {
      act,
      of: server,
      ...(aim === undefined ? {} : { aim }),
      ...(name === 'code exchange' ? { prepare: stockUp } : {}),
    },
  ])
}
