import type { Seed } from '../config/seed/shape.js'
import { nearest } from '../lib/nearest.js'
import type { ReadyClient, ReadyPool } from './banner.js'
import { exampleApp } from './example-app.js'
import { UsageError } from './options.js'
import { type App, type Format, formats, snippets } from './snippets.js'

/** Which configuration is asked for. */
export interface EnvOptions {
  readonly baseUrl: string
  readonly awsAddresses: boolean
  /** By name or id; absent: those that a newcomer would connect first. */
  readonly pool?: string
  readonly client?: string
  readonly format?: string
}

/**
 * What `rockpool env` prints: the configuration of an app for a client, in one format.
 * @throws UsageError when there is no such pool, client or format
 */
export async function configurationFor(seeds: readonly Seed[], options: EnvOptions): Promise<string> {
  const { summaryOf } = await import('../emulator.js')
  const { baseUrl, awsAddresses } = options
  const pools = await summaryOf(seeds, { baseUrl, awsAddresses })
  const format = formatNamed(options.format)
  const app = { baseUrl, awsAddresses, ...appNamed(pools, options) }
  const snippet = snippets(app).find(each => each.format === format)
  if (snippet === undefined) throw unfit(format, app)
  return `${snippet.code}\n`
}

function formatNamed(name = 'variables'): Format {
  const format = formats.find(known => known === name)
  if (format !== undefined) return format
  throw new UsageError(
    `There is no format "${name}"${guess(name, formats)} There are: ${formats.join(', ')}.`,
  )
}

function appNamed(
  pools: readonly ReadyPool[],
  { pool, client }: Pick<EnvOptions, 'pool' | 'client'>,
): Pick<App, 'pool' | 'client'> {
  const known = pools.flatMap(each => each.clients.map(one => ({ pool: each, client: one })))
  const ofPool = known.filter(each => pool === undefined || isCalled(each.pool, pool))
  if (ofPool.length === 0 && pool !== undefined) {
    const names = known.map(each => each.pool.name)
    throw new UsageError(`There is no pool "${pool}" with a client${guess(pool, names)} ${amongSeeds(names)}`)
  }
  const found = ofPool.filter(each => client === undefined || isCalled(each.client, client))
  const asPools = found.map(each => ({ ...each.pool, clients: [each.client] }))
  const example = exampleApp(asPools)
  const chosen = example === undefined ? found[0] : found.find(each => each.client.id === example.client.id)
  if (chosen !== undefined) return chosen
  if (client === undefined) throw new UsageError('There are no clients yet: name a seed file, --seed FILE.')
  const names = ofPool.map(each => each.client.name)
  throw new UsageError(`There is no client "${client}"${guess(client, names)} ${amongSeeds(names)}`)
}

/** What there is; and where else it may be. */
const amongSeeds = (names: readonly string[]): string =>
  `There are: ${[...new Set(names)].join(', ')}. Those of a seed are found by --seed FILE.`

const isCalled = ({ id, name }: Pick<ReadyPool | ReadyClient, 'id' | 'name'>, asked: string): boolean =>
  id === asked || name === asked

function guess(name: string, valid: readonly string[]): string {
  const similar = nearest(name, valid)
  return similar === undefined ? '.' : `. Did you mean "${similar}"?`
}

const unfit = (format: Format, { pool, client }: App): UsageError =>
  new UsageError(
    `There is nothing to say in the format "${format}" for the client "${client.name}" of "${pool.name}": it signs nobody in on hosted pages, or its issuer cannot be discovered here.`,
  )
