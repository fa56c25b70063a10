import { readSeeds } from '../../src/config/seed/read.js'
import { type Rockpool, startRockpool } from '../../src/testing/fixture.js'
import { aServer, demo, lasts, median, milliseconds, type Row, rounds, send } from './measure.js'

export async function benchStart(): Promise<Row[]> {
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
      aim: '≤ 2.7',
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

/** In this process, as a test does it: start, reset, and a sign-in through both pools, with all pages. */
export async function benchFixture(): Promise<Row[]> {
  const seeds = await readSeeds([demo])
  const times = {
    empty: [] as number[],
    start: [] as number[],
    reset: [] as number[],
    first: [] as number[],
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
    // Of the first process start, which has no stock of keys yet, the first waits for keys and for what is imported on demand.
    for (let repeat = 0; repeat < 4; repeat++) {
      const took = await milliseconds(() => rockpool?.signIn(marco))
      times[repeat === 0 ? 'first' : 'signIn'].push(took)
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
    row('first headless federated sign-in, with keys', times.first.slice(1), 100),
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
