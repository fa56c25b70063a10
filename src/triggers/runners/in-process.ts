import type { TriggerEvent } from '../../core/ports/triggers.js'
import { defaultAttempts, defaultTimeout, type Outcome, type Runner } from './runner.js'

/** How many seconds a call may take, and how often it is tried. */
interface How {
  readonly Timeout?: number
  readonly Attempts?: number
}

/** Calls a function of this process. One that never returns control cannot be stopped. */
export function inProcessRunner(
  handler: (event: TriggerEvent) => unknown,
  { Timeout: timeout = defaultTimeout, Attempts: attempts = defaultAttempts }: How = {},
): Runner {
  return {
    where: 'a function of this process',
    attempts,
    timeout,
    // A function may change what it is given; what is ours stays as it is.
    run: async event => ({
      outcome: await inTime(async () => handler(structuredClone(event)), timeout),
      output: [],
    }),
    async close() {},
  }
}

async function inTime(call: () => Promise<unknown>, seconds: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>(resolve => {
    timer = setTimeout(resolve, seconds * 1000, { kind: 'late' })
  })
  const done = call().then(
    (value): Outcome => ({ kind: 'answer', value }),
    (error: unknown): Outcome => ({ kind: 'failed', message: messageOf(error) }),
  )
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
