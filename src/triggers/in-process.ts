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

/** A trigger's function. It returns the event that it was given, with the response filled in; it throws to refuse. */
export type TriggerHandler<N extends TriggerName = TriggerName> = (
  event: TriggerEvent<N>,
) => TriggerEvent<N> | Promise<TriggerEvent<N>>

/** The triggers of one pool. */
export type TriggerHandlers = { readonly [N in TriggerName]?: TriggerHandler<N> }

/** The triggers of pools, by a pool's name or id. */
export type PoolTriggers = { readonly [pool: string]: TriggerHandlers }

/** How often a function that takes too long is called, and how long it may take (§5.4). */
const tries = 3
const timeoutMs = 5000

/**
 * Calls functions of this process.
 * @throws Error when a handler is given for something that is not called
 */
export function inProcessTriggers(handlers: PoolTriggers): Triggers {
  for (const [pool, given] of Object.entries(handlers)) ensureCallable(pool, given)
  return {
    async call(name, pool, call) {
      const handler = handlerOf(handlers, pool, name)
      if (handler === undefined) {
        ensure(!isConfigured(pool, name), () => refusals.nobodyThere(name, pool))
        return undefined
      }
      if (name === 'PreTokenGeneration') ensureFirstVersion(pool)
      return answerOf(name, pool, handler, eventOf(name, pool, call))
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

/** What is never called is refused: nobody shall wait for it. */
function ensureCallable(pool: string, handlers: TriggerHandlers): void {
  const known = Object.keys(responses)
  for (const [name, handler] of Object.entries<unknown>(handlers)) {
    if (!known.includes(name)) {
      throw new Error(
        `triggers of "${pool}": Rockpool calls no trigger "${name}".${didYouMean(name, known)} It calls ${known.join(', ')}.`,
      )
    }
    if (typeof handler !== 'function')
      throw new Error(`triggers of "${pool}": the handler of ${name} is no function.`)
  }
}

function handlerOf<N extends TriggerName>(
  handlers: PoolTriggers,
  { id, name: poolName }: UserPool,
  name: N,
): TriggerHandler<N> | undefined {
  for (const key of [id, poolName])
    if (Object.hasOwn(handlers, key) && handlers[key]?.[name] !== undefined) return handlers[key][name]
  return undefined
}

/** Handlers are given events of the first version only. */
function ensureFirstVersion(pool: UserPool): void {
  const version = pool.settings.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  ensure(version === 'V1_0', () => refusals.versionMissing(pool, version))
}

/** Whether the pool's settings name a function for the trigger. */
const isConfigured = ({ settings: { LambdaConfig = {} } }: UserPool, name: TriggerName): boolean =>
  LambdaConfig[name] !== undefined ||
  (name === 'PreTokenGeneration' && LambdaConfig.PreTokenGenerationConfig !== undefined)

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

async function answerOf<N extends TriggerName>(
  name: N,
  pool: UserPool,
  handler: TriggerHandler<N>,
  event: TriggerEvent<N>,
): Promise<TriggerResponse<N>> {
  for (let tried = 1; tried <= tries; tried += 1) {
    // A function may change what it is given; what is ours stays as it is.
    const answer = await inTime(async () => handler(structuredClone(event)))
    if (answer === 'late') continue
    if ('error' in answer) throw refusals.threw(name, pool, messageOf(answer.error))
    const read = responseIn(name, answer.value)
    if ('wrong' in read) throw refusals.unusable(name, pool, read.wrong)
    return structuredClone(read.response)
  }
  throw refusals.tookTooLong(name, pool, tries, timeoutMs / 1000)
}

/** What came of a call, or that it took too long. */
async function inTime(
  call: () => Promise<unknown>,
): Promise<{ readonly value: unknown } | { readonly error: unknown } | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(resolve, timeoutMs, 'late')
  })
  const done = call().then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
