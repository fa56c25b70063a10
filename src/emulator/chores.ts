import type { Federation } from '../federation/index.js'
import { allPools } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import type { KeySource } from '../tokens/key-stock.js'
import type { Zoo } from '../zoo/index.js'

interface ChoreOptions {
  readonly upstream: Federation
  readonly builtIn: Zoo | undefined
  readonly keySource: KeySource
  /** Whether keys are made ahead for later starts. */
  readonly stocksKeys: boolean
  readonly log: (line: string) => void
}

/** What goes on beside the requests: keys are made, providers discovered, expired records swept. */
export function startChores(
  service: Service,
  { upstream, builtIn, keySource, stocksKeys, log }: ChoreOptions,
): () => Promise<void> {
  let isStopped = false
  const sweeping = setInterval(() => {
    service.store.sweep(sweptAtOnce).catch((error: Error) => log(`Sweeping failed: ${error.message}`))
  }, 30_000)
  sweeping.unref()
  const begun = prepare().catch((error: Error) => log(`Preparing failed: ${error.message}`))
  return async () => {
    isStopped = true
    clearInterval(sweeping)
    await begun
  }

  async function prepare(): Promise<void> {
    // One after another: a token that is asked for meanwhile does not wait for the keys of all.
    const pools = await allPools(service)
    for (const { id } of pools.slice(0, preparedPools)) if (!isStopped) await service.keys.of(id)
    if (isStopped) return
    await builtIn?.startAll()
    await upstream.prepareAll(() => isStopped)
    if (stocksKeys || pools.length > preparedPools) await keySource.prepare(() => !isStopped)
  }
}

/** Pools whose keys are made before anybody wants them; more would keep the machine busy for pools that may sleep. */
const preparedPools = 8

const sweptAtOnce = 10_000
