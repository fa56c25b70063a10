import { checkSeeds } from './check.js'
import { readDocument } from './document.js'
import type { Mistake } from './mistakes.js'
import type { Seed } from './shape.js'

/**
 * Reads one seed, in YAML or JSON.
 * @param fileName for the messages
 * @throws SeedError with everything that is wrong
 */
export function parseSeed(text: string, fileName: string): Seed {
  const [seed] = parseSeeds([{ text, file: fileName }])
  return seed ?? { file: fileName, UserPools: [] }
}

/** Reads several seeds that may refer to each other. */
export function parseSeeds(files: readonly SeedText[], mistakes: Mistake[] = []): Seed[] {
  const sources = files.map(({ text, file }) => readDocument(text, file, mistakes))
  return checkSeeds(sources, mistakes)
}

export interface SeedText {
  readonly text: string
  readonly file: string
}
