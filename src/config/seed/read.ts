import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { nearest } from '../../lib/nearest.js'
import { checkSeeds } from './check.js'
import type { KeptSeeds } from './kept.js'
import { type Mistake, SeedError } from './mistakes.js'
import type { SeedText } from './parse.js'
import type { Seed } from './shape.js'

/**
 * Reads seed files, YAML or JSON, as one configuration: they may refer to each other and must not collide.
 * @param kept what the same files were read as before; without it, they are read anew
 * @throws SeedError with the mistakes of all of them
 */
export async function readSeeds(files: readonly string[], kept?: KeptSeeds): Promise<Seed[]> {
  const mistakes: Mistake[] = []
  const texts = (await Promise.all(files.map(file => readText(file, mistakes)))).flat()
  if (mistakes.length > 0) return parsed(texts, mistakes)
  const known = await kept?.find(texts)
  if (known !== undefined) return known
  const seeds = fromSoundJson(texts) ?? (await parsed(texts, mistakes))
  // Nobody waits for it, and it tells no failure.
  void kept?.keep(texts, seeds)
  return seeds
}

async function parsed(texts: readonly SeedText[], mistakes: Mistake[]): Promise<Seed[]> {
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
    const text = await readFile(file, 'utf8')
    const stray = /[\0\uFFFD]/.exec(text)
    if (stray === null) return [{ file, text: text.replace(/^\uFEFF/, '') }]
    mistakes.push({
      file,
      line: text.slice(0, stray.index).split('\n').length,
      path: '',
      sentence: 'The file is not in UTF-8: here are bytes that mean nothing in it.',
      remedy: 'Save it as UTF-8.',
    })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    mistakes.push({
      file,
      path: '',
      sentence: unreadable[code] ?? `The file cannot be read (${code}).`,
      ...(await insteadOf(file, code)),
    })
  }
  return []
}

const unreadable: Record<string, string> = {
  ENOENT: 'There is no such file.',
  ENOTDIR: 'There is no such file.',
  EISDIR: 'This is a directory, not a file.',
  EACCES: 'You are not allowed to read this file.',
}

/** What to name in the place of a file that cannot be read, by what its folder holds. */
async function insteadOf(file: string, code: string): Promise<Pick<Mistake, 'suggestion' | 'remedy'>> {
  if (code === 'EACCES') return { remedy: 'Let your account read it: chmod u+r, as its owner.' }
  const folder = code === 'EISDIR' ? file : dirname(file)
  const seeds = (await readdir(folder).catch(() => [])).filter(name => /\.(ya?ml|json)$/.test(name))
  if (code === 'EISDIR') {
    const example = join(folder, seeds[0] ?? 'pools.yaml')
    return { remedy: `Name its seed files, each with its own --seed: --seed ${example}` }
  }
  const suggestion = nearest(basename(file), seeds)
  return suggestion === undefined
    ? { remedy: `Name a file by its path from this folder, ${process.cwd()}, or by its whole path.` }
    : { suggestion: join(folder, suggestion) }
}

/** JSON without mistakes needs no YAML parser; only that one knows on which line a mistake is. */
function fromSoundJson(texts: readonly SeedText[]): Seed[] | undefined {
  try {
    const sources = texts.map(({ file, text }) => ({
      file,
      value: JSON.parse(text),
      locate: () => undefined,
    }))
    if (sources.some(({ value }, index) => membersIn(value) !== namesIn(texts[index]?.text ?? '')))
      return undefined
    return checkSeeds(sources)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SeedError) return undefined
    throw error
  }
}

/** How many members the objects of a value have. */
function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce((sum: number, member) => sum + membersIn(member), 0)
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length)
}

/** How many names of members valid JSON has: more than the objects that it makes where one has a name twice. */
function namesIn(json: string): number {
  let count = 0
  for (const [text] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?/g)) if (text.endsWith(':')) count += 1
  return count
}
