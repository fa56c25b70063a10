import type { Chance } from '../core/ports/chance.js'
import type {
  TriggerCall,
  TriggerEvent,
  TriggerName,
  TriggerResponse,
  Triggers,
} from '../core/ports/triggers.js'
import { ensure } from '../core/refusal.js'
import { regionOf, type UserPool } from '../core/user-pool.js'
import { didYouMean } from '../lib/nearest.js'
import * as refusals from './refusals.js'
import { presetOf, responseIn, responses } from './responses.js'
import { inProcessRunner } from './runners/in-process.js'
import type { Outcome, Runner } from './runners/runner.js'
import { isArn, missingFile, runnerOf, type TriggerTarget } from './target.js'

/** A trigger's function. It returns the event that it was given, with the response filled in; it throws to refuse. */
export type TriggerHandler<N extends TriggerName = TriggerName> = (
  event: TriggerEvent<N>,
) => TriggerEvent<N> | Promise<TriggerEvent<N>>

/** The triggers of one pool: functions of this process, or where others are. */
export type TriggerHandlers = { readonly [N in TriggerName]?: TriggerHandler<N> | TriggerTarget }

/** The triggers of pools, by a pool's name or id. */
export type PoolTriggers = { readonly [pool: string]: TriggerHandlers }

/** Triggers of pools that come from one place, such as a seed file. */
export interface TriggerSource {
  readonly pools: PoolTriggers
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

/** One call of a trigger, for the person who watches. */
export interface TriggerReport {
  readonly trigger: TriggerName
  readonly source: string
  readonly function: string
  readonly event: TriggerEvent
  readonly milliseconds: number
  readonly attempts: number
  /** What the function wrote to its console, by lines. */
  readonly console: readonly string[]
  readonly answer?: unknown
  readonly failure?: string
}

/** Triggers that hold threads until they are closed. */
export interface PoolTriggersPort extends Triggers {
  close(): Promise<void>
}

/**
 * Calls the functions of pools, wherever they run. What a program gave comes before what seeds name; last comes
 * the ARN of the pool's LambdaConfig, at the Lambda endpoint.
 * @throws Error when a handler is given for something that is not called
 */
export function poolTriggers(given: TriggerSource, surroundings: TriggerSurroundings): PoolTriggersPort {
  for (const [pool, handlers] of Object.entries(given.pools)) ensureCallable(pool, handlers)
  let sources: readonly TriggerSource[] | undefined
  const runners = new Map<string, Runner | undefined>()
  const runnerFor = (name: TriggerName, pool: UserPool): Runner | undefined => {
    sources ??= [given, ...(surroundings.seeded?.() ?? [])]
    const found = targetOf(sources, pool, name)
    if (found === undefined) return undefined
    const { target, folder } = found
    const key = `${pool.id} ${pool.name} ${name} ${typeof target === 'string' ? target : ''}`
    if (!runners.has(key)) {
      const { chance, lambdaEndpoint, environment = () => ({}) } = surroundings
      const runner =
        typeof target === 'function'
          ? inProcessRunner(target as (event: TriggerEvent) => unknown)
          : runnerOf(target, {
              folder,
              region: regionOf(pool.id),
              environment: environment(),
              chance,
              ...(lambdaEndpoint === undefined ? {} : { lambdaEndpoint }),
            })
      runners.set(key, runner)
    }
    const runner = runners.get(key)
    ensure(runner !== undefined, () => refusals.nobodyThere(name, pool))
    return runner
  }
  return {
    async call(name, pool, call) {
      const runner = runnerFor(name, pool)
      if (runner === undefined) return undefined
      if (name === 'PreTokenGeneration') ensureFirstVersion(pool)
      return answerOf(name, pool, { ...surroundings, runner, event: eventOf(name, pool, call) })
    },
    async close() {
      await Promise.all([...runners.values()].map(runner => runner?.close()))
    },
  }
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
export const missingFunctions = ({ pools, folder }: TriggerSource): string[] =>
  Object.entries(pools).flatMap(([pool, triggers]) =>
    Object.entries(triggers).flatMap(([name, target]) => {
      const missing = typeof target === 'function' ? undefined : missingFile(target, folder)
      return missing === undefined
        ? []
        : [`The function of ${name} of "${pool}" is not there: ${missing}. Calls of it fail until it is.`]
    }),
  )

/** What is never called is refused: nobody shall wait for it. */
function ensureCallable(pool: string, handlers: TriggerHandlers): void {
  const known = Object.keys(responses)
  for (const [name, handler] of Object.entries<unknown>(handlers)) {
    if (!known.includes(name)) {
      throw new Error(
        `triggers of "${pool}": Rockpool calls no trigger "${name}".${didYouMean(name, known)} It calls ${known.join(', ')}.`,
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
  (typeof value === 'object' && value !== null && 'Function' in value && typeof value.Function === 'string')

interface Found {
  readonly target: TriggerTarget | TriggerHandler<never>
  readonly folder: string
}

function targetOf(sources: readonly TriggerSource[], pool: UserPool, name: TriggerName): Found | undefined {
  for (const { pools, folder } of sources)
    for (const key of [pool.id, pool.name]) {
      const target = Object.hasOwn(pools, key) ? pools[key]?.[name] : undefined
      if (target !== undefined) return { target: target as Found['target'], folder }
    }
  const arn = configured(pool, name)
  return arn === undefined ? undefined : { target: isArn(arn) ? arn : `arn:aws:lambda:::${arn}`, folder: '' }
}

/** Handlers are given events of the first version only. */
function ensureFirstVersion(pool: UserPool): void {
  const version = pool.settings.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  ensure(version === 'V1_0', () => refusals.versionMissing(pool, version))
}

/** The ARN that the pool's settings name for the trigger. */
const configured = ({ settings: { LambdaConfig = {} } }: UserPool, name: TriggerName): string | undefined =>
  LambdaConfig[name] ??
  (name === 'PreTokenGeneration' ? LambdaConfig.PreTokenGenerationConfig?.LambdaArn : undefined)

const eventOf = <N extends TriggerName>(
  name: N,
  pool: UserPool,
  { source, userName, clientId, request }: TriggerCall<N>,
): TriggerEvent<N> => ({
  version: '1',
  triggerSource: source,
  region: regionOf(pool.id),
  userPoolId: pool.id,
  userName,
  callerContext: {
    awsSdkVersion: 'aws-sdk-unknown-unknown',
    clientId: clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
  },
  request,
  response: presetOf(name),
})

interface Running extends Pick<TriggerSurroundings, 'told' | 'now'> {
  readonly runner: Runner
  readonly event: TriggerEvent
}

/** Calls a function until it answers, and takes its answer apart. */
async function answerOf<N extends TriggerName>(
  name: N,
  pool: UserPool,
  { runner, event, told, now }: Running,
): Promise<TriggerResponse<N>> {
  const begun = now()
  const output: string[] = []
  let outcome: Outcome = { kind: 'late' }
  let tried = 0
  while (outcome.kind === 'late' && tried < runner.attempts) {
    tried += 1
    const ran = await runner.run(event)
    outcome = ran.outcome
    output.push(...ran.output)
  }
  const report = (result: Pick<TriggerReport, 'answer' | 'failure'>) =>
    told?.({
      trigger: name,
      source: event.triggerSource,
      function: runner.where,
      event,
      milliseconds: Math.round(now() - begun),
      attempts: tried,
      console: output,
      ...result,
    })
  try {
    const response = responseOf(name, pool, { runner, outcome })
    report({ answer: response })
    return response
  } catch (error) {
    report({ failure: error instanceof Error ? error.message : String(error) })
    throw error
  }
}

function responseOf<N extends TriggerName>(
  name: N,
  pool: UserPool,
  { runner, outcome }: { readonly runner: Runner; readonly outcome: Outcome },
): TriggerResponse<N> {
  switch (outcome.kind) {
    case 'failed':
      throw refusals.threw(name, pool, outcome.message, runner.where)
    case 'late':
      throw refusals.tookTooLong(name, pool, runner.attempts, runner.timeout)
    case 'unreachable':
      throw refusals.unreachable(name, pool, outcome.name, outcome.why)
    case 'answer': {
      const read = responseIn(name, outcome.value)
      if ('none' in read) throw refusals.noJson(name, pool)
      if ('wrong' in read) throw refusals.unusable(name, pool, read.wrong)
      return structuredClone(read.response)
    }
  }
}
