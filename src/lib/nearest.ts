import leven from 'leven'

/**
 * The known name that was most likely meant, or undefined if none is close.
 * Case does not count; a third of the letters may differ.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  const given = name.toLowerCase()
  for (const candidate of known) {
    const plain = candidate.toLowerCase()
    // No distance is smaller than the difference in length; to measure it takes the product of both.
    if (plain === '' || Math.abs(plain.length - given.length) >= bestDistance) continue
    const distance = leven(given, plain)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** ` Did you mean "x"?`, or nothing when no known name is close. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const guess = nearest(name, known)
  return guess === undefined ? '' : ` Did you mean "${guess}"?`
}
