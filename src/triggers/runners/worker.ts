/**
 * What runs inside of a function's worker thread. The worker is started from the text of these functions, so that it needs
 * no file of its own beside the bundle: they may use each other and Node, and nothing else of this or any other module.
 */

/** What a worker gets at its start. */
export interface WorkerData {
  /** Absolute path of the module; with `inline`, the name that its code goes by. */
  readonly file: string
  readonly inline?: string
  /** Names of exports, from the outermost: `a.b` is two. */
  readonly exported: readonly string[]
  readonly folder: string
}

/** One call, as the worker receives it. */
export interface WorkerCall {
  readonly event: string
  readonly requestId: string
  readonly functionName: string
  readonly region: string
  /** Milliseconds that the function has. */
  readonly time: number
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'answer'; readonly value: string | null }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string }

/** The worker's whole program. */
export const workerProgram = (): string =>
  [
    runWorker,
    handlerName,
    answerOf,
    loadModule,
    loadTypeScript,
    esbuildFor,
    isModuleFile,
    isCommonJs,
    importText,
    compileCommonJs,
    failureOf,
  ]
    .map(String)
    .concat(`${runWorker.name}()`)
    .join('\n')

type LambdaHandler = (event: unknown, context: object, callback: Callback) => unknown
type Callback = (error?: unknown, value?: unknown) => void

async function runWorker(): Promise<void> {
  const { parentPort, workerData } = await import('node:worker_threads')
  const data = workerData as WorkerData
  const tell = (message: FromWorker) => parentPort?.postMessage(message)
  // Over the port, what was written arrives before the answer, and also when the function never gives up control.
  for (const stream of [process.stdout, process.stderr])
    stream.write = (text: string | Uint8Array) => {
      tell({ kind: 'output', text: typeof text === 'string' ? text : Buffer.from(text).toString() })
      return true
    }
  let handler: LambdaHandler
  try {
    let found: unknown = await loadModule(data)
    for (const name of data.exported) found = (found as Record<string, unknown> | undefined)?.[name]
    if (typeof found !== 'function')
      throw Object.assign(new Error(`${handlerName(data)} is undefined or not exported`), {
        name: 'Runtime.HandlerNotFound',
      })
    handler = found as LambdaHandler
  } catch (error) {
    tell(failureOf(error))
    return
  }
  tell({ kind: 'ready' })
  parentPort?.on('message', async (call: WorkerCall) => {
    try {
      const value = await answerOf(handler, call)
      tell({ kind: 'answer', value: JSON.stringify(value) ?? null })
    } catch (error) {
      tell(failureOf(error))
    }
  })
}

/** A handler as Lambda writes it: the module's name without its extension, and the export. */
function handlerName({ file, exported }: WorkerData): string {
  return [file.replace(/^.*[\\/]|\.[cm]?[jt]s$/g, ''), ...exported].join('.')
}

/** Calls a handler of any of Lambda's styles: a promise, a callback, `context.done`, or a plain value. */
function answerOf(handler: LambdaHandler, { event, requestId, functionName, region, time }: WorkerCall) {
  const deadline = Date.now() + time
  return new Promise<unknown>((resolve, reject) => {
    const callback: Callback = (error, value) =>
      error === undefined || error === null ? resolve(value) : reject(error)
    const context = {
      awsRequestId: requestId,
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
      memoryLimitInMB: '128',
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: requestId,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
      done: callback,
      succeed: (value: unknown) => resolve(value),
      fail: (error: unknown) => reject(error),
    }
    const returned = handler(JSON.parse(event), context, callback)
    const isPromise = typeof (returned as Promise<unknown> | undefined)?.then === 'function'
    // A handler that declares a callback answers by it, unless it returns something; so may one that uses the context.
    if (isPromise || returned !== undefined) resolve(returned)
    else if (handler.length < 2) resolve(undefined)
  })
}

