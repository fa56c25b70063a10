import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import ts from 'typescript'

/** Which parts of `src` each part may import, besides itself. A part is a folder or a file at the top, or a folder in `flows`. */
const below = {
  lib: [],
  disk: [],
  tls: ['lib', 'disk'],
  saml: ['lib'],
  core: ['lib'],
  tokens: ['core', 'tls'],
  store: ['core', 'disk'],
  recorder: ['core'],
  courier: ['core'],
  triggers: ['core'],
  flows: ['tokens', 'store', 'recorder', 'courier'],
  'flows/directory': ['flows'],
  'flows/history': ['flows'],
  'flows/grants': ['flows/directory', 'flows/history'],
  'flows/administration': ['flows/grants'],
  'flows/account': ['flows/administration'],
  'flows/sign-in': ['flows/account'],
  'flows/authorization': ['flows/sign-in'],
  'flows/federation': ['flows/authorization'],
  state: ['flows/federation'],
  http: ['flows/federation', 'tls'],
  api: ['http'],
  oauth: ['http'],
  pages: ['http'],
  federation: ['http', 'saml'],
  zoo: ['http', 'saml'],
  'demo-app': ['http'],
  export: ['flows/directory'],
  control: ['http', 'state', 'export'],
  console: ['http', 'state', 'export'],
  config: ['tokens', 'flows/federation', 'export'],
  emulator: [
    'api',
    'oauth',
    'pages',
    'federation',
    'zoo',
    'demo-app',
    'control',
    'console',
    'config',
    'triggers',
  ],
  'emulator.ts': ['emulator'],
  cli: ['emulator.ts'],
  testing: ['emulator.ts'],
  'index.ts': ['testing'],
} as const satisfies Record<string, readonly string[]>

/** Packages that one part alone may know of, or one that reads and one that writes. */
const keepers: Record<string, readonly string[]> = {
  'oidc-provider': ['zoo'],
  libsql: ['store'],
  pg: ['store'],
  yaml: ['config', 'export'],
  '@peculiar/x509': ['tls'],
  'xml-crypto': ['saml'],
  'xml-encryption': ['saml'],
  '@xmldom/xmldom': ['saml'],
}

/** Parts without input and output, and the modules of Node they may use all the same. */
const pure = ['lib', 'core']
const pureModules = ['node:async_hooks', 'node:crypto', 'node:util']

/** Parts that may read the environment. */
const readsEnvironment = ['config', 'cli']

/** Who may ask the system for time and chance, and why. */
const asksSystem: Record<string, string> = {
  'src/emulator/system.ts': 'implements the ports Clock and Chance for the running program',
  'src/triggers/runners/worker.ts': 'tells a function in its own thread how much time it has left',
}

/** Lines that a function may have, and parameters. */
const longest = 80
const most = 5

const clocks = ['Date.now', 'performance.now', 'process.hrtime', 'process.uptime']
const chances = ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues']

const parts: Record<string, readonly string[]> = below

/** Everything a part may import: the parts below it and whatever is below those. */
const reach = (part: string): readonly string[] => {
  const direct = parts[part] ?? []
  reaches[part] ??= [...new Set(direct.flatMap(name => [name, ...reach(name)]))]
  return reaches[part]
}
const reaches: Record<string, readonly string[]> = {}

const partOf = (path: string): string => {
  const [, part = '', inner = '', file] = path.split('/')
  return part === 'flows' && file !== undefined ? `flows/${inner}` : part
}

/** Collections that `flows/administration` alone writes: its writers keep what the records of one another promise. */
const administered = [
  'pools',
  'mfaConfigurations',
  'clients',
  'identityProviders',
  'resourceServers',
  'groups',
  'memberships',
  'users',
]
const writeMakers = ['insert', 'put', 'replace', 'remove']

/** Surfaces that translate only: what they do to the domain, they do through `flows`, and so they write nothing themselves. */
const translators = ['api', 'pages', 'console', 'demo-app']

/** The makers of writes that an import of the port `Store` names. */
const importedWriteMakers = (node: ts.Node): string[] =>
  ts.isImportDeclaration(node) && /core\/ports\/store\.js$/.test(modulesNamedBy(node)[0] ?? '')
    ? writeMakers.filter(name => new RegExp(`\\b${name}\\b`).test(node.importClause?.getText() ?? ''))
    : []

