import type { Clock } from '../core/ports/clock.js'
import type { Infer, Members, Shape, StructureShape } from '../lib/shape.js'
import type { Operations } from './operations.js'

/** What the routes of the control API work with. */
export interface Context {
  readonly operations: Operations
  /** The system's clock, which does not move with ours. */
  readonly clock: Clock
  /** By that clock, in milliseconds since the epoch. */
  readonly startedAt: number
  readonly version: string
  readonly baseUrl: string
}

/** A route as it is served, checked and described: all three come from this one declaration. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/_rockpool`, with its parameters in braces. */
  readonly path: string
  /** What it does, in a sentence. */
  readonly summary: string
  readonly parameters: StructureShape
  readonly query: StructureShape
  /** Absent: it takes none. */
  readonly body?: StructureShape | { readonly type: 'document'; readonly about?: string }
  readonly answer: Shape
  /** It replaces the state, or sends requests that work on it. */
  readonly outside?: true
  /** It is for every machine, whatever `--control` says. */
  readonly isPublic?: true
  /** Bytes that its body may have; 65,536 unless said otherwise. */
  readonly bodyLimit?: number
  handle(context: Context, input: never): unknown
}

type None = Record<never, never>
type Given<M extends Members> = Infer<StructureShape<M>>

/** Declares a route. Its parameters, query and body are handed over as one. */
export function route<P extends Members = None, Q extends Members = None, B extends Members = None>(
  declaration: Omit<Route, 'parameters' | 'query' | 'body' | 'handle'> & {
    readonly parameters?: P
    readonly query?: Q
    readonly body?: B
    handle(context: Context, input: Given<P> & Given<Q> & Given<B>): unknown
  },
): Route {
  const { parameters = {}, query = {}, body, ...rest } = declaration
  return {
    ...rest,
    parameters: { type: 'structure', members: parameters },
    query: { type: 'structure', members: query },
    ...(body === undefined ? {} : { body: { type: 'structure', members: body } }),
    handle: declaration.handle as Route['handle'],
  }
}
