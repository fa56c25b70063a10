import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { aServer, lasts, median, milliseconds, quick, type Row, send } from './measure.js'

const pools = quick ? 100 : 1000
const clientsEach = 10
/** Pools that are asked for their first token, spread among all. */
const asked = 5
/** Milliseconds after which a start has kept the checked seed for later ones. */
const kept = 6000

/**
 * Many pools of a seed: how long until the first answer, for the first time, again, and with a database that is new or has
 * them already; and until the first token of any pool, whose keys nobody has made yet.
 */
export async function benchManyPools(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'rockpool-bench-'))
  const seed = join(directory, 'pools.json')
  // A seed that nobody has checked before has a name that nobody has given.
  const own = `${Date.now()}`
  const UserPools = Array.from({ length: pools }, (_, at) => aPool(at, own))
  await writeFile(seed, JSON.stringify({ UserPools }))
  const database = ['--data', join(directory, 'data')]
  try {
    const empty = await lasts(['-e', '0'], 'exit')
    const rows: Row[] = []
    for (const [when, args] of [
      ['first start', []],
      ['again', []],
      ['new database', database],
      ['its second start', database],
    ] as const) {
      const { server, ready, cpu } = await aStart(['--seed', seed, ...args])
      rows.push({
        what: `${pools} pools of ${clientsEach} clients: ${when}`,
        value: `${ready.toFixed(0)} ms (CPU ${cpu.toFixed(0)})`,
        ratio: ready / empty,
        aim: '≤ 3 s',
      })
      if (when === 'first start') {
        rows.push(await firstTokens(server.baseUrl))
        await setTimeout(kept)
      }
      await server.end()
    }
    return rows
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function aStart(args: readonly string[]) {
  const begin = performance.now()
  const server = await aServer(...args)
  const ready = performance.now() - begin
  return { server, ready, cpu: await server.cpu() }
}

async function firstTokens(baseUrl: string): Promise<Row> {
  const took: number[] = []
  for (let turn = 0; turn < asked; turn++) {
    const at = Math.floor(((turn + 0.5) * pools) / asked)
    took.push(await milliseconds(() => firstToken(`${baseUrl}/pool-${at}`, at)))
  }
  return {
    what: 'the first token of any of them',
    value: `${median(took).toFixed(0)} ms, at most ${Math.max(...took).toFixed(0)}`,
    aim: '≤ 1 s',
  }
}

const aPool = (at: number, own: string) => ({
  PoolName: `pool-${at}`,
  Domain: `pool-${at}`,
  ResourceServers: [
    { Identifier: 'reef', Name: own, Scopes: [{ ScopeName: 'read', ScopeDescription: 'r' }] },
  ],
  Clients: Array.from({ length: clientsEach }, (_, number) => ({
    ClientName: `client-${number}`,
    ClientId: `client${number}atpool${at}`,
    ClientSecret: secret,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['reef/read'],
  })),
})
const secret = 'x'.repeat(51)

async function firstToken(domain: string, at: number): Promise<void> {
  const authorization = `Basic ${Buffer.from(`client0atpool${at}:${secret}`).toString('base64')}`
  const answer = await send(`${domain}/oauth2/token`, { grant_type: 'client_credentials' }, { authorization })
  if (answer.status !== 200) throw new Error(`client_credentials: ${answer.status} ${answer.body}`)
}
