import { Agent, get, request } from 'node:http'
import { argv } from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { aPool } from './clients.js'
import { aWatchedServer, inFlight, milliseconds, quick, type Row } from './measure.js'

/**
 * What concerns the whole state, or much of it, where there are many users: how long it takes, the longest step that held the
 * event loop meanwhile (CPU time of the main thread; beside it, how late a timer was), and the most memory that the process
 * ever held, beside what it held before. CPU time is that of all its threads.
 */
export async function benchWholeState(store: 'memory' | 'sqlite', ...args: string[]): Promise<Row[]> {
  const server = await aWatchedServer(...args)
  const pool = await aPool(server.baseUrl)
  await pool.create(0)
  await pool.confirm(0)
  await fill(server.baseUrl, pool.UserPoolId, users)
  const rows: Row[] = []
  for (const [what, act] of actsOf(server.baseUrl, pool)) {
    await act.prepare?.()
    await server.held()
    const before = await server.memoryFromNow()
    const cpuBefore = await server.cpu()
    const took = await milliseconds(act.act)
    const ofAll = (await server.cpu()) - cpuBefore
    const { cpu, late } = await server.held()
    const { most } = await server.memory()
    const seconds = (time: number) => (time / 1000).toFixed(2)
    rows.push({
      what: `${what} (${store}, ${users} users)`,
      value: `${seconds(took)} s (CPU ${seconds(ofAll)}), at most ${cpu.toFixed(0)} ms (late ${late.toFixed(0)}), ${inMegabytes(before)} to ${inMegabytes(most)} MB`,
      ratio: most / before,
      aim: '≤ 50 ms, × 1.3',
    })
  }
  server.close()
  return rows
}

const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)

const asked = argv.find(word => word.startsWith('--users='))?.slice('--users='.length)
const users = Number(asked ?? (quick ? 5000 : 100_000))
const signIns = quick ? 1000 : 10_000

interface Act {
  readonly act: () => Promise<unknown>
  /** What is done before, and not measured. */
  readonly prepare?: () => Promise<unknown>
}

function actsOf(baseUrl: string, pool: Awaited<ReturnType<typeof aPool>>): [string, Act][] {
  const control = `${baseUrl}/_rockpool`
  let document: Buffer = Buffer.alloc(0)
  const fetchDocument = async () => {
    document = await fetched(`${control}/snapshot?secrets=true`)
  }
  const signInOften = () =>
    Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (let done = 0; done < signIns / inFlight; done++) await pool.signIn('user0')
      }),
    )
  const signOut = () =>
    pool.call('AdminUserGlobalSignOut', { UserPoolId: pool.UserPoolId, Username: 'user0' })
  return [
    ['import of 1 000 users', { act: () => fill(baseUrl, pool.UserPoolId, users + 1000, users, 1000) }],
    [`sign-out of ${signIns} sign-ins`, { prepare: signInOften, act: signOut }],
    ['snapshot with secrets', { act: fetchDocument }],
    ['named snapshot', { act: () => sent('PUT', `${control}/snapshots/bench`) }],
    ['restore of a document', { act: () => sent('POST', `${control}/restore`, document) }],
    ['restore of a named one', { act: () => sent('POST', `${control}/snapshots/bench/restore`) }],
    ['reset', { act: () => sent('POST', `${control}/reset`) }],
  ]
}

/** Users by the control API, some at a time. */
async function fill(baseUrl: string, pool: string, count: number, first = 1, atOnce = 500): Promise<void> {
  for (let from = first; from < count; from += atOnce) {
    const users = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => ({
      username: `user${from + at}`,
      attributes: {
        email: `user${from + at}@reef.example`,
        given_name: 'Ada',
        family_name: `Reef ${at % 97}`,
      },
    }))
    await sent('POST', `${baseUrl}/_rockpool/users/import`, Buffer.from(JSON.stringify({ pool, users })))
  }
}

async function sent(method: string, url: string, body?: Buffer): Promise<void> {
  const outgoing = request(url, { method, agent: patient })
  const answered = new Promise<void>((done, failed) => {
    outgoing.on('error', failed)
    outgoing.on('response', response => {
      let text = ''
      response.setEncoding('utf8').on('data', piece => {
        text = `${text}${piece}`.slice(0, 500)
      })
      response.on('end', () =>
        response.statusCode === 200 ? done() : failed(new Error(`${method} ${url}: ${text}`)),
      )
    })
  })
  // In pieces, as a file would be sent.
  if (body === undefined) outgoing.end()
  else await pipeline(Readable.from(inBytes(body)), outgoing)
  await answered
}

function* inBytes(body: Buffer): Iterable<Buffer> {
  for (let from = 0; from < body.length; from += 65_536) yield body.subarray(from, from + 65_536)
}

const fetched = (url: string): Promise<Buffer> =>
  new Promise((done, failed) => {
    get(url, { agent: patient }, response => {
      const pieces: Buffer[] = []
      response.on('data', piece => pieces.push(piece))
      response.on('end', () => done(Buffer.concat(pieces)))
      response.on('error', failed)
    }).on('error', failed)
  })

const patient = new Agent({ keepAlive: true, maxSockets: inFlight })
