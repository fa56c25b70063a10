import type { PoolBelongings } from '../flows/directory/belongings.js'
import { cliScript, sdkModule } from './calls.js'
import { cloudFormationPiece, cloudFormationTemplate } from './cloudformation.js'
import type { ExportFormat } from './formats.js'
import { type Call, type Resource, resourcesOf } from './resources.js'
import { type SeedOptions, seedFile, seedPiece } from './seed.js'
import { terraformConfiguration } from './terraform.js'

/**
 * Pools as text that makes them again: pure functions from what the store holds. All formats but the seed, which keeps ids,
 * are written from the same list of calls.
 */

/** Pools in a format. CloudFormation has them in one template; in other formats they follow one another. */
export function exported(
  pools: readonly PoolBelongings[],
  format: ExportFormat,
  options: SeedOptions,
): string {
  if (format === 'seed') return seedFile(pools, options)
  if (format === 'cloudformation') return cloudFormationTemplate(pools, options)
  const lists = pools.map(pool => resourcesOf(pool, options))
  return lists.map(resources => writers[format](resources)).join(separators[format])
}

const writers: Record<
  Exclude<ExportFormat, 'seed'>,
  (resources: readonly Resource[], poolId?: string) => string
> = {
  cloudformation: cloudFormationPiece,
  terraform: terraformConfiguration,
  cli: cliScript,
  sdk: sdkModule,
}

const separators: Record<Exclude<ExportFormat, 'seed' | 'cloudformation'>, string> = {
  terraform: '\n',
  cli: '\n',
  sdk: '\n// The next pool is a module of its own.\n\n',
}

/** One thing of a pool in a format: what a form of the console is worth elsewhere. */
export const equivalent = (
  resource: Resource,
  format: ExportFormat,
  { base, poolId }: Pick<SeedOptions, 'base'> & { readonly poolId?: string | undefined },
): string => (format === 'seed' ? seedPiece(resource, { base }) : writers[format]([resource], poolId))

/** A call that is none of those that make a pool, such as one that reads a list. */
export const called = (call: Call, format: 'cli' | 'sdk', poolId?: string): string =>
  (format === 'cli' ? cliScript : sdkModule)([call], poolId)
