import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import type { TriggerEvent } from '../src/core/ports/triggers.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { fetchBelowLocalhost } from './support/localhost.js'
import { aClock, aRockpool, authorizeQuery, postForm, signInAt } from './support/rockpool.js'

// A pool in two regions, both served by one process: the primary in us-east-1, its replica in eu-west-1.

const UserPoolId = 'us-east-1_Twice0001'
const RegionName = 'eu-west-1'
const ClientId = 'app0id'
const password = 'Limpet-9-Rosa!'
const callback = 'https://app.example/cb'
const notEnabled = ['OperationNotEnabledException', /./]

const seed = {
  UserPools: [
    {
      PoolName: 'twice',
      Id: UserPoolId,
      SigningKeys: await signingKeys(),
      Domain: 'twice',
      KeyConfiguration: {
        KeyType: 'CUSTOMER_MANAGED_KEY',
        KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab',
      },
      IssuerConfiguration: { Type: 'UPDATED' },
      UserPoolTags: { of: 'primary' },
      Clients: [
        {
          ClientName: 'app',
          ClientId,
          CallbackURLs: [callback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email'],
          SupportedIdentityProviders: ['COGNITO'],
          ExplicitAuthFlows: [
            'ALLOW_USER_PASSWORD_AUTH',
            'ALLOW_ADMIN_USER_PASSWORD_AUTH',
            'ALLOW_REFRESH_TOKEN_AUTH',
          ],
        },
      ],
      Users: [
        { Username: 'rosa', Password: password, UserAttributes: { email: 'rosa@reef.example' } },
        { Username: 'jane', TemporaryPassword: 'Welcome-2-Rockpool!' },
      ],
    },
  ],
}

/** The pool with its replica, SDK clients of both regions, and one that signs nothing and says the region by its host. */
async function twoRegions(
  t: Test,
  {
    status = 'ACTIVE',
    ...options
  }: Parameters<typeof aRockpool>[1] & { status?: 'ACTIVE' | 'INACTIVE' } = {},
) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock, ...options })
  const primary = anSdk(t, rockpool)
  const replica = anSdk(t, rockpool, RegionName)
  await primary.send(
    new cognito.CreateUserPoolReplicaCommand({ UserPoolId, RegionName, UserPoolTags: { of: 'replica' } }),
  )
  const become = (Status: 'ACTIVE' | 'INACTIVE', by = primary) =>
    by.send(new cognito.UpdateUserPoolReplicaCommand({ UserPoolId, RegionName, Status }))
  if (status === 'ACTIVE') await become(status)
  const { port } = rockpool.address
  const host = (region: string) => `http://cognito-idp.${region}.localhost:${port}`
  const app = anSdk(t, { baseUrl: host(RegionName) }, RegionName)
  return { rockpool, clock, primary, replica, become, app, host, port }
}

const signIn = (sdk: cognito.CognitoIdentityProviderClient, PASSWORD = password, USERNAME = 'rosa') =>
  sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME, PASSWORD },
    }),
  )

t.test('a replica shows the pool in its region, and stays shut until it is ACTIVE', async t => {
  const { rockpool, primary, replica, become, app } = await twoRegions(t, { status: 'INACTIVE' })
  const listed = async (sdk: cognito.CognitoIdentityProviderClient) =>
    (await sdk.send(new cognito.ListUserPoolsCommand({ MaxResults: 60 }))).UserPools
  for (const sdk of [primary, replica])
    t.match(await listed(sdk), [{ Id: UserPoolId, Name: 'twice', ReplicaRegions: [RegionName] }])
  t.strictSame(await listed(anSdk(t, rockpool, 'ap-south-1')), [])
  const describe = async (sdk: cognito.CognitoIdentityProviderClient) =>
    (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool
  const [here, there] = await Promise.all([describe(primary), describe(replica)])
  t.match(there, {
    Id: UserPoolId,
    Arn: here?.Arn?.replace('us-east-1', RegionName),
    UserPoolTags: { of: 'replica' },
  })
  t.notOk(there?.Domain, 'a prefix is a region’s own')
  t.match(here, { Domain: 'twice', UserPoolTags: { of: 'primary' } })
  const roles = await replica.send(new cognito.ListUserPoolReplicasCommand({ UserPoolId }))
  t.match(roles.UserPoolReplicas, [
    { RegionName: 'us-east-1', Role: 'PRIMARY', Status: 'ACTIVE' },
    { RegionName, Role: 'SECONDARY', Status: 'INACTIVE' },
  ])
  t.match(await replica.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'rosa' })), {
    Enabled: true,
  })

  t.match(await refusal(signIn(app)), notEnabled, 'nobody signs in')
  await become('ACTIVE', replica)
  t.match(await signIn(app), { AuthenticationResult: { TokenType: 'Bearer' } })
  await become('INACTIVE')
  t.match(await refusal(signIn(app)), notEnabled)
  t.match(await signIn(primary), { AuthenticationResult: {} })
})

