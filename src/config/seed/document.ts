import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path } from '../../core/rules/finding.js'
import type { SeedSource } from './check.js'
import type { Locate, Mistake } from './mistakes.js'

/** Reads YAML (and so JSON). Mistakes of the language are added to the list; what could not be read is undefined. */
export function readDocument(text: string, file: string, mistakes: Mistake[]): SeedSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  for (const { code, message, pos } of document.errors) {
    const { line } = lines.linePos(pos[0])
    mistakes.push({ file, line, path: '', sentence: sentences[code] ?? withoutSource(message) })
  }
  const isReadable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY')
  return {
    file,
    value: isReadable ? plainValue(document, file, mistakes) : undefined,
    locate: locator(document, lines),
  }
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

function plainValue(document: Document, file: string, mistakes: Mistake[]): unknown {
  try {
    const value: unknown = document.toJS()
    if (value === null)
      mistakes.push({ file, path: '', sentence: 'The file is empty: it needs a list "UserPools".' })
    return value ?? undefined
  } catch {
    mistakes.push({ file, path: '', sentence: 'An alias (*name) has no anchor (&name) before it.' })
    return undefined
  }
}

/** Finds lines by walking the document; what came in by an alias or a merge has the line of the nearest ancestor. */
function locator(document: Document, lines: LineCounter): Locate {
  return (path, of) => {
    let line: number | undefined
    let node: unknown = document.contents
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
