/**
 * A small language in which an input is described once: from one declaration come the static type, the validation
 * and the JSON Schema for editors. Its vocabulary is that of the service's own model, so a table can be compared
 * with it member by member.
 */

/** What an editor shows beside the input. */
interface Documented {
  readonly about?: string
}

/** Limits of a string. `pattern` is a Java regular expression that must match the whole value. */
export interface StringShape<E extends string = string> extends Documented {
  readonly type: 'string'
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly E[]
  /** The value is a secret or personal: it is never repeated in a message or log. */
  readonly sensitive?: true
}
export interface IntegerShape extends Documented {
  readonly type: 'integer'
  readonly min?: number
  readonly max?: number
}
export interface BooleanShape extends Documented {
  readonly type: 'boolean'
  /** Whether the service takes a text for it, such as "yes" (fact P52). */
  readonly takesText?: true
}
export interface ListShape<M extends Shape = Shape> extends Documented {
  readonly type: 'list'
  readonly member: M
  readonly min?: number
  readonly max?: number
}
export interface MapShape<V extends Shape = Shape> extends Documented {
  readonly type: 'map'
  readonly key: StringShape
  readonly value: V
  readonly min?: number
  readonly max?: number
  readonly sensitive?: true
}
export interface StructureShape<M extends Members = Members> extends Documented {
  readonly type: 'structure'
  readonly members: M
  readonly sensitive?: true
}
/** Bytes, which travel as base64. The limits are those of the bytes. */
export interface BlobShape extends Documented {
  readonly type: 'blob'
  readonly min?: number
  readonly max?: number
}
/** Any JSON; its content is not checked. */
export interface DocumentShape extends Documented {
  readonly type: 'document'
}
/** One of several shapes that a glance tells apart: no two of them are of the same type. */
export interface EitherShape<O extends Shape = Shape> extends Documented {
  readonly type: 'either'
  readonly options: readonly O[]
}
/** A member that must be there. */
export interface Required<S extends Shape = Shape> {
  readonly required: S
}
export type Members = { readonly [name: string]: Shape | Required }
export type Shape =
  | StringShape
  | IntegerShape
  | BooleanShape
  | BlobShape
  | DocumentShape
  | (Documented & {
      readonly type: 'list'
      readonly member: Shape
      readonly min?: number
      readonly max?: number
    })
  | (Documented & {
      readonly type: 'map'
      readonly key: StringShape
      readonly value: Shape
      readonly min?: number
      readonly max?: number
      readonly sensitive?: true
    })
  | (Documented & {
      readonly type: 'structure'
      readonly members: Members
      readonly sensitive?: true
    })
  | (Documented & { readonly type: 'either'; readonly options: readonly Shape[] })

type Limits<S> = Omit<S, 'type' | 'enum' | 'member' | 'members' | 'key' | 'value' | 'about'>

export const string = (limits: Limits<StringShape> = {}): StringShape => ({ type: 'string', ...limits })
export const oneOf = <const E extends string>(...values: E[]): StringShape<E> => ({
  type: 'string',
  enum: values,
})
export const integer = (limits: Limits<IntegerShape> = {}): IntegerShape => ({ type: 'integer', ...limits })
export const boolean = (limits: Limits<BooleanShape> = {}): BooleanShape => ({ type: 'boolean', ...limits })
export const blob = (limits: Limits<BlobShape> = {}): BlobShape => ({ type: 'blob', ...limits })
export const document = (): DocumentShape => ({ type: 'document' })
export const list = <M extends Shape>(member: M, limits: Limits<ListShape> = {}): ListShape<M> => ({
  type: 'list',
  member,
  ...limits,
})
export const map = <V extends Shape>(
  key: StringShape,
  value: V,
  limits: Limits<MapShape> = {},
): MapShape<V> => ({ type: 'map', key, value, ...limits })
export const structure = <const M extends Members>(
  members: M,
  limits: Limits<StructureShape> = {},
): StructureShape<M> => ({ type: 'structure', members, ...limits })
export const either = <const O extends readonly Shape[]>(...options: O): EitherShape<O[number]> => ({
  type: 'either',
  options,
})
export const required = <S extends Shape>(shape: S): Required<S> => ({ required: shape })

/** The same shape with a sentence for the person who fills it in. */
export const documented = <S extends Shape>(about: string, shape: S): S => ({ ...shape, about })

/** The members of a structure but for some, to compose another structure of. */
export function without<M extends Members, K extends keyof M & string>(
  members: M,
  ...names: K[]
): Omit<M, K> {
  const kept = Object.entries(members).filter(([name]) => !(names as string[]).includes(name))
  return Object.fromEntries(kept) as unknown as Omit<M, K>
}

/** The static type of a valid value. */
export type Infer<S> =
  S extends StringShape<infer E>
    ? E
    : S extends IntegerShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends BlobShape
          ? string
          : S extends DocumentShape
            ? { readonly [member: string]: unknown }
            : S extends { readonly type: 'list'; readonly member: infer M }
              ? readonly Infer<M>[]
              : S extends { readonly type: 'map'; readonly value: infer V }
                ? { readonly [key: string]: Infer<V> }
                : S extends { readonly type: 'structure'; readonly members: infer M }
                  ? InferMembers<M>
                  : S extends { readonly type: 'either'; readonly options: readonly (infer O)[] }
                    ? Infer<O>
                    : never

type InferMembers<M> = Flatten<
  {
    readonly [K in keyof M as M[K] extends Required ? K : never]: M[K] extends Required<infer S>
      ? Infer<S>
      : never
  } & {
    readonly [K in keyof M as M[K] extends Required ? never : K]?: Infer<M[K]>
  }
>
type Flatten<T> = { [K in keyof T]: T[K] }

/** The shape of a member, whether it is required or not. */
export const shapeOf = (member: Shape | Required): Shape => ('required' in member ? member.required : member)

/** Says whether a text is the service's pattern as a whole. */
export function matches(pattern: string, text: string): boolean {
  const known = /^[\x20-\x7e]*$/.test(text) ? forPlainTexts : forAllTexts
  let compiled = known.get(pattern)
  if (compiled === undefined) {
    compiled = toRegExp(known === forPlainTexts ? plainClasses(pattern) : pattern)
    known.set(pattern, compiled)
  }
  return compiled.test(text)
}

const forPlainTexts = new Map<string, RegExp>()
const forAllTexts = new Map<string, RegExp>()

/**
 * The same pattern for texts of printable ASCII: Unicode's classes, which take milliseconds to compile, are a handful of
 * characters there. In the service's patterns they stand within brackets only.
 */
const plainClasses = (pattern: string): string =>
  pattern.replace(/\\p\{([LMNPSZ])\}/g, (_class, name: string) => asciiOf[name] ?? '')

const asciiOf: Record<string, string> = {
  L: 'A-Za-z',
  M: '',
  N: '0-9',
  P: String.raw`!"#%&'()*,\-.\/:;?@\[\\\]_\{\}`,
  S: '$+<=>\\^`|~',
  Z: ' ',
}

/** Java's `(?s)` and its free use of `-` in classes are the only differences that occur in the model. */
export function toRegExp(pattern: string): RegExp {
  const dotAll = pattern.startsWith('(?s)')
  const source = dotAll ? pattern.slice(4) : pattern
  return new RegExp(`^(?:${source})$`, dotAll ? 'su' : 'u')
}
