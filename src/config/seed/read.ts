import { readFile } from 'node:fs/promises'
import { checkSeeds } from './check.js'
import { type Mistake, SeedError } from './mistakes.js'
import type { SeedText } from './parse.js'
import type { Seed } from './shape.js'

/**
 * Reads seed files, YAML or JSON, as one configuration: they may refer to each other and must not collide.
 * @throws SeedError with the mistakes of all of them
 */
export async function readSeeds(files: readonly string[]): Promise<Seed[]> {
  const mistakes: Mistake[] = []
  const texts = (await Promise.all(files.map(file => readText(file, mistakes)))).flat()
  if (mistakes.length === 0) {
    const seeds = fromSoundJson(texts)
    if (seeds !== undefined) return seeds
  }
  const { parseSeeds } = await import('./parse.js')
  return parseSeeds(texts, mistakes)
}

/**
 * A seed given as an object, held to the same rules as a file.
 * @throws SeedError with everything that is wrong
 */
export function seedOf(value: object): Seed {
  const [seed] = checkSeeds([{ value: structuredClone(value), locate: () => undefined }])
  return seed ?? { UserPools: [] }
}

async function readText(file: string, mistakes: Mistake[]): Promise<SeedText[]> {
  try {
    return [{ file, text: await readFile(file, 'utf8') }]
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    mistakes.push({
      file,
      path: '',
      sentence: unreadable[code ?? ''] ?? `The file cannot be read (${code}).`,
    })
    return []
  }
}

const unreadable: Record<string, string> = {
  ENOENT: 'There is no such file.',
  EISDIR: 'This is a directory, not a file.',
  EACCES: 'You are not allowed to read this file.',
}

/** JSON without mistakes needs no YAML parser; only that one knows on which line a mistake is. */
function fromSoundJson(texts: readonly SeedText[]): Seed[] | undefined {
  try {
    return checkSeeds(
      texts.map(({ file, text }) => ({ file, value: JSON.parse(text), locate: () => undefined })),
    )
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SeedError) return undefined
    throw error
  }
}
