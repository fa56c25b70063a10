import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import type { ImportOptions } from '../src/config/import/index.js'
import {
  importedFixture,
  importedText,
  importedTexts,
  refusalsOf,
  startedWith,
  warningsOf,
} from './support/imports.js'

/** The facts of docs/facts/infrastructure.md about templates of CloudFormation, SAM, the CDK and the Serverless Framework. */

const members: ImportOptions = {
  stackName: 'members',
  region: 'eu-west-1',
  parameters: { AdminEmail: 'ops@example.com', GroupName: 'operators' },
  set: { 'Site.DomainName': 'app.example.test' },
}
const shortTags = (changed: ImportOptions = {}) =>
  importedFixture('cfn-short-tags.yaml', { ...members, ...changed })

/** A template of one pool with these properties, and further resources. */
const aPool = (properties: string, resources = '') =>
  `Resources:\n  Pool:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      UserPoolName: pool\n${properties.replaceAll(/^(?=.)/gm, '      ')}\n${resources}`

const ids = ({ pools }: ReturnType<typeof shortTags>) => pools.map(({ id, clients }) => [id, clients])

t.test('I1 a template with short tags: its ids stay, and are others under another stack name', async t => {
  const once = shortTags()
  t.strictSame(ids(shortTags()), ids(once))
  t.match(once.seed.UserPools, [{ PoolName: 'members-dev-members', Clients: [{ AccessTokenValidity: 30 }] }])
  const other = shortTags({ stackName: 'others' })
  t.not(other.pools[0]?.id, once.pools[0]?.id)
  t.not(other.pools[0]?.clients.Web, once.pools[0]?.clients.Web)
})

t.test('I2 Ref and GetAtt of the six main types', async t => {
  const of = (id: string, attribute?: string) =>
    attribute === undefined ? `{ Ref: ${id} }` : `{ Fn::GetAtt: [${id}, ${attribute}] }`
  const outputs = [
    ['Pool'],
    ['Pool', 'Arn'],
    ['Pool', 'ProviderName'],
    ['Pool', 'ProviderURL'],
    ['Pool', 'UserPoolId'],
    ['Client'],
    ['Client', 'ClientId'],
    ['Client', 'Name'],
    ['Domain'],
    ['Group'],
    ['Provider'],
    ['Server'],
  ] as const
  const template = aPool(
    '',
    `  Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: !Ref Pool, ClientName: app } }
  Domain: { Type: 'AWS::Cognito::UserPoolDomain', Properties: { UserPoolId: !Ref Pool, Domain: reef-one } }
  Group: { Type: 'AWS::Cognito::UserPoolGroup', Properties: { UserPoolId: !Ref Pool, GroupName: staff } }
  Server: { Type: 'AWS::Cognito::UserPoolResourceServer', Properties: { UserPoolId: !Ref Pool, Identifier: orders, Name: Orders } }
  Provider:
    Type: AWS::Cognito::UserPoolIdentityProvider
    Properties:
      UserPoolId: !Ref Pool
      ProviderName: Corp
      ProviderType: OIDC
      ProviderDetails: { client_id: a, client_secret: b, oidc_issuer: 'https://idp.example', authorize_scopes: openid, attributes_request_method: GET }
Outputs:
${outputs.map(([id, attribute]) => `  ${id}${attribute ?? ''}: { Value: ${of(id, attribute)} }`).join('\n')}
`,
  )
  const imported = importedText(template, { region: 'eu-west-1' })
  const [pool] = imported.pools
  const issuer = `\${pools.${pool?.id}.issuer}`
  t.strictSame(imported.outputs, {
    Pool: pool?.id,
    PoolArn: `arn:aws:cognito-idp:eu-west-1:000000000000:userpool/${pool?.id}`,
    PoolProviderName: `cognito-idp.eu-west-1.amazonaws.com/${pool?.id}`,
    PoolProviderURL: issuer,
    PoolUserPoolId: pool?.id,
    Client: pool?.clients.Client,
    ClientClientId: pool?.clients.Client,
    ClientName: 'app',
    Domain: 'reef-one',
    Group: 'staff',
    Provider: 'Corp',
    Server: 'orders',
  })
})

