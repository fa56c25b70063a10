import type { Chance } from '../core/ports/chance.js'
import type { TriggerEvent, TriggerName, TriggerReport, Triggers } from '../core/ports/triggers.js'
import { ensure } from '../core/refusal.js'
import { servingRegion, type UserPool } from '../core/user-pool.js'
import { didYouMean } from '../lib/nearest.js'
import { answered, eventOf, invoked, withGiven } from './call.js'
import * as refusals from './refusals.js'
import { type EventVersion, triggerNames } from './responses.js'
import { inProcessRunner } from './runners/in-process.js'
import type { Runner } from './runners/runner.js'
import { isArn, missingFile, runnerOf, type TriggerFunction, type TriggerTarget } from './target.js'

/**
 * Lambda triggers: finding the function of a pool's trigger, one call (event → answer), and in `runners/` the ways to run a
 * function. When a trigger is called, and what its answer means, the flows decide.
 */

/** A trigger's function. It returns the event that it was given, with the response filled in; it throws to refuse. */
export type TriggerHandler<N extends TriggerName = TriggerName> = (
  event: TriggerEvent<N>,
) => Answer<N> | Promise<Answer<N>>

/** Nobody reads what a custom sender answers. */
type Answer<N extends TriggerName> = N extends 'CustomEmailSender' | 'CustomSMSSender'
  ? unknown
  : TriggerEvent<N>

/** A function of this process, and how it is called. */
export interface HandlerFunction<N extends TriggerName = TriggerName>
  extends Pick<TriggerFunction, 'Version' | 'Timeout' | 'Attempts'> {
  readonly Function: TriggerHandler<N>
}

/** The triggers of one pool: functions of this process, or where others are. */
export type TriggerHandlers = {
  readonly [N in TriggerName]?: TriggerHandler<N> | HandlerFunction<N> | TriggerTarget
}

/** The triggers of pools, by a pool's name or id. */
export type PoolTriggers = { readonly [pool: string]: TriggerHandlers }

/** Functions by their names, with an alias (`name:alias`), or by ARNs: those that the LambdaConfig of pools names. */
export type NamedFunctions = {
  readonly [name: string]: TriggerHandler<never> | HandlerFunction<never> | TriggerTarget
}

/** Triggers of pools that come from one place, such as a seed file. */
export interface TriggerSource {
  readonly pools: PoolTriggers
  readonly functions?: NamedFunctions | undefined
  /** Relative paths of functions begin here. */
  readonly folder: string
}

/** What calling functions takes. */
export interface TriggerSurroundings {
  readonly chance: Pick<Chance, 'uuid'>
  /** Milliseconds, of a clock that nobody moves. */
  readonly now: () => number
  /** Triggers that are known only once the server listens; asked for at the first call. */
  readonly seeded?: () => readonly TriggerSource[]
  /** The URL of a server that has Lambda's Invoke, for functions that are named by ARN. */
  readonly lambdaEndpoint?: string
  /** Variables that functions of files find: where this server is. */
  readonly environment?: () => Readonly<Record<string, string>>
  /** Is told of every call. */
  readonly told?: (report: TriggerReport) => void
}

/** Triggers that hold threads until they are closed. */
export interface PoolTriggersPort extends Triggers {
  /** Ends all threads, and forgets which functions there are. The next call asks for them, and starts one anew. */
  forget(): Promise<void>
  close(): Promise<void>
}

/**
 * Calls the functions of pools, wherever they run. What a program gave comes before what seeds name; last comes
 * the ARN of the pool's LambdaConfig: a named function, else one at the Lambda endpoint.
 * @throws Error when a handler is given for something that is not called
 */
export function poolTriggers(given: TriggerSource, surroundings: TriggerSurroundings): PoolTriggersPort {
  for (const [pool, handlers] of Object.entries(given.pools)) ensureCallable(pool, handlers)
  for (const [name, target] of Object.entries(given.functions ?? {}))
    if (!isTarget(target))
      throw new Error(`functions: "${name}" is no function, and names none: a file or a URL.`)
  let sources: readonly TriggerSource[] | undefined
  const found = (name: TriggerName, pool: UserPool): Found | undefined => {
    sources ??= [given, ...(surroundings.seeded?.() ?? [])]
    return targetOf(sources, pool, name)
  }
  const runners = new Map<string, Runner | undefined>()
  const runnerFor = (name: TriggerName, pool: UserPool, { target, folder, known = '' }: Found): Runner => {
    const key = `${pool.id} ${servingRegion(pool)} ${pool.name} ${name} ${typeof target === 'string' ? target : known}`
    if (!runners.has(key)) runners.set(key, madeRunner(target, { pool, folder, surroundings }))
    const runner = runners.get(key)
    ensure(runner !== undefined, () => refusals.nobodyThere(name, pool, namesOf(String(target)).at(-1) ?? ''))
    return runner
  }
  return {
    has: (name, pool) => found(name, pool) !== undefined,
    async call(name, pool, call) {
      const one = found(name, pool)
      if (one === undefined) return undefined
      const version = name === 'PreTokenGeneration' ? versionOf(pool, one) : 'V1_0'
      // Machines' tokens have a trigger from the third version on (fact T24).
      if (call.source === 'TokenGeneration_ClientCredentials' && version !== 'V3_0') return undefined
      const runner = runnerFor(name, pool, one)
      const event = eventOf(name, version, pool, call)
      return answered(name, pool, { ...surroundings, runner, version, event })
    },
    async invoke(name, pool, call, given = {}) {
      const one = found(name, pool)
      if (one === undefined) return undefined
      const version = name === 'PreTokenGeneration' ? versionOf(pool, one) : 'V1_0'
      const runner = runnerFor(name, pool, one)
      const event = withGiven(eventOf(name, version, pool, call), given)
      return invoked(name, pool, { ...surroundings, runner, version, event })
    },
    async forget() {
      sources = undefined
      const ended = [...runners.values()]
      runners.clear()
      await Promise.all(ended.map(runner => runner?.close()))
    },
    async close() {
      await this.forget()
    },
  }
}

