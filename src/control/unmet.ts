import { didYouMean } from '../lib/nearest.js'

/** A request that cannot be met. The message is whole sentences: what is wrong, and what would be right. */
export class Unmet extends Error {
  /** What a test's report says before the sentence. */
  override readonly name: string = 'RockpoolError'
  /** For the HTTP layer. */
  readonly statusCode: number

  constructor(sentence: string, statusCode = 400) {
    super(sentence)
    this.statusCode = statusCode
  }
}

/** That something is not among the known ones, with the one that was probably meant. */
export function unknown(kind: string, name: string, known: readonly string[]): Unmet {
  const list = known.length === 0 ? 'There is none.' : `There are: ${inWords(known)}.`
  return new Unmet(`There is no ${kind} ${JSON.stringify(name)}.${didYouMean(name, known)} ${list}`, 404)
}

/** Names in a sentence. */
export const inWords = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.toSorted().join(', ')
