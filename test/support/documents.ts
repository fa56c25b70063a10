import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import { promisify } from 'node:util'
import { compiler } from '../../scripts/types.js'
import { bundledTypes } from './bundled.js'

/** A fenced block of a document. */
export interface Block {
  /** Its document and its place among the blocks there, counted from 1: `docs/api.md 2`. */
  readonly name: string
  readonly document: string
  readonly language: string
  readonly text: string
}

/** The README and the pages of the documentation, which people follow. */
export const documents = async (): Promise<string[]> => [
  'README.md',
  ...(await readdir('docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
    .sort(),
]

export async function blocksOf(document: string): Promise<Block[]> {
  const text = await readFile(document, 'utf8')
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', body = ''], index) => ({
      name: `${document} ${index + 1}`,
      document,
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  )
}

/** The commands of a block for a shell: lines without their comments. */
export const commandsOf = ({ text }: Block): string[] =>
  text
    .split('\n')
    .map(line => line.replace(/\s+#.*$/, '').trim())
    .filter(line => line !== '')

/** The words of a command; quotes keep blanks together. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  )

/** Names that a snippet leaves to its reader, such as `password`: not found is no mistake there. */
const leftOpen = new Set([2304, 18004])

/**
 * What TypeScript 7 says of snippets, each a module that may import what this project can, and `rockpool` as it is published.
 * @returns a sentence a mistake, with the name of the block
 */
export async function typeMistakes(blocks: readonly Block[]): Promise<string[]> {
  // Inside the checkout, where the packages are, but not below a folder of that name.
  const folder = resolve('.build', `snippets-${pid}`)
  await mkdir(folder, { recursive: true })
  try {
    const files = blocks.map((_, index) => `block-${index}.ts`)
    await Promise.all(blocks.map(({ text }, index) => writeFile(join(folder, files[index] ?? ''), text)))
    const compilerOptions = {
      noEmit: true,
      skipLibCheck: true,
      strict: false,
      target: 'esnext',
      module: 'nodenext',
      moduleDetection: 'force',
      types: ['node'],
      paths: { rockpool: [join(await bundledTypes(), 'index.d.ts')] },
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const told = await promisify(execFile)(await compiler(), ['-p', '.', '--pretty', 'false'], {
      cwd: folder,
    })
      .then(({ stdout }) => stdout)
      .catch(({ stdout, message }) => stdout || Promise.reject(new Error(message)))
    return told
      .split(/\n(?=\S)/)
      .filter((line: string) => line.trim() !== '')
      .flatMap((line: string) => {
        const [, index, code, text] =
          /^block-(\d+)\.ts\(\d+,\d+\): error TS(\d+): ([\s\S]*)$/.exec(line) ?? []
        return leftOpen.has(Number(code)) ? [] : [`${blocks[Number(index)]?.name}: ${text?.trim() ?? line}`]
      })
  } finally {
    await rm(folder, { recursive: true })
  }
}
