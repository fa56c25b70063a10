import type { Refusal } from '../refusal.js'

/**
 * The flight recorder: what happened on a sign-in journey, in order, for the person who has to explain it. Whoever
 * handles a request may add to the hop that is being handled; outside a request the calls do nothing.
 */
export interface Recorder {
  /** Adds an observation to the current hop. Secrets in it are masked by their names. */
  note(kind: NoteKind, detail: Readonly<Record<string, unknown>>): void
  /** Records why something was refused. */
  refused(refusal: Refusal): void
  /** Makes later hops that show this clue (a `state`, a code) part of the current flight. */
  expect(clue: Clue): void
  /** The clue by which a later hop can be tied to the current flight; undefined outside one. */
  readonly flightId: string | undefined
}

/** What an observation is about. */
export type NoteKind =
  | 'sign-in'
  | 'upstream-request'
  | 'upstream-claims'
  | 'mapping'
  | 'user'
  | 'tokens'
  | 'warning'

/** Something that names a flight: a value that only its hops carry. */
export type Clue = `${'state' | 'code' | 'grant' | 'request'}:${string}`
