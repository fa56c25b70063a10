import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import ts from 'typescript'
import { built } from '../src/api/built.js'
import { inputs } from '../src/api/operations.js'
import { type Required, type Shape, shapeOf } from '../src/lib/shape.js'

// Every member of every input: it is read and tested, or docs/kept.md says that it has no effect. Nobody shall configure
// something in vain without being told.

/** The places of a shape: `CreateUserPool.Policies.PasswordPolicy.MinimumLength`. Lists and maps are no step of their own. */
function placesOf(member: Shape | Required, path: string): string[] {
  const shape = shapeOf(member)
  switch (shape.type) {
    case 'structure':
      return Object.entries(shape.members).flatMap(([name, inner]) => [
        `${path}.${name}`,
        ...placesOf(inner, `${path}.${name}`),
      ])
    case 'list':
      return placesOf(shape.member, path)
    case 'map':
      return placesOf(shape.value, path)
    default:
      return []
  }
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
/** The members of operations that are refused by name need no effect. */
const isRefused = (place: string) => !built.has(place.split('.')[0] ?? '')
const places = Object.entries(inputs)
  .flatMap(([name, shape]) => placesOf(shape, capital(name)))
  .filter(place => !isRefused(place))

/** What the document lists: `Member`, `Outer.Member` or `Operation.Member`, with all that is inside. */
const kept = readFileSync('docs/kept.md', 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| `'))
  .flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name))
const isWithin = (place: string, name: string) => `.${place}.`.includes(`.${name}.`)
const isKept = (place: string) => kept.some(name => isWithin(place, name))

/** The sources below some folders, without comments. */
const sources = (folders: readonly string[], ending: RegExp) =>
  folders.flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => ending.test(file))
      .map(file => {
        const path = `${folder}/${file}`
        return { path, text: readFileSync(path, 'utf8').replace(/^\s*(?:\/\*|\*).*$|\/\/.*$/gm, '') }
      }),
  )
const wordsIn = (texts: readonly { readonly text: string }[]) =>
  new Set(texts.flatMap(({ text }) => text.match(/\w+/g) ?? []))

/** What may use a member. Shapes, rules and descriptions do not: they declare, judge and repeat it. */
const code = sources(
  ['api', 'flows', 'core', 'courier', 'tokens', 'oauth', 'pages', 'triggers', 'http', 'federation'].map(
    part => `src/${part}`,
  ),
  /\.ts$/,
).filter(
  ({ path }) =>
    !/^src\/core\/(?:shapes|rules)\/|^src\/api\/pools\/describe\.ts$/.test(path) ||
    path === 'src/core/rules/protection.ts',
)
const used = wordsIn(code)
const tested = wordsIn(
  sources(['test'], /\.(?:ts|js)$/).filter(({ path }) => path !== 'test/members.test.ts'),
)

const lastOf = (place: string) => place.slice(place.lastIndexOf('.') + 1)

t.test('a member is read by the code, or listed as having no effect', async t => {
  t.ok(places.length > 800, `${places.length} members`)
  t.strictSame(
    places.filter(place => !isKept(place) && !used.has(lastOf(place))),
    [],
    'nothing reads these: give them an effect, or list them in docs/kept.md',
  )
  t.strictSame(
    places.filter(place => !isKept(place) && !tested.has(lastOf(place))),
    [],
    'no test names these',
  )
})

t.test('an operation reads every member of its own input', async t => {
  const unread = code.flatMap(({ path, text }) =>
    unreadIn(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)),
  )
  t.strictSame(
    unread.filter(place => !isKept(place)),
    [],
  )
})

t.test('what is listed is there, and listed once', async t => {
  for (const name of kept)
    t.ok(
      places.some(place => isWithin(place, name)),
      `${name} is a member`,
    )
  t.equal(new Set(kept).size, kept.length)
})

t.test('every operation is called by a test', async t => {
  t.strictSame(
    [...built.keys()].filter(name => !tested.has(`${name}Command`) && !tested.has(name)),
    [],
  )
})

/** What the API reads of every input alike, before the operation runs. */
const readOfAll = new Set(['ContextData', 'UserContextData'])

/** Members that the operations of a file do not name, but for those that they pass on together. */
function unreadIn(file: ts.SourceFile): string[] {
  const unread: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'operation') {
      const [name, run] = node.arguments
      if (name && run && ts.isStringLiteral(name) && ts.isArrowFunction(run)) {
        const read = membersRead(file, run)
        const shape = inputs[(name.text.charAt(0).toLowerCase() + name.text.slice(1)) as keyof typeof inputs]
        if (read !== 'all')
          unread.push(
            ...Object.keys(shape.members)
              .filter(member => !read.has(member) && !readOfAll.has(member))
              .map(member => `${name.text}.${member}`)
              .filter(place => !isRefused(place)),
          )
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return unread
}

function membersRead(file: ts.SourceFile, run: ts.ArrowFunction): Set<string> | 'all' {
  const read = new Set<string>()
  let passesAll = false
  const fromPattern = (pattern: ts.ObjectBindingPattern) => {
    for (const { dotDotDotToken, propertyName, name } of pattern.elements)
      if (dotDotDotToken) passesAll = true
      else read.add((propertyName ?? name).getText())
  }
  const input = run.parameters[1]?.name
  if (input && ts.isObjectBindingPattern(input)) fromPattern(input)
  else if (input) {
    const follow = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node.text === input.getText() && node !== input) {
        const { parent } = node
        if (ts.isPropertyAccessExpression(parent) && parent.expression === node) read.add(parent.name.text)
        else if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name))
          fromPattern(parent.name)
        else {
          const taken = takenBy(file, parent, node)
          if (taken === undefined) passesAll = true
          for (const name of taken ?? []) read.add(name)
        }
      }
      ts.forEachChild(node, follow)
    }
    follow(run.body)
  }
  return passesAll ? 'all' : read
}

/** The members that a function of the same file says it takes of its argument. */
function takenBy(file: ts.SourceFile, call: ts.Node, argument: ts.Node): string[] | undefined {
  if (!ts.isCallExpression(call)) return undefined
  const place = call.arguments.indexOf(argument as ts.Expression)
  const declared = file.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) && statement.name?.text === call.expression.getText(),
  )
  const type = declared?.parameters[place]?.type
  return type && ts.isTypeLiteralNode(type)
    ? type.members.flatMap(({ name }) => (name ? [name.getText()] : []))
    : undefined
}
