import type { TriggerEvent } from '../../core/ports/triggers.js'

/** Calls one function, wherever it runs. */
export interface Runner {
  /** What a person knows the function by: a file and its export, an address, an ARN. */
  readonly where: string
  /** How often a function that gives no answer is called (docs/facts/triggers.md §8.1). */
  readonly attempts: number
  /** Seconds in which one call has to be answered. */
  readonly timeout: number
  run(event: TriggerEvent): Promise<Ran>
  close(): Promise<void>
}

/** What came of one call, and what the function wrote meanwhile. */
export interface Ran {
  readonly outcome: Outcome
  readonly output: readonly string[]
}

export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  /** The function threw, or could not be loaded. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'late' }
  /** There is no function to call: the service's name for that, and what a person has to know. */
  | { readonly kind: 'unreachable'; readonly name: string; readonly why: string }

/** Seconds and attempts that Cognito gives a function. */
export const defaultTimeout = 5
export const defaultAttempts = 3
