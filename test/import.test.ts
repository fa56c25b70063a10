import { readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { printImported } from '../src/cli/start.js'
import { styleFor } from '../src/cli/style.js'
import { ImportError, type ImportOptions, importInfrastructure } from '../src/config/import/index.js'
import { parseSeed } from '../src/config/seed/parse.js'
import { seedOf } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { startRockpool as startFixture } from '../src/testing/fixture.js'
import { compareImported, type ExpectedPool, expectedValue } from './support/expected-import.js'
import { shareKeys } from './support/keys.js'

await shareKeys()

const folder = new URL('../fixtures/import/', import.meta.url).pathname

interface Mentions {
  readonly mentions: readonly string[]
}

interface Case {
  readonly input: string
  readonly with: ImportOptions
  readonly pools: Readonly<Record<string, ExpectedPool>>
  readonly outputs?: Readonly<Record<string, string | Record<string, unknown>>>
  readonly warnings?: readonly Mentions[]
  readonly failures?: readonly { readonly without: readonly string[]; readonly errors: readonly Mentions[] }[]
  readonly variants?: readonly (Partial<Pick<Case, 'pools' | 'warnings'>> & {
    readonly with: ImportOptions
    readonly errors?: readonly Mentions[]
    readonly optional?: boolean
  })[]
}

const { cases } = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as { cases: readonly Case[] }

/** Paths of code in the expectations begin at the folder of the fixtures. */
const imported = (input: string, options: ImportOptions) => {
  const before = process.cwd()
  process.chdir(folder)
  try {
    return importInfrastructure([input], options)
  } finally {
    process.chdir(before)
  }
}

for (const one of cases) {
  t.test(`${one.input} becomes the pools that it describes`, async t => {
    const { seed, pools, outputs, warnings } = imported(one.input, one.with)
    t.same(pools.map(({ key }) => key).toSorted(), Object.keys(one.pools).toSorted())
    const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seedOf(seed)] })
    t.teardown(() => rockpool.close())
    await compareImported(t, rockpool, pools, one.pools)
    const mentioned = warnings.map(({ path, text, remedy }) => `${path} ${text} ${remedy}`)
    for (const { mentions } of one.warnings ?? [])
      t.ok(
        mentioned.some(line => mentions.every(word => line.includes(word))),
        `a warning mentions ${mentions}`,
      )
    for (const [name, wanted] of Object.entries(one.outputs ?? {})) {
      const context = { rockpool, pools }
      const value = typeof wanted === 'string' ? wanted : expectedValue(context, wanted)
      t.equal(resolved(outputs[name], rockpool), value, `output ${name}`)
    }
    t.same(imported(one.input, one.with).seed, seed, 'a second run makes the same ids')
  })

  for (const { with: changed, errors = [], pools, warnings = [], optional } of one.variants ?? []) {
    if (optional) continue
    t.test(`${one.input} with ${JSON.stringify(changed)}`, async t => {
      const options = merged(one.with, changed)
      if (errors.length > 0) return expectErrors(t, one.input, options, errors)
      const found = imported(one.input, options)
      const mentioned = found.warnings.map(({ path, text, remedy }) => `${path} ${text} ${remedy}`)
      for (const { mentions } of warnings)
        t.ok(
          mentioned.some(line => mentions.every(word => line.includes(word))),
          `a warning mentions ${mentions}`,
        )
      const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seedOf(found.seed)] })
      t.teardown(() => rockpool.close())
      await compareImported(t, rockpool, found.pools, pools ?? {})
    })
  }

  for (const { without, errors } of one.failures ?? []) {
    t.test(`${one.input} without ${without} is refused, and says all that is missing`, async t =>
      expectErrors(t, one.input, less(one.with, without), errors),
    )
  }
}

function expectErrors(t: Test, input: string, options: ImportOptions, errors: readonly Mentions[]): void {
  try {
    imported(input, options)
    t.fail('it is refused')
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const found = error.messages.filter(({ level }) => level === 'error')
    t.equal(found.length, errors.length, error.message)
    for (const { mentions } of errors)
      t.ok(
        found.some(({ path, text, remedy }) =>
          mentions.every(word => `${path} ${text} ${remedy}`.includes(word)),
        ),
        `an error mentions ${mentions}`,
      )
    for (const { line } of found) t.type(line, 'number', 'it names the line')
  }
}

const merged = (options: ImportOptions, changed: ImportOptions): ImportOptions => ({
  ...options,
  ...changed,
  parameters: { ...options.parameters, ...changed.parameters },
  secrets: { ...options.secrets, ...changed.secrets },
})

