import type { IncomingHttpHeaders } from 'node:http'
import type { NoteKind } from '../core/ports/recorder.js'
import type { Refusal } from '../core/refusal.js'
import type { Parameters } from './clues.js'
import { type AnswerRecord, type HopRecord, type Named, type RefusalRecord, timeOf } from './flight.js'
import { type Allowance, cleaned, copied, maskedText, shortened } from './mask.js'
import { cookieName, cookieNames, parsedBody, shownHeaders } from './message.js'

/**
 * A hop as it is kept: what came, in copies that are bounded and not masked yet. Most flights are never read, so what a
 * person may see is made of it (`shownHop`) when somebody does.
 */
export interface KeptHop {
  readonly number: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The same by the system's time, which nobody moves. */
  readonly systemAt: number
  ms?: number
  readonly caller: HopRecord['caller']
  readonly method: string
  readonly path: string
  readonly query: unknown
  readonly headers: unknown
  /** The header `Cookie`. */
  readonly cookies: string
  body?: KeptBody
  pool?: Named
  client?: Named
  user?: string
  readonly notes: { readonly kind: NoteKind; readonly ms: number; readonly detail: unknown }[]
  readonly refusals: RefusalRecord[]
  answer?: KeptAnswer
}

interface KeptAnswer {
  readonly status: number
  readonly contentType?: string | undefined
  readonly location?: string | undefined
  readonly setCookie: readonly string[]
  readonly failure?: KeptBody | undefined
}

/** A body as text, or, where it was parsed anyway or is too long to be kept as it is, a copy of what it says. */
export type KeptBody =
  | { readonly contentType: string | undefined; readonly text: string }
  | { readonly says: unknown }

/** A body within the allowance. */
export function keptBody(contentType: string | undefined, text: string, allowance: Allowance): KeptBody {
  const body = parsedBody(contentType, text)
  if (body.parameters !== undefined || text.length > allowance.characters)
    return { says: copied(body.shown(), allowance) }
  allowance.characters -= text.length
  return { contentType, text }
}

const saidIn = (body: KeptBody): unknown =>
  'says' in body ? body.says : parsedBody(body.contentType, body.text).shown()

export const keptRefusal = ({
  code,
  told,
  explanation: { because, remedy, values = [], line },
}: Pick<Refusal, 'code' | 'told' | 'explanation'>): RefusalRecord => ({
  code: textOf(code),
  told: textOf(told),
  because: textOf(because),
  remedy: textOf(remedy),
  ...(values.length === 0 ? {} : { values: values.slice(0, mostValues).map(textOf) }),
  ...(line === undefined ? {} : { line: { below: textOf(line.below), yaml: textOf(line.yaml) } }),
})

/** Values of a list beyond which its sentence has to do. */
const mostValues = 100

/** A name and an id, as texts of a sensible length. */
export const namedIn = ({ id, name }: Named): Named => ({ id: textOf(id), name: textOf(name) })
export const textOf = (value: unknown): string => shortened(String(value))

export const keptHeaders = (headers: IncomingHttpHeaders, allowance: Allowance): unknown =>
  copied(shownHeaders(headers), allowance)
export const keptQuery = (query: Parameters, allowance: Allowance): unknown => copied(query, allowance)

/** What a person may see of a hop: secrets are masked. */
export function shownHop(hop: KeptHop): HopRecord {
  const { number, at, ms, caller, method, path, body, pool, client, user, notes, refusals, answer } = hop
  return {
    number,
    at: timeOf(at),
    ...(ms === undefined ? {} : { ms }),
    caller,
    method: maskedText(method),
    path: maskedText(path),
    query: masked(hop.query),
    headers: masked(hop.headers),
    cookies: cookieNames(hop.cookies),
    ...(body === undefined ? {} : { body: masked(saidIn(body)) }),
    ...(pool === undefined ? {} : { pool: shownName(pool) }),
    ...(client === undefined ? {} : { client: shownName(client) }),
    ...(user === undefined ? {} : { user: maskedText(user) }),
    notes: notes.map(({ kind, ms, detail }) => ({ kind, ms, detail: masked(detail) })),
    refusals: refusals.map(shownRefusal),
    ...(answer === undefined ? {} : { answer: shownAnswer(answer) }),
  }
}

const shownRefusal = ({ code, told, because, remedy, values, line }: RefusalRecord): RefusalRecord => ({
  code: maskedText(code),
  told: maskedText(told),
  because: maskedText(because),
  remedy: maskedText(remedy),
  ...(values === undefined ? {} : { values: values.map(maskedText) }),
  ...(line === undefined ? {} : { line: { below: maskedText(line.below), yaml: maskedText(line.yaml) } }),
})

const shownAnswer = ({ status, contentType, location, setCookie, failure }: KeptAnswer): AnswerRecord => ({
  status,
  ...(contentType === undefined ? {} : { contentType: maskedText(contentType) }),
  ...(location === undefined ? {} : { location: maskedText(location) }),
  ...(setCookie.length === 0 ? {} : { setsCookies: setCookie.map(cookieName) }),
  ...(failure === undefined ? {} : { error: masked(saidIn(failure)) }),
})

export const shownName = ({ id, name }: Named): Named => ({ id: maskedText(id), name: maskedText(name) })

/** A kept hop is bounded already, but a body that is parsed only now may be longer than its text. */
const masked = (value: unknown): unknown => cleaned(value, { characters: 65_536 })
