import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { printExported } from '../src/cli/export.js'
import { parseInvocation } from '../src/cli/options.js'
import { printDrift, printRealPools } from '../src/cli/real-pool.js'
import { printConfiguration, printImported, start } from '../src/cli/start.js'
import { styleFor } from '../src/cli/style.js'
import { parseSeed } from '../src/config/seed/parse.js'
import { seedOf } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { blocksOf, commandsOf, wordsOf } from './support/documents.js'
import { fixtures } from './support/imports.js'
import { stockKeys } from './support/key-stock.js'
import { shareKeys } from './support/keys.js'

/** Every command of Rockpool's on the pages about infrastructure code is run, in a folder that has what the page names. */

const pulumi = () => {
  const resource = (type: string, name: string, outputs: object) => ({
    urn: `urn:pulumi:dev::shop::${type}::${name}`,
    type,
    id: Reflect.get(outputs, 'id'),
    inputs: {},
    outputs,
  })
  return JSON.stringify({
    version: 3,
    deployment: {
      resources: [
        resource('aws:cognito/userPool:UserPool', 'people', { id: 'eu-west-1_Pulumi123', name: 'people' }),
        resource('aws:cognito/userPoolClient:UserPoolClient', 'web', {
          id: 'pulumiweb1234567890abcdefg',
          name: 'web',
          userPoolId: 'eu-west-1_Pulumi123',
        }),
      ],
    },
  })
}

/** Where the Rockpools of this file have their keys from. */
const keyStock = await stockKeys(t.testdir({}))

const fixture = (name: string) => join(fixtures, name)

/** What stands in each page's folder, by the names that the page uses: fixtures to copy, or texts. */
const pages: Readonly<Record<string, Readonly<Record<string, { from: string } | string>>>> = {
  'docs/from-cloudformation.md': { 'template.yaml': { from: fixture('cfn-federation.yaml') } },
  'docs/from-cdk.md': { 'cdk.out': { from: fixture('cdk-assembly') } },
  'docs/from-amplify.md': {
    '.amplify/artifacts/cdk.out': { from: fixture('amplify-gen2') },
    amplify: { from: join(fixture('amplify-gen1'), 'amplify') },
  },
  'docs/from-serverless.md': {
    'serverless.yml': { from: fixture('serverless.yaml') },
    '.serverless/cloudformation-template-update-stack.json':
      '{ "Resources": { "CognitoUserPoolPeople": { "Type": "AWS::Cognito::UserPool", "Properties": { "UserPoolName": "people" } } } }',
  },
  'docs/from-terraform.md': { 'terraform.json': { from: fixture('terraform-state.json') } },
  'docs/from-pulumi.md': { 'pulumi.json': pulumi() },
  'docs/from-aws.md': { 'cdk.out': { from: fixture('cdk-assembly') } },
}

for (const [page, files] of Object.entries(pages))
  t.test(`${page}: every command does what the page says`, async t => {
    const folder = t.testdir({})
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      if (typeof content === 'string') writeFileSync(join(folder, name), content)
      else cpSync(content.from, join(folder, name), { recursive: true })
    }
    const commands = (await blocksOf(page))
      .filter(({ language }) => language === 'sh')
      .flatMap(commandsOf)
      .filter(command => command.startsWith('npx rockpool '))
    t.ok(commands.length > 0)
    const aws = page === 'docs/from-aws.md' ? await anAccount(t) : undefined
    const before = process.cwd()
    process.chdir(folder)
    try {
      for (const command of commands) await ran(t, command, { before, aws })
    } finally {
      process.chdir(before)
    }
  })

/** A Rockpool that stands in for AWS, with the pool that the page names. */
async function anAccount(t: Test): Promise<string> {
  await shareKeys()
  const seed = {
    UserPools: [
      {
        PoolName: 'people',
        Id: 'eu-west-1_AbCdEfGhI',
        Users: [{ Username: 'ada', Password: 'Anchor-7-Harbour' }],
      },
    ],
  }
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seedOf(seed)] })
  t.teardown(() => rockpool.close())
  process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = rockpool.baseUrl
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
  return rockpool.baseUrl
}

/** Runs a command as the shell would, with what it is redirected to as a file. */
async function ran(
  t: Test,
  command: string,
  { before, aws }: { readonly before: string; readonly aws: string | undefined },
) {
  const [, line = '', file] = /^npx rockpool (.*?)(?: > (\S+))?$/.exec(command) ?? []
  const out: string[] = []
  const output = {
    out: (text: string) => void out.push(text),
    err: () => {},
    style: styleFor(false, undefined),
  }
  const args = wordsOf(line)
  const invocation = parseInvocation(
    args[0] === 'start' ? [...args, '--port', '0', '--key-stock', await stockKeys(keyStock), '--json'] : args,
    {},
  )
  if (!('options' in invocation)) throw new Error(command)
  const { action, options } = invocation
  // The SDK is that of the project, which here is our own.
  const inProject = async <T>(act: () => Promise<T>) => {
    const folder = process.cwd()
    process.chdir(before)
    try {
      return await act()
    } finally {
      process.chdir(folder)
    }
  }
  const { realPools } = options
  if (action === 'start') {
    const running = await start(options, output, {})
    const { pools } = JSON.parse(out.join('')) as { pools: unknown[] }
    t.ok(pools.length > 0, command)
    await running.close({ patience: 0 })
  } else if (action === 'import' && realPools !== undefined) {
    await inProject(() => printRealPools({ ...options, realPools }, output))
    t.ok(out.join('').length > 100, command)
  } else if (action === 'import') {
    await printImported(options, output, {})
    t.ok(parseSeed(out.join(''), 'printed.yaml').UserPools.length > 0, command)
  } else if (action === 'env') {
    await printConfiguration(options, output, {})
    t.ok(JSON.parse(out.join('')), command)
  } else if (action === 'export') {
    const seeds = [seedOf({ UserPools: [{ PoolName: 'reef' }] })]
    const running = await startRockpool({ port: 0, keys: 'recycled', seeds })
    await printExported({ ...options, baseUrl: running.baseUrl }, output)
    t.match(out.join(''), /reef/, command)
    await running.close()
  } else if (action === 'drift' && realPools !== undefined) {
    const here = { ...options, ...(options.from === undefined ? { baseUrl: aws ?? '' } : {}), realPools }
    const from = options.from && {
      ...options.from,
      paths: options.from.paths.map(path => join(process.cwd(), path)),
    }
    const status = await inProject(() => printDrift({ ...here, ...(from && { from }) }, output, {}))
    t.equal(status, options.from === undefined ? 0 : 1, command)
  } else t.fail(`${command} is not run`)
  if (file !== undefined) writeFileSync(file, out.join(''))
  if (file === 'pools.yaml') t.ok(parseSeed(readFileSync(file, 'utf8'), file), command)
}