/** Options without some of their members, each named as `parameters.AdminEmail`. */
function less(options: ImportOptions, without: readonly string[]): ImportOptions {
  const copy = structuredClone(options) as Record<string, Record<string, string>>
  for (const path of without) {
    const [group = '', ...name] = path.split('.')
    delete copy[group]?.[name.join('.')]
  }
  return copy as ImportOptions
}

/** An output with the references to pools replaced, as the start of Rockpool would. */
function resolved(value: unknown, { pools }: Awaited<ReturnType<typeof startRockpool>>): unknown {
  if (typeof value !== 'string') return value
  return value.replaceAll(/\$\{pools\.([^.]+)\.(\w+)\}/g, (_whole, id: string, what: string) => {
    const pool = pools.find(candidate => candidate.id === id)
    return (what === 'issuer' ? pool?.issuer : pool?.domainUrl) ?? ''
  })
}

t.test(
  'rockpool start --from and startRockpool({ from }) make the pools; rockpool import prints them as a seed',
  async t => {
    const path = `${folder}cfn-federation.yaml`
    const lines: string[] = []
    const rockpool = await startFixture({
      keys: 'recycled',
      from: { paths: [path], stackName: 'acme' },
      log: line => lines.push(line),
    })
    t.teardown(() => rockpool.close())
    t.match(
      rockpool.pools.map(({ name }) => name),
      [/^Workforce-/, 'customers'],
    )
    t.match(lines.join('\n'), /client_secret of the provider Google has no value/)
    const user = { username: 'ada', password: 'Anchor-7-Harbour' }
    await rockpool.createUser(rockpool.pools[0]?.name ?? '', {
      ...user,
      attributes: { email: 'ada@acme.example' },
    })
    const tokens = await rockpool.signIn({
      pool: 'customers',
      client: 'portal',
      provider: 'Corporate',
      ...user,
    })
    t.match(tokens, { idToken: /./ }, 'one pool of the template signs people in through the other, offline')

    const out: string[] = []
    const output = {
      out: (text: string) => void out.push(text),
      err: () => {},
      style: styleFor(false, undefined),
    }
    const invocation = parseInvocation(['import', path, '--stack-name', 'acme'], {})
    if (invocation.action !== 'import') throw new Error('The command is not understood.')
    await printImported(invocation.options, output, {})
    const seed = parseSeed(out.join(''), 'printed.yaml')
    t.same(
      seed.UserPools.map(({ Id }) => Id),
      rockpool.pools.map(({ id }) => id),
      'printed, it is the same pools',
    )
  },
)

t.test('what is no input is refused with what to do', t => {
  const file = (name: string, text: string) => {
    const path = `${t.testdirName}/${name}`
    writeFileSync(path, text)
    return path
  }
  t.testdir()
  const cases: [path: string, sentence: RegExp][] = [
    [`${t.testdirName}/nowhere.yaml`, /There is no such file/],
    [file('seed.yaml', 'UserPools: []'), /This is a seed. Give it as --seed/],
    [file('state.json', '{"encrypted_data": "x"}'), /tofu show -json/],
    [
      file('main.tf', 'resource "aws_cognito_user_pool" "x" {}'),
      /terraform show -json|neither YAML nor JSON/,
    ],
    [file('odd.json', '{"a": 1}'), /cannot be told from its content/],
    [file('empty.yaml', 'Resources: {}'), /no user pool in it/],
    [file('broken.yaml', 'Resources: {'), /neither YAML nor JSON/],
    [
      file(
        'macro.yaml',
        'Resources:\n  P:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      UserPoolName: !Transform { Name: X }\n',
      ),
      /template-stage Processed/,
    ],
    [
      file(
        'ref.yaml',
        'Resources:\n  P:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      UserPoolName: !Ref Nmae\n',
      ),
      /ref.yaml:5 {2}P.UserPoolName[\s\S]*--set Nmae=/,
    ],
    [
      file(
        'import.yaml',
        'Resources:\n  P:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      UserPoolName: !ImportValue Net\n',
      ),
      /--export Net=/,
    ],
    [
      file(
        'client.yaml',
        'Resources:\n  C:\n    Type: AWS::Cognito::UserPoolClient\n    Properties:\n      UserPoolId: eu-west-1_Literal12\n',
      ),
      /--pool-id eu-west-1_Literal12=/,
    ],
    [
      file(
        'select.yaml',
        'Resources:\n  P:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      UserPoolName: !Select [4, [a]]\n',
      ),
      /entry 4 of a list of 1/,
    ],
  ]
  for (const [path, sentence] of cases)
    t.throws(() => importInfrastructure([path]), { message: sentence }, path)
  t.end()
})
