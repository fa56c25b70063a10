import { Agent, get, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { aPool } from './clients.js'
import { aServer, inFlight, milliseconds, quick, type Row } from './measure.js'

/**
 * What concerns the whole state, where there are many users: how long it takes, the longest that a request for the health
 * waited meanwhile (asked for every few milliseconds over a connection of its own: a step that holds the event loop is seen
 * there), and the most memory that the process ever held, beside what it held before.
 */
export async function benchWholeState(store: 'memory' | 'sqlite', ...args: string[]): Promise<Row[]> {
  const server = await aServer(...args)
  const users = quick ? 5000 : 100_000
  const { UserPoolId, create } = await aPool(server.baseUrl)
  await create(0)
  await fill(server.baseUrl, UserPoolId, users)
  const before = (await server.memory()).now
  let document: Buffer = Buffer.alloc(0)
  const control = `${server.baseUrl}/_rockpool`
  const rows: Row[] = []
  const acts: [string, () => Promise<unknown>][] = [
    [
      'snapshot with secrets',
      async () => {
        document = await fetched(`${control}/snapshot?secrets=true`)
      },
    ],
    ['named snapshot', () => sent('PUT', `${control}/snapshots/bench`)],
    ['restore of a named one', () => sent('POST', `${control}/snapshots/bench/restore`)],
    ['restore of a document', () => sent('POST', `${control}/restore`, document)],
    ['reset', () => sent('POST', `${control}/reset`)],
  ]
  for (const [what, act] of acts) {
    const watch = watched(`${control}/health`)
    const took = await milliseconds(act)
    const longest = await watch.end()
    const { most } = await server.memory()
    rows.push({
      what: `${what}, ${users} users (${store})`,
      value: `${(took / 1000).toFixed(2)} s, held up ${longest.toFixed(0)} ms`,
      ratio: most / before,
      aim: '≤ 1.3',
    })
  }
  server.close()
  return rows
}

/** Users by the control API, five hundred at a time. */
async function fill(baseUrl: string, pool: string, count: number): Promise<void> {
  for (let from = 1; from < count; from += 500) {
    const users = Array.from({ length: Math.min(500, count - from) }, (_, at) => ({
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

/** Asks again and again, until the end; the longest wait is told in milliseconds. */
function watched(url: string): { end(): Promise<number> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let isOver = false
  let longest = 0
  const ask = () =>
    new Promise<void>((done, failed) => {
      get(url, { agent }, response => response.resume().on('end', done)).on('error', failed)
    })
  const running = (async () => {
    while (!isOver) {
      longest = Math.max(longest, await milliseconds(ask))
      await new Promise(done => setTimeout(done, 2))
    }
  })()
  return {
    async end() {
      isOver = true
      await running
      agent.destroy()
      return longest
    },
  }
}
