import t from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { printConfiguration } from '../src/cli/start.js'
import { styleFor } from '../src/cli/style.js'
import { importInfrastructure } from '../src/config/import/index.js'
import { startRockpool } from '../src/testing/fixture.js'
import { fixtures, importedFixture, refusalsOf, startedWith, warningsOf } from './support/imports.js'
import { shareKeys } from './support/keys.js'

await shareKeys()

t.test(
  'I38 Amplify Gen 1: domain, providers and second factors from its own functions, with the name of the environment',
  async t => {
    const imported = importedFixture('amplify-gen1')
    t.match(imported.seed.UserPools, [
      {
        PoolName: 'shop_userpool-dev',
        Domain: 'shop-3f2a9c1d-dev',
        MfaConfiguration: 'OPTIONAL',
        SoftwareTokenMfaConfiguration: { Enabled: true },
        Policies: { PasswordPolicy: { MinimumLength: 10 } },
        UsernameAttributes: ['email'],
        IdentityProviders: [
          {
            ProviderName: 'Google',
            ProviderDetails: { authorize_scopes: 'openid email profile', client_id: 'not-given-client-id' },
            AttributeMapping: { email: 'email', username: 'sub' },
          },
        ],
        Clients: [{ ClientName: 'shop_app_clientWeb' }, { ClientName: 'shop_app_client' }],
      },
    ])
    t.match(
      warningsOf(imported).join('\n'),
      /client_id of the provider Google has no value.*--set Google\.client_id=/,
    )
    t.match(imported.pools[0]?.triggers, [
      { name: 'PreSignUp', function: 'shopPreSignup', runs: true, permitted: true },
    ])
    const { pool } = await startedWith(t, imported)
    t.match(await pool(), { Name: 'shop_userpool-dev', Domain: 'shop-3f2a9c1d-dev' })

    const other = (env: string, set = {}) =>
      importedFixture('amplify-gen1', { parameters: { env }, set }).seed.UserPools[0]
    t.match(other('NONE'), { PoolName: 'shop_userpool', Domain: 'shop-3f2a9c1d' })
    t.match(other('prod', { 'Google.client_id': 'g', 'Google.client_secret': 's' }), {
      Domain: 'shop-3f2a9c1d-prod',
      IdentityProviders: [{ ProviderDetails: { client_id: 'g', client_secret: 's' } }],
    })
    const own = importInfrastructure([`${fixtures}amplify-gen1/amplify/backend/auth/shop`])
    t.match(own.seed.UserPools, [{ PoolName: 'shop_userpool-dev' }], 'the folder of the resource will do')
    t.match(
      refusalsOf(() => importInfrastructure([`${fixtures}amplify-gen1/amplify/.config`])),
      [/neither a CDK assembly nor an Amplify project/],
    )
  },
)

t.test('the functions of an Amplify project run', async t => {
  const rockpool = await startRockpool({ keys: 'recycled', from: `${fixtures}amplify-gen1` })
  t.teardown(() => rockpool.close())
  const answer = await fetch(rockpool.baseUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.SignUp',
    },
    body: JSON.stringify({
      ClientId: rockpool.client('shop_userpool-dev', 'shop_app_clientWeb').id,
      Username: 'ada@reef.example',
      Password: 'Anchor-7-Harbour',
    }),
  })
  t.match(await answer.json(), { UserConfirmed: true })
})

t.test('I24 Amplify Gen 2: nested stacks, secrets by name, and an amplify_outputs.json for here', async t => {
  const secrets = { GOOGLE_ID: 'g-id', GOOGLE_SECRET: 'g-secret' }
  const imported = importedFixture('amplify-gen2', { region: 'us-east-1', secrets })
  t.match(imported.seed.UserPools[0], {
    IdentityProviders: [
      { ProviderName: 'Google', ProviderDetails: { client_id: 'g-id', client_secret: 'g-secret' } },
    ],
    Groups: [{ GroupName: 'admins' }, { GroupName: 'editors' }],
  })
  t.equal(imported.outputs.userPoolId, imported.pools[0]?.id)
  const [client] = Object.values(imported.pools[0]?.clients ?? {})
  t.equal(imported.outputs.webClientId, client)
  const args = [
    'env',
    '--from',
    `${fixtures}amplify-gen2`,
    '--format',
    'amplify-outputs',
    '--region',
    'us-east-1',
  ]
  const invocation = parseInvocation(
    [...args, '--secret', 'GOOGLE_ID=g-id', '--secret', 'GOOGLE_SECRET=g-secret'],
    {},
  )
  if (invocation.action !== 'env') throw new Error('The command is not understood.')
  const out: string[] = []
  await printConfiguration(
    invocation.options,
    { out: text => void out.push(text), err: () => {}, style: styleFor(false, undefined) },
    {},
  )
  t.match(JSON.parse(out.join('')), {
    auth: { user_pool_id: imported.pools[0]?.id, user_pool_client_id: client, aws_region: 'us-east-1' },
  })
})

t.test('I10 two pools of a template federate here: nothing is asked outside', async t => {
  const outside: string[] = []
  const rockpool = await startRockpool({
    keys: 'recycled',
    from: { paths: [`${fixtures}cfn-federation.yaml`], stackName: 'acme' },
    log: line => outside.push(line),
  })
  t.teardown(() => rockpool.close())
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
  t.match(tokens, { idToken: /./ })
  const asked = rockpool
    .flights()
    .flatMap(({ id }) => JSON.stringify(rockpool.flight(id)).match(/https?:\/\/[\w.-]+/g) ?? [])
  t.strictSame(
    asked.filter(address => /amazon(aws|cognito)/.test(address)),
    [],
    'no address of AWS is among those of the sign-in',
  )
})
