import { readFileSync } from 'node:fs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { JsonMap } from '../src/config/import/source.js'
import { anSdk } from './support/api.js'
import { fixtures, importedFixture, importedText, refusalsOf, startedWith } from './support/imports.js'
import { aClock, aRockpool } from './support/rockpool.js'

/**
 * Terraform in both directions: its states and plans become pools, and what its provider for AWS makes through the endpoint
 * reads back as it was sent. The provider itself is not run: its calls are replayed, in the order of its source
 * (`internal/service/cognitoidp`), and its plan is empty where every argument that was set reads back equal and no other shows.
 */

t.test(
  'I26 a state keeps ids, secrets and subs; what is empty is absent; custom attributes have their prefix',
  async t => {
    const imported = importedFixture('terraform-state.json')
    const { pool, sdk, UserPoolId } = await startedWith(t, imported)
    t.equal(UserPoolId, 'eu-west-1_Tf0State1')
    const state = readFileSync(`${fixtures}terraform-state.json`, 'utf8')
    const clients = imported.seed.UserPools[0]?.Clients as { ClientId: string; ClientSecret?: string }[]
    for (const { ClientId, ClientSecret } of clients) {
      t.match(state, `"id": "${ClientId}"`)
      const shown = await sdk.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))
      t.equal(shown.UserPoolClient?.ClientSecret, ClientSecret)
    }
    t.ok(clients.some(({ ClientSecret }) => ClientSecret !== undefined))
    const [user] = (imported.seed.UserPools[0]?.Users ?? []) as { Sub: string; UserAttributes: object }[]
    t.match(state, `"sub": "${user?.Sub}"`)
    t.match(Object.keys(user?.UserAttributes ?? {}).join(), /custom:/)
    const shown = (await pool()) ?? {}
    for (const name of [
      'AliasAttributes',
      'DeviceConfiguration',
      'SmsConfiguration',
      'EmailVerificationSubject',
    ])
      if (!new RegExp(`"${name}"`).test(state)) t.not(Reflect.get(shown, name), '')
    t.notOk('AliasAttributes' in shown, 'an empty list is absent')
  },
)

t.test(
  'I27 in a plan clients find their pool, and providers their details, through references and modules',
  async t => {
    const { pools } = importedFixture('terraform-plan.json')
    const customers = pools.find(({ key }) => key.startsWith('module.customers'))
    const staff = pools.find(({ key }) => key === 'aws_cognito_user_pool.staff')
    t.ok(Object.keys(staff?.clients ?? {}).length > 0)
    t.match(customers?.seed.IdentityProviders, [
      {
        ProviderDetails: {
          client_id: Object.values(staff?.clients ?? {})[0],
          client_secret: /^\w{51}$/,
          oidc_issuer: new RegExp(`/${staff?.id}$`),
        },
      },
    ])
  },
)

t.test('I28 a raw state of version 4 gives the same as terraform show -json', async t => {
  const shown = JSON.parse(readFileSync(`${fixtures}terraform-state.json`, 'utf8')) as {
    values: { root_module: Module }
  }
  const raw = JSON.stringify({ version: 4, resources: rawResources(shown.values.root_module), outputs: {} })
  t.strictSame(importedText(raw, {}, 'terraform.tfstate').seed, importedFixture('terraform-state.json').seed)
})

interface Module {
  readonly address?: string
  readonly resources?: readonly {
    mode: string
    type: string
    name: string
    index?: string | number
    values: object
  }[]
  readonly child_modules?: readonly Module[]
}

/** As `terraform state pull` lists what `terraform show -json` nests. */
const rawResources = ({ address, resources = [], child_modules = [] }: Module): object[] => [
  ...resources.map(({ mode, type, name, index, values }) => ({
    ...(address === undefined ? {} : { module: address }),
    mode,
    type,
    name,
    instances: [{ ...(index === undefined ? {} : { index_key: index }), attributes: values }],
  })),
  ...child_modules.flatMap(rawResources),
]

t.test('I29 encrypted state, and HCL, are refused with the command to run', async t => {
  const refused = (text: string, file: string) => refusalsOf(() => importedText(text, {}, file)).join()
  t.match(refused('{"encrypted_data":"x","encryption_version":"v0"}', 'tofu.tfstate'), /tofu show -json/)
  t.match(
    refused('resource "aws_cognito_user_pool" "a" {\n  name = "a"\n}\n', 'main.tf'),
    /terraform show -json/,
  )
})

