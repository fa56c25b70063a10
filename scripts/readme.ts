/**
 * Keeps what the documents say of the code: the facts of Cognito's behaviour that tests prove, by the list in test/facts.ts, in
 * docs/faithfulness.md and beside each fact in docs/facts; the operations of the API; and the options of the command line.
 *
 * `npm test` ends with the count, and with what is wrong: a document that is behind, a listed test that did not assert.
 * `npm run readme -- --write` brings the documents up to date.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { argv, chdir, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { built } from '../src/api/built.js'
import { inputs } from '../src/api/operations.js'
import { type OptionRow, optionRows, variableOf } from '../src/cli/option-table.js'
import { open, proofs } from '../test/facts.js'
import { type FactFile, factFiles, proofOf, wasAsserted } from './facts.js'

chdir(fileURLToPath(new URL('..', import.meta.url)))

/** The row of the table for a file of facts. */
function row({ path, letter, title, names }: FactFile): string {
  const unproven = names.filter(name => !(name in proofs))
  const explained = unproven.filter(name => open[name] !== undefined)
  const rest = unproven.length - explained.length
  // Facts in a row that have one reason are told together.
  const reasons = [...new Set(explained.map(name => open[name]))].map(reason => {
    const those = explained.filter(name => open[name] === reason)
    return `${those[0]}${those.length > 1 ? ` to ${those.at(-1)}` : ''}: ${reason}`
  })
  const others = [...reasons, ...(rest === 0 ? [] : [`${rest} without a test so far`])].join('; ')
  return `| ${letter} | [${title}](${path.replace('docs/', '')}) | ${names.length - unproven.length} of ${names.length} | ${others} |`
}

/** A file of facts with what proves each written below it. */
const withProofs = (text: string): string =>
  text
    .replaceAll(/^ {2}[_*](?:Proven by|Not proven)[^\n]*\n/gm, '')
    .replaceAll(/^- \*\*([A-Z]\d+)\*\* [^\n]*\n/gm, (line, name: string) => `${line}  ${proofLine(name)}\n`)

function proofLine(name: string): string {
  const entry = proofs[name]
  if (entry === undefined) return `_Not proven: ${open[name] ?? 'there is no test so far'}._`
  const { file, title } = proofOf(entry)
  return `_Proven by [${file}](../../${file}): “${title}”._`
}

/** The operations that are there, and those that only say that they are not. */
function operations(): string[] {
  const all = Object.keys(inputs).map(name => name.charAt(0).toUpperCase() + name.slice(1))
  const missing = all.filter(name => !built.has(name)).toSorted()
  if (missing.length === 0) return [`All ${all.length} operations of the user pools API are built.`]
  return [
    `${built.size} of ${all.length} operations of the user pools API are built. The others are known, and answer with an error that`,
    `names them: ${missing.map(name => `\`${name}\``).join(', ')}.`,
  ]
}

/** The options of the command line, as its help has them. */
function options(): string[] {
  const rows: readonly OptionRow[] = optionRows
  return [
    '| option | variable | meaning |',
    '| --- | --- | --- |',
    ...rows.map(row => {
      const variable = row.isAction || row.onlyOf ? '' : `\`${variableOf(row)}\``
      const name = `--${row.name}${row.value === undefined ? '' : ` ${row.value}`}`
      return `| \`${name}\` | ${variable} | ${row.about.replaceAll('|', '\\|')} |`
    }),
  ]
}

/** A document with what stands between two marks replaced. */
function withBlock(document: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  return document.replace(
    new RegExp(`${start}[\\s\\S]*${end}`),
    () => `${start}\n\n${lines.join('\n')}\n\n${end}`,
  )
}

// A formatter may break lines and align tables as it likes.
const squeezed = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/ ?\| ?/g, '|')
    .replace(/-+/g, '-')

const mistakes: string[] = []

/** Brings a document up to date, or says that it is behind. */
async function keep(path: string, update: (text: string) => string): Promise<void> {
  const text = await readFile(path, 'utf8')
  const updated = update(text)
  if (squeezed(updated) === squeezed(text)) return
  if (argv.includes('--write')) await writeFile(path, updated)
  else mistakes.push(`${path} is behind: npm run readme -- --write`)
}

const files = factFiles('docs/facts')
const table = ['| | facts | proven by tests | the others |', '| --- | --- | --- | --- |', ...files.map(row)]
await keep('docs/faithfulness.md', text =>
  withBlock(withBlock(text, 'facts', table), 'operations', operations()),
)
await keep('docs/command-line.md', text => withBlock(text, 'rockpool --help', options()))
for (const { path } of files) await keep(path, withProofs)
for (const [name, entry] of Object.entries(proofs))
  if (wasAsserted(entry, '.tap/test-results') === false)
    mistakes.push(
      `${name} is not proven: ${proofOf(entry).file} did not assert “${proofOf(entry).title}” when it ran.`,
    )

for (const { letter, title, names } of files)
  stdout.write(
    `${letter}: ${names.filter(name => name in proofs).length} of ${names.length} facts proven (${title})\n`,
  )
for (const mistake of mistakes) stdout.write(`${mistake}\n`)
if (mistakes.length > 0) process.exitCode = 1