t.test('tokens of one region are good in the other', async t => {
  const { rockpool, primary, replica, app, host } = await twoRegions(t)
  const { AuthenticationResult: tokens = {} } = await signIn(app)
  const { AccessToken = '', IdToken = '', RefreshToken = '' } = tokens
  const { iss } = decodeJwt(IdToken)
  t.equal(iss, `${rockpool.baseUrl}/${UserPoolId}`, 'one issuer')
  t.equal(decodeJwt((await signIn(primary)).AuthenticationResult?.IdToken ?? '').iss, iss)
  const keysAt = async (origin: string) =>
    (await fetchBelowLocalhost(`${origin}/${UserPoolId}/.well-known/jwks.json`)).json()
  t.strictSame(await keysAt(host(RegionName)), await keysAt(host('us-east-1')))
  const discovered = await fetchBelowLocalhost(
    `${host(RegionName)}/${UserPoolId}/.well-known/openid-configuration`,
  )
  t.match(await discovered.json(), { issuer: iss })

  for (const sdk of [primary, app])
    t.match(await sdk.send(new cognito.GetUserCommand({ AccessToken })), { Username: 'rosa' })
  const refresh = (sdk: cognito.CognitoIdentityProviderClient) =>
    sdk.send(new cognito.GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }))
  t.ok((await refresh(primary)).AuthenticationResult?.AccessToken)
  t.ok((await refresh(app)).AuthenticationResult?.AccessToken)
  const admin = await replica.send(
    new cognito.AdminInitiateAuthCommand({
      UserPoolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'rosa', PASSWORD: password },
    }),
  )
  t.ok(admin.AuthenticationResult)
  await replica.send(new cognito.AdminUserGlobalSignOutCommand({ UserPoolId, Username: 'rosa' }))
  for (const sdk of [primary, app]) t.match(await refusal(refresh(sdk)), ['NotAuthorizedException'])
})

t.test('a replica makes no users, changes none, and has no TOTP', async t => {
  const { clock, primary, replica, app, become } = await twoRegions(t)
  const { AuthenticationResult: { AccessToken = '' } = {} } = await signIn(app)
  const Username = 'rosa'
  const commands: (() => Promise<unknown>)[] = [
    () => replica.send(new cognito.AdminCreateUserCommand({ UserPoolId, Username: 'new' })),
    () =>
      replica.send(
        new cognito.AdminSetUserPasswordCommand({ UserPoolId, Username, Password: 'Other-9-Rosa!' }),
      ),
    () => replica.send(new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'new' })),
    () => replica.send(new cognito.DeleteUserPoolCommand({ UserPoolId })),
    () => replica.send(new cognito.CreateUserPoolReplicaCommand({ UserPoolId, RegionName: 'eu-north-1' })),
    () => app.send(new cognito.SignUpCommand({ ClientId, Username: 'new', Password: password })),
    () => app.send(new cognito.ForgotPasswordCommand({ ClientId, Username })),
    () => app.send(new cognito.AssociateSoftwareTokenCommand({ AccessToken })),
    () => app.send(new cognito.UpdateUserAttributesCommand({ AccessToken, UserAttributes: [] })),
    () => signIn(app, 'Welcome-2-Rockpool!', 'jane'),
  ]
  for (const command of commands) t.match(await refusal(command()), notEnabled, String(command))

  await t.test('each region counts wrong passwords for itself', async t => {
    for (let wrong = 1; wrong <= 6; wrong++) await refusal(signIn(app, 'Wrong-9-Rosa!'))
    t.match(await refusal(signIn(app)), ['NotAuthorizedException', 'Password attempts exceeded'])
    t.ok((await signIn(primary)).AuthenticationResult)
    clock.advance({ seconds: 3600 })
    t.ok((await signIn(app)).AuthenticationResult)
  })

  await t.test('a user with TOTP signs in at the primary', async t => {
    const totp = { Enabled: true }
    await primary.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId,
        SoftwareTokenMfaConfiguration: totp,
        MfaConfiguration: 'ON',
      }),
    )
    t.match(await refusal(signIn(app)), notEnabled, 'set-up')
    t.match(await signIn(primary), { ChallengeName: 'MFA_SETUP' })
    t.match(await replica.send(new cognito.GetUserPoolMfaConfigCommand({ UserPoolId })), {
      SoftwareTokenMfaConfiguration: totp,
    })
  })
  await become('INACTIVE')
})