/** One resource as the provider handles it. */
interface Handled {
  readonly resource: string
  /** What it calls to make it; the first input has the arguments. */
  readonly create: readonly Call[]
  /** What it calls to read it. Members of all answers, taken together, are its state. */
  readonly read: readonly Call[]
  /** What it calls when it is applied again with the same arguments, if anything. */
  readonly update?: readonly Call[]
  /** What it compares: what was sent, unless its state has other names. */
  readonly sent?: object
  /** What shows as a difference when nobody set it. */
  readonly absent?: readonly string[]
}

type Call = readonly [operation: string, input: JsonMap]

t.test(
  'I30 created, and planned again: no changes, for each resource with what is required alone',
  async t => {
    const { sdk, call, baseUrl } = await anAccount(t)
    const upstream = await aPool(sdk)
    await call('CreateUserPoolDomain', { UserPoolId: upstream, Domain: 'upstream' })
    const issuer = `${baseUrl}/${upstream}`
    const UserPoolId = await aPool(sdk)
    const own = { UserPoolId }
    const client = await sdk.send(new cognito.CreateUserPoolClientCommand({ ...own, ClientName: 'app' }))
    const ClientId = client.UserPoolClient?.ClientId ?? ''
    const provider = {
      ...own,
      ProviderName: 'Corp',
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: 'a',
        client_secret: 'b',
        oidc_issuer: issuer,
        authorize_scopes: 'openid',
        attributes_request_method: 'GET',
      },
    }
    const server = { ...own, Identifier: 'orders', Name: 'Orders' }
    const user = { ...own, Username: 'marco' }
    const least: Handled[] = [
      {
        resource: 'aws_cognito_user_pool',
        create: [],
        sent: { Name: 'terraformed' },
        read: [
          ['DescribeUserPool', own],
          ['GetUserPoolMfaConfig', own],
        ],
        update: [['UpdateUserPool', { ...own, PoolName: 'terraformed' }]],
        absent: [
          'DeviceConfiguration',
          'UserPoolAddOns',
          'SoftwareTokenMfaConfiguration',
          'WebAuthnConfiguration',
          'SmsAuthenticationMessage',
          'UsernameConfiguration',
          'SmsConfiguration',
          'AliasAttributes',
          'UsernameAttributes',
        ],
      },
      {
        resource: 'aws_cognito_user_pool_client',
        create: [],
        sent: {
          ClientName: 'app',
          EnableTokenRevocation: true,
          AuthSessionValidity: 3,
          RefreshTokenValidity: 30,
          EnablePropagateAdditionalUserContextData: false,
        },
        read: [['DescribeUserPoolClient', { ...own, ClientId }]],
        update: [
          [
            'UpdateUserPoolClient',
            {
              ...own,
              ClientId,
              ClientName: 'app',
              EnableTokenRevocation: true,
              AuthSessionValidity: 3,
              RefreshTokenValidity: 30,
            },
          ],
        ],
        absent: [
          'CallbackURLs',
          'LogoutURLs',
          'AllowedOAuthFlows',
          'AllowedOAuthScopes',
          'ReadAttributes',
          'WriteAttributes',
          'DefaultRedirectURI',
          'AnalyticsConfiguration',
          'IdTokenValidity',
          'AccessTokenValidity',
        ],
      },
      {
        resource: 'aws_cognito_user_pool_domain',
        create: [['CreateUserPoolDomain', { ...own, Domain: 'terraformed' }]],
        read: [['DescribeUserPoolDomain', { Domain: 'terraformed' }]],
      },
      {
        resource: 'aws_cognito_identity_provider',
        create: [['CreateIdentityProvider', provider]],
        read: [['DescribeIdentityProvider', { ...own, ProviderName: 'Corp' }]],
        update: [
          [
            'UpdateIdentityProvider',
            { ...own, ProviderName: 'Corp', ProviderDetails: provider.ProviderDetails },
          ],
        ],
      },
      {
        resource: 'aws_cognito_resource_server',
        create: [['CreateResourceServer', server]],
        read: [['DescribeResourceServer', { ...own, Identifier: 'orders' }]],
        update: [['UpdateResourceServer', server]],
      },
      {
        resource: 'aws_cognito_user_group',
        create: [['CreateGroup', { ...own, GroupName: 'staff' }]],
        read: [['GetGroup', { ...own, GroupName: 'staff' }]],
        update: [['UpdateGroup', { ...own, GroupName: 'staff' }]],
        absent: ['RoleArn', 'Description', 'Precedence'],
      },
      {
        resource: 'aws_cognito_user',
        create: [['AdminCreateUser', user]],
        read: [['AdminGetUser', user]],
        sent: { Username: 'marco', Enabled: true, UserStatus: 'FORCE_CHANGE_PASSWORD' },
        absent: ['PreferredMfaSetting', 'MFAOptions'],
      },
      {
        resource: 'aws_cognito_user_in_group',
        create: [['AdminAddUserToGroup', { ...user, GroupName: 'staff' }]],
        read: [['AdminListGroupsForUser', user]],
        sent: { Groups: [{ GroupName: 'staff' }] },
      },
    ]
    for (const handled of least) await converges(t, call, handled)
  },
)

