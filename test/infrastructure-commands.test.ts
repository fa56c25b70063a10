import { readFileSync, writeFileSync } from 'node:fs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { initialise, lookAt } from '../src/cli/init.js'
import { parseInvocation } from '../src/cli/options.js'
import { start } from '../src/cli/start.js'
import { styleFor } from '../src/cli/style.js'
import { parseSeed } from '../src/config/seed/parse.js'
import { anSdk } from './support/api.js'
import { stockKeys } from './support/key-stock.js'

/** Commands around infrastructure code: watching it, and finding out what a folder has. */

const template = (more = '', schema = 'Mutable: true') => `Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      UserPoolName: reef
      Schema: [{ Name: tenant, AttributeDataType: String, ${schema} }]
  Web:
    Type: AWS::Cognito::UserPoolClient
    Properties: { UserPoolId: !Ref Pool, ClientName: web }
${more}`
const group = `  Staff:
    Type: AWS::Cognito::UserPoolGroup
    Properties: { UserPoolId: !Ref Pool, GroupName: staff }
`
const otherClient = `  Shop:
    Type: AWS::Cognito::UserPoolClient
    Properties: { UserPoolId: !Ref Pool, ClientName: shop }
`

/** Waits until something is so; the test's own time limit ends it. */
async function until(t: Test, what: string, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setTimeout(resolve, 50))
  t.pass(what)
}

t.test('--watch applies changes of a template to a running Rockpool, and users stay', async t => {
  const file = `${t.testdir({ 'template.yaml': template(group) })}/template.yaml`
  const keys = await stockKeys(t.testdirName)
  const told: string[] = []
  let ready = ''
  const invocation = parseInvocation(
    ['start', '--from', file, '--watch', '--port', '0', '--json', '--key-stock', keys],
    {},
  )
  if (invocation.action !== 'start') throw new Error('The command is not understood.')
  const output = {
    out: (text: string) => {
      ready += text
    },
    err: (text: string) => void told.push(text),
    style: styleFor(false, undefined),
  }
  const running = await start(invocation.options, output, {})
  t.teardown(() => running.close({ patience: 0 }))
  const { baseUrl, pools } = JSON.parse(ready) as { baseUrl: string; pools: { id: string }[] }
  const UserPoolId = pools[0]?.id ?? ''
  const sdk = anSdk(t, { baseUrl })
  await sdk.send(new cognito.AdminCreateUserCommand({ UserPoolId, Username: 'ada' }))
  const clients = async () => {
    const { UserPoolClients = [] } = await sdk.send(new cognito.ListUserPoolClientsCommand({ UserPoolId }))
    return UserPoolClients.map(({ ClientName }) => ClientName)
      .toSorted()
      .join()
  }

  writeFileSync(file, template(otherClient))
  await until(t, 'the new client is there', async () => (await clients()) === 'shop,web')
  await until(t, 'the group that the template no longer has is gone', async () => {
    const { Groups = [] } = await sdk.send(new cognito.ListGroupsCommand({ UserPoolId }))
    return Groups.length === 0
  })
  t.match(await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'ada' })), {
    Username: 'ada',
  })

  writeFileSync(file, template(otherClient.replace('!Ref Pool', '!Ref Poool')))
  await until(t, 'a mistake is told', async () => /Poool is neither a parameter/.test(told.join('')))
  t.equal(await clients(), 'shop,web', 'and everything stays as it was')

  writeFileSync(file, template('', 'Mutable: false'))
  await until(t, 'the next change is seen', async () => /Existing schema/.test(told.join('')))
  t.match(
    told.join(''),
    /Existing schema attributes cannot be modified or deleted\.[\s\S]*Everything stays/,
    'I37 an attribute that is declared otherwise is refused',
  )
  t.equal(await clients(), 'shop,web')

  writeFileSync(file, template())
  await until(t, 'a client that the template no longer has goes', async () => (await clients()) === 'web')
})

const folders: readonly (readonly [
  tool: string,
  files: Parameters<Test['testdir']>[0],
  commands: readonly string[],
])[] = [
  ['the AWS CDK', { 'cdk.json': '{}' }, ['npx cdk synth', 'rockpool start --from cdk.out']],
  [
    'Amplify Gen 2',
    { amplify: { auth: { 'resource.ts': '' } } },
    ['npx ampx sandbox --once', 'rockpool start --from .amplify/artifacts/cdk.out'],
  ],
  [
    'Amplify Gen 1',
    { amplify: { backend: { auth: { shop: {} } } } },
    ['rockpool start --from amplify/backend/auth/shop'],
  ],
  ['CloudFormation', { 'template.yaml': 'Resources: {}' }, ['rockpool start --from template.yaml']],
  [
    'AWS SAM',
    { 'template.yaml': 'Transform: AWS::Serverless-2016-10-31' },
    ['rockpool start --from template.yaml'],
  ],
  ['the Serverless Framework', { 'serverless.yml': 'service: x' }, ['rockpool start --from serverless.yml']],
  [
    'Terraform',
    { 'main.tf': '' },
    ['terraform show -json > terraform.json', 'rockpool start --from terraform.json'],
  ],
  [
    'Pulumi',
    { 'Pulumi.yaml': '' },
    ['pulumi stack export --show-secrets > pulumi.json', 'rockpool start --from pulumi.json'],
  ],
  [
    'an app of the pool eu-west-1_AbCdEfGhI',
    { src: { 'aws-exports.js': 'const x = {\n  "aws_user_pools_id": "eu-west-1_AbCdEfGhI",\n};' } },
    ['rockpool import --from-aws eu-west-1_AbCdEfGhI > pools.yaml', 'rockpool start --seed pools.yaml'],
  ],
]

for (const [tool, files, commands] of folders)
  t.test(`rockpool init knows ${tool}`, async t => {
    const folder = t.testdir(files)
    const [found] = lookAt(folder)
    t.equal(found?.tool, tool)
    t.strictSame(
      [found?.first, ...(found?.commands ?? [])].filter(one => one !== undefined),
      commands,
    )
    for (const command of commands.filter(one => one.startsWith('rockpool')))
      t.doesNotThrow(() => parseInvocation(command.replace(/ >.*/, '').split(' ').slice(1), {}), command)
    const told: string[] = []
    initialise(folder, { out: more => told.push(more) })
    for (const command of commands) t.match(told.join(''), command)
    t.ok(parseSeed(readFileSync(`${folder}/rockpool.yaml`, 'utf8'), 'rockpool.yaml'))
  })

t.test(
  'where nothing is known, rockpool init writes a pool to begin with, and changes no file that is there',
  async t => {
    const folder = t.testdir({})
    const told: string[] = []
    initialise(folder, { out: more => told.push(more) })
    t.match(told.join(''), /rockpool start --seed rockpool\.yaml/)
    t.match(parseSeed(readFileSync(`${folder}/rockpool.yaml`, 'utf8'), 'rockpool.yaml').UserPools, [
      { PoolName: 'app' },
    ])
    writeFileSync(`${folder}/rockpool.yaml`, 'mine')
    initialise(folder, { out: more => told.push(more) })
    t.equal(readFileSync(`${folder}/rockpool.yaml`, 'utf8'), 'mine')
    t.match(told.join(''), /is there already, and stays as it is/)
  },
)
