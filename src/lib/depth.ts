/**
 * Whether a JSON value has at most `levels` levels of objects and lists. Nobody's claims, snapshots or looks are deep, and
 * what walks through a value by recursion fails where it is deep enough.
 */
export const isShallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every(member => isShallow(member, levels - 1)))

/** Levels that a document from outside may have. */
export const deepestDocument = 100
