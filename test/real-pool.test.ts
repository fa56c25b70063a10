import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { printDrift, printRealPools, realSeed } from '../src/cli/real-pool.js'
import { plain } from '../src/cli/style.js'
import {
  type Ask,
  configurationCalls,
  patiently,
  readPolicy,
  userCalls,
} from '../src/config/real-pool/calls.js'
import { differences } from '../src/config/real-pool/difference.js'
import { noPseudonyms, pseudonymsBy } from '../src/config/real-pool/pseudonyms.js'
import { readPool } from '../src/config/real-pool/read.js'
import { askRockpool } from '../src/config/real-pool/rockpool.js'
import { seedOfAnswers } from '../src/config/real-pool/seed.js'
import { seedOf } from '../src/config/seed/read.js'
import { type Rockpool, startRockpool } from '../src/emulator.js'
import { anSdk } from './support/api.js'
import { bundled } from './support/bundled.js'
import { importedFixture } from './support/imports.js'
import { stockKeys } from './support/key-stock.js'
import { shareKeys } from './support/keys.js'

/** Pools of an AWS account, imported and compared. Another Rockpool stands in for AWS. */

async function started(t: Test, seed: object): Promise<Rockpool> {
  await shareKeys()
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seedOf(seed)] })
  t.teardown(() => rockpool.close())
  return rockpool
}

const asked = ({ baseUrl }: Rockpool, id: string): Ask => askRockpool(baseUrl, id.split('_')[0] ?? '')

const plainly = {
  ids: [],
  users: 0,
  kept: [],
  printPolicy: false,
  secrets: true,
  pseudonyms: noPseudonyms,
  warn: () => {},
}

const comparable = async (rockpool: Rockpool, id: string) =>
  seedOfAnswers(await readPool(asked(rockpool, id), id), { secrets: true })

const poolOfPeople = {
  PoolName: 'people',
  Id: 'eu-west-1_People123',
  Domain: 'people',
  Schema: [{ Name: 'tenant', AttributeDataType: 'String', Mutable: true }],
  Groups: [{ GroupName: 'staff', Precedence: 1 }, { GroupName: 'guests' }],
  Clients: [
    {
      ClientName: 'web',
      ClientId: 'peopleweb1234567890abcdefg',
      ClientSecret: 'peoplesecretpeoplesecretpeoplesecretpeoplesecret12',
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['openid', 'email'],
      CallbackURLs: ['https://app.example/cb'],
      SupportedIdentityProviders: ['COGNITO'],
    },
  ],
  Users: Array.from({ length: 130 }, (_, index) => ({
    Username: `user${index}`,
    Password: 'Anchor-7-Harbour',
    UserAttributes: {
      email: `user${index}@reef.example`,
      name: index < 2 ? 'Marco' : `Name ${index}`,
      'custom:tenant': 'reef',
    },
    Groups: index % 2 === 0 ? ['staff'] : ['guests'],
  })),
}

