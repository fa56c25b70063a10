import { readFileSync } from 'node:fs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { printExported } from '../src/cli/export.js'
import { parseInvocation } from '../src/cli/options.js'
import { type ImportOptions, importInfrastructure } from '../src/config/import/index.js'
import { askRockpool } from '../src/config/real-pool/rockpool.js'
import { parseSeed } from '../src/config/seed/parse.js'
import { readSeeds, seedOf } from '../src/config/seed/read.js'
import { type Rockpool, startRockpool } from '../src/emulator.js'
import { anSdk } from './support/api.js'
import { shareKeys } from './support/keys.js'
import { aClock } from './support/rockpool.js'

const folder = new URL('../fixtures/import/', import.meta.url).pathname

const { cases } = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as {
  cases: readonly { readonly input: string; readonly with: ImportOptions }[]
}

/** Time stands still: pools are listed by when they were made, and made in one moment or two as the machine goes. */
const started = async (t: Test, seeds: Parameters<typeof startRockpool>[0]) => {
  await shareKeys()
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', clock: aClock(), ...seeds })
  t.teardown(() => rockpool.close())
  return rockpool
}

/** Everything that describe calls say of all pools, but for times, and with the address of this very start taken out. */
async function described(rockpool: Rockpool): Promise<unknown> {
  const all = await Promise.all(rockpool.pools.map(async ({ id }) => [id, await describedPool(rockpool, id)]))
  const withoutTimes = JSON.stringify(Object.fromEntries(all), (name, value) =>
    /Date$|^ManagedLoginBrandingId$|^CSSVersion$|^Version$/.test(name) ? undefined : value,
  )
  return JSON.parse(
    withoutTimes.replaceAll(rockpool.baseUrl, 'BASE').replaceAll(String(rockpool.address.port), 'PORT'),
    // Addresses are listed in order, in which our own has another place with every port.
    (name, value) => (/^(Callback|Logout)URLs$/.test(name) ? value.toSorted() : value),
  )
}

async function describedPool({ baseUrl }: Rockpool, UserPoolId: string): Promise<unknown> {
  const ask = askRockpool(baseUrl, UserPoolId.split('_')[0] ?? '')
  const { UserPool } = (await ask('DescribeUserPool', { UserPoolId })) as { UserPool: cognito.UserPoolType }
  const { UserPoolClients = [] } = (await ask('ListUserPoolClients', {
    UserPoolId,
    MaxResults: 60,
  })) as cognito.ListUserPoolClientsResponse
  const { Providers } = (await ask('ListIdentityProviders', { UserPoolId })) as {
    Providers: cognito.ProviderDescription[]
  }
  const clients = await Promise.all(
    UserPoolClients.toSorted((one, other) => ((one.ClientId ?? '') < (other.ClientId ?? '') ? -1 : 1)).map(
      ({ ClientId }) =>
        Promise.all([
          ask('DescribeUserPoolClient', { UserPoolId, ClientId }),
          ask('GetUICustomization', { UserPoolId, ClientId }),
        ]),
    ),
  )
  const providers = await Promise.all(
    Providers.map(({ ProviderName }) => ask('DescribeIdentityProvider', { UserPoolId, ProviderName })),
  )
  const domains = await Promise.all(
    [UserPool.Domain, UserPool.CustomDomain]
      .filter(domain => domain !== undefined)
      .map(Domain => ask('DescribeUserPoolDomain', { Domain })),
  )
  return {
    UserPool,
    mfa: await ask('GetUserPoolMfaConfig', { UserPoolId }),
    groups: await ask('ListGroups', { UserPoolId }),
    risk: await ask('DescribeRiskConfiguration', { UserPoolId }).catch(() => undefined),
    logs: await ask('GetLogDeliveryConfiguration', { UserPoolId }).catch(() => undefined),
    resourceServers: await ask('ListResourceServers', { UserPoolId, MaxResults: 50 }),
    clients,
    providers,
    domains,
  }
}

/** What the service makes or counts itself is none of the configuration. */
const madeByTheService = new Set(['EstimatedNumberOfUsers', 'ActiveEncryptionCertificate'])

const configuration = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member) => (madeByTheService.has(name) ? undefined : member)))

const sources: readonly (readonly [name: string, seeds: () => Promise<ReturnType<typeof seedOf>[]>])[] = [
  ['the demo', () => readSeeds(['fixtures/two-pools.yaml'])],
  ...cases.map(
    one =>
      [
        one.input,
        async () => {
          const before = process.cwd()
          process.chdir(folder)
          try {
            return [seedOf(importInfrastructure([one.input], one.with).seed)]
          } finally {
            process.chdir(before)
          }
        },
      ] as const,
  ),
]