t.test('settings that each region has of its own', async t => {
  const events: TriggerEvent[] = []
  const functions = {
    there: (event: TriggerEvent) => {
      events.push(event)
      return event as never
    },
  }
  const { rockpool, primary, replica, app } = await twoRegions(t, { functions })
  const update = (
    sdk: cognito.CognitoIdentityProviderClient,
    more: Partial<cognito.UpdateUserPoolCommandInput>,
  ) => sdk.send(new cognito.UpdateUserPoolCommand({ UserPoolId, ...more }))
  const arn = (region: string) => `arn:aws:lambda:${region}:123456789012:function:there`
  t.match(await refusal(update(replica, { LambdaConfig: { PostAuthentication: arn('us-east-1') } })), [
    'InvalidParameterException',
    /Cross-region/,
  ])
  const LambdaConfig = { PostAuthentication: arn(RegionName) }
  const EmailConfiguration: cognito.EmailConfigurationType = {
    EmailSendingAccount: 'DEVELOPER',
    SourceArn: `arn:aws:ses:${RegionName}:123456789012:identity/reef.example`,
  }
  await update(replica, { LambdaConfig, EmailConfiguration })
  const describe = async (sdk: cognito.CognitoIdentityProviderClient) =>
    (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool
  const there = await describe(replica)
  t.match(there, { LambdaConfig, EmailConfiguration, UserPoolTags: { of: 'replica' } })
  const here = await describe(primary)
  t.strictSame(here?.LambdaConfig, {})
  t.match(here?.EmailConfiguration, { EmailSendingAccount: 'COGNITO_DEFAULT' })
  await signIn(primary)
  t.strictSame(events, [])
  await signIn(app)
  t.match(events, [
    { region: RegionName, userPoolId: UserPoolId, triggerSource: 'PostAuthentication_Authentication' },
  ])

  const policy = (MinimumLength: number) => ({ Policies: { PasswordPolicy: { MinimumLength } } })
  t.match(await refusal(update(replica, policy(20))), ['OperationNotEnabledException', /Policies.*primary/])
  await update(primary, {
    ...policy(20),
    KeyConfiguration: here?.KeyConfiguration,
    IssuerConfiguration: here?.IssuerConfiguration,
  })
  t.match(
    (await describe(replica))?.Policies,
    { PasswordPolicy: { MinimumLength: 20 } },
    'comes from the primary',
  )
  t.match(await describe(replica), { LambdaConfig }, 'which changes nothing of the replica’s own')

  await replica.send(new cognito.TagResourceCommand({ ResourceArn: there?.Arn, Tags: { more: 'there' } }))
  t.match((await describe(replica))?.UserPoolTags, { of: 'replica', more: 'there' })
  t.strictSame((await describe(primary))?.UserPoolTags, { of: 'primary' })
  t.match(await refusal(replica.send(new cognito.ListTagsForResourceCommand({ ResourceArn: here?.Arn }))), [
    'InvalidParameterException',
  ])

  const SmsConfiguration = { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms', SnsRegion: RegionName }
  const mfa = (more: Partial<cognito.SetUserPoolMfaConfigCommandInput>) =>
    new cognito.SetUserPoolMfaConfigCommand({ UserPoolId, ...more })
  t.match(await refusal(replica.send(mfa({ MfaConfiguration: 'ON' }))), notEnabled)
  await primary.send(
    mfa({
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsConfiguration: { ...SmsConfiguration, SnsRegion: 'us-east-1' } },
    }),
  )
  await replica.send(mfa({ MfaConfiguration: 'OPTIONAL', SmsMfaConfiguration: { SmsConfiguration } }))
  for (const [sdk, SnsRegion] of [
    [primary, 'us-east-1'],
    [replica, RegionName],
  ] as const)
    t.match(await sdk.send(new cognito.GetUserPoolMfaConfigCommand({ UserPoolId })), {
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsConfiguration: { SnsRegion } },
    })

  await t.test('logs and threat protection', async t => {
    const logs = (sdk: cognito.CognitoIdentityProviderClient) =>
      sdk.send(new cognito.GetLogDeliveryConfigurationCommand({ UserPoolId }))
    const LogConfigurations: cognito.LogConfigurationType[] = [
      {
        LogLevel: 'ERROR',
        EventSource: 'userNotification',
        CloudWatchLogsConfiguration: {
          LogGroupArn: `arn:aws:logs:${RegionName}:123456789012:log-group:reef`,
        },
      },
    ]
    await replica.send(new cognito.SetLogDeliveryConfigurationCommand({ UserPoolId, LogConfigurations }))
    t.match(await logs(replica), { LogDeliveryConfiguration: { LogConfigurations } })
    t.match(await logs(primary), { LogDeliveryConfiguration: { LogConfigurations: [] } })
    const exported = await rockpool.operations.exportPools('seed', {})
    t.notMatch(exported, /log-group:reef/, 'an export has the primary’s')
  })
})

