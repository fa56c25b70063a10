import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Chance } from '../core/ports/chance.js'
import type { EventVersion } from './responses.js'
import { emulatorUrl, endpointRunner, lambdaUrl } from './runners/endpoint.js'
import { moduleAt, moduleFileRunner } from './runners/module-file.js'
import { defaultAttempts, defaultTimeout, type Runner } from './runners/runner.js'

/**
 * Where a trigger's function is: `./file.mjs#export` or Lambda's `folder/file.export`; the URL of a Runtime Interface
 * Emulator; or the ARN of a function that the Lambda endpoint has.
 */
export type TriggerTarget = string | TriggerFunction

/** A function, and how it is run. */
export interface TriggerFunction {
  readonly Function: string
  /** JavaScript in the place of a file; `Function` is then the handler within it, `index.handler`. */
  readonly InlineCode?: string
  /** Variables that a file's function finds. */
  readonly Environment?: Readonly<Record<string, string>>
  /** The version of the events of PreTokenGeneration; the pool's setting, else `V1_0`, unless said otherwise. */
  readonly Version?: EventVersion
  /** Seconds that the function has; 5 unless said otherwise. */
  readonly Timeout?: number
  /** How often a function that does not answer is called; 3 unless said otherwise, and 1 for a Runtime Interface Emulator. */
  readonly Attempts?: number
}

/** What running a function takes. */
export interface Surroundings {
  /** Relative paths begin here. */
  readonly folder: string
  readonly region: string
  /** The URL of a server that has Lambda's Invoke. */
  readonly lambdaEndpoint?: string
  /** Variables that every function of a file finds. */
  readonly environment: Readonly<Record<string, string>>
  readonly chance: Pick<Chance, 'uuid'>
}

export const isArn = (text: string): boolean => /^arn:aws[\w-]*:lambda:/.test(text)

/** What calls the function of a target; undefined for an ARN without a Lambda endpoint. */
export function runnerOf(target: TriggerTarget, surroundings: Surroundings): Runner | undefined {
  const { Function: named, ...how } = typeof target === 'string' ? { Function: target } : target
  const { folder, region, lambdaEndpoint, environment, chance } = surroundings
  const timeout = how.Timeout ?? defaultTimeout
  if (isArn(named)) {
    if (lambdaEndpoint === undefined) return undefined
    return endpointRunner({
      url: lambdaUrl(lambdaEndpoint, named),
      where: `${named} at ${lambdaEndpoint}`,
      region: named.split(':')[3] || region,
      timeout,
      attempts: how.Attempts ?? defaultAttempts,
    })
  }
  if (/^https?:\/\//.test(named)) {
    const url = emulatorUrl(named)
    // A Runtime Interface Emulator is still busy with the first call when the second comes.
    return endpointRunner({ url, where: url, region, timeout, attempts: how.Attempts ?? 1 })
  }
  const { file, exported } =
    how.InlineCode === undefined ? fileAndExport(named, folder) : inlineFile(named, folder)
  return moduleFileRunner(
    {
      file,
      exported,
      ...(how.InlineCode === undefined ? {} : { inline: how.InlineCode }),
      environment: { ...environment, AWS_REGION: region, ...how.Environment },
      timeout,
      attempts: how.Attempts ?? defaultAttempts,
    },
    chance,
  )
}

/** The file that does not exist, where a target is such a file. */
export function missingFile(target: TriggerTarget, folder: string): string | undefined {
  const { Function: named, ...how } = typeof target === 'string' ? { Function: target } : target
  if (isArn(named) || /^https?:\/\//.test(named) || 'InlineCode' in how) return undefined
  const { file } = fileAndExport(named, folder)
  return existsSync(file) ? undefined : file
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

function fileAndExport(named: string, folder: string): { file: string; exported: string } {
  const hash = named.lastIndexOf('#')
  if (hash > 0) {
    const path = resolve(folder, named.slice(0, hash))
    return { file: moduleAt(path) ?? path, exported: named.slice(hash + 1) }
  }
  const path = resolve(folder, named)
  // A missing file keeps its path, which the refusal names.
  if (isFile(path) || /\.[cm]?[jt]s$/.test(path)) return { file: moduleAt(path) ?? path, exported: 'handler' }
  // Lambda's notation: what follows the first dot of the file's name is the export.
  const name = path.slice(dirname(path).length + 1)
  const dot = name.indexOf('.')
  if (dot <= 0) return { file: moduleAt(path) ?? path, exported: 'handler' }
  const stem = resolve(dirname(path), name.slice(0, dot))
  return { file: moduleAt(stem) ?? stem, exported: name.slice(dot + 1) }
}

const inlineFile = (handler: string, folder: string) => ({
  file: resolve(folder, 'index.js'),
  exported: handler.replace(/^[^.]*\./, ''),
})