for (const [name, seeds] of sources)
  t.test(`${name}: what is exported as a seed gives the same pools again`, async t => {
    const first = await started(t, { seeds: await seeds() })
    const text = await first.operations.exportPools('seed', { secrets: true })
    const second = await started(t, { seeds: [parseSeed(text, 'exported.yaml')] })
    t.strictSame(
      configuration(await described(second)),
      configuration(await described(first)),
      'describe calls say the same',
    )
    t.equal(
      (await second.operations.exportPools('seed', { secrets: true })).replaceAll(second.baseUrl, ''),
      text.replaceAll(first.baseUrl, ''),
      'and so does another export',
    )
    t.notMatch(text, first.baseUrl, 'no address of this very start is written')
  })

t.test('secrets and users are written on request only', async t => {
  const rockpool = await started(t, { seeds: await readSeeds(['fixtures/two-pools.yaml']) })
  const secret = 'pool1sharesthissecretwithpool2fordevelopmentonly000'
  for (const format of ['seed', 'cloudformation', 'terraform', 'cli', 'sdk'] as const) {
    const text = await rockpool.operations.exportPools(format)
    t.notMatch(text, secret, `${format} tells no secret`)
    t.notMatch(text, 'marco', `${format} tells no user`)
  }
  const plain = await rockpool.operations.exportPools('seed')
  t.ok(parseSeed(plain, 'exported.yaml'), 'a seed without secrets starts')
  const whole = await rockpool.operations.exportPools('seed', {
    secrets: true,
    users: true,
    pool: 'oidc-pool-2',
  })
  t.match(whole, secret)
  const [pool] = parseSeed(whole, 'exported.yaml').UserPools
  t.match(
    pool?.Users?.map(({ Username, Groups }) => [Username, Groups]),
    [
      ['jane', ['staff']],
      ['marco', ['staff']],
    ],
  )
})

t.test('what is exported as CloudFormation is imported as the same configuration', async t => {
  const { mkdtempSync, writeFileSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const rockpool = await started(t, { seeds: await readSeeds(['fixtures/two-pools.yaml']) })
  const file = `${mkdtempSync(`${tmpdir()}/rockpool-`)}/template.yaml`
  writeFileSync(file, await rockpool.operations.exportPools('cloudformation', { pool: 'oidc-pool-1' }))
  const { seed, warnings } = importInfrastructure([file])
  t.strictSame(
    warnings.map(({ text }) => text).filter(text => text.includes('no property')),
    [],
    'CloudFormation knows every property',
  )
  const [imported] = seed.UserPools as { [member: string]: unknown }[]
  const { Id: _id, Clients: clients, ...pool } = imported ?? {}
  t.match(pool, {
    PoolName: 'oidc-pool-1',
    Domain: 'oidc-pool-1',
    AutoVerifiedAttributes: ['email'],
    Schema: [{ Name: 'department', Mutable: true }],
    ResourceServers: [{ Identifier: 'orders-api' }],
    IdentityProviders: [{ ProviderName: 'CorporateID', AttributeMapping: { given_name: 'given_name' } }],
  })
  t.match(clients, [
    { ClientName: 'batch-job' },
    { ClientName: 'web-app', SupportedIdentityProviders: ['COGNITO', 'CorporateID'] },
  ])
})

t.test(
  'pools that federate are one template, which federates by references: imported, it signs people in',
  async t => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const rockpool = await started(t, { seeds: await readSeeds(['fixtures/two-pools.yaml']) })
    const text = await rockpool.operations.exportPools('cloudformation')
    t.notMatch(text, new RegExp(`${rockpool.baseUrl}/(?!_rockpool)`), 'no pool is named by its address here')
    const file = `${mkdtempSync(`${tmpdir()}/rockpool-`)}/template.yaml`
    writeFileSync(file, text)
    const again = await started(t, {
      seeds: [seedOf(importInfrastructure([file], { stackName: 'reef' }).seed)],
    })
    await again.operations.createUser('oidc-pool-2', {
      username: 'ada',
      password: 'Anchor-7-Harbour',
      attributes: { email: 'ada@reef.example', given_name: 'Ada', family_name: 'L' },
    })
    const tokens = await again.operations.signIn({
      pool: 'oidc-pool-1',
      client: 'web-app',
      provider: 'CorporateID',
      username: 'ada',
      password: 'Anchor-7-Harbour',
    })
    t.match(tokens, { idToken: /./ })
    const written = await again.operations.exportPools('cloudformation')
    t.strictSame(parse(written), parse(text), 'exported again it is the same template')
  },
)