t.test('with every argument that the provider has, the second plan is empty too', async t => {
  const { sdk, call } = await anAccount(t)
  const settings = {
    AutoVerifiedAttributes: ['email'],
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: false,
        RequireUppercase: true,
        TemporaryPasswordValidityDays: 3,
        PasswordHistorySize: 5,
      },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] },
    },
    DeletionProtection: 'INACTIVE',
    VerificationMessageTemplate: {
      DefaultEmailOption: 'CONFIRM_WITH_CODE',
      EmailMessage: 'Your code is {####}',
      EmailSubject: 'Code',
    },
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', ReplyToEmailAddress: 'reply@reef.example' },
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: true,
      InviteMessageTemplate: {
        EmailMessage: '{username} {####}',
        EmailSubject: 'Welcome',
        SMSMessage: '{username} {####}',
      },
    },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    UserPoolAddOns: { AdvancedSecurityMode: 'OFF' },
    UserPoolTags: { team: 'identity' },
    UserPoolTier: 'ESSENTIALS',
  }
  const created = await call('CreateUserPool', {
    PoolName: 'whole',
    UsernameAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
    Schema: [
      {
        Name: 'tenant',
        AttributeDataType: 'String',
        Mutable: true,
        StringAttributeConstraints: { MinLength: '1', MaxLength: '32' },
      },
      { Name: 'seats', AttributeDataType: 'Number', Mutable: true },
      { Name: 'since', AttributeDataType: 'DateTime', Mutable: true },
    ],
    ...settings,
  } as JsonMap)
  const { Id: UserPoolId } = created.UserPool as { Id: string }
  const own = { UserPoolId }
  const mfa = { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } }
  const pool = { UserPoolId, PoolName: 'whole', MfaConfiguration: 'OPTIONAL', ...settings } as JsonMap
  const schema = async () =>
    ((await call('DescribeUserPool', own)).UserPool as cognito.UserPoolType).SchemaAttributes?.filter(
      ({ Name }) => Name?.startsWith('custom:'),
    )
  const server = {
    ...own,
    Identifier: 'https://api.example',
    Name: 'Api',
    Scopes: ['write', 'read', 'admin'].map(name => ({ ScopeName: name, ScopeDescription: name })),
  }
  const client = {
    ...own,
    ClientName: 'whole',
    AllowedOAuthFlows: ['implicit', 'code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['openid', 'email', 'https://api.example/read'],
    CallbackURLs: ['https://b.example/cb', 'https://a.example/cb'],
    DefaultRedirectURI: 'https://a.example/cb',
    LogoutURLs: ['https://b.example/', 'https://a.example/'],
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    SupportedIdentityProviders: ['COGNITO'],
    ReadAttributes: ['name', 'email'],
    WriteAttributes: ['name', 'email'],
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: 5,
    AccessTokenValidity: 30,
    IdTokenValidity: 30,
    RefreshTokenValidity: 10,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
  }
  const group = {
    ...own,
    GroupName: 'staff',
    Description: 'Staff',
    Precedence: 0,
    RoleArn: 'arn:aws:iam::123456789012:role/staff',
  }
  const branding = '.banner-customizable { padding: 25px; }'
  const user = { ...own, Username: 'ada@reef.example' }
  const handled: Handled[] = [
    {
      resource: 'aws_cognito_user_pool',
      create: [['SetUserPoolMfaConfig', { ...own, ...mfa }]],
      sent: {
        ...settings,
        ...mfa,
        UsernameAttributes: ['email'],
        UsernameConfiguration: { CaseSensitive: false },
      },
      read: [
        ['DescribeUserPool', own],
        ['GetUserPoolMfaConfig', own],
      ],
      update: [
        ['SetUserPoolMfaConfig', { ...own, ...mfa }],
        ['UpdateUserPool', pool],
      ],
      absent: ['WebAuthnConfiguration', 'SmsAuthenticationMessage'],
    },
    {
      resource: 'aws_cognito_resource_server',
      create: [['CreateResourceServer', server]],
      read: [['DescribeResourceServer', { ...own, Identifier: server.Identifier }]],
      update: [['UpdateResourceServer', server]],
      sent: {
        Identifier: server.Identifier,
        Scopes: server.Scopes.toReversed().toSorted((one, other) =>
          one.ScopeName < other.ScopeName ? -1 : 1,
        ),
      },
    },
    {
      resource: 'aws_cognito_user_pool_domain',
      create: [['CreateUserPoolDomain', { ...own, Domain: 'whole-domain', ManagedLoginVersion: 1 }]],
      read: [['DescribeUserPoolDomain', { Domain: 'whole-domain' }]],
      update: [['UpdateUserPoolDomain', { ...own, Domain: 'whole-domain', ManagedLoginVersion: 1 }]],
    },
    {
      resource: 'aws_cognito_user_group',
      create: [['CreateGroup', group]],
      read: [['GetGroup', { ...own, GroupName: 'staff' }]],
      update: [['UpdateGroup', group]],
    },
    {
      resource: 'aws_cognito_user_pool_ui_customization',
      create: [['SetUICustomization', { ...own, ClientId: 'ALL', CSS: branding }]],
      read: [['GetUICustomization', { ...own, ClientId: 'ALL' }]],
      update: [['SetUICustomization', { ...own, ClientId: 'ALL', CSS: branding }]],
    },
    {
      resource: 'aws_cognito_log_delivery_configuration',
      create: [
        [
          'SetLogDeliveryConfiguration',
          {
            ...own,
            LogConfigurations: [
              {
                EventSource: 'userNotification',
                LogLevel: 'ERROR',
                CloudWatchLogsConfiguration: {
                  LogGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:a',
                },
              },
            ],
          },
        ],
      ],
      read: [['GetLogDeliveryConfiguration', own]],
    },
    {
      resource: 'aws_cognito_user',
      create: [
        [
          'AdminCreateUser',
          {
            ...user,
            UserAttributes: [
              { Name: 'email', Value: 'ada@reef.example' },
              { Name: 'email_verified', Value: 'true' },
              { Name: 'custom:tenant', Value: 'reef' },
            ],
          },
        ],
        ['AdminSetUserPassword', { ...user, Password: 'Anchor-7-Harbour', Permanent: true }],
      ],
      read: [['AdminGetUser', user]],
      sent: { Enabled: true, UserStatus: 'CONFIRMED' },
      absent: ['PreferredMfaSetting'],
    },
  ]
  for (const each of handled) await converges(t, call, each)
  await convergesForClient(t, call, own)
  const seats = (await schema())?.find(({ Name }) => Name === 'custom:seats')
  t.notOk(seats?.NumberAttributeConstraints?.MinValue, 'a number without limits gains none')
  const attributes = (await call('AdminGetUser', user)).UserAttributes as cognito.AttributeType[]
  t.strictSame(
    attributes.map(({ Name }) => Name).toSorted(),
    ['custom:tenant', 'email', 'email_verified', 'sub'],
    'only the sub is added to the attributes of a user',
  )
  const answer = (await call('CreateUserPoolClient', client as JsonMap))
    .UserPoolClient as cognito.UserPoolClientType
  const sets = (value: object) =>
    Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, Array.isArray(one) ? one.toSorted() : one]),
    )
  t.match(sets(answer), sets(client), 'aws_cognito_user_pool_client: the answer is the state, lists are sets')
  const { ClientId = '' } = answer
  const read = async () =>
    (await call('DescribeUserPoolClient', { ...own, ClientId })).UserPoolClient as object
  t.match(await read(), { ...answer, CreationDate: Number, LastModifiedDate: Number }, 'and so it is read')
  await call('UpdateUserPoolClient', { ...(client as JsonMap), ClientId })
  t.match(await read(), { ...answer, CreationDate: Number, LastModifiedDate: Number }, 'also after an update')
  await sdk.send(
    new cognito.AddCustomAttributesCommand({
      ...own,
      CustomAttributes: [{ Name: 'plan', AttributeDataType: 'String', Mutable: true }],
    }),
  )
  t.equal((await schema())?.length, 4, 'an added schema block is an attribute more')
  await call('TagResource', {
    ResourceArn: (created.UserPool as { Arn: string }).Arn,
    Tags: { team: 'identity', stage: 'test' },
  })
  t.match((await call('DescribeUserPool', own)).UserPool as object, {
    UserPoolTags: { team: 'identity', stage: 'test' },
  })
})