function madeRunner(
  target: Found['target'],
  {
    pool,
    folder,
    surroundings: { chance, lambdaEndpoint, environment = () => ({}) },
  }: { readonly pool: UserPool; readonly folder: string; readonly surroundings: TriggerSurroundings },
): Runner | undefined {
  if (typeof target === 'function') return inProcessRunner(target as (event: TriggerEvent) => unknown)
  if (isHandlerFunction(target))
    return inProcessRunner(target.Function as (event: TriggerEvent) => unknown, target)
  return runnerOf(target, {
    folder,
    region: servingRegion(pool),
    environment: environment(),
    chance,
    ...(lambdaEndpoint === undefined ? {} : { lambdaEndpoint }),
  })
}

const isHandlerFunction = <T>(target: T): target is Exclude<T, string | TriggerFunction> =>
  typeof (target as { readonly Function?: unknown }).Function === 'function'

/** The version of the events that a function gets: what is said beside it, else what the pool's settings say. */
function versionOf({ settings }: UserPool, { target }: Found): EventVersion {
  const said = typeof target === 'object' ? target.Version : undefined
  return said ?? settings.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
}

/** A sentence for each pool that handlers are given for and nobody has made: one may be made later. */
export const strayTriggers = (
  handlers: PoolTriggers,
  pools: readonly Pick<UserPool, 'id' | 'name'>[],
): string[] => {
  const known = pools.flatMap(({ id, name }) => [id, name])
  return Object.keys(handlers)
    .filter(pool => !known.includes(pool))
    .map(pool => `triggers of "${pool}": there is no such pool so far.${didYouMean(pool, known)}`)
}

/** A sentence for each function whose file is not there (yet): calling it fails, as on AWS. */
export const missingFunctions = ({ pools, functions = {}, folder }: TriggerSource): string[] =>
  [
    ...Object.entries(pools).flatMap(([pool, triggers]) =>
      Object.entries(triggers).map(([name, target]) => [`of ${name} of "${pool}"`, target] as const),
    ),
    ...Object.entries(functions).map(([name, target]) => [`"${name}"`, target] as const),
  ].flatMap(([which, target]) => {
    const isHere = typeof target === 'function' || isHandlerFunction(target)
    const missing = isHere ? undefined : missingFile(target, folder)
    return missing === undefined
      ? []
      : [`The function ${which} is not there: ${missing}. Calls of it fail until it is.`]
  })

/** What is never called is refused: nobody shall wait for it. */
function ensureCallable(pool: string, handlers: TriggerHandlers): void {
  for (const [name, handler] of Object.entries<unknown>(handlers)) {
    if (!(triggerNames as readonly string[]).includes(name)) {
      throw new Error(
        `triggers of "${pool}": Rockpool calls no trigger "${name}".${didYouMean(name, triggerNames)} It calls ${triggerNames.join(', ')}.`,
      )
    }
    if (!isTarget(handler))
      throw new Error(
        `triggers of "${pool}": the handler of ${name} is no function, and names none: a file, a URL or an ARN.`,
      )
  }
}

const isTarget = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'string' && value !== '') ||
  (typeof value === 'object' &&
    value !== null &&
    'Function' in value &&
    ['string', 'function'].includes(typeof value.Function))

interface Found {
  readonly target: NamedFunctions[string]
  readonly folder: string
  /** The name that a function is known by, where LambdaConfig names it. */
  readonly known?: string
}

function targetOf(sources: readonly TriggerSource[], pool: UserPool, name: TriggerName): Found | undefined {
  for (const { pools, folder } of sources)
    for (const key of [pool.id, pool.name]) {
      const target = Object.hasOwn(pools, key) ? pools[key]?.[name] : undefined
      if (target !== undefined) return { target: target as Found['target'], folder }
    }
  const arn = configured(pool, name)
  if (arn === undefined) return undefined
  for (const { functions = {}, folder } of sources)
    for (const known of namesOf(arn)) {
      const target = Object.hasOwn(functions, known) ? functions[known] : undefined
      if (target !== undefined) return { target, folder, known }
    }
  return { target: isArn(arn) ? arn : `arn:aws:lambda:::${arn}`, folder: '' }
}

/** What a function may be known by: its ARN, its name with the alias or version, its name alone. */
function namesOf(arn: string): string[] {
  const [, qualified = arn] = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:(.+)$/.exec(arn) ?? []
  const [plain = ''] = qualified.split(':')
  return [arn, qualified, plain]
}

/** The ARN that the pool's settings name for the trigger. */
function configured({ settings: { LambdaConfig = {} } }: UserPool, name: TriggerName): string | undefined {
  const named =
    LambdaConfig[name] ?? (name === 'PreTokenGeneration' ? LambdaConfig.PreTokenGenerationConfig : undefined)
  return typeof named === 'object' ? named.LambdaArn : named
}