for (const [input, options] of [
  [
    'cfn-short-tags.yaml',
    {
      region: 'eu-west-1',
      parameters: { AdminEmail: '', GroupName: 'operators' },
      set: { 'Site.DomainName': 'a.example' },
    },
  ],
  ['terraform-state.json', {}],
  ['amplify-gen2', { secrets: { GOOGLE_ID: 'a', GOOGLE_SECRET: 'b' } }],
  ['serverless.yaml', { stage: 'dev' }],
] as const)
  t.test(
    `I42 a pool of ${input}, imported from AWS, has no drift; with one scope changed it has`,
    async t => {
      const imported = importedFixture(input, options)
      const aws = await started(t, imported.seed)
      const UserPools = await Promise.all(
        imported.pools.map(({ id }) => realSeed(asked(aws, id), id, plainly)),
      )
      const here = await started(t, { UserPools })
      for (const { id } of imported.pools) {
        t.strictSame(differences(await comparable(here, id), await comparable(aws, id)), [], 'I42 no drift')
        const sdk = anSdk(t, aws, id.split('_')[0])
        const [client] = aws.pools.find(pool => pool.id === id)?.clients ?? []
        const ClientId = client?.id
        const { UserPoolClient } = await sdk.send(
          new cognito.DescribeUserPoolClientCommand({ UserPoolId: id, ClientId }),
        )
        await sdk.send(
          new cognito.UpdateUserPoolClientCommand({
            ...UserPoolClient,
            UserPoolId: id,
            ClientId,
            AllowedOAuthFlows: ['code'],
            AllowedOAuthFlowsUserPoolClient: true,
            CallbackURLs: UserPoolClient?.CallbackURLs ?? ['https://a.example/'],
            SupportedIdentityProviders: UserPoolClient?.SupportedIdentityProviders ?? ['COGNITO'],
            AllowedOAuthScopes: [...(UserPoolClient?.AllowedOAuthScopes ?? ['openid']), 'phone'].filter(
              (scope, index, all) => all.indexOf(scope) === index && scope !== 'email',
            ) as string[],
          }),
        )
        const [found] = differences(await comparable(here, id), await comparable(aws, id)).filter(
          ({ path }) => path.endsWith('AllowedOAuthScopes'),
        )
        t.match(found, { path: `Clients.${client?.name}.AllowedOAuthScopes`, there: /phone/ })
      }
    },
  )

t.test(
  'I40 reading makes read calls only, follows every page, and tries again where there were too many requests',
  async t => {
    const aws = await started(t, { UserPools: [poolOfPeople] })
    const id = poolOfPeople.Id
    const calls: string[] = []
    const pauses: number[] = []
    const ask = asked(aws, id)
    const crowded: Ask = async (call, input) => {
      calls.push(call)
      if (calls.length % 5 !== 0) return ask(call, input)
      const error = new Error('Rate exceeded')
      error.name = 'TooManyRequestsException'
      throw error
    }
    const patient = patiently(crowded, async milliseconds => void pauses.push(milliseconds))
    const seed = await realSeed(patient, id, { ...plainly, users: Number.POSITIVE_INFINITY })
    t.equal((seed.Users as unknown[]).length, 130)
    t.ok(pauses.length > 3)
    t.ok(pauses.every(pause => pause >= 500))
    t.strictSame(
      calls.filter(call => !([...configurationCalls, ...userCalls] as string[]).includes(call)),
      [],
    )
    t.ok(calls.every(call => /^(Describe|List|Get)/.test(call)))
    const always: Ask = async () => {
      const error = new Error('Rate exceeded')
      error.name = 'TooManyRequestsException'
      throw error
    }
    const growing: number[] = []
    await t.rejects(patiently(always, async pause => void growing.push(pause))('DescribeUserPool', {}), {
      name: 'TooManyRequestsException',
    })
    t.strictSame(growing, [500, 1000, 2000, 4000, 8000, 16000])
  },
)