t.test('a password policy requires as CloudFormation what it requires here, and nothing else', async t => {
  const PasswordPolicy = { MinimumLength: 12, RequireNumbers: true }
  const seed = { UserPools: [{ PoolName: 'lax', Policies: { PasswordPolicy } }] }
  const rockpool = await started(t, { seeds: [seedOf(seed)] })
  const written = parse(await rockpool.operations.exportPools('cloudformation', { pool: 'lax' })).Resources
  const [pool] = Object.values<{ Type: string; Properties: object }>(written).filter(
    ({ Type }) => Type === 'AWS::Cognito::UserPool',
  )
  t.match(pool?.Properties, {
    Policies: { PasswordPolicy: { ...PasswordPolicy, RequireUppercase: false, RequireSymbols: false } },
  })
})

t.test('rockpool export writes Terraform and calls that make the pool', async t => {
  const rockpool = await started(t, { seeds: await readSeeds(['fixtures/two-pools.yaml']) })
  const written = async (...args: string[]) => {
    const invocation = parseInvocation(['export', '--base-url', rockpool.baseUrl, ...args], {})
    if (!('options' in invocation)) throw new Error('no options')
    let text = ''
    await printExported(invocation.options, {
      out(more) {
        text += more
      },
    })
    return text
  }
  const terraform = await written('--format', 'terraform', '--pool', 'oidc-pool-1')
  t.match(terraform, /^resource "aws_cognito_user_pool" "oidc_pool_1" \{\n {2}name +=/)
  t.match(terraform, /\n {2}schema \{\n {4}name +="?/)
  t.match(terraform, /schema \{[^}]+string_attribute_constraints \{\n {6}min_length = "0"\n/)
  t.match(terraform, /username_configuration \{\n {4}case_sensitive = false/)
  t.match(terraform, /user_pool_id += aws_cognito_user_pool\.oidc_pool_1\.id/)
  t.match(terraform, /allowed_oauth_flows_user_pool_client = true/)
  t.match(terraform, /callback_urls +=/)
  t.match(terraform, /"custom:department" = "custom:department"/)
  const cli = await written('--format', 'cli', '--pool', 'oidc-pool-2')
  t.match(cli, /^USER_POOL_ID=\$\(aws cognito-idp create-user-pool \\\n/)
  t.match(
    cli,
    /CLIENT_DIRECT_APP=\$\(aws cognito-idp create-user-pool-client \\\n {2}--user-pool-id "\$USER_POOL_ID"/,
  )
  const sdk = await written('--format', 'sdk', '--pool', 'oidc-pool-2')
  t.match(sdk, /const UserPoolId = UserPool\.Id/)
  t.match(sdk, /await cognito\.send\(new CreateGroupCommand\(\{\n {2}UserPoolId,\n {2}GroupName: "staff"/)
  t.equal(await written(), await rockpool.operations.exportPools('seed'))
  await t.rejects(written('--format', 'teraform'), { message: /Did you mean "terraform"\?/ })
  await t.rejects(written('--pool', 'nobody'), { name: 'NoAnswerError', message: /no pool "nobody"/ })
})

t.test('the calls of the SDK make the pool elsewhere', async t => {
  const rockpool = await started(t, { seeds: await readSeeds(['fixtures/two-pools.yaml']) })
  const other = await started(t, { seeds: [] })
  const text = await rockpool.operations.exportPools('sdk', { pool: 'oidc-pool-2', secrets: true })
  const sdk = anSdk(t, other)
  const body = text.slice(text.indexOf('const cognito')).replace(/^const cognito.*$/m, '')
  const names = Object.keys(cognito).filter(name => name.endsWith('Command'))
  const run = new Function('cognito', ...names, `return (async () => {${body}; return UserPoolId})()`)
  const UserPoolId: string = await run(sdk, ...names.map(name => Reflect.get(cognito, name)))
  const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  t.match(UserPool, {
    Name: 'oidc-pool-2',
    Domain: 'oidc-pool-2',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  })
  const { UserPoolClients } = await sdk.send(new cognito.ListUserPoolClientsCommand({ UserPoolId }))
  t.strictSame(UserPoolClients?.map(({ ClientName }) => ClientName).toSorted(), [
    'direct-app',
    'federation-from-pool-1',
  ])
})
