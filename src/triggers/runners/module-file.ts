import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Chance } from '../../core/ports/chance.js'
import type { TriggerEvent } from '../../core/ports/triggers.js'
import type { Outcome, Ran, Runner } from './runner.js'
import { type FromWorker, type WorkerCall, type WorkerData, workerProgram } from './worker.js'

/** A function in a file, or in a text that stands for one. */
export interface FunctionFile {
  readonly file: string
  readonly inline?: string
  /** As `handler`, or `a.b`. */
  readonly exported: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeout: number
  readonly attempts: number
}

/** Milliseconds in which a module has to be loaded, as Lambda has it. */
const loadTime = 10_000

/** Milliseconds that a worker waits for the next call. The one that has waited least is taken first, so what a rush leaves behind goes. */
const idleTime = 60_000

/**
 * Calls a function in a worker thread of its own. Each worker has one call at a time; while it is busy, another is
 * started, because a function may cause its own next call. Workers are kept for a while, however many there were at once:
 * starting one costs a hundred times what a call costs. A changed file is seen at the next call.
 */
export function moduleFileRunner(given: FunctionFile, chance: Pick<Chance, 'uuid'>): Runner {
  const all = new Set<Instance>()
  const idle: Instance[] = []
  const patience = new WeakMap<Instance, NodeJS.Timeout>()
  const where =
    given.inline === undefined ? `${given.file}#${given.exported}` : `inline code, ${given.exported}`
  const end = (instance: Instance) => {
    all.delete(instance)
    clearTimeout(patience.get(instance))
    return instance.end()
  }
  const rest = (instance: Instance) => {
    const leave = () => {
      idle.splice(idle.indexOf(instance), 1)
      void end(instance)
    }
    patience.set(instance, setTimeout(leave, idleTime).unref())
    idle.push(instance)
  }
  const start = () => {
    const instance = startInstance(given)
    all.add(instance)
    return instance
  }
  const take = (version: string): Instance => {
    for (let instance = idle.pop(); instance !== undefined; instance = idle.pop()) {
      clearTimeout(patience.get(instance))
      if (instance.version === version && instance.isAlive()) return instance
      void end(instance)
    }
    return start()
  }
  return {
    where,
    attempts: given.attempts,
    timeout: given.timeout,
    async run(event) {
      const known = idle.at(-1)
      const instance = take(known === undefined ? '' : versionOf(known.files))
      const ran = await instance.call(event, { timeout: given.timeout, requestId: chance.uuid() })
      if (ran.outcome.kind === 'late' || !instance.isAlive()) void end(instance)
      else rest(instance)
      return ran
    },
    async close() {
      idle.length = 0
      await Promise.all([...all].map(end))
    },
  }
}

interface Instance {
  /** What it was made of. */
  readonly files: readonly string[]
  readonly version: string
  isAlive(): boolean
  call(event: TriggerEvent, how: { readonly timeout: number; readonly requestId: string }): Promise<Ran>
  end(): Promise<void>
}

function startInstance({ file, inline, exported, environment }: FunctionFile): Instance {
  const folder = dirname(file)
  const files = inline === undefined ? filesOf(file) : []
  const data: WorkerData = {
    file,
    ...(inline === undefined ? {} : { inline }),
    exported: exported.split('.'),
    folder,
  }
  const worker = new Worker(workerProgram(), {
    eval: true,
    env: { ...environment, LAMBDA_TASK_ROOT: folder, _HANDLER: exported, TZ: ':UTC' },
    workerData: data,
    execArgv: [],
  })
  // The process may end although a function keeps a timer.
  worker.unref()
  const output: string[] = []
  let alive = true
  let failure: Outcome | undefined
  let running: string | undefined
  let settle: ((outcome: Outcome | 'ready') => void) | undefined
  const next = () =>
    new Promise<Outcome | 'ready'>(resolve => {
      settle = resolve
    })
  const over = (outcome: Outcome) => {
    alive = false
    failure ??= outcome
    settle?.(failure)
  }
  const loaded = next()
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'output') output.push(message.text)
    else settle?.(message.kind === 'ready' ? 'ready' : outcomeOf(message))
  })
  worker.on('error', (error: Error) => over({ kind: 'failed', message: error.message }))
  worker.on('exit', code => over({ kind: 'failed', message: exitMessage(code, running) }))
  return {
    files,
    version: versionOf(files),
    isAlive: () => alive,
    async call(event, { timeout, requestId }) {
      output.length = 0
      const ready = await within(loaded, loadTime)
      if (ready !== 'ready') {
        alive = false
        return { outcome: ready, output: lines(output) }
      }
      if (failure !== undefined) return { outcome: failure, output: lines(output) }
      const answer = next()
      running = requestId
      worker.postMessage({
        event: JSON.stringify(event),
        requestId,
        functionName: event.triggerSource.split('_')[0] ?? '',
        region: event.region,
        time: timeout * 1000,
      } satisfies WorkerCall)
      const outcome = await within(answer, timeout * 1000)
      return { outcome: outcome as Outcome, output: lines(output) }
    },
    async end() {
      alive = false
      await worker.terminate()
    },
  }
}

function outcomeOf(message: Exclude<FromWorker, { kind: 'ready' | 'output' }>): Outcome {
  if (message.kind === 'failed') return { kind: 'failed', message: message.message }
  return { kind: 'answer', value: message.value === null ? null : JSON.parse(message.value) }
}

/** Lambda's words for a function that ends its process. */
const exitMessage = (code: number, requestId: string | undefined): string =>
  `${requestId === undefined ? '' : `RequestId: ${requestId} `}Error: Runtime exited ${
    code === 0 ? 'without providing a reason' : `with error: exit status ${code}`
  }`

/** What came in time. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | Outcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>(done => {
    timer = setTimeout(done, milliseconds, { kind: 'late' })
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

const lines = (output: readonly string[]): string[] =>
  output
    .join('')
    .split('\n')
    .filter(line => line !== '')

/** Says whether any of the files changed. */
const versionOf = (files: readonly string[]): string =>
  files
    .map(file => {
      const stats = statSync(file, { throwIfNoEntry: false })
      return `${file} ${stats?.mtimeMs} ${stats?.size}`
    })
    .join('\n')

const relativeImport = /(?:from|import|require|import\()\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** The module and what it imports by relative paths, however deep. */
function filesOf(entry: string): string[] {
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    found.add(file)
    if (file.endsWith('.json') || !existsSync(file)) return
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(relativeImport)) {
      const imported = moduleAt(resolve(dirname(file), path))
      if (imported !== undefined) visit(imported)
    }
  }
  visit(entry)
  return [...found]
}

const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/** The file that a path without extension, or with that of compiled TypeScript, stands for. */
export function moduleAt(path: string): string | undefined {
  const stem = path.replace(/\.[cm]?js$/, '')
  const candidates = [path, ...extensions.map(extension => path + extension), `${stem}.ts`, `${stem}.mts`]
  return candidates.find(file => statSync(file, { throwIfNoEntry: false })?.isFile())
}
