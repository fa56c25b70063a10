/**
 * Keeps the tables of the README that are made from the code: the numbered facts of Cognito's behaviour that tests prove
 * (`O…`: OAuth, pages and federation; `U…`: the user pools API) and those they do not; and the operations of the API. A
 * test claims a fact by naming it in its title or in the message of an assertion.
 *
 * `npm test` ends with the count; `npm run readme -- --write` brings the README up to date.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { built } from '../src/api/built.js'
import { inputs } from '../src/api/operations.js'

/** How many facts there are of a kind, and why some are not proven. */
interface Facts {
  readonly title: string
  readonly letter: string
  readonly count: number
  readonly open: Readonly<Record<number, string>>
}

const kinds: readonly Facts[] = [
  {
    title: 'OAuth 2.0, OpenID Connect, pages and federation',
    letter: 'O',
    count: 64,
    open: {
      58: 'SAML is not there yet',
      64: 'managed login branding is not there yet',
    },
  },
  {
    title: 'The user pools API',
    letter: 'U',
    count: 120,
    open: {
      113: 'CustomMessage is not called yet',
    },
  },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** The numbers of a kind that some test names, in order. */
async function proven({ letter, count }: Facts): Promise<number[]> {
  const folder = join(root, 'test')
  const files = (await readdir(folder)).filter(name => name.endsWith('.test.ts'))
  const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  const named = texts.flatMap(text =>
    [...text.matchAll(/'[^'\n]*'|`[^`]*`|"[^"\n]*"/g)].flatMap(([literal]) =>
      [...literal.matchAll(new RegExp(`\\b${letter}(\\d{1,3})\\b`, 'g'))].map(([, number]) => Number(number)),
    ),
  )
  return [...new Set(named)].filter(number => number >= 1 && number <= count).toSorted((a, b) => a - b)
}

/** What the README says of a kind, and what is wrong with the tables above. */
async function account(facts: Facts): Promise<{ lines: string[]; mistakes: string[] }> {
  const { letter, title, count, open } = facts
  const numbers = new Set(await proven(facts))
  const all = Array.from({ length: count }, (_, index) => index + 1)
  const mistakes = all.flatMap(number => {
    if (numbers.has(number) && open[number]) return [`${letter}${number} is proven, and listed as open.`]
    if (!numbers.has(number) && !open[number])
      return [`No test names ${letter}${number}, and no reason is given.`]
    return []
  })
  const lines = [
    `${numbers.size} of ${count} facts of “${title}” are proven by tests. The others:`,
    '',
    '| fact | why not |',
    '| --- | --- |',
    ...Object.entries(open).map(([number, why]) => `| ${letter}${number} | ${why} |`),
  ]
  return { lines, mistakes }
}

/** The operations that are there, and those that only say that they are not. */
function operations(): string[] {
  const all = Object.keys(inputs).map(name => name.charAt(0).toUpperCase() + name.slice(1))
  const open = all.filter(name => !built.has(name)).toSorted()
  if (open.length === 0) return [`All ${all.length} operations of the user pools API are built.`]
  return [
    `${built.size} of ${all.length} operations of the user pools API are built. The others are known, and answer with an error that`,
    `names them: ${open.map(name => `\`${name}\``).join(', ')}.`,
  ]
}

/** The README with what stands between two marks replaced. */
function withBlock(readme: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  return readme.replace(
    new RegExp(`${start}[\\s\\S]*${end}`),
    () => `${start}\n\n${lines.join('\n')}\n\n${end}`,
  )
}

const accounts = await Promise.all(kinds.map(account))
const readmeFile = join(root, 'README.md')
const readme = await readFile(readmeFile, 'utf8')
const facts = accounts.flatMap(({ lines }, index) => (index === 0 ? lines : ['', ...lines]))
const updated = withBlock(withBlock(readme, 'facts', facts), 'operations', operations())
if (argv.includes('--write')) await writeFile(readmeFile, updated)

// A formatter may break lines and align tables as it likes.
const squeezed = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/ ?\| ?/g, '|')
    .replace(/-+/g, '-')
const mistakes = accounts.flatMap(({ mistakes }) => mistakes)
if (!argv.includes('--write') && squeezed(updated) !== squeezed(readme))
  mistakes.push('The README is behind: npm run readme -- --write')
for (const { lines } of accounts) stdout.write(`${lines[0]?.replace(' The others:', '')}\n`)
for (const mistake of mistakes) stdout.write(`${mistake}\n`)
if (mistakes.length > 0) process.exitCode = 1
