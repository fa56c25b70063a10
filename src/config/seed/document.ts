import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import type { Path } from '../../core/rules/finding.js'
import type { SeedSource } from './check.js'
import type { Locate, Mistake } from './mistakes.js'

/** Reads YAML (and so JSON). Mistakes of the language are added to the list; what could not be read is undefined. */
export function readDocument(text: string, file: string, mistakes: Mistake[]): SeedSource {
  const comment = /^\s*[[{]/.test(text) ? /^[ \t]*\/[/*]/m.exec(text) : null
  if (comment !== null) {
    const line = text.slice(0, comment.index).split('\n').length
    mistakes.push({
      file,
      line,
      path: '',
      sentence: 'JSON has no comments, and those of YAML begin with #.',
      remedy: 'Begin the comment with # and a blank, or leave it out.',
    })
    return { file, value: undefined, locate: () => undefined }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const isReadable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY')
  // Later mistakes of the syntax mostly follow from the first, so only that one is reported.
  for (const { code, message, pos } of isReadable ? document.errors : document.errors.slice(0, 1)) {
    const { line } = lines.linePos(pos[0])
    mistakes.push({ file, ...explained(text, { code, message, line, at: pos[0] }) })
  }
  return {
    file,
    value: isReadable ? plainValue(document, file, lines, mistakes) : undefined,
    locate: locator(document, lines),
  }
}

/** A reference without quotes in a list or map in brackets, where YAML reads its braces. */
const bareReference = /[[{,]\s*\$\{/

/** A mistake as the parser has it: `line` counts from 1, `at` the characters before it. */
interface Misread {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly at: number
}

function explained(text: string, { code, message, line, at }: Misread): Omit<Mistake, 'file'> {
  const lines = text.split('\n')
  const reference = [line, line - 1].find(number => bareReference.test(lines[number - 1] ?? ''))
  if (reference !== undefined)
    return {
      line: reference,
      path: '',
      sentence: 'In a list or map in brackets YAML reads the braces of a reference.',
      remedy: 'Put the whole text in quotes.',
    }
  const bracket = /end with a [\]}]/.test(message) ? openBracket(text) : undefined
  if (bracket !== undefined)
    return {
      line: bracket.line,
      path: '',
      sentence: `The ${bracket.sign} of this line is never closed.`,
      remedy: `Add the ${bracket.sign === '[' ? ']' : '}'} that belongs to it, and compare those between.`,
    }
  // A text that goes on in the next line, and has a member in it: the next line is where the eye finds the mistake.
  if (/^Nested mappings/.test(message) && !/:\s.*:\s/.test(lines[line - 1] ?? ''))
    return {
      line: line + 1,
      path: '',
      sentence: sentences.BAD_INDENT ?? '',
      remedy: remedies.BAD_INDENT ?? '',
    }
  const remedy = remedies[code]
  const [, twice] = /^["']?([\w.:@-]+)["']?\s*:/.exec(text.slice(at, at + 100)) ?? []
  return {
    line,
    path: '',
    sentence:
      code === 'DUPLICATE_KEY' && twice !== undefined
        ? `"${twice}" appears a second time in the same map.`
        : (sentences[code] ?? withoutSource(message)),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** Texts in quotes and comments, whose brackets are none, and brackets. */
const tokens = /"(?:[^"\\]|\\.)*"|(?<=[[{,:\s])'(?:[^']|'')*'|(?<=^|\s)#.*|[[\]{}]/gm

/** The innermost bracket that is opened and never closed. */
function openBracket(text: string): { readonly sign: string; readonly line: number } | undefined {
  const open: { sign: string; line: number }[] = []
  for (const { 0: sign, index } of text.matchAll(tokens)) {
    if (sign === '[' || sign === '{') open.push({ sign, line: text.slice(0, index).split('\n').length })
    else if (sign === ']' || sign === '}') open.pop()
  }
  return open.at(-1)
}

const remedies: Partial<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of the two.',
  TAB_AS_INDENT: 'Replace the tab by two blanks.',
  BAD_INDENT: 'Begin it in the column of the line that it belongs beside.',
  BAD_ALIAS: 'Put a text that begins with * in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Put a text that has a colon and a blank in it in quotes.',
  UNEXPECTED_TOKEN: 'Compare its indent and its brackets with those of the lines around it.',
  MISSING_CHAR: 'Close the bracket or the quotes that this line, or one above it, opens.',
}

const sentences: Partial<Record<string, string>> = {
  DUPLICATE_KEY: 'This name appears a second time in the same map.',
  MULTIPLE_DOCS: 'A file holds one document only: leave out the "---" line.',
  TAB_AS_INDENT: 'YAML is indented by blanks, not by tabs.',
  BAD_INDENT: 'This line is indented unlike its neighbours.',
}

/** The parser's words without the text it quotes, which may be a secret. */
const withoutSource = (message: string): string =>
  `This is not valid YAML: ${message.replace(/:? *".*$/s, '').replace(/: \S*$/, '')}.`

function plainValue(document: Document, file: string, lines: LineCounter, mistakes: Mistake[]): unknown {
  try {
    const value: unknown = document.toJS()
    if (value === null)
      mistakes.push({ file, line: 1, path: '', sentence: 'The file is empty: it needs a list "UserPools".' })
    return value ?? undefined
  } catch {
    const sentence = 'An alias (*name) has no anchor (&name) before it.'
    const line = lineOf(strayAlias(document), lines)
    const remedy =
      'Put &name before the value that is meant, or, where no alias is meant, the text in quotes.'
    mistakes.push({ file, ...(line === undefined ? {} : { line }), path: '', sentence, remedy })
    return undefined
  }
}

function strayAlias(document: Document): Node | undefined {
  let stray: Node | undefined
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined
      stray = alias
      return visit.BREAK
    },
  })
  return stray
}

/** Finds lines by walking the document; what came in by an alias or a merge has the line of the nearest ancestor. */
function locator(document: Document, lines: LineCounter): Locate {
  return (path, of) => {
    let node: unknown = document.contents
    let line = lineOf(node, lines) ?? 1
    path.forEach((step, index) => {
      const [name, value] = child(node, step)
      const isLast = index === path.length - 1
      const found = isLast && of === 'name' ? (name ?? value) : isScalar(value) ? value : (name ?? value)
      line = lineOf(found, lines) ?? line
      node = value
    })
    return line
  }
}

function child(node: unknown, step: Path[number]): [name: unknown, value: unknown] {
  if (isSeq(node)) return [undefined, node.items[Number(step)]]
  if (!isMap(node)) return [undefined, undefined]
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
  return isPair(pair) ? [pair.key, pair.value] : [undefined, undefined]
}

const lineOf = (node: unknown, lines: LineCounter): number | undefined => {
  const range = (node as Partial<Node> | undefined)?.range
  return range ? lines.linePos(range[0]).line : undefined
}
