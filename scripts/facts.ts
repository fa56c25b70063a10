import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/**
 * The numbered facts of Cognito's behaviour (`docs/facts`), and whether the tests that are said to prove them do: the list of
 * proofs is test/facts.ts.
 */

/** A file of docs/facts with numbered facts. */
export interface FactFile {
  /** The path from the checkout. */
  readonly path: string
  /** `O` of `O19`. */
  readonly letter: string
  /** What the facts are about: the heading of the file. */
  readonly title: string
  /** The numbers in the order of the file. */
  readonly names: readonly string[]
}

const fact = /^- \*\*(([A-Z])\d+)\*\* \([^)]+\) \S/gm

/** Reads the files of a folder that have facts, in the order of their names. */
export const factFiles = (folder: string): FactFile[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .toSorted()
    .flatMap(name => {
      const path = join(folder, name)
      const text = readFileSync(path, 'utf8')
      const found = [...text.matchAll(fact)]
      const letter = found[0]?.[2]
      if (letter === undefined) return []
      const title = /^# (.+)$/m.exec(text)?.[1] ?? name
      return [{ path, letter, title, names: found.map(([, number = '']) => number) }]
    })

/** A test by which a fact is proven, taken apart from its form in the list, `file: title`. */
export function proofOf(entry: string): { readonly file: string; readonly title: string } {
  const [, name = '', title = ''] = /^([\w-]+): (.+)$/s.exec(entry) ?? []
  return { file: `test/${name}.test.ts`, title }
}

/**
 * Finds what is wrong with the proof of a fact, going by the text of the test.
 * @param read answers the text of a file, or undefined if there is none
 * @returns a sentence, or undefined if the proof stands
 */
export function mistakeIn(
  name: string,
  entry: string,
  read: (file: string) => string | undefined,
): string | undefined {
  const { file, title } = proofOf(entry)
  const text = read(file)
  if (text === undefined) return `${name}: there is no ${file}.`
  if (!new RegExp(`\\b${name}\\b`).test(title))
    return `${name}: the title “${title}” does not have the number.`
  return asserts(text, title) ? undefined : `${name}: nothing in ${file} asserts “${title}”.`
}

const assertions = new Set(
  'ok notOk equal not same strictSame notSame has hasStrict match matchStrict notMatch matchOnly throws rejects resolves resolveMatch'.split(
    ' ',
  ),
)

/** Whether a title is one of a test that asserts something, the message of an assertion, or the row of a table of cases. */
function asserts(text: string, title: string): boolean {
  return literalsOf(text).some(literal => literal.text === title && stands(literal))
}

/** The literal texts of a file, which is read once, however many proofs it has. */
function literalsOf(text: string): readonly ts.StringLiteralLike[] {
  const known = literals.get(text)
  if (known !== undefined) return known
  const found: ts.StringLiteralLike[] = []
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('test.ts', text, ts.ScriptTarget.ES2022, true))
  literals.set(text, found)
  return found
}
const literals = new Map<string, readonly ts.StringLiteralLike[]>()

function stands(literal: ts.StringLiteralLike): boolean {
  const { parent } = literal
  if (ts.isArrayLiteralExpression(parent)) return true
  if (ts.isPropertyAssignment(parent)) return parent.initializer === literal
  if (!ts.isCallExpression(parent)) return false
  const called = methodOf(parent)
  if (called !== 'test') return assertions.has(called)
  const body = parent.arguments.find(given => given !== literal && !ts.isObjectLiteralExpression(given))
  return body !== undefined && (ts.isIdentifier(body) || assertsWithin(body))
}

const methodOf = ({ expression }: ts.CallExpression): string =>
  ts.isPropertyAccessExpression(expression) ? expression.name.text : ''

/** Whether something asserts: itself, or by a function that it gives its `t`. */
const assertsWithin = (node: ts.Node): boolean =>
  (ts.isCallExpression(node) &&
    (assertions.has(methodOf(node)) ||
      node.arguments.some(given => ts.isIdentifier(given) && given.text === 't'))) ||
  (ts.forEachChild(node, child => assertsWithin(child) || undefined) ?? false)

/** The numbers at the beginning of titles and messages of a test: claims that the list has to know. */
export function claimsOf(text: string, letters: string): string[] {
  // To take a file apart takes long, and most claim nothing.
  if (!new RegExp(`['"\`][${letters}]\\d{1,3}\\b`).test(text)) return []
  const claim = new RegExp(`^[${letters}]\\d{1,3}\\b`)
  return literalsOf(text).flatMap(({ parent, text }) => {
    const called = ts.isCallExpression(parent) ? methodOf(parent) : ''
    return called === 'test' || assertions.has(called) ? (claim.exec(text) ?? []) : []
  })
}

/**
 * Finds out whether a proof was asserted when its file ran last.
 * @param results where tap keeps the output of each file
 * @returns undefined if the file was not run since it was changed
 */
export function wasAsserted(entry: string, results: string): boolean | undefined {
  const { file, title } = proofOf(entry)
  const output = join(results, `${file}.tap`)
  if (!existsSync(output) || statSync(output).mtimeMs < statSync(file).mtimeMs) return undefined
  const escaped = title.replaceAll('\\', '\\\\').replaceAll('#', '\\#')
  return readFileSync(output, 'utf8')
    .split('\n')
    .some(line => {
      const told = /^ *ok \d+ - (.*)$/.exec(line)?.[1]
      if (told === undefined || !told.startsWith(escaped)) return false
      const rest = told.slice(escaped.length).trim()
      return rest === '' || /^(# time=\S+)?( *\{)?$/.test(rest)
    })
}
