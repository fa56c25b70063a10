import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { aPool } from './clients.js'
import { aProcess, aServer, costOf, lasts, median, type Row, rawSigning, rounds, send } from './measure.js'

/** Others that answer some of the same requests, as npm has them; installed for the measurement, into a folder that is deleted. */
const packages = ['cognito-local@5.3.0', 'oauth2-mock-server@9.3.0']

const typescript = fileURLToPath(new URL('../typescript.js', import.meta.url))
const oidcProvider = fileURLToPath(new URL('./oidc-provider-server.ts', import.meta.url))

type Running = Awaited<ReturnType<typeof aProcess>>

/** A server, how it starts, and what can be asked of it. */
interface Peer {
  readonly name: string
  readonly start: () => Promise<Running>
  readonly acts: (server: Running) => Promise<Readonly<Record<string, () => Promise<unknown>>>>
}

/**
 * The same requests to Rockpool and to each peer, on the same machine in the same minutes: what a start takes beside an
 * empty Node, and what requests cost in raw signatures.
 */
export async function benchPeers(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rockpool-bench-peers-'))
  try {
    const rows: Row[] = []
    const install = ['install', '--ignore-scripts', '--prefix', folder]
    for (const name of packages)
      await promisify(execFile)('npm', [...install, name]).catch(error => rows.push(unmeasured(name, error)))
    const measurable = await triedOut(
      [
        rockpool,
        await cognitoLocal(folder),
        mockServer(folder),
        { name: 'oidc-provider', start: startOidcProvider, acts: tokensAt('/token') },
      ],
      rows,
    )
    rows.push(...(await startsOf(measurable)), ...(await costsOf(measurable)))
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const unmeasured = (what: string, error: unknown): Row => ({
  what,
  value: `could not be measured, because ${String((error as Error).message).split('\n')[0]}`,
})

/** Those that start, each with the requests that it answers; all others become rows that say why not. */
async function triedOut(peers: readonly Peer[], rows: Row[]): Promise<Peer[]> {
  const able: Peer[] = []
  for (const { name, start, acts } of peers) {
    const answered: string[] = []
    let server: Running | undefined
    try {
      server = await start()
      for (const [what, act] of Object.entries(await acts(server)))
        await act().then(
          () => answered.push(what),
          error => rows.push(unmeasured(`${what} (${name})`, error)),
        )
      const only = (all: Awaited<ReturnType<Peer['acts']>>) =>
        Object.fromEntries(Object.entries(all).filter(([what]) => answered.includes(what)))
      able.push({ name, start, acts: async running => only(await acts(running)) })
    } catch (error) {
      rows.push(unmeasured(name, error))
    } finally {
      server?.close()
    }
  }
  return able
}

async function startsOf(peers: readonly Peer[]): Promise<Row[]> {
  const empty: number[] = []
  const took = peers.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    empty.push(await lasts(['-e', '0'], 'exit'))
    for (const [at, { start }] of peers.entries()) {
      const begin = performance.now()
      const server = await start()
      took[at]?.push(performance.now() - begin)
      server.close()
    }
  }
  return peers.map(({ name }, at) => ({
    what: `start until it says that it listens (${name})`,
    value: `${median(took[at] ?? []).toFixed(0)} ms`,
    ratio: median(took[at] ?? []) / median(empty),
  }))
}

async function costsOf(peers: readonly Peer[]): Promise<Row[]> {
  const servers = await Promise.all(
    peers.map(async ({ name, start, acts }) => {
      const server = await start()
      return { name, server, acts: Object.entries(await acts(server)) }
    }),
  )
  const measured = servers.flatMap(({ name, server, acts }) =>
    acts.map(([what, act]) => ({
      what: `${what} (${name})`,
      act,
      of: server,
      cpu: [] as number[],
      ratio: [] as number[],
    })),
  )
  // As long as it takes until V8 has compiled what is used often.
  for (let turn = 0; turn < 3; turn++) for (const { act, of } of measured) await costOf({ act, of })
  for (let round = 0; round < rounds; round++)
    for (const { act, of, cpu, ratio } of measured) {
      const raw = await rawSigning()
      const cost = await costOf({ act, of })
      cpu.push(cost.cpu)
      ratio.push(cost.cpu / raw.cpu)
    }
  for (const { server } of servers) server.close()
  return measured.map(({ what, cpu, ratio }) => ({
    what,
    value: `${median(cpu).toFixed(2)} ms CPU`,
    ratio: median(ratio),
  }))
}

const rockpool: Peer = {
  name: 'Rockpool',
  start: () => aServer(),
  async acts(server) {
    const basic = Buffer.from(
      '1batchjobatpool1clientid00:batchjobsecretfordevelopmentonly0000000000000000000',
    )
    const machine = tokensAt('/oidc-pool-1/oauth2/token', `Basic ${basic.toString('base64')}`)
    return { ...(await machine(server)), ...(await usersAt(server)) }
  },
}

/** Its pools take addresses for usernames, whatever `CreateUserPool` says, unless its own configuration says otherwise. */
async function cognitoLocal(folder: string): Promise<Peer> {
  const place = join(folder, 'state')
  await mkdir(join(place, '.cognito'), { recursive: true })
  await writeFile(
    join(place, '.cognito', 'config.json'),
    JSON.stringify({ UserPoolDefaults: { UsernameAttributes: [] } }),
  )
  const program = `process.chdir(${JSON.stringify(place)})
process.env.PORT = '0'
process.env.HOST = '127.0.0.1'
require(${JSON.stringify(join(folder, 'node_modules/cognito-local/lib/bin/start.js'))})`
  return {
    name: 'cognito-local',
    start: () => aProcess(['--no-deprecation', '-e', program], addressIn),
    acts: usersAt,
  }
}

function mockServer(folder: string): Peer {
  const entry = join(folder, 'node_modules/oauth2-mock-server/dist/index.mjs')
  const program = `import(${JSON.stringify(entry)}).then(async ({ OAuth2Server }) => {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  console.log('http://127.0.0.1:' + server.address().port)
})`
  return {
    name: 'oauth2-mock-server',
    start: () => aProcess(['-e', program], addressIn),
    acts: tokensAt('/token'),
  }
}

const startOidcProvider = () => aProcess(['--import', typescript, oidcProvider], addressIn)

const addressIn = (line: string): string => /http:\/\/[\w.]+:\d+/.exec(line)?.[0] ?? ''

/** A token for a machine, as each of them gives it. */
const tokensAt =
  (path: string, authorization = `Basic ${Buffer.from('bench:bench').toString('base64')}`) =>
  async ({ baseUrl }: Running) => ({
    client_credentials: async () => {
      const answer = await send(`${baseUrl}${path}`, { grant_type: 'client_credentials' }, { authorization })
      if (answer.status !== 200 || !/"access_token": ?"ey/.test(answer.body))
        throw new Error(`client_credentials: ${answer.status} ${answer.body}`)
    },
  })

async function usersAt({ baseUrl }: Running) {
  const pool = await aPool(baseUrl)
  await pool.create(0)
  await pool.confirm(0)
  let made = 1
  return {
    'InitiateAuth, password': () => pool.signIn('user0'),
    AdminGetUser: () => pool.call('AdminGetUser', { UserPoolId: pool.UserPoolId, Username: 'user0' }),
    AdminCreateUser: () => pool.create(made++),
  }
}
