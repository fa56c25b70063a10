import type { TriggerEvent } from '../../core/ports/triggers.js'
import type { Outcome, Runner } from './runner.js'

/** A function behind HTTP. */
export interface FunctionEndpoint {
  /** The whole address of the invocation. */
  readonly url: string
  readonly where: string
  readonly region: string
  readonly timeout: number
  readonly attempts: number
}

/** The address of the Runtime Interface Emulator's one function; a path that is given is taken as it is. */
export function emulatorUrl(base: string): string {
  const url = new URL(base)
  if (url.pathname === '/') url.pathname = '/2015-03-31/functions/function/invocations'
  return url.href
}

/** The address of a function of Lambda's Invoke API. An alias stays within the name: SAM refuses any query. */
export const lambdaUrl = (base: string, name: string): string =>
  `${base.replace(/\/+$/, '')}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`

/** Calls a function by Lambda's Invoke, as Lambda, LocalStack, SAM local and the Runtime Interface Emulator have it. */
export function endpointRunner({ url, where, region, timeout, attempts }: FunctionEndpoint): Runner {
  return {
    where,
    attempts,
    timeout,
    run: async event => ({ outcome: await invoked(event), output: [] }),
    async close() {},
  }

  async function invoked(event: TriggerEvent): Promise<Outcome> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        // LocalStack and its like take the region from the scope of the signature.
        headers: {
          'content-type': 'application/json',
          authorization: `AWS4-HMAC-SHA256 Credential=rockpool/20260101/${region}/lambda/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(timeout * 1000),
      })
      return outcomeOf(response, await response.text())
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'late' }
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      return { kind: 'unreachable', name: 'ResourceNotFoundException', why: `${url}: ${cause}` }
    }
  }

  function outcomeOf({ ok, status, headers }: Response, text: string): Outcome {
    const value = jsonIn(text)
    if (!ok) {
      // A Runtime Interface Emulator answers 502 where the function ended its process, with the error that Lambda tells.
      const died = headers.has('x-amzn-errortype') ? undefined : errorMessageIn(value, false)
      if (died !== undefined) return { kind: 'failed', message: died }
      const name = headers.get('x-amzn-errortype')?.split(':')[0]
      return {
        kind: 'unreachable',
        name: name === undefined ? unnamed : name.endsWith('Exception') ? name : `${name}Exception`,
        why: `${url} answered ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`,
      }
    }
    if (/^[^{]*Task timed out after [\d.]+ seconds/.test(text))
      return { kind: 'failed', message: text.trim() }
    const message = errorMessageIn(value, headers.has('x-amz-function-error'))
    return message === undefined ? { kind: 'answer', value } : { kind: 'failed', message }
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where the answer is no success and names no error, such as that of a runtime that died. */
const unnamed = 'ServiceException'

/** The Runtime Interface Emulator drops the header that tells of a function's error: then its form tells. */
function errorMessageIn(value: unknown, isError: boolean): string | undefined {
  const { errorMessage, errorType, response } = (value ?? {}) as Record<string, unknown>
  const looksLikeOne =
    typeof errorMessage === 'string' && typeof errorType === 'string' && response === undefined
  if (!isError && !looksLikeOne) return undefined
  return typeof errorMessage === 'string' ? errorMessage : JSON.stringify(value)
}
