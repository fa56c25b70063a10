import type { Place } from './mistakes.js'

/** The sound entries of a list, each with its place (given the place of the list). */
export function each<T, P extends Place | undefined>(
  list: readonly (T | undefined)[] | undefined,
  place: P,
): (readonly [entry: T, place: P])[] {
  return (list ?? []).flatMap((entry, index) =>
    entry === undefined ? [] : [[entry, place?.at(index) as P] as const],
  )
}

/**
 * Reports every value that was there before; undefined values do not count.
 * @param remedy what to change, where it is not the value itself
 */
export function unique(
  what: string,
  values: readonly (readonly [value: string | undefined, place: Place])[],
  remedy = 'Give one of the two another, or leave one out.',
): void {
  const first = new Map<string, Place>()
  for (const [value, place] of values) {
    if (value === undefined) continue
    const before = first.get(value)
    if (before === undefined) first.set(value, place)
    else place.wrong(`This ${what} is already used at ${before.label}.`, { remedy })
  }
}
