import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aServer, lasts, median, milliseconds, quick, type Row, send } from './measure.js'

const pools = quick ? 100 : 1000
const clientsEach = 10
/** Pools that are asked for their first token, spread among all. */
const asked = 5

/** Many pools of a seed: how long until the first answer, and until the first token of any pool, whose keys nobody has made yet. */
export async function benchManyPools(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'rockpool-bench-'))
  const seed = join(directory, 'pools.json')
  await writeFile(seed, JSON.stringify({ UserPools: Array.from({ length: pools }, (_, at) => aPool(at)) }))
  try {
    const empty = await lasts(['-e', '0'], 'exit')
    const begin = performance.now()
    const server = await aServer('--seed', seed)
    const ready = performance.now() - begin
    const cpu = await server.cpu()
    const first: number[] = []
    for (let turn = 0; turn < asked; turn++) {
      const at = Math.floor(((turn + 0.5) * pools) / asked)
      first.push(await milliseconds(() => firstToken(`${server.baseUrl}/pool-${at}`, at)))
    }
    server.close()
    return [
      {
        what: `${pools} pools with ${clientsEach} clients each: ready`,
        value: `${ready.toFixed(0)} ms (CPU ${cpu.toFixed(0)})`,
        ratio: ready / empty,
        aim: '≤ 3 s',
      },
      {
        what: 'the first token of any of them',
        value: `${median(first).toFixed(0)} ms, at most ${Math.max(...first).toFixed(0)}`,
        aim: '≤ 1 s',
      },
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const aPool = (at: number) => ({
  PoolName: `pool-${at}`,
  Domain: `pool-${at}`,
  ResourceServers: [
    { Identifier: 'reef', Name: 'reef', Scopes: [{ ScopeName: 'read', ScopeDescription: 'r' }] },
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
