import type { Service } from '../flows/service.js'
import { type FetchSession, RedirectNotFollowed } from '../http/own-origin-fetch.js'
import { deepestDocument, isShallow } from '../lib/depth.js'

/** How Rockpool calls another provider: in a bounded time, with a bounded answer, and never in silence. */
export type UpstreamCall = (purpose: Purpose, url: string, init?: RequestInit) => Promise<Answer | Trouble>

export type Purpose = 'discovery' | 'metadata' | 'token' | 'keys' | 'userInfo'

/** What the provider answered, after redirects that stay at its origin. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** Why there is no answer. `detail` is the end of a sentence, for the operator. */
export interface Trouble {
  readonly trouble: 'timeout' | 'reset' | 'refused' | 'unknown host' | 'too large' | 'other'
  readonly detail: string
}

/** Bytes that an answer may have. */
const largest = 1_048_576

export function upstreamCall(
  { clock, recorder }: Pick<Service, 'clock' | 'recorder'>,
  { send, timeoutMs }: { readonly send: FetchSession['call']; readonly timeoutMs: number },
): UpstreamCall {
  return async (purpose, url, init = {}) => {
    const startedAt = clock.now()
    const outcome = await attempt(url, init)
    const { method = 'GET' } = init
    const ms = clock.now() - startedAt
    recorder.note('upstream-request', { purpose, method, url, ms, ...shown(outcome) })
    return outcome
  }

  async function attempt(url: string, init: RequestInit): Promise<Answer | Trouble> {
    const headers = { accept: 'application/json', 'user-agent': 'Amazon/Cognito', ...init.headers }
    try {
      const { status, bytes } = await send(url, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) })
      return bytes.length > largest
        ? { trouble: 'too large', detail: `its answer is larger than ${largest} bytes` }
        : { status, text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') }
    } catch (error) {
      return troubleOf(error, timeoutMs)
    }
  }
}

const shown = (outcome: Answer | Trouble) =>
  'trouble' in outcome ? { failed: outcome.detail } : { status: outcome.status }

function troubleOf(error: unknown, timeoutMs: number): Trouble {
  if (error instanceof RedirectNotFollowed) return { trouble: 'other', detail: error.message }
  const { name, code, message } = deepest(error)
  if (name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(code))
    return { trouble: 'timeout', detail: `it did not answer within ${timeoutMs} ms` }
  if (code === 'ECONNREFUSED') return { trouble: 'refused', detail: 'nothing listens there (ECONNREFUSED)' }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { trouble: 'unknown host', detail: `its host name is not known here (${code})` }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return { trouble: 'reset', detail: `it closed the connection without a whole answer (${code})` }
  return { trouble: 'other', detail: `the call failed (${[code, message].filter(Boolean).join(': ')})` }
}

/** `fetch` fails with a TypeError whose cause, or the first of whose causes, is the real one. */
function deepest(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: '', code: '', message: String(error) }
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  if (inner instanceof Error) return deepest(inner)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return { name: error.name, code, message: error.message }
}

/** A JSON object that is not nested without end; undefined when the text is anything else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && isShallow(value, deepestDocument) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
