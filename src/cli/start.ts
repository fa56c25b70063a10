import { join } from 'node:path'
import { compileCache, keyStockFolder } from '../config/cache-folder.js'
import { packageRoot, packageVersion } from '../config/package.js'
import type { KeptSeeds } from '../config/seed/kept.js'
import type { Seed } from '../config/seed/shape.js'
import { banner } from './banner.js'
import { authorityFolder } from './ca.js'
import { configurationFor } from './env.js'
import { importedSeed, seedsFrom } from './infrastructure.js'
import { lookUpNames } from './names-on-aws.js'
import type { Environment } from './options.js'
import { usersWithPasswords } from './seeded-users.js'
import type { StartOptions } from './start-options.js'
import type { Style } from './style.js'

/** Where the command line writes to. */
export interface Output {
  out(text: string): void
  err(text: string): void
  readonly style: Style
}

/** Something that runs until it is closed. */
export interface Running {
  /** Requests under way may come to their end, for `patience` milliseconds. */
  close(how: { readonly patience: number }): Promise<void>
}

/** Starts Rockpool and says so. Throws what reading seeds and starting throw: see `toldFailure`. */
export async function start(
  options: StartOptions,
  output: Output,
  environment: Environment,
): Promise<Running> {
  // Slow modules load side by side, and not at all for `--help`.
  const emulator = import('../emulator.js')
  emulator.catch(() => {})
  const isDemo = options.seeds.length === 0 && options.from === undefined
  const inputs = { ...options, seeds: isDemo ? [demoSeed()] : options.seeds }
  const { seeds, files } = await readInputs(inputs, output, environment)
  const { startRockpool } = await emulator
  const { host, port, baseUrl, dataDir, hostNames, awsAddresses, trustProxy, accountId, json } = options
  const { allowOrigins, realProviders, control, controlToken, lambdaEndpoint } = options
  const keyStock = keyStockFolder(options, environment)
  const rockpool = await startRockpool({
    host,
    port,
    seeds,
    hostNames,
    allowOrigins,
    realProviders,
    awsAddresses,
    trustProxy,
    caDir: authorityFolder(options, environment),
    ...(keyStock === undefined ? {} : { keyStock }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(control === undefined ? {} : { control }),
    ...(controlToken === undefined ? {} : { controlToken }),
    ...(lambdaEndpoint === undefined ? {} : { lambdaEndpoint }),
    log: line => output.err(`${line}\n`),
  })
  const { pools } = rockpool
  if (json) output.out(`${JSON.stringify({ baseUrl: rockpool.baseUrl, pools })}\n`)
  else {
    const ready = {
      version: packageVersion(),
      baseUrl: rockpool.baseUrl,
      command: commandIn(environment),
      forEnv: argumentsForEnv(options, rockpool.baseUrl),
      pools,
      ...(awsAddresses ? { namesOnAws: await lookUpNames(pools) } : {}),
      users: usersWithPasswords(seeds),
      isDemo,
      ...(dataDir === undefined ? {} : { dataDir }),
    }
    output.out(banner(ready, output.style))
  }
  if (!options.watch) return rockpool
  const { watchFiles } = await import('./watch.js')
  const stopWatching = watchFiles(files, async () => {
    try {
      const changed = await readInputs(inputs, output, environment)
      for (const line of await rockpool.changeSeeds(changed.seeds)) output.err(`${line}\n`)
      output.err('What changed is applied.\n')
      return changed.files
    } catch (error) {
      output.err(`${toldFailure(error, options) ?? String(error)}\nEverything stays as it was.\n`)
      return undefined
    }
  })
  return {
    close(how) {
      stopWatching()
      return rockpool.close(how)
    },
  }
}

/** Reads seeds and infrastructure code. `files` are all that were read. */
async function readInputs(
  options: StartOptions,
  output: Output,
  environment: Environment,
): Promise<{ readonly seeds: Seed[]; readonly files: readonly string[] }> {
  const { readSeeds } = await import('../config/seed/read.js')
  const files = [...options.seeds]
  const seeds = [
    ...(await readSeeds(options.seeds, await keptOnceSettled(environment))),
    ...(await seedsFrom(
      options,
      environment,
      line => output.err(`${line}\n`),
      file => files.push(file),
    )),
  ]
  return { seeds, files }
}

/** The arguments of this start that `rockpool env` needs. For port 0, the port that was found. */
function argumentsForEnv({ forEnv = [], port }: StartOptions, baseUrl: string): string[] {
  if (port !== 0 || forEnv.includes('--base-url')) return [...forEnv]
  const at = forEnv.indexOf('--port')
  const others = at < 0 ? forEnv : forEnv.toSpliced(at, 2)
  return [...others, '--port', new URL(baseUrl).port]
}

/** Milliseconds after the start, when there is time to keep what was read. */
const settled = 2000

async function keptOnceSettled(environment: Environment): Promise<KeptSeeds | undefined> {
  const folder = compileCache('seeds', environment)
  if (folder === undefined) return undefined
  const { keptSeeds } = await import('../config/seed/kept.js')
  const { find, keep } = keptSeeds(folder)
  return {
    find,
    keep(texts, seeds) {
      setTimeout(() => void keep(texts, seeds), settled).unref()
    },
  }
}

/** How the command line was called, to be called again: in a clone, by npx, or by its own name. */
export function commandIn(environment: Environment): string {
  if (environment.npm_lifecycle_event === 'start') return 'npm start --silent --'
  return environment.npm_command === 'exec' ? 'npx rockpool' : 'rockpool'
}

/** Prints the configuration of an app. */
export async function printConfiguration(
  options: StartOptions,
  output: Output,
  environment: Environment,
): Promise<void> {
  const { readSeeds } = await import('../config/seed/read.js')
  const { port, baseUrl = `http://localhost:${port}`, seeds, awsAddresses, pool, client, format } = options
  const isDemo = seeds.length === 0 && options.from === undefined
  const read = [
    ...(await readSeeds(isDemo ? [demoSeed()] : seeds)),
    ...(await seedsFrom(options, environment, () => {})),
  ]
  output.out(
    await configurationFor(read, {
      baseUrl,
      awsAddresses,
      ...(pool === undefined ? {} : { pool }),
      ...(client === undefined ? {} : { client }),
      ...(format === undefined ? {} : { format }),
    }),
  )
}

/** Prints the pools of infrastructure code as a seed. */
export async function printImported(
  options: StartOptions,
  output: Output,
  environment: Environment,
): Promise<void> {
  const { realPools } = options
  if (realPools !== undefined) {
    const { printRealPools } = await import('./real-pool.js')
    await printRealPools({ ...options, realPools }, output)
    return
  }
  output.out(await importedSeed(options, environment, line => output.err(`${line}\n`)))
}

const demoSeed = (): string => join(packageRoot(), 'fixtures', 'two-pools.yaml')

/** Errors whose message says all that there is to say. */
const spokenErrors = new Set([
  'SeedError',
  'DataDirectoryError',
  'DatabaseError',
  'AuthorityFolderError',
  'UsageError',
  'ImportError',
  'NoAnswerError',
  'RealPoolError',
])

/** A failure to start, as a sentence with a remedy; undefined for an unforeseen one. */
export function toldFailure(error: unknown, { host, port }: StartOptions): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (spokenErrors.has(error.name)) return error.message
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use already, perhaps by another Rockpool. Stop that one, or choose another port: --port 0 takes any that is free.`
    case 'EACCES':
      return `Listening on port ${port} is not allowed here. Choose one above 1023, for example --port 7665.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address "${host}". Use --host 127.0.0.1, or --host 0.0.0.0 to be reachable from others.`
    default:
      return undefined
  }
}
