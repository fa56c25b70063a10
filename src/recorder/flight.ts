import type { NoteKind, Subject } from '../core/ports/recorder.js'
import type { SeedLine } from '../core/refusal.js'

/**
 * A flight as it is read: `GET /_rockpool/flights` lists the summaries, `/_rockpool/flights/{id}` answers one with
 * its hops. Plain JSON, secrets masked; times are ISO 8601, durations milliseconds.
 */

export interface FlightSummary {
  readonly id: string
  /** The flight in a sentence. */
  readonly title: string
  readonly startedAt: string
  /** When it was last heard of. */
  readonly lastAt: string
  readonly outcome: Outcome
  /** In the order in which the flight reached them. */
  readonly pools: readonly Named[]
  /** The app that the user signs in to: the first client of the flight. */
  readonly client?: Named
  /** The user who signs in, by the username in the first pool, as soon as that pool knows it. */
  readonly user?: string
  readonly hopCount: number
  /** Codes of everything that was refused on the way, in order. */
  readonly refusals: readonly string[]
}

export interface Flight extends FlightSummary {
  readonly hops: readonly HopRecord[]
  /** How many hops had to make room: the first and the latest ones are kept. */
  readonly hopsLeftOut: number
}

/** How far a flight has come. */
export type Outcome =
  | { readonly is: 'under way' }
  | { readonly is: 'code delivered' }
  | { readonly is: 'tokens issued' }
  | { readonly is: 'error delivered'; readonly error: string }
  | { readonly is: 'refused'; readonly error: string }

/** One HTTP request and what came of it. */
export interface HopRecord {
  readonly number: number
  readonly at: string
  /** Absent until it is answered. */
  readonly ms?: number
  /** `rockpool` when we called ourselves: one pool asking another as its identity provider. */
  readonly caller: 'browser or app' | 'rockpool'
  readonly method: string
  readonly path: string
  readonly query: unknown
  readonly headers: unknown
  /** Names only. */
  readonly cookies: readonly string[]
  readonly body?: unknown
  readonly pool?: Named
  readonly client?: Named
  readonly user?: string
  readonly notes: readonly NoteRecord[]
  readonly refusals: readonly RefusalRecord[]
  readonly answer?: AnswerRecord
}

export interface NoteRecord {
  readonly kind: NoteKind
  /** Since the hop began. */
  readonly ms: number
  readonly detail: unknown
}

export interface RefusalRecord {
  readonly code: string
  /** What the client read beside the code. */
  readonly told: string
  readonly because: string
  readonly remedy: string
  /** As in `Explanation`. */
  readonly values?: readonly string[]
  readonly line?: SeedLine
}

export interface AnswerRecord {
  readonly status: number
  readonly contentType?: string
  /** Where it redirects to. */
  readonly location?: string
  /** Names only. */
  readonly setsCookies?: readonly string[]
  /** The body of a failure. */
  readonly error?: unknown
}

export type Named = NonNullable<Subject['pool']>

/** A moment as a text, also where the clock shows none that a `Date` can tell: a flight can be read nevertheless. */
export function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `‹no time: ${ms}›` : date.toISOString()
}