t.test('what a bare pool, and one with a few properties, reads back', async t => {
  const described = async (properties: string) =>
    (await startedWith(t, importedText(aPool(properties)))).pool()
  const attribute = (pool: cognito.UserPoolType | undefined, name: string) =>
    pool?.SchemaAttributes?.find(({ Name }) => Name === name)
  const declared = await described(
    'Schema: [{ Name: email, Required: true }, { Name: plan, AttributeDataType: String }]\nPolicies: { PasswordPolicy: { MinimumLength: "10" } }\nAliasAttributes: [preferred_username, email]',
  )
  t.match(
    ['email', 'custom:plan', 'name'].map(name => attribute(declared, name)?.Mutable),
    [false, false, true],
    'I3 what is declared without Mutable is immutable, what is not declared is mutable',
  )
  t.strictSame(
    declared?.Policies?.PasswordPolicy,
    {
      MinimumLength: 10,
      RequireUppercase: false,
      RequireLowercase: false,
      RequireNumbers: false,
      RequireSymbols: false,
      TemporaryPasswordValidityDays: 7,
    },
    'I4 a password policy of a length alone',
  )
  const bare = await described('')
  t.strictSame(
    bare?.Policies?.PasswordPolicy,
    {
      MinimumLength: 8,
      RequireUppercase: true,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    },
    'I5 no policies at all',
  )
  t.strictSame(
    declared?.AliasAttributes,
    ['preferred_username', 'email'],
    'I7 alias lists stay as they were given',
  )
  t.match(
    [bare?.SchemaAttributes?.length, attribute(bare, 'identities'), bare?.AccountRecoverySetting],
    [
      21,
      { AttributeDataType: 'String', Mutable: true, StringAttributeConstraints: {} },
      {
        RecoveryMechanisms: [
          { Name: 'verified_email', Priority: 1 },
          { Name: 'verified_phone_number', Priority: 2 },
        ],
      },
    ],
    'I36 a fresh pool has 21 attributes, and recovers by mail first',
  )
})

t.test('I6 texts become booleans and numbers, and booleans of providers texts', async t => {
  const { pool, client } = await startedWith(t, shortTags())
  t.equal((await pool())?.AdminCreateUserConfig?.AllowAdminCreateUserOnly, true)
  t.equal((await client('Web'))?.AccessTokenValidity, 30)
  const federated = importedFixture('cfn-federation.yaml', { stackName: 'acme' }).seed.UserPools[1]
  t.match(federated, {
    IdentityProviders: [{}, { ProviderDetails: { IDPSignout: 'true', EncryptedResponses: 'false' } }],
  })
})

t.test('I7 the lists of a client come back sorted', async t => {
  const { client } = await startedWith(
    t,
    shortTags({ parameters: { ...members.parameters, WithPostman: 'true' } }),
  )
  const { AllowedOAuthFlows, AllowedOAuthScopes, CallbackURLs } = (await client('Web')) ?? {}
  for (const list of [AllowedOAuthFlows, AllowedOAuthScopes, CallbackURLs])
    t.strictSame(list, list?.toSorted())
  t.ok((CallbackURLs?.length ?? 0) > 3)
})

t.test(
  'I8 parameters without a value: all errors at once, also where a condition alone needs one',
  async t => {
    const refusals = refusalsOf(() => shortTags({ parameters: {}, set: {} }))
    t.match(refusals, [/AdminEmail has no value.*--parameter AdminEmail=/, /--set Site\.DomainName=/])
    t.equal(refusals.length, 2)
  },
)

t.test('I9 an attribute that is not there is named with where it is used', async t =>
  t.match(
    refusalsOf(() => shortTags({ set: {} })),
    [/:\d+ Web\.CallbackURLs\[3\]: .*--set Site\.DomainName=/],
  ),
)

