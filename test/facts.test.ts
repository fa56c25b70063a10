import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { claimsOf, factFiles, mistakeIn } from '../scripts/facts.js'
import { open, proofs } from './facts.js'

const files = factFiles('docs/facts')
const known = new Set(files.flatMap(({ names }) => names))
const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

t.test('facts are numbered one by one, each letter in one file', async t => {
  t.strictSame(new Set(files.map(({ letter }) => letter)).size, files.length)
  for (const { path, letter, names } of files)
    t.strictSame(
      names,
      names.map((_, index) => `${letter}${index + 1}`),
      path,
    )
})

t.test('every listed proof is a test that asserts something, and has the number of a fact', async t => {
  const mistakes = Object.entries(proofs).flatMap(([name, entry]) => mistakeIn(name, entry, read) ?? [])
  t.strictSame(mistakes, [])
  t.strictSame(
    Object.keys(proofs).filter(name => !known.has(name)),
    [],
    'none is of a fact that docs/facts lacks',
  )
  t.strictSame(
    Object.keys(open).filter(name => !known.has(name) || name in proofs),
    [],
    'what is open is a fact, and not proven',
  )
})

t.test('every test that claims a fact has its fact proven in the list', async t => {
  const letters = files.map(({ letter }) => letter).join('')
  for (const name of readdirSync('test').filter(
    name => name.endsWith('.test.ts') && name !== 'facts.test.ts',
  )) {
    const claims = claimsOf(readFileSync(`test/${name}`, 'utf8'), letters)
    const unlisted = claims.filter(claim => known.has(claim) && !(claim in proofs))
    t.strictSame(unlisted, [], `${name}: add them to test/facts.ts`)
  }
})

t.test('a proof that is none is found out', async t => {
  const test = [
    "t.test('O1 says so', async t => { t.ok(true) })",
    "t.test('O2 is empty', async t => {})",
    "t.test('O3 lends its t', t => check(t))",
    "t.equal(1, 1, 'O4 in a message')",
    "const cases = [{ why: 'O5 in a table' }, ['O6 in a list']]",
    "// 'O7 in a comment'",
    "t.comment('O8 in passing')",
    "t.test.skip('O9 left out', async t => { t.ok(true) })",
  ].join('\n')
  const found = (name: string, title: string) =>
    mistakeIn(name, `x: ${title}`, file => (file === 'test/x.test.ts' ? test : undefined))
  for (const [name, title] of [
    ['O1', 'O1 says so'],
    ['O3', 'O3 lends its t'],
    ['O4', 'O4 in a message'],
    ['O5', 'O5 in a table'],
    ['O6', 'O6 in a list'],
  ] as const)
    t.equal(found(name, title), undefined, title)
  for (const [name, title] of [
    ['O2', 'O2 is empty'],
    ['O7', 'O7 in a comment'],
    ['O8', 'O8 in passing'],
    ['O9', 'O9 left out'],
    ['O10', 'O10 is nowhere'],
  ] as const)
    t.equal(found(name, title), `${name}: nothing in test/x.test.ts asserts “${title}”.`)
  t.equal(found('O11', 'O1 says so'), 'O11: the title “O1 says so” does not have the number.')
  t.equal(
    mistakeIn('O1', 'y: O1', () => undefined),
    'O1: there is no test/y.test.ts.',
  )
})
