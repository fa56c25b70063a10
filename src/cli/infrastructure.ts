import type { Imported } from '../config/import/index.js'
import type { Seed } from '../config/seed/shape.js'
import type { Environment } from './options.js'
import { UsageError } from './options.js'
import type { StartOptions } from './start-options.js'

/**
 * Pools of infrastructure code as a seed; each warning is handed to `warn` as a line or two.
 * @param read takes the path of every file that is read
 */
export async function seedsFrom(
  { from }: Pick<StartOptions, 'from'>,
  environment: Environment,
  warn: (line: string) => void,
  read: (file: string) => void = () => {},
): Promise<Seed[]> {
  if (from === undefined) return []
  const { seedOf } = await import('../config/seed/read.js')
  return [seedOf(await imported(from, environment, warn, read))]
}

/** What `rockpool import` prints: the pools of infrastructure code as a seed file. */
export async function importedSeed(
  { from }: Pick<StartOptions, 'from'>,
  environment: Environment,
  warn: (line: string) => void,
): Promise<string> {
  if (from === undefined || from.paths.length === 0)
    throw new UsageError(
      'rockpool import needs a path: a template, a cdk.out folder, or JSON of terraform show.',
    )
  const seed = await imported(from, environment, warn)
  const { seedOf } = await import('../config/seed/read.js')
  // Whatever is printed here has to start.
  seedOf(seed)
  const { stringify } = await import('../export/yaml.js')
  return `# yaml-language-server: $schema=./node_modules/rockpool/fixtures/seed.schema.json\n${stringify(seed)}`
}

async function imported(
  { paths, options }: NonNullable<StartOptions['from']>,
  environment: Environment,
  warn: (line: string) => void,
  read: (file: string) => void = () => {},
): Promise<Imported['seed']> {
  const { importInfrastructure, sentenceOf } = await import('../config/import/index.js')
  const { seedWithFunctions } = await import('../config/import/functions.js')
  const { filesOfThisMachine } = await import('../config/import/files.js')
  const files = {
    ...filesOfThisMachine,
    text(path: string) {
      read(path)
      return filesOfThisMachine.text(path)
    },
  }
  const result = importInfrastructure(paths, { ...options, environment }, files)
  if (result.passedOver > 0)
    warn(
      `${result.passedOver === 1 ? 'One resource is none of Cognito’s, and was' : `${result.passedOver} resources are none of Cognito’s, and were`} passed over.`,
    )
  for (const warning of result.warnings) warn(sentenceOf(warning).trimStart())
  return seedWithFunctions(result, paths, warn)
}