/** The collection that a node makes a write for. A write for whichever collection is handed over could be one of any. */
function written(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !writeMakers.includes(node.expression.getText())) return undefined
  const name = node.arguments[0]?.getText().replace(/^collections\./, '') ?? ''
  return name === 'collection' || administered.includes(name) ? name : undefined
}

/** A source text, taken apart once for all rules. */
function parsed(path: string, text: string): ts.SourceFile {
  const known = trees.get(path)
  if (known?.text === text) return known
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  trees.set(path, tree)
  return tree
}
const trees = new Map<string, ts.SourceFile>()

/** What is wrong with a source text, a sentence each. `path` is relative to the checkout, with forward slashes. */
function offences(path: string, text: string): string[] {
  const source = parsed(path, text)
  const part = partOf(path)
  const found: string[] = parts[part] === undefined ? [`${part} is not in the table of parts`] : []
  const object = (node: ts.Node, sentence: string) => {
    found.push(`line ${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${sentence}`)
  }
  const visit = (node: ts.Node) => {
    for (const module of modulesNamedBy(node)) {
      for (const sentence of importOffences(path, module)) object(node, sentence)
    }
    const asked = unpredictable(node)
    if (asked && !(path in asksSystem)) object(node, `${asked}: ask the ports Clock and Chance`)
    if (environment(node) && !readsEnvironment.includes(part)) object(node, `${part} reads the environment`)
    const target = written(node)
    if (target !== undefined && part !== 'flows/administration' && part !== 'core')
      object(node, `only flows/administration writes ${target}`)
    if (translators.includes(part) && importedWriteMakers(node).length > 0)
      object(node, `${part} writes to the store: let flows do it`)
    if (collection(node) && path !== 'src/core/collections.ts')
      object(node, 'a collection outside src/core/collections.ts')
    if (defaultExport(node)) object(node, 'a default export')
    if (ts.isStringLiteralLike(node) && /(^|\/)shared\//.test(node.text))
      object(node, `a path into ${node.text}`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function importOffences(path: string, module: string): string[] {
  const part = partOf(path)
  if (module.startsWith('.')) {
    const target = posix.join(posix.dirname(path), module)
    if (!target.startsWith('src/')) return [`${module} is outside src`]
    if (!target.endsWith('.js')) return [`${module} does not end in .js`]
    const other = partOf(target.replace(/\.js$/, '.ts'))
    return other === part || reach(part).includes(other) ? [] : [`${part} may not import ${other}`]
  }
  const keeper = Object.entries(keepers).find(
    ([name]) => module === name || module.startsWith(`${name}/`),
  )?.[1]
  if (keeper !== undefined && !keeper.includes(part))
    return [`only ${keeper.join(' and ')} may import ${module}`]
  if (pure.includes(part) && module.startsWith('node:') && !pureModules.includes(module)) {
    return [`${part} is pure and may not import ${module}`]
  }
  return []
}

/** The modules that a node imports, exports from, asks for on demand or takes a type of. */
function modulesNamedBy(node: ts.Node): string[] {
  const named =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
        ? node.argument.literal
        : ts.isCallExpression(node) && isImporting(node.expression)
          ? node.arguments[0]
          : undefined
  return named && ts.isStringLiteralLike(named) ? [named.text] : []
}

const isImporting = (callee: ts.Expression): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')

/** The source of time or chance that a node asks, if it does. */
function unpredictable(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && [...clocks, 'Math.random'].includes(node.getText())) {
    return node.getText()
  }
  if (ts.isIdentifier(node) && chances.includes(node.text)) return node.text
  const asksDate =
    (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date'
  return asksDate && !node.arguments?.length ? 'Date' : undefined
}

function environment(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) && /^(node:)?process$/.test(modulesNamedBy(node)[0] ?? '')) {
    return /\benv\b/.test(node.importClause?.getText() ?? '')
  }
  return (
    ts.isPropertyAccessExpression(node) && node.name.text === 'env' && node.expression.getText() === 'process'
  )
}

/** Whether a node declares a collection: a value of the type that is written out. */
const collection = (node: ts.Node): boolean =>
  ts.isVariableDeclaration(node) &&
  node.type !== undefined &&
  /^Collection<[\s\S]*>$/.test(node.type.getText()) &&
  node.initializer !== undefined &&
  ts.isObjectLiteralExpression(node.initializer)

function defaultExport(node: ts.Node): boolean {
  return (
    ts.isExportAssignment(node) ||
    (ts.isExportSpecifier(node) && node.name.text === 'default') ||
    (ts.canHaveModifiers(node) &&
      (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false))
  )
}

/** The functions of a source text that do not fit: the names of those that are too long, and of those with too many parameters. */
function misfits(path: string, text: string): { long: string[]; many: string[] } {
  const source = parsed(path, text)
  const found = { long: [] as string[], many: [] as string[] }
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node)) {
      const name = `${path}:${nameOf(node)}`
      if (lineOf(node.end) - lineOf(node.getStart()) + 1 > longest) found.long.push(name)
      if (node.parameters.length > most && !saysWhy(node)) found.many.push(name)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The name of a function, or of the constant or property that it is the value of. */
function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name) return node.name.getText()
  const { parent } = node
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText()
    : '(no name)'
}

