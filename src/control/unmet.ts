import { didYouMean } from '../lib/nearest.js'

/** A request that cannot be fulfilled. The message is whole sentences: what is wrong, and what would be right. */
export class Unmet extends Error {
  /** The name of the error, which a test's report shows before the message. */
  override readonly name: string = 'RockpoolError'
  /** The status of the HTTP answer. */
  readonly statusCode: number

  constructor(sentence: string, statusCode = 400) {
    super(sentence)
    this.statusCode = statusCode
  }
}

/** Says that a name is not one of the known names, and which one was probably meant. */
export function unknown(kind: string, name: string, known: readonly string[]): Unmet {
  const list = known.length === 0 ? 'There is none.' : `There are: ${inWords(known)}.`
  return new Unmet(`There is no ${kind} ${JSON.stringify(name)}.${didYouMean(name, known)} ${list}`, 404)
}

/** Names in a sentence. */
export const inWords = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.toSorted().join(', ')
