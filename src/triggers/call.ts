import type {
  GivenEvent,
  TriggerCall,
  TriggerEvent,
  TriggerName,
  TriggerReport,
  TriggerResponse,
} from '../core/ports/triggers.js'
import { Refusal } from '../core/refusal.js'
import { servingRegion, type UserPool } from '../core/user-pool.js'
import * as refusals from './refusals.js'
import { type EventVersion, presetOf, responseIn } from './responses.js'
import type { Outcome, Runner } from './runners/runner.js'

/** One call of a trigger: its event, the answer, and the report for the flight recorder. */

/** The event of a call. Those of `V1_0` know no scopes. */
export function eventOf<N extends TriggerName>(
  name: N,
  version: EventVersion,
  pool: UserPool,
  { source, userName, clientId, request }: TriggerCall<N>,
): TriggerEvent<N> {
  const { scopes, ...others } = request as { readonly scopes?: unknown }
  return {
    version: version.slice(1, 2),
    triggerSource: source,
    region: servingRegion(pool),
    userPoolId: pool.id,
    userName,
    callerContext: {
      awsSdkVersion: 'aws-sdk-unknown-unknown',
      clientId: clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
    },
    request: (version === 'V1_0' && scopes !== undefined ? others : request) as TriggerCall<N>['request'],
    response: presetOf(name, version),
  }
}

/** An event with what a person wrote in its place. */
export const withGiven = (event: TriggerEvent, given: GivenEvent): TriggerEvent =>
  ({ ...event, ...given, request: { ...event.request, ...given.request } }) as TriggerEvent

/** A call that is about to be made. */
export interface Running {
  readonly runner: Runner
  readonly version: EventVersion
  readonly event: TriggerEvent
  /** Milliseconds, of a clock that nobody moves. */
  readonly now: () => number
  /** Is told of the call. */
  readonly told?: (report: TriggerReport) => void
}

/**
 * Calls a function until it answers, and takes its answer apart.
 * @throws Refusal where there is no usable answer
 */
export async function answered<N extends TriggerName>(
  name: N,
  pool: UserPool,
  running: Running,
): Promise<TriggerResponse<N>> {
  const { told, version } = running
  const ran = await run(running)
  const report = reportOf(name, running, ran)
  try {
    const { response, ignored } = responseOf(name, version, pool, ran.outcome, running.runner)
    const changed = changes(response, presetOf(name, version))
    told?.({
      ...report,
      answer: response,
      ...(Object.keys(changed).length === 0 ? {} : { changed }),
      ...(ignored.length === 0 ? {} : { ignored }),
    })
    return structuredClone(response)
  } catch (error) {
    told?.({ ...report, failure: failureOf(error) })
    throw error
  }
}

/** Calls a function with a sample event. A failure is part of the report, and not thrown. */
export async function invoked(name: TriggerName, pool: UserPool, running: Running): Promise<TriggerReport> {
  let report: TriggerReport | undefined
  const told = (one: TriggerReport) => {
    report = one
    running.told?.(one)
  }
  await answered(name, pool, { ...running, told }).catch((error: unknown) => {
    if (report === undefined) throw error
  })
  return report as TriggerReport
}

const failureOf = (error: unknown): string =>
  error instanceof Refusal ? error.told : error instanceof Error ? error.message : String(error)

interface AllTries {
  readonly outcome: Outcome
  readonly output: readonly string[]
  readonly attempts: number
  readonly milliseconds: number
}

async function run({ runner, event, now }: Running): Promise<AllTries> {
  const begun = now()
  const output: string[] = []
  let outcome: Outcome = { kind: 'late' }
  let attempts = 0
  while (outcome.kind === 'late' && attempts < runner.attempts) {
    attempts += 1
    const ran = await runner.run(event)
    outcome = ran.outcome
    output.push(...ran.output)
  }
  return { outcome, output, attempts, milliseconds: Math.round(now() - begun) }
}

const reportOf = (
  trigger: TriggerName,
  { runner, event }: Running,
  { milliseconds, attempts, output }: AllTries,
): TriggerReport => ({
  trigger,
  source: event.triggerSource,
  function: runner.where,
  event,
  milliseconds,
  attempts,
  console: output,
})

const changes = (response: object, preset: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(response).filter(
      ([member, value]) => JSON.stringify(value) !== JSON.stringify((preset as never)[member] ?? null),
    ),
  )

function responseOf<N extends TriggerName>(
  name: N,
  version: EventVersion,
  pool: UserPool,
  outcome: Outcome,
  runner: Runner,
): { readonly response: TriggerResponse<N>; readonly ignored: readonly string[] } {
  switch (outcome.kind) {
    case 'failed':
      throw refusals.threw(name, pool, outcome.message, runner.where)
    case 'late':
      throw refusals.tookTooLong(name, pool, runner.attempts, runner.timeout)
    case 'unreachable':
      throw refusals.unreachable(name, pool, outcome.name, outcome.why)
    case 'answer': {
      const read = responseIn(name, version, outcome.value)
      if ('none' in read) throw refusals.noJson(name, pool)
      if ('wrong' in read) throw refusals.unusable(name, pool, read.wrong)
      return read
    }
  }
}