/** Whether the comment of a function says why it has so many parameters. */
function saysWhy(node: ts.Node): boolean {
  const owner = ts.findAncestor(node, ts.isStatement) ?? node
  const text = owner.getSourceFile().text
  return (ts.getLeadingCommentRanges(text, owner.pos) ?? []).some(({ pos, end }) =>
    /parameters, because/.test(text.slice(pos, end)),
  )
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map(name => posix.join('src', name.replaceAll('\\', '/')))
  .filter(path => path.endsWith('.ts'))

t.test('the sources keep to the import table and to the ports', async t => {
  t.ok(sources.length > 0, 'there are sources')
  for (const path of sources) t.strictSame(offences(path, readFileSync(path, 'utf8')), [], path)
})

t.test('a function fits a screen, and takes few parameters', async t => {
  const all = sources.map(path => misfits(path, readFileSync(path, 'utf8')))
  const sorted = (names: readonly string[]) => [...new Set(names)].toSorted()
  t.strictSame(sorted(all.flatMap(({ long }) => long)), [], `none has over ${longest} lines`)
  t.strictSame(sorted(all.flatMap(({ many }) => many)), [], `none has over ${most} parameters`)
})

t.test('functions that do not fit are found, whatever form they have', async t => {
  const lines = (count: number) => '\n'.repeat(count - 1)
  t.strictSame(misfits('x', `function a() {${lines(81)}}`).long, ['x:a'])
  t.strictSame(misfits('x', `const a = () => {${lines(81)}}`).long, ['x:a'])
  t.strictSame(misfits('x', `const o = { a() {${lines(81)}} }`).long, ['x:a'])
  t.strictSame(misfits('x', `function a() {${lines(80)}}`).long, [])
  t.strictSame(misfits('x', 'export const a = (b, c, d, e, f, g) => 1').many, ['x:a'])
  t.strictSame(misfits('x', 'interface A { a(b, c, d, e, f, g): void }').many, ['x:a'])
  t.strictSame(misfits('x', 'const a = (b, c, d, e, f) => 1').many, [])
  t.strictSame(misfits('x', '/** Six parameters, because … */\nfunction a(b, c, d, e, f, g) {}').many, [])
})

t.test('a file of sources has less than 350 lines, but for a table', async t => {
  const tables = ['src/cli/option-table.ts']
  const long = sources
    .filter(path => !tables.includes(path))
    .filter(path => readFileSync(path, 'utf8').split('\n').length > 350)
  t.strictSame(long, [], 'a longer one has a second reason to exist')
})

t.test('a file of tests has less than 700 lines', async t => {
  const long = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .filter(name => readFileSync(posix.join('test', name), 'utf8').split('\n').length > 700)
  t.strictSame(long, [])
})

t.test('the table has no circle and knows only its own parts', async t => {
  for (const [part, names] of Object.entries(below)) {
    t.ok(
      sources.some(path => partOf(path) === part),
      `there is ${part}`,
    )
    for (const name of names) {
      t.ok(name in below, `${part} names ${name}, which is a part`)
      t.notOk(reach(name).includes(part), `${name} does not lead back to ${part}`)
    }
  }
})

t.test('each rule bites', async t => {
  const offenders: [path: string, text: string, sentence: string][] = [
    ['src/core/x.ts', "import { a } from '../flows/a.js'", 'line 1: core may not import flows'],
    ['src/core/x.ts', "\nexport * from '../emulator.js'", 'line 2: core may not import emulator.ts'],
    ['src/pages/x.ts', "const a = await import('../oauth/a.js')", 'line 1: pages may not import oauth'],
    ['src/flows/x.ts', "type A = import('../http/a.js').A", 'line 1: flows may not import http'],
    [
      'src/flows/account/x.ts',
      "import { a } from '../sign-in/a.js'",
      'line 1: flows/account may not import flows/sign-in',
    ],
    ['src/flows/x.ts', "import { a } from './account/a.js'", 'line 1: flows may not import flows/account'],
    ['src/store/x.ts', "import type { A } from '../tokens/a.js'", 'line 1: store may not import tokens'],
    ['src/config/x.ts', "import { a } from '../http/a.js'", 'line 1: config may not import http'],
    ['src/oauth/x.ts', "require('../cli/a.js')", 'line 1: oauth may not import cli'],
    ['src/lib/x.ts', "import { a } from '../../test/a.js'", 'line 1: ../../test/a.js is outside src'],
    ['src/lib/x.ts', "import { a } from './a.ts'", 'line 1: ./a.ts does not end in .js'],
    ['src/lib/x.ts', "import { readFile } from 'node:fs'", 'line 1: lib is pure and may not import node:fs'],
    [
      'src/http/x.ts',
      "import { Provider } from 'oidc-provider'",
      'line 1: only zoo may import oidc-provider',
    ],
    ['src/cli/x.ts', "await import('yaml')", 'line 1: only config and export may import yaml'],
    ['src/flows/x.ts', 'process.env.HOME', 'line 1: flows reads the environment'],
    ['src/flows/x.ts', "import { env } from 'node:process'", 'line 1: flows reads the environment'],
    ['src/flows/x.ts', 'Date.now()', 'line 1: Date.now: ask the ports Clock and Chance'],
    ['src/flows/x.ts', 'new Date()', 'line 1: Date: ask the ports Clock and Chance'],
    ['src/flows/x.ts', 'Math.random()', 'line 1: Math.random: ask the ports Clock and Chance'],
    ['src/flows/x.ts', 'crypto.randomUUID()', 'line 1: randomUUID: ask the ports Clock and Chance'],
    [
      'src/flows/x.ts',
      "import { randomBytes as b } from 'node:crypto'",
      'line 1: randomBytes: ask the ports Clock and Chance',
    ],
    ['src/flows/x.ts', 'export default 1', 'line 1: a default export'],
    ['src/flows/x.ts', 'export default function a() {}', 'line 1: a default export'],
    ['src/flows/x.ts', 'export { a as default }', 'line 1: a default export'],
    ['src/flows/x.ts', "open('../shared/a.json')", 'line 1: a path into ../shared/a.json'],
    [
      'src/api/x.ts',
      'store.commit(replace(users, stored, {}))',
      'line 1: only flows/administration writes users',
    ],
    [
      'src/api/x.ts',
      "import { keyOf, put } from '../core/ports/store.js'",
      'line 1: api writes to the store: let flows do it',
    ],
    [
      'src/flows/account/x.ts',
      'const write = put(collections.clients, key, record)',
      'line 1: only flows/administration writes clients',
    ],
    [
      'src/config/x.ts',
      'const write = insert(collection, key, record)',
      'line 1: only flows/administration writes collection',
    ],
    [
      'src/tokens/x.ts',
      "export const keys: Collection<Keys> = { name: 'keys', indexes: {} }",
      'line 1: a collection outside src/core/collections.ts',
    ],
    ['src/misc/x.ts', '', 'misc is not in the table of parts'],
  ]
  for (const [path, text, sentence] of offenders) t.strictSame(offences(path, text), [sentence], text || path)
})

t.test('what is allowed passes', async t => {
  const allowed: [path: string, text: string][] = [
    ['src/zoo/x.ts', "import { Provider } from 'oidc-provider'; import { a } from '../core/ports/a.js'"],
    ['src/cli/x.ts', "import { startRockpool } from '../emulator.js'; process.env.PORT"],
    ['src/flows/administration/x.ts', 'replace(users, stored, record)'],
    ['src/api/x.ts', 'text.replace(users, name); put(documents, key, record)'],
    ['src/flows/x.ts', 'new Date(0); new Date(clock.now()) // not Date.now(), not process.env'],
    ['src/emulator/system.ts', 'const systemClock = { now: () => Date.now() }'],
    ['src/core/collections.ts', "export const keys: Collection<Keys> = { name: 'keys', indexes: {} }"],
    ['src/flows/x.ts', 'const all: readonly Collection<never>[] = [users]'],
    ['src/lib/x.ts', "import { createHash } from 'node:crypto'"],
  ]
  for (const [path, text] of allowed) t.strictSame(offences(path, text), [], text)
})