async function loadModule({ file, inline }: WorkerData): Promise<unknown> {
  if (inline !== undefined)
    return (await isCommonJs(inline)) ? compileCommonJs(inline, file) : importText(inline, file)
  const { pathToFileURL } = await import('node:url')
  if (/\.[cm]?ts$/.test(file)) return loadTypeScript(file)
  if (file.endsWith('.js') && (await isModuleFile(file))) {
    // Lambda sees no package.json above the function's folder, such as that of the project around `cdk.out`.
    const { readFileSync } = await import('node:fs')
    const text = readFileSync(file, 'utf8')
    if (await isCommonJs(text)) return compileCommonJs(text, file)
  }
  const loaded = await import(pathToFileURL(file).href)
  // Of CommonJS, Node tells only the names that it finds without running it.
  return 'module.exports' in loaded || !file.endsWith('.mjs') ? { ...loaded.default, ...loaded } : loaded
}

/** The user's own esbuild: one beside the file, or that of the user's tsx. */
async function esbuildFor(file: string): Promise<typeof import('esbuild') | undefined> {
  const { createRequire } = await import('node:module')
  const from = createRequire(file)
  try {
    return from('esbuild')
  } catch {}
  try {
    return createRequire(from.resolve('tsx/package.json'))('esbuild')
  } catch {
    return undefined
  }
}

/** TypeScript, by the user's own esbuild; without one, by Node where it can. */
async function loadTypeScript(file: string): Promise<unknown> {
  const { pathToFileURL } = await import('node:url')
  const esbuild = await esbuildFor(file)
  if (esbuild !== undefined) {
    const isModule = await isModuleFile(file)
    const { outputFiles } = await esbuild.build({
      entryPoints: [file],
      bundle: true,
      write: false,
      platform: 'node',
      format: isModule ? 'esm' : 'cjs',
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'silent',
    })
    const text = outputFiles[0]?.text ?? ''
    return isModule ? importText(text, file) : compileCommonJs(text, file)
  }
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION' && code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error
    throw new Error(
      `Node ${process.versions.node} cannot run ${file} as it is. Install esbuild beside it (npm install -D esbuild), or use Node 22.18 or later with types that can be erased`,
    )
  }
}

/** Whether a file is an ES module, or becomes one: by its extension, else by the `type` of the package that it is in. */
async function isModuleFile(file: string): Promise<boolean> {
  if (/\.[cm]ts$/.test(file)) return file.endsWith('.mts')
  const { existsSync, readFileSync } = await import('node:fs')
  const { dirname, join } = await import('node:path')
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module'
    if (folder === dirname(folder)) return false
  }
}

async function isCommonJs(code: string): Promise<boolean> {
  const { compileFunction } = await import('node:vm')
  try {
    compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'])
    return true
  } catch {
    return false
  }
}

/** Imports a text in the place of a file, so that it finds the packages which that file would find. */
async function importText(code: string, file: string): Promise<unknown> {
  const { register } = await import('node:module')
  const { pathToFileURL } = await import('node:url')
  const url = pathToFileURL(file.replace(/\.[cm]?[jt]s$/, '.mjs')).href
  const text = { url, format: 'module', source: code, shortCircuit: true }
  const hooks = `
    const text = ${JSON.stringify(text)}
    export const resolve = (name, context, next) => name === text.url ? text : next(name, context)
    export const load = (url, context, next) => url === text.url ? text : next(url, context)`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
  return import(url)
}

async function compileCommonJs(code: string, file: string): Promise<unknown> {
  const { Module } = await import('node:module')
  const { dirname } = await import('node:path')
  type Internal = {
    filename: string
    paths: string[]
    exports: unknown
    _compile(code: string, file: string): void
  }
  const made = new Module(file) as unknown as Internal
  made.filename = file
  made.paths = (Module as unknown as { _nodeModulePaths(folder: string): string[] })._nodeModulePaths(
    dirname(file),
  )
  made._compile(code, file)
  return made.exports
}

/** Lambda tells the name and message of an error; of anything else thrown, its type and text. */
function failureOf(thrown: unknown): FromWorker {
  const isError = thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]'
  if (!isError) return { kind: 'failed', type: typeof thrown, message: String(thrown) }
  const { name, message, stack } = thrown as Error
  process.stderr.write(`${stack ?? message}\n`)
  return { kind: 'failed', type: name, message }
}