t.test('aws_cognito_managed_user_pool_client takes over a client that it finds by its name', async t => {
  const { sdk, call } = await anAccount(t)
  const UserPoolId = await aPool(sdk)
  for (const ClientName of ['app', 'AmazonOpenSearchService-reef-1a2b'])
    await call('CreateUserPoolClient', { UserPoolId, ClientName })
  const { UserPoolClients } = await call('ListUserPoolClients', { UserPoolId })
  const found = (UserPoolClients as { ClientId: string; ClientName: string }[]).filter(({ ClientName }) =>
    ClientName.startsWith('AmazonOpenSearchService-'),
  )
  t.equal(found.length, 1)
  const [{ ClientId = '', ClientName = '' } = {}] = found
  const taken = {
    UserPoolId,
    ClientId,
    ClientName,
    CallbackURLs: ['https://search.example/_dashboards/app/home'],
    SupportedIdentityProviders: ['COGNITO'],
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['email', 'openid', 'phone', 'profile'],
    AllowedOAuthFlowsUserPoolClient: true,
  }
  await converges(t, call, {
    resource: 'aws_cognito_managed_user_pool_client',
    create: [['UpdateUserPoolClient', taken]],
    read: [['DescribeUserPoolClient', { UserPoolId, ClientId }]],
    update: [['UpdateUserPoolClient', taken]],
    absent: ['LogoutURLs', 'DefaultRedirectURI', 'ClientSecret'],
  })
})

