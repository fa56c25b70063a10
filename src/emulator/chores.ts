import type { Store } from '../core/ports/store.js'
import type { Federation } from '../federation/index.js'
import { allPools } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { nextTurn, type Turn } from '../lib/pieces.js'
import type { KeySource } from '../tokens/key-stock.js'

interface ChoreOptions {
  readonly upstream: Federation
  readonly startBuiltIn: () => Promise<void>
  readonly keySource: KeySource
  /** Whether keys are made ahead for later starts. */
  readonly stocksKeys: boolean
  readonly log: (line: string) => void
}

/** What goes on beside the requests: keys are made, providers discovered, expired records swept. */
export function startChores(
  service: Service,
  { upstream, startBuiltIn, keySource, stocksKeys, log }: ChoreOptions,
): () => Promise<void> {
  let isStopped = false
  const isOver = () => isStopped
  let swept: Promise<void> | undefined
  const sweeping = setInterval(() => {
    swept ??= sweepAll(service.store, isOver)
      .catch((error: Error) => log(`Sweeping failed: ${error.message}`))
      .finally(() => {
        swept = undefined
      })
  }, 30_000)
  sweeping.unref()
  const begun = prepare().catch((error: Error) => log(`Preparing failed: ${error.message}`))
  return async () => {
    isStopped = true
    clearInterval(sweeping)
    await swept
    await begun
  }

  async function prepare(): Promise<void> {
    // One after another: a token that is asked for meanwhile does not wait for the keys of all.
    const pools = await allPools(service)
    // Which of many will be asked for nobody knows: then the stock, and one pair ahead, are for whichever it is.
    const early = pools.length > preparedPools ? [] : pools
    for (const { id } of early) if (!isStopped) await service.keys.of(id)
    if (isStopped) return
    await startBuiltIn()
    await upstream.prepareAll(isOver)
    if (stocksKeys || pools.length > preparedPools) await keySource.prepare(() => !isStopped)
  }
}

/** Of so many pools all have keys before anybody wants them; of more, it would keep the machine busy for pools that may sleep. */
const preparedPools = 8

/** Records that are swept at one stroke: some milliseconds of work. */
const sweptAtOnce = 500

/** Deletes all records that have expired, in pieces between which requests have their turn: under load there are many each time. */
export async function sweepAll(
  store: Pick<Store, 'sweep'>,
  isStopped: () => boolean,
  turn: Turn = nextTurn,
): Promise<void> {
  while (!isStopped() && (await store.sweep(sweptAtOnce)) === sweptAtOnce) await turn()
}