t.test('I11 a secret by a dynamic reference is a warning and a placeholder, until it is given', async t => {
  const federation = (secrets = {}) => importedFixture('cfn-federation.yaml', { stackName: 'acme', secrets })
  const secretIn = (imported: ReturnType<typeof federation>) => JSON.stringify(imported.seed)
  t.match(
    warningsOf(federation()).join('\n'),
    /client_secret of the provider Google has no value; a placeholder/,
  )
  t.match(secretIn(federation()), /"client_secret":"not-given-client-secret"/)
  const given = federation({ 'acme/google:SecretString:client_secret': 's3' })
  t.match(secretIn(given), /"client_secret":"s3"/)
  t.notMatch(warningsOf(given).join('\n'), /Google has no value/)
})

t.test(
  'I12 AWS::NoValue drops what it stands for, and the branch that is not taken is not evaluated',
  async t => {
    const template = `Conditions: { No: !Equals [a, b] }\n${aPool(
      'UserPoolTier: !If [No, PLUS, !Ref AWS::NoValue]\nAutoVerifiedAttributes: [email, !If [No, phone_number, !Ref AWS::NoValue]]\nEmailVerificationSubject: !If [No, !Select [1, !Split ["/", ""]], Welcome]',
    )}`
    const [pool] = importedText(template).seed.UserPools
    t.match(pool, { AutoVerifiedAttributes: ['email'], EmailVerificationSubject: 'Welcome' })
    t.notOk('UserPoolTier' in (pool ?? {}))
  },
)

t.test('I13 a name that is cut out of the stack id', async t => {
  const domain = (name: string) => shortTags({ stackName: name }).seed.UserPools[0]?.Domain
  t.match(domain('members'), /^members-[0-9a-f]{12}$/)
  t.equal(domain('members'), domain('members'))
  t.not(domain('members'), domain('others'))
})

t.test('I14 of a property that is given twice the last counts, with a warning', async t => {
  const imported = shortTags()
  t.match(warningsOf(imported).join('\n'), /:\d+ .*MfaConfiguration.*twice/)
  t.match(imported.seed.UserPools, [{ MfaConfiguration: 'OFF' }])
})

t.test('I15 OFF, ON and dates stay texts without quotes', async t => {
  const mode = (text: string) =>
    importedText(
      `AWSTemplateFormatVersion: 2010-09-09\n${aPool(`MfaConfiguration: ${text}\nEmailVerificationSubject: 2010-09-09\nEnabledMfas: [SOFTWARE_TOKEN_MFA]`)}`,
    ).seed.UserPools[0]
  t.match(mode('OFF'), { MfaConfiguration: 'OFF', EmailVerificationSubject: '2010-09-09' })
  t.match(mode('ON'), { MfaConfiguration: 'ON' })
})

t.test('I16 EnabledMfas is seen in the configuration of second factors alone', async t => {
  const { sdk, UserPoolId, pool } = await startedWith(
    t,
    importedText(aPool('MfaConfiguration: OPTIONAL\nEnabledMfas: [SOFTWARE_TOKEN_MFA]')),
  )
  t.match(await sdk.send(new cognito.GetUserPoolMfaConfigCommand({ UserPoolId })), {
    MfaConfiguration: 'OPTIONAL',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  })
  t.notOk('EnabledMfas' in ((await pool()) ?? {}))
})

t.test('I17 GenerateSecret gives a secret that stays, and that outputs have', async t => {
  const imported = importedFixture('cfn-federation.yaml', { stackName: 'acme' })
  const again = importedFixture('cfn-federation.yaml', { stackName: 'acme' })
  t.match(imported.outputs.NightlySecret, /^[0-9a-z]{51}$/)
  t.equal(again.outputs.NightlySecret, imported.outputs.NightlySecret)
  t.match(imported.seed.UserPools[1], {
    Clients: [{}, { ClientName: 'nightly', ClientSecret: imported.outputs.NightlySecret }],
  })
})

