import type { IncomingHttpHeaders } from 'node:http'
import { type Parameters, parametersOf } from './clues.js'

/** What there is to see in an HTTP message. */

/** Headers that explain what a server does. The rest is noise. */
const telling = [
  'host',
  'origin',
  'user-agent',
  'content-type',
  'authorization',
  'x-amz-target',
  'x-forwarded-host',
  'x-forwarded-proto',
]

export const shownHeaders = (headers: IncomingHttpHeaders): Parameters =>
  Object.fromEntries(telling.flatMap(name => (headers[name] === undefined ? [] : [[name, headers[name]]])))

/** The names in a `Cookie` header. */
export const cookieNames = (header: string): string[] =>
  header
    .split(';', 50)
    .map(cookieName)
    .filter(name => name !== '')

/** The name of one cookie, as `Cookie` and `Set-Cookie` give it. */
export const cookieName = (pair: string): string => (pair.split('=', 1)[0] ?? '').trim().slice(0, 100)

interface ParsedBody {
  /** Of a form. */
  readonly parameters?: Parameters
  /** The body as plain data: parsed only if the recorder keeps it. */
  shown(): unknown
  /** What it says as the body of a failure; undefined for a page. */
  failure(): { readonly code?: string; readonly shown: unknown } | undefined
}

export function parsedBody(contentType: string | undefined, text: string): ParsedBody {
  if (contentType?.startsWith('application/x-www-form-urlencoded')) {
    const parameters = parametersOf(text)
    return { parameters, shown: () => parameters, failure: () => undefined }
  }
  const isJson = /^application\/(?:[\w.+-]*\+)?(?:x-amz-)?json\b/.test(contentType ?? '')
  const shown = () =>
    (isJson ? parsedJson(text) : undefined) ?? `‹${contentType ?? 'body'}, ${text.length} characters›`
  return { shown, failure: () => (isJson ? failureIn(parsedJson(text)) : undefined) }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An OAuth error (`error`) or that of the JSON API (`__type`); other failures have no code. */
function failureIn(body: unknown): { code?: string; shown: unknown } | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const code = ('error' in body && body.error) || ('__type' in body && body.__type)
  return typeof code === 'string' && /^\w+$/.test(code) ? { code, shown: body } : { shown: body }
}
