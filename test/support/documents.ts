import { readdir, readFile } from 'node:fs/promises'
import ts from 'typescript'

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
 * What TypeScript says of snippets, each a module that may import what this project can, and `rockpool` itself.
 * @returns a sentence a mistake, with the name of the block
 */
export function typeMistakes(blocks: readonly Block[]): string[] {
  const names = new Map(blocks.map((block, index) => [`${process.cwd()}/test/block-${index}.ts`, block]))
  const options: ts.CompilerOptions = {
    noEmit: true,
    skipLibCheck: true,
    strict: false,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ['node'],
    paths: { rockpool: ['./src/index.ts'] },
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile, readFile } = host
  host.fileExists = name => names.has(name) || fileExists(name)
  host.readFile = name => names.get(name)?.text ?? readFile(name)
  host.getSourceFile = (name, version, ...rest) => {
    const block = names.get(name)
    return block === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, block.text, version, true)
  }
  const program = ts.createProgram([...names.keys()], options, host)
  return [...names].flatMap(([file, { name }]) => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter(({ code }) => !leftOpen.has(code))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  })
}