t.test('what the provider must not see unless it set it', async t => {
  const { sdk, call } = await anAccount(t)
  const UserPoolId = await aPool(sdk)
  const own = { UserPoolId }
  const pool = (await call('DescribeUserPool', own)).UserPool as object
  const factors = await call('GetUserPoolMfaConfig', own)
  t.strictSame(
    ['DeviceConfiguration', 'UserPoolAddOns', 'UsernameConfiguration'].filter(name => name in pool),
    [],
    'I31 devices and add-ons are absent unless set',
  )
  t.strictSame(factors, { MfaConfiguration: 'OFF' })
  for (const required of ['Policies', 'CreationDate', 'LastModifiedDate'])
    t.ok(required in pool, `${required} has to be there`)
  const client = (await call('CreateUserPoolClient', { ...own, ClientName: 'a' })).UserPoolClient as JsonMap
  t.match(client, { EnableTokenRevocation: true, AuthSessionValidity: 3, RefreshTokenValidity: 30 })
  t.strictSame(client.TokenValidityUnits ?? {}, {}, 'I32 units that were not given are absent or empty')
  await call('CreateUserPoolDomain', { ...own, Domain: 'terraformed' })
  const domain = async () =>
    (await call('DescribeUserPoolDomain', { Domain: 'terraformed' })).DomainDescription
  t.match(await domain(), { Status: 'ACTIVE' }, 'I33 a domain is active at once')
  await call('DeleteUserPoolDomain', { ...own, Domain: 'terraformed' })
  t.strictSame(await domain(), {}, 'and once deleted it is an empty description')
  const { Group } = await call('CreateGroup', { ...own, GroupName: 'g' })
  t.notOk('RoleArn' in (Group as object), 'I34 a group has no role unless given')
  const { UICustomization } = await call('GetUICustomization', { ...own, ClientId: 'ALL' })
  t.strictSame(UICustomization, {}, 'I35 nothing customized is an empty structure')
})

