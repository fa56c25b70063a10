import { Refusal } from '../refusal.js'

/**
 * What a pool, a client, a provider, a resource server, a group or a user may be, written once: pure functions from a
 * configuration to what is wrong with it. The API refuses with the first finding, in Cognito's words; a seed reports all of
 * them, each with its file and line.
 */

/** One thing that is wrong with a configuration. It never repeats a secret or a personal value. */
export interface Finding {
  /** The member that has to change, from the record that was checked: `['CallbackURLs', 0]`. Empty: the whole record. */
  readonly path: Path
  /** Cognito's name for the refusal, if it is not `InvalidParameterException`. */
  readonly code?: string
  /**
   * Cognito's exact words. Absent where Cognito accepts the value and it would only fail later: a file that a person
   * writes is held to such a rule, the API is not.
   */
  readonly told?: string
  /** Which rule is broken, by which value. Whole sentences. */
  readonly because: string
  /** What to change so that it is right. */
  readonly remedy: string
  /** The member that is missing: where another one is a misspelling of it, a seed reports that one alone. */
  readonly absent?: string
  /** The name that is not valid, among those that are: the nearest of them was probably meant. */
  readonly meant?: { readonly given: string; readonly valid: readonly string[]; readonly isName?: boolean }
}

export type Path = readonly (string | number)[]

/**
 * A configuration of which any member may be missing: what is left of an input when everything of a wrong type was taken
 * out. In a list that leaves a hole, so that positions stay.
 */
export type Draft<T> = T extends readonly (infer M)[]
  ? readonly (Draft<M> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
    : T

/** The entries of a list of a draft, each with its position. */
export const entriesOf = <T>(list: readonly (T | undefined)[] | undefined): [entry: T, index: number][] =>
  (list ?? []).flatMap((entry, index) => (entry === undefined ? [] : [[entry, index]]))

/**
 * Refuses what Cognito refuses, as Cognito does: with the first finding alone.
 * @throws Refusal
 */
export function ensureSound(findings: Iterable<Finding>): void {
  for (const { code = 'InvalidParameterException', told, because, remedy } of findings)
    if (told !== undefined) throw new Refusal(code, told, { because, remedy })
}