t.test('I18 a user of a template has a temporary password, and is in the group', async t => {
  const { sdk, UserPoolId } = await startedWith(t, shortTags())
  const user = { UserPoolId, Username: 'ops@example.com' }
  t.match(await sdk.send(new cognito.AdminGetUserCommand(user)), { UserStatus: 'FORCE_CHANGE_PASSWORD' })
  t.match(await sdk.send(new cognito.AdminListGroupsForUserCommand(user)), {
    Groups: [{ GroupName: 'operators' }],
  })
})

const sam = () => importedFixture('sam-triggers.yaml', { stackName: 'sam-app' })

t.test('I19 events of SAM functions set triggers, a list several; Globals are merged in', async t => {
  const triggers = new Map(sam().pools[0]?.triggers.map(trigger => [trigger.name, trigger]))
  t.match(triggers.get('PreSignUp'), {
    function: 'Gate',
    runtime: 'nodejs20.x',
    environment: { LEVEL: 'info', TABLE: 'members' },
  })
  for (const name of ['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse'])
    t.match(
      triggers.get(name),
      { function: 'Challenge', environment: { LEVEL: 'debug', TABLE: 'members' } },
      name,
    )
})

t.test(
  'I20 inline code can run; Python cannot, with the remedy; a missing permission is a warning',
  async t => {
    const imported = sam()
    const trigger = (name: string) => imported.pools[0]?.triggers.find(one => one.name === name)
    t.match(trigger('PostConfirmation'), { inline: /exports\.handler/, runs: true, permitted: false })
    t.match(trigger('CustomEmailSender'), { runs: false, runtime: 'python3.13' })
    const warnings = warningsOf(imported).join('\n')
    t.match(
      warnings,
      /CustomEmailSender is the function Mailer, which Rockpool cannot run by itself \(python3\.13\)\. .*--lambda-endpoint/,
    )
    t.match(warnings, /No permission of the stack lets Cognito call Welcome .*AWS::Lambda::Permission/)
  },
)

t.test('I21 a variable of a trigger without a value is left out, with a warning', async t => {
  const imported = sam()
  const challenge = imported.pools[0]?.triggers.find(({ function: name }) => name === 'Challenge')
  t.match(challenge?.environment, { POOL: 'sam-users' })
  t.notOk('FROM' in (challenge?.environment ?? {}))
  t.match(
    warningsOf(imported).join('\n'),
    /Challenge is started without the variable FROM.*SenderAddress has no value/,
  )
})

t.test(
  'I22 both stacks of a CDK assembly: the client of one in the pool of the other, an asset as the trigger',
  async t => {
    const imported = importedFixture('cdk-assembly')
    t.equal(imported.pools.length, 1)
    const [pool] = imported.pools
    t.strictSame(
      Object.values(pool?.clients ?? {}).length,
      ((imported.seed.UserPools[0]?.Clients ?? []) as unknown[]).length,
    )
    t.match(
      pool?.triggers.find(({ name }) => name === 'PreTokenGeneration'),
      { code: /^cdk-assembly\/asset\./, runs: true },
    )
  },
)

t.test('I23 the custom resource that describes a client answers its secret', async t => {
  const imported = importedFixture('cdk-assembly')
  const clients = imported.seed.UserPools[0]?.Clients as { ClientSecret?: string }[]
  const secrets = clients.flatMap(({ ClientSecret }) => ClientSecret ?? [])
  t.ok(secrets.includes(String(imported.outputs['test-identity.JobsClientSecret'])))
})

t.test(
  'I25 of Serverless: one pool of event and resource; the version stays; existing is a warning',
  async t => {
    const imported = importedFixture('serverless.yaml', { stage: 'dev' })
    t.match(imported.pools, [
      { key: 'CognitoUserPoolPeopledev', seed: { PoolName: 'people-dev', UsernameAttributes: ['email'] } },
    ])
    t.equal(imported.pools.length, 1)
    t.match(
      imported.pools[0]?.triggers.find(({ name }) => name === 'PreTokenGeneration'),
      { version: 'V2_0', function: 'tokens' },
    )
    t.match(warningsOf(imported).join('\n'), /audit.*legacy-people.*existing: true/)
  },
)