t.test(
  'I41 users are pseudonymised, equal values equally; secrets are written only if they are asked for',
  async t => {
    const aws = await started(t, { UserPools: [poolOfPeople] })
    const id = poolOfPeople.Id
    const told: string[] = []
    const pseudonyms = pseudonymsBy(Buffer.alloc(32, 1), [])
    const reading = {
      ...plainly,
      users: 4,
      pseudonyms,
      secrets: false,
      warn: (line: string) => told.push(line),
    }
    const seed = await realSeed(asked(aws, id), id, reading)
    const users = seed.Users as {
      Username: string
      Sub: string
      Password: string
      Groups: string[]
      UserAttributes: Record<string, string>
    }[]
    const text = JSON.stringify(seed)
    t.notMatch(text, /reef\.example|Marco|peoplesecret/)
    t.equal(users.length, 4)
    for (const { UserAttributes } of users) {
      t.match(UserAttributes.email, /^user-[0-9a-f]{8}@example\.invalid$/)
      t.notOk('custom:tenant' in UserAttributes, 'what is not listed is left out')
    }
    const byName = new Map(users.map(user => [user.Username, user]))
    t.equal(
      byName.get('user0')?.UserAttributes.name,
      byName.get('user1')?.UserAttributes.name,
      'equal values have equal pseudonyms',
    )
    const sdk = anSdk(t, aws, 'eu-west-1')
    const { UserAttributes = [] } = await sdk.send(
      new cognito.AdminGetUserCommand({ UserPoolId: id, Username: 'user0' }),
    )
    t.equal(
      byName.get('user0')?.Sub,
      UserAttributes.find(({ Name }) => Name === 'sub')?.Value,
      'the sub stays',
    )
    t.match(byName.get('user0')?.Groups, ['staff'])
    t.match(told.join('\n'), /4 users of eu-west-1_People123 have the password .* AWS shows no passwords/)
    t.match(told.join('\n'), /Secrets .* --with-secrets/)

    const kept = await realSeed(asked(aws, id), id, {
      ...reading,
      pseudonyms: pseudonymsBy(Buffer.alloc(32, 1), ['custom:tenant']),
    })
    t.match(kept.Users, [{ UserAttributes: { 'custom:tenant': 'reef' } }])
    const here = await started(t, { UserPools: [seed] })
    const tokens = await here.operations.mintTokens({ pool: 'people', client: 'web', username: 'user0' })
    t.match(tokens, { idToken: /./ })
  },
)

t.test('the policy names the calls that are made, and the pool', async t => {
  t.match(readPolicy(['eu-west-1_A'], { users: false }), {
    Statement: [
      {
        Action: /cognito-idp:DescribeUserPool/,
        Resource: ['arn:aws:cognito-idp:eu-west-1:*:userpool/eu-west-1_A'],
      },
      { Action: ['cognito-idp:DescribeUserPoolDomain'], Resource: '*' },
    ],
  })
  t.notMatch(JSON.stringify(readPolicy(['eu-west-1_A'], { users: false })), /ListUsers/)
  t.match(JSON.stringify(readPolicy(['eu-west-1_A'], { users: true })), /ListUsersInGroup/)
})

t.test('what means the same is no difference', async t => {
  const here = {
    PoolName: 'a',
    Clients: [
      {
        ClientName: 'c',
        AccessTokenValidity: 60,
        TokenValidityUnits: { AccessToken: 'minutes' },
        CallbackURLs: ['https://b', 'https://a'],
      },
    ],
  }
  const there = {
    PoolName: 'a',
    MfaConfiguration: 'OFF',
    Clients: [
      {
        ClientName: 'c',
        ClientId: 'x',
        CallbackURLs: ['https://a', 'https://b'],
        AccessTokenValidity: 1,
        EnableTokenRevocation: true,
      },
    ],
  }
  t.strictSame(differences(here, there), [])
  t.strictSame(differences(here, { ...there, MfaConfiguration: 'ON', Groups: [{ GroupName: 'g' }] }), [
    { path: 'Groups', here: undefined, there: { g: {} } },
    { path: 'MfaConfiguration', here: 'OFF', there: 'ON' },
  ])
  const arn = (place: string) => ({
    PoolName: 'a',
    EmailConfiguration: { SourceArn: `arn:aws:ses:${place}:identity/x` },
  })
  t.strictSame(differences(arn('eu-west-1:123456789012'), arn('us-east-1:000000000000')), [])
})

/** Runs a command without a process of its own. */
async function inProcess(...args: string[]) {
  const invocation = parseInvocation(args, {})
  if (!('options' in invocation)) throw new Error('The command is not understood.')
  const { action, options } = invocation
  const { realPools } = options
  if (realPools === undefined) throw new Error('No pool on AWS is named.')
  const said: string[] = []
  const output = { out: (text: string) => void said.push(text), err: () => {}, style: plain }
  const asked = { ...options, realPools }
  const code = action === 'drift' ? await printDrift(asked, output, {}) : await printRealPools(asked, output)
  return { code, stdout: said.join('') }
}