/** Resources that belong to a client, in a pool of the plan that has threat protection. */
async function convergesForClient(t: Test, call: Asked, own: { readonly UserPoolId: string }): Promise<void> {
  const { UserPoolClient } = await call('CreateUserPoolClient', { ...own, ClientName: 'styled' })
  const { ClientId } = UserPoolClient as { ClientId: string }
  const ofClient = { ...own, ClientId }
  const created = await call('CreateManagedLoginBranding', { ...ofClient, UseCognitoProvidedValues: true })
  const { ManagedLoginBrandingId } = created.ManagedLoginBranding as { ManagedLoginBrandingId: string }
  const branding = { ...own, ManagedLoginBrandingId }
  await converges(t, call, {
    resource: 'aws_cognito_managed_login_branding',
    create: [],
    sent: { UseCognitoProvidedValues: true, ManagedLoginBrandingId },
    read: [
      ['DescribeManagedLoginBranding', { ...branding, ReturnMergedResources: true }],
      ['DescribeManagedLoginBranding', branding],
      ['DescribeManagedLoginBrandingByClient', ofClient],
    ],
    update: [['UpdateManagedLoginBranding', { ...branding, UseCognitoProvidedValues: true }]],
  })
  const risk = { ...own, RiskExceptionConfiguration: { BlockedIPRangeList: ['10.0.0.0/8'] } }
  await converges(t, call, {
    resource: 'aws_cognito_risk_configuration',
    create: [
      [
        'UpdateUserPool',
        {
          ...own,
          UserPoolTier: 'PLUS',
          UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' },
          MfaConfiguration: 'OPTIONAL',
          AutoVerifiedAttributes: ['email'],
        },
      ],
      ['SetRiskConfiguration', risk],
    ],
    sent: { RiskExceptionConfiguration: risk.RiskExceptionConfiguration },
    read: [['DescribeRiskConfiguration', own]],
    update: [['SetRiskConfiguration', risk]],
  })
}

type Asked = (operation: string, input: JsonMap) => Promise<Record<string, unknown>>

/** An endpoint to deploy into, asked by an SDK and by bare calls whose answers nobody completes. */
async function anAccount(t: Test) {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock: aClock() })
  const sdk = anSdk(t, rockpool)
  const call: Asked = async (operation, input) => {
    const answer = await fetch(rockpool.baseUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`${operation}: ${text}`)
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  }
  return { sdk, call, baseUrl: rockpool.baseUrl }
}

async function aPool(sdk: cognito.CognitoIdentityProviderClient): Promise<string> {
  const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'terraformed' }))
  return UserPool?.Id ?? ''
}

/** Applies a resource, reads it, applies it again, and compares: the second plan has no changes. */
async function converges(
  t: Test,
  call: Asked,
  { resource, create, read, update = [], sent, absent = [] }: Handled,
) {
  for (const [operation, input] of create) await call(operation, input)
  const wanted = sent ?? create[0]?.[1] ?? {}
  const state = async () => {
    const answers = []
    for (const [operation, input] of read) answers.push(membersOf(await call(operation, input)))
    return Object.assign({}, ...answers) as Record<string, unknown>
  }
  const first = await state()
  for (const [name, value] of Object.entries(wanted))
    t.match(first[name], value, `${resource}: ${name} reads back as it was sent`)
  if (resource === 'aws_cognito_identity_provider')
    t.strictSame(first.ProviderDetails, create[0]?.[1].ProviderDetails, `${resource}: no detail is added`)
  for (const name of absent) t.notOk(name in first, `${resource}: ${name} shows only if it is set`)
  for (const [operation, input] of update) await call(operation, input)
  const timeless = ({
    LastModifiedDate: _modified,
    UserLastModifiedDate: _user,
    ...rest
  }: Record<string, unknown>) => rest
  t.strictSame(timeless(await state()), timeless(first), `${resource}: applied again, it reads the same`)
}

/** Members of what an answer wraps: `{ UserPool: {…} }`. */
function membersOf(answer: Record<string, unknown>): object {
  const [inner, ...others] = Object.values(answer)
  return others.length === 0 && typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? inner
    : answer
}