t.test('a domain of the replica’s own signs the same users in', async t => {
  const dataDir = t.testdir({})
  const { rockpool, primary, replica, become, host } = await twoRegions(t, { status: 'INACTIVE', dataDir })
  const claim = { UserPoolId, Domain: 'twice' }
  t.match(
    await refusal(
      replica.send(
        new cognito.CreateUserPoolDomainCommand({
          UserPoolId,
          Domain: 'auth.reef.example',
          CustomDomainConfig: {
            CertificateArn: `arn:aws:acm:us-east-1:123456789012:certificate/${'0'.repeat(8)}`,
          },
        }),
      ),
    ),
    notEnabled,
    'a custom domain is the primary’s',
  )
  await replica.send(new cognito.CreateUserPoolDomainCommand(claim))
  t.match(await refusal(replica.send(new cognito.CreateUserPoolDomainCommand(claim))), [
    'InvalidParameterException',
  ])
  const { UserPool: other } = await replica.send(new cognito.CreateUserPoolCommand({ PoolName: 'other' }))
  t.match(
    await refusal(replica.send(new cognito.CreateUserPoolDomainCommand({ ...claim, UserPoolId: other?.Id }))),
    ['InvalidParameterException', 'Domain already associated with another user pool.'],
  )
  const described = await replica.send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'twice' }))
  t.strictSame(described.DomainDescription, {}, 'as the service has it')
  t.match((await replica.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool, {
    Domain: 'twice',
  })

  const url = `${rockpool.baseUrl}/twice.auth.${RegionName}.amazoncognito.com`
  const query = authorizeQuery({ id: ClientId, callbackUrls: [callback] }, { scope: 'openid email' })
  t.equal((await fetch(`${url}/login?${query}`)).status, 404, 'not before it is ACTIVE')
  await become('ACTIVE')
  const discovered = await fetchBelowLocalhost(
    `${host(RegionName)}/${UserPoolId}/.well-known/openid-configuration`,
  )
  t.match(await discovered.json(), { authorization_endpoint: `${url}/oauth2/authorize` })
  const codes = []
  for (const domainUrl of [url, `${rockpool.baseUrl}/twice`]) {
    const arrival = await signInAt(aBrowser(fetchBelowLocalhost), domainUrl, query, {
      username: 'rosa',
      password,
    })
    codes.push(arrival.searchParams.get('code') ?? '')
  }
  // Each code is redeemed in the other region.
  for (const [code, domainUrl] of [
    [codes[0] ?? '', `${rockpool.baseUrl}/twice`],
    [codes[1] ?? '', url],
  ] as const) {
    const form = { grant_type: 'authorization_code', client_id: ClientId, redirect_uri: callback, code }
    const tokens = (await (await postForm(`${domainUrl}/oauth2/token`, form)).json()) as { id_token: string }
    t.match(decodeJwt(tokens.id_token), {
      iss: `${rockpool.baseUrl}/${UserPoolId}`,
      email: 'rosa@reef.example',
    })
  }

  await t.test('and signs nobody up', async t => {
    const browser = aBrowser(fetchBelowLocalhost)
    const page = await (await browser.get(`${url}/signup?${query}`)).text()
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const form = { _csrf, username: 'new', password, passwordConfirm: password, email: 'new@reef.example' }
    const answer = await browser.post(`${url}/signup?${query}`, form)
    t.match(await answer.text(), /not enabled in a secondary Region/)
    t.match(await refusal(primary.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'new' }))), [
      'UserNotFoundException',
    ])
  })

  await t.test('until the domain goes', async t => {
    await replica.send(new cognito.DeleteUserPoolDomainCommand(claim))
    t.equal((await fetch(`${url}/login?${query}`)).status, 404)
    t.equal((await fetch(`${rockpool.baseUrl}/twice/login?${query}`)).status, 200)
  })
})

t.test('what a replica needs stays, and a pool goes after its replica', async t => {
  const { rockpool, primary, replica } = await twoRegions(t)
  await replica.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'second' }))
  const update = new cognito.UpdateUserPoolCommand({ UserPoolId })
  t.match(await refusal(primary.send(update)), ['InvalidParameterException', /multi-Region key/])
  await primary.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain: 'twice' }))
  const drop = new cognito.DeleteUserPoolCommand({ UserPoolId })
  t.match(await refusal(primary.send(drop)), ['InvalidParameterException', /replica/])
  await replica.send(new cognito.DeleteUserPoolReplicaCommand({ UserPoolId, RegionName }))
  t.match(await refusal(replica.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))), [
    'ResourceNotFoundException',
  ])
  const url = `${rockpool.baseUrl}/second.auth.${RegionName}.amazoncognito.com`
  t.equal((await fetch(`${url}/login?client_id=${ClientId}`)).status, 404)
  await primary.send(drop)
})