t.test('on the command line: import, policy and drift, by the SDK of the project', async t => {
  const aws = await started(t, { UserPools: [{ ...poolOfPeople, Users: [] }] })
  const program = join(await bundled(), 'cli/main.cjs')
  process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = aws.baseUrl
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
  const keys = await stockKeys(t.testdir({}))
  const rockpool = async (...args: string[]) => {
    const env = { ...process.env, ROCKPOOL_KEY_STOCK: keys }
    const ran = promisify(execFile)(process.execPath, [program, ...args], { env })
    return ran.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  }
  const imported = await rockpool('import', '--from-aws', poolOfPeople.Id)
  t.match(imported, { code: 0, stdout: /Id: eu-west-1_People123/, stderr: /--with-secrets/ })
  const file = join(keys, 'pools.yaml')
  await writeFile(file, imported.stdout)
  const [policy, alike, nowhere, unnamed] = await Promise.all([
    inProcess('import', '--from-aws', poolOfPeople.Id, '--print-policy'),
    inProcess('drift', poolOfPeople.Id, '--seed', file),
    rockpool('drift', 'eu-west-1_Nowhere1', '--seed', file),
    rockpool('drift'),
  ])
  t.match(JSON.parse(policy.stdout), { Version: '2012-10-17' })
  t.match(alike, { code: 0, stdout: /alike/ })
  t.match(nowhere, { code: 2, stderr: /There is no pool eu-west-1_Nowhere1/ })
  t.match(unnamed, { code: 2, stderr: /needs the id of one pool on AWS/ })
  const sdk = anSdk(t, aws, 'eu-west-1')
  await sdk.send(new cognito.CreateGroupCommand({ UserPoolId: poolOfPeople.Id, GroupName: 'late' }))
  t.match(await rockpool('drift', poolOfPeople.Id, '--seed', file), {
    code: 1,
    stdout: /One difference[\s\S]*Groups\.late\n {2}here: nothing\n {2}AWS: \{/,
  })
})

t.test('sessions, levels and registration of a pool on AWS come along', async t => {
  const Id = 'eu-west-1_Newest001'
  const newest = {
    PoolName: 'newest',
    Id,
    AcrConfiguration: { Level2: { AcrValue: 'silver' } },
    DcrConfiguration: { OpenDcrEnabled: true, AllowedScopes: ['aws.cognito.signin.user.admin'] },
    SessionConfiguration: { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 3 } },
    Clients: [
      {
        ClientName: 'short',
        ClientId: 'short0id',
        SessionConfiguration: { SSOSession: { MaxValidityMinutes: 5 } },
      },
      { ClientName: 'usual', ClientId: 'usual0id' },
    ],
  }
  const aws = await started(t, { UserPools: [newest] })
  const seed = await realSeed(asked(aws, Id), Id, plainly)
  t.match(seed, {
    SessionConfiguration: newest.SessionConfiguration,
    DcrConfiguration: newest.DcrConfiguration,
    AcrConfiguration: newest.AcrConfiguration,
    Clients: [{ SessionConfiguration: { SSOSession: { MaxValidityMinutes: 5 } } }, { ClientId: 'usual0id' }],
  })
  const [, usual] = seed.Clients as object[]
  t.notOk(usual && 'SessionConfiguration' in usual, 'what is as ever is not written')
  const here = await started(t, { UserPools: [seed] })
  t.strictSame(differences(await comparable(here, Id), await comparable(aws, Id)), [])

  await t.test('and a service, or a plan, that knows none of it is read all the same', async t => {
    const older: Ask = async (call, input) => {
      if (!call.includes('Session')) return asked(aws, Id)(call, input)
      throw Object.assign(new Error('unknown'), { name: 'UnknownOperationException' })
    }
    t.notOk('SessionConfiguration' in (await realSeed(older, Id, plainly)))
  })
})
