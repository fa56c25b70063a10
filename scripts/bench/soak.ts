import { argv, stdout } from 'node:process'
import { aPool, federation, signedIn } from './clients.js'
import { aServer, median, milliseconds, type Row } from './measure.js'

/** Connections, each with one request under way. */
const connections = 8

/**
 * Mixed load for as many seconds as `--seconds=N` says (120 unless it does): what requests took, and what the process held
 * in each tenth of the time.
 */
export async function benchSoak(): Promise<Row[]> {
  const seconds = Number(argv.find(word => word.startsWith('--seconds='))?.slice('--seconds='.length) ?? 120)
  const server = await aServer()
  const { code, exchange, token } = await signedIn(server.baseUrl)
  const { refresh_token } = await exchange(await code())
  const pool = await aPool(server.baseUrl)
  await pool.create(0)
  await pool.confirm(0)
  const acts: (() => Promise<unknown>)[] = [
    () => token({ grant_type: 'refresh_token', refresh_token }),
    async () => exchange(await code()),
    () => pool.signIn('user0'),
    () => pool.call('AdminGetUser', { UserPoolId: pool.UserPoolId, Username: 'user0' }),
    await federation(server.baseUrl),
  ]
  // What is done once, as the keys of a pool are made, is no part of a soak.
  for (const act of acts) await act()
  const took = acts.map((): number[] => [])
  const held: number[] = []
  const files: number[] = []
  const end = performance.now() + seconds * 1000
  const workers = Array.from({ length: connections }, async (_, worker) => {
    for (let turn = worker; performance.now() < end; turn++) {
      const kind = turn % acts.length
      took[kind]?.push(await milliseconds(acts[kind] as () => Promise<unknown>))
    }
  })
  for (let tenth = 0; tenth < 10; tenth++) {
    await new Promise(done => setTimeout(done, seconds * 100))
    held.push((await server.memory()).now)
    files.push(await server.files())
    stdout.write(
      `after ${((tenth + 1) * seconds) / 10} s: ${((held.at(-1) ?? 0) / 1e6).toFixed(0)} MB, ${files.at(-1)} open files\n`,
    )
  }
  await Promise.all(workers)
  server.close()
  const names = ['refresh', 'authorize and code exchange', 'password', 'AdminGetUser', 'federated sign-in']
  return [
    {
      what: 'memory, the last tenth to the half',
      value: `${((held[9] ?? 0) / 1e6).toFixed(0)} MB`,
      ratio: (held[9] ?? 0) / (held[4] ?? 1),
      aim: '≤ 1.1',
    },
    {
      what: 'open files, the last tenth to the half',
      value: `${files[9]}`,
      ratio: (files[9] ?? 0) / (files[4] ?? 1),
      aim: '≤ 1.1',
    },
    ...names.map((what, kind) => {
      const times = took[kind] ?? []
      const late = times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0
      return {
        what: `${what}, p99 to p50`,
        value: `p50 ${median(times).toFixed(1)}, p99 ${late.toFixed(1)} ms, ${times.length} times`,
        ratio: late / median(times),
        aim: '≤ 4',
      }
    }),
  ]
}