t.test('I39 a provider or scope that is written literally is pointed out', async t => {
  t.match(
    warningsOf(importedFixture('cfn-federation.yaml', { stackName: 'acme' })).join('\n'),
    /Portal\.SupportedIdentityProviders: .*names Google without a reference.*!Ref Google.*DependsOn/,
  )
  const scoped = aPool(
    '',
    `  Server: { Type: 'AWS::Cognito::UserPoolResourceServer', Properties: { UserPoolId: !Ref Pool, Identifier: orders, Name: Orders, Scopes: [{ ScopeName: read, ScopeDescription: Read }] } }
  App: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: !Ref Pool, AllowedOAuthScopes: [orders/read], AllowedOAuthFlows: [client_credentials], AllowedOAuthFlowsUserPoolClient: true, GenerateSecret: true } }`,
  )
  t.match(
    warningsOf(importedText(scoped)).join('\n'),
    /App\.AllowedOAuthScopes: .*names orders\/read.*DependsOn: Server/,
  )
  t.notMatch(
    warningsOf(
      importedText(scoped.replace("UserPoolClient', ", "UserPoolClient', DependsOn: Server, ")),
    ).join('\n'),
    /orders\/read/,
  )
})

t.test('loops of the language extensions are written out, in keys and values, one in another', async t => {
  const template = `Transform: AWS::LanguageExtensions
Parameters: { Stages: { Type: CommaDelimitedList, Default: 'dev, prod-eu' } }
Resources:
  Pool: { Type: 'AWS::Cognito::UserPool', Properties: { UserPoolName: reef } }
  Fn::ForEach::Clients:
    - Stage
    - !Ref Stages
    - "Web&{Stage}":
        Type: AWS::Cognito::UserPoolClient
        Properties:
          UserPoolId: !Ref Pool
          ClientName: !Sub "web-\${Stage}"
          CallbackURLs: [!Join ['', ['https://', !Ref Stage, '.example/']]]
      Fn::ForEach::Groups:
        - Role
        - [admin, guest]
        - "Group&{Stage}\${Role}":
            Type: AWS::Cognito::UserPoolGroup
            Properties: { UserPoolId: !Ref Pool, GroupName: "\${Stage}-\${Role}" }
`
  t.match(importedText(template).seed.UserPools, [
    {
      Clients: [
        { ClientName: 'web-dev', CallbackURLs: ['https://dev.example/'] },
        { ClientName: 'web-prod-eu', CallbackURLs: ['https://prod-eu.example/'] },
      ],
      Groups: [
        { GroupName: 'dev-admin' },
        { GroupName: 'dev-guest' },
        { GroupName: 'prod-eu-admin' },
        { GroupName: 'prod-eu-guest' },
      ],
    },
  ])
  t.match(
    refusalsOf(() => importedText(template.replace("Default: 'dev, prod-eu'", ''))),
    [/Stages has no value\. Give --parameter Stages=/],
  )
})

t.test('what is no resource of Cognito is passed over, and counted', async t => {
  t.equal(shortTags().passedOver, 1)
  t.ok(importedFixture('terraform-state.json').passedOver > 1)
})

t.test('what stands beside a template is found, and a part of it that is missing is said', async t => {
  const parent = `Resources:
  Identity:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: identity.yaml, Parameters: { Name: reef } }
Outputs: { Pool: { Value: !GetAtt Identity.Outputs.Pool } }
`
  const child = `Parameters: { Name: { Type: String } }
Resources: { Users: { Type: 'AWS::Cognito::UserPool', Properties: { UserPoolName: !Ref Name } } }
Outputs: { Pool: { Value: !Ref Users } }
`
  const imported = importedTexts({ 'parent.yaml': parent, 'identity.yaml': child })
  t.match(imported.seed.UserPools, [{ PoolName: 'reef' }])
  t.equal(imported.outputs.Pool, imported.pools[0]?.id)
  t.match(
    refusalsOf(() => importedTexts({ 'parent.yaml': parent })),
    [/no user pool/],
  )
})
