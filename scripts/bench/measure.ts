import { spawn } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { argv, cpuUsage, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const command = fileURLToPath(new URL('../../dist/cli/main.cjs', import.meta.url))
const heapProbe = new URL('./heap-probe.js', import.meta.url).href
const probe = new URL('./loop-probe.js', import.meta.url).href
export const demo = fileURLToPath(new URL('../../fixtures/two-pools.yaml', import.meta.url))
/** Requests, and raw signatures, under way at the same time. */
export const inFlight = 16
export const quick = argv.includes('--quick')
export const rounds = quick ? 3 : 7
export const seconds = quick ? 0.5 : 1

export interface Row {
  readonly what: string
  readonly value: string
  readonly ratio?: number
  readonly aim?: string
}

/** Milliseconds until a process has said something, or until it has ended. */
export const lasts = (args: string[], until: 'output' | 'exit') =>
  new Promise<number>((measured, failed) => {
    const begin = performance.now()
    const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.on('error', failed)
    const done = () => {
      measured(performance.now() - begin)
      child.kill()
    }
    if (until === 'exit') child.on('exit', done)
    else child.stdout.once('data', done)
  })

/** Milliseconds in which a process says where it listens. */
const patience = 120_000

/** A process that says where it listens; and the CPU time it has used, in milliseconds. */
export async function aProcess(args: readonly string[], addressIn: (line: string) => string) {
  const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const line = await new Promise<string>((told, failed) => {
    let said = ''
    child.stdout?.on('data', data => {
      said += data
      if (said.includes('\n')) told(said)
    })
    child.once('error', failed)
    child.once('exit', code => failed(new Error(`it ended with ${code} before it was ready`)))
    setTimeout(() => {
      if (said === '') child.kill()
      failed(new Error(`it said nothing for ${patience / 1000} seconds`))
    }, patience).unref()
  })
  return {
    baseUrl: addressIn(line),
    /** Of all its threads. Not a number where the system does not tell. */
    async cpu() {
      // utime and stime, in hundredths of a second (proc(5)); the name in parentheses may hold blanks.
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
    /** Bytes: what it holds now, and the most that it ever held. */
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
      return { now: read('VmRSS'), most: read('VmHWM') }
    },
    /** Bytes that it holds, from which on the most that it ever holds is counted anew (proc(5), clear_refs). */
    async memoryFromNow() {
      await writeFile(`/proc/${child.pid}/clear_refs`, '5').catch(() => {})
      return (await this.memory()).now
    },
    /** What its event loop was held for since the last time; of a process that has the probe (`aWatchedServer`). */
    held: () =>
      new Promise<Held>(told => {
        child.once('message', held => told(held as Held))
        child.send('held')
      }),
    /** Bytes in use when V8 has collected all garbage; of a process that has the probe for it (`aCollectedServer`). */
    inUse: () =>
      new Promise<number>(told => {
        child.once('message', bytes => told(bytes as number))
        child.send('in use')
      }),
    /** Files and connections that it has open. Not a number where the system does not tell. */
    files: () =>
      readdir(`/proc/${child.pid}/fd`).then(
        ({ length }) => length,
        () => Number.NaN,
      ),
    close: () => child.kill(),
    /** Closes it, and waits until its files are closed, too. */
    end: () =>
      new Promise<void>(ended => {
        child.once('exit', () => ended())
        child.kill()
      }),
  }
}

/** The longest step of an event loop, in milliseconds. */
export interface Held {
  /** How late a timer was: as long as the step, and as the wait for a processor. */
  readonly late: number
  /** What the step cost in CPU time of the main thread. */
  readonly cpu: number
}

/** The built command, answering, with a probe in it that sees how long single steps hold the event loop. */
export const aWatchedServer = (...args: string[]) =>
  aProcess(
    ['--import', probe, command, '--json', '--port', '0', ...args],
    line => (JSON.parse(line) as { baseUrl: string }).baseUrl,
  )

/** The built command, answering, with a probe in it that tells what it has in use. */
export const aCollectedServer = (...args: string[]) =>
  aProcess(
    ['--expose-gc', '--import', heapProbe, command, '--json', '--port', '0', ...args],
    line => (JSON.parse(line) as { baseUrl: string }).baseUrl,
  )

/** The built command, answering. */
export const aServer = (...args: string[]) =>
  aProcess(
    [command, '--json', '--port', '0', ...args],
    line => (JSON.parse(line) as { baseUrl: string }).baseUrl,
  )

export const agent = new Agent({ keepAlive: true, maxSockets: inFlight })

/** One exchange over a kept connection. */
export const send = (
  url: string,
  form?: Record<string, string> | string,
  headers: Record<string, string> = {},
) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (answered, failed) => {
      const body = typeof form === 'object' ? new URLSearchParams(form).toString() : form
      const outgoing = request(
        url,
        {
          agent,
          method: form ? 'POST' : 'GET',
          headers: { ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}), ...headers },
        },
        response => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', chunk => {
            text += chunk
          })
          response.on('end', () =>
            answered({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          )
        },
      )
      outgoing.on('error', failed)
      outgoing.end(body)
    },
  )

export const sendJson = (url: string, body: object, headers: Record<string, string>) =>
  send(url, JSON.stringify(body), { 'content-type': 'application/x-amz-json-1.1', ...headers })

/** How often `act` is done in a second, some at a time. */
export async function rate(act: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + seconds * 1000
  let done = 0
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < end) {
        await act()
        done++
      }
    }),
  )
  return (done * 1000) / (performance.now() - begin)
}

/** What one act costs a process, in milliseconds of CPU time of all its threads. */
export async function costOf({
  act,
  of,
}: {
  readonly act: () => Promise<unknown>
  readonly of: { cpu(): Promise<number> }
}): Promise<{ readonly cpu: number }> {
  const before = await of.cpu()
  let done = 0
  await rate(async () => {
    await act()
    done++
  })
  return { cpu: ((await of.cpu()) - before) / done }
}

/** How fast this process signs when it does nothing else: the unit of all that follows. */
export async function rawSigning(): Promise<{ readonly rate: number; readonly cpu: number }> {
  const before = cpuUsage()
  let done = 0
  const perSecond = await rate(async () => {
    await signInPool('RSA-SHA256', rawText, rawKey)
    done++
  })
  const { user, system } = cpuUsage(before)
  return { rate: perSecond, cpu: (user + system) / 1000 / done }
}
const signInPool = promisify(sign)
const rawText = Buffer.from('x'.repeat(800))
const { privateKey: rawKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

export async function milliseconds(act: () => Promise<unknown> | undefined): Promise<number> {
  const begin = performance.now()
  await act()
  return performance.now() - begin
}
