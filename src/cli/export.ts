import { exportFormats } from '../export/formats.js'
import { nearest } from '../lib/nearest.js'
import { UsageError } from './options.js'
import { askRunning } from './running.js'
import type { Output } from './start.js'
import type { StartOptions } from './start-options.js'

/**
 * Prints pools of a Rockpool that runs, as text that makes them again.
 * @throws UsageError for a format that there is not, NoAnswerError
 */
export async function printExported(options: StartOptions, { out }: Pick<Output, 'out'>): Promise<void> {
  const { format = 'seed', pool, withSecrets, withUsers } = options
  if (!(exportFormats as readonly string[]).includes(format)) {
    const guess = nearest(format, exportFormats)
    const meant = guess === undefined ? '' : ` Did you mean "${guess}"?`
    throw new UsageError(`There is no format "${format}".${meant} There are: ${exportFormats.join(', ')}.`)
  }
  const answer = await askRunning(options, '/export', {
    format,
    pool,
    ...(withSecrets ? { secrets: 'true' } : {}),
    ...(withUsers ? { users: 'true' } : {}),
  })
  out((JSON.parse(answer) as { text: string }).text)
}
