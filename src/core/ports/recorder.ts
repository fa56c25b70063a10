import type { Refusal } from '../refusal.js'

/**
 * The flight recorder: what happened on a sign-in journey (a *flight*), in order, for the person who has to explain
 * it. A flight is made of *hops*, one per HTTP request, across both pools of a federation.
 *
 * Code that handles a request adds to the hop under way, without passing it along. Outside a hop every call does
 * nothing, except that a refusal is still logged. No call throws, whatever it is given, waits, or changes what is given to it.
 */
export interface Recorder {
  /**
   * Adds an observation to the current hop: decoded tokens, an upstream's claims, the mapping table. Plain data.
   * Texts are masked by the name they stand under (`password`, `access_token`, `code`, …) and so is anything that
   * looks like a signed token; an object under a token's name is taken for its decoded claims and shown. A `warning` (with a
   * `remedy`) is logged as well, once.
   */
  note(kind: NoteKind, detail: Readonly<Record<string, unknown>>): void

  /**
   * Records why something was refused, and logs it. Recording one refusal twice on its way out counts once. A hop
   * that belongs to no flight becomes a flight of its own, so that no explanation is lost.
   */
  refused(refusal: Refusal): void

  /** Says which pool, client and user the current hop is about, each as soon as it is known. */
  concerns(subject: Subject): void

  /**
   * Makes later hops that show this clue part of the current flight. Of two flights that expect the same clue, the
   * one that said so last has it. In a hop without a flight it waits until the hop has one.
   *
   * The `state` and `code` of every redirect are expected without a call.
   */
  expect(clue: Clue): void

  /**
   * The current hop shows this clue: if a flight expects it, the hop belongs to that flight. A hop that already
   * belongs to one stays there.
   *
   * `state` and `code` in the query or body of a request are shown without a call.
   */
  join(clue: Clue): void

  /** Counts what happened, for the metrics. `kind` is one of a short list: never a name, never a secret. */
  counts(what: Countable, kind: string): void

  /** The current flight, to be sent as the header `flightHeader` with requests to ourselves; undefined outside one. */
  readonly flightId: string | undefined
}

/** What is counted: refusals by error, sign-ins by type of provider, tokens by grant. */
export type Countable = 'refusals' | 'signIns' | 'tokens'

/** Ties a request that we make ourselves to the flight it is made for. Honoured only if there is such a flight. */
export const flightHeader = 'x-rockpool-flight'

/** What a hop is about. A member that is left out stays as it was. */
export interface Subject {
  readonly pool?: { readonly id: string; readonly name: string }
  readonly client?: { readonly id: string; readonly name: string }
  /** The username in that pool. */
  readonly user?: string
}

/** What an observation is about. */
export type NoteKind =
  | 'sign-in'
  | 'upstream-request'
  | 'upstream-message'
  | 'upstream-claims'
  | 'mapping'
  | 'user'
  | 'tokens'
  | 'trigger'
  | 'warning'

/** Something that names a flight: a value that only its hops carry. */
export type Clue = `${'state' | 'code' | 'grant' | 'request'}:${string}`
