import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'
import { IPE } from './support/sign-in-reef.js'

// What the settings of a pool are where nobody, or only half of them, set them.

const password = 'Anemone-4-Marco!'

/** A pool, and how it is described, changed and read. */
async function aPool(t: Test, settings: Partial<cognito.CreateUserPoolCommandInput> = {}) {
  const api = await anApi(t, settings)
  const { sdk, UserPoolId, rockpool } = api
  const send = sdk.send.bind(sdk)
  return {
    ...api,
    send,
    describe: async () =>
      (await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool as cognito.UserPoolType,
    update: (changed: Partial<cognito.UpdateUserPoolCommandInput>) =>
      send(new cognito.UpdateUserPoolCommand({ UserPoolId, ...changed })),
    client: async (settings: Partial<cognito.CreateUserPoolClientCommandInput> = {}) =>
      (await send(new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c', ...settings })))
        .UserPoolClient as cognito.UserPoolClientType,
    create: (Username: string, more: Partial<cognito.AdminCreateUserCommandInput> = {}) =>
      send(new cognito.AdminCreateUserCommand({ UserPoolId, Username, ...more })),
    letters: async () => {
      const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=marco`)
      return ((await answer.json()) as { messages: { medium: string; to: string; purpose: string }[] })
        .messages
    },
  }
}

t.test('an attribute that is declared without Mutable is immutable, a standard one too', async t => {
  const { describe, send, UserPoolId, create } = await aPool(t, {
    Schema: [
      { Name: 'nickname', Required: false },
      { Name: 'team', AttributeDataType: 'String' },
    ],
  })
  const { SchemaAttributes = [] } = await describe()
  const isMutable = (name: string) => SchemaAttributes.find(({ Name }) => Name === name)?.Mutable
  t.strictSame(
    ['nickname', 'custom:team', 'email'].map(isMutable),
    [false, false, true],
    'what is not declared stays mutable',
  )
  await create('marco', { UserAttributes: [{ Name: 'custom:team', Value: 'tide' }] })
  const change = (Name: string) =>
    send(
      new cognito.AdminUpdateUserAttributesCommand({
        UserPoolId,
        Username: 'marco',
        UserAttributes: [{ Name, Value: 'reef' }],
      }),
    )
  for (const name of ['custom:team', 'nickname'])
    t.strictSame(
      await refusal(change(name)),
      [IPE, `user.${name}: Attribute cannot be updated.\n`],
      'C49 administrators are refused as well, and for a value that was never set',
    )
})

t.test('users recover by mail before text messages, unless the pool says otherwise', async t => {
  const { describe, update, client, create, send, UserPoolId, letters } = await aPool(t)
  const recovery = async () => (await describe()).AccountRecoverySetting
  const byDefault = {
    RecoveryMechanisms: [
      { Priority: 1, Name: 'verified_email' },
      { Priority: 2, Name: 'verified_phone_number' },
    ],
  }
  t.strictSame(await recovery(), byDefault)
  const { ClientId } = await client()
  await create('marco', {
    MessageAction: 'SUPPRESS',
    UserAttributes: [
      { Name: 'email', Value: 'marco@reef.example' },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'phone_number', Value: '+15550001234' },
      { Name: 'phone_number_verified', Value: 'true' },
    ],
  })
  await send(
    new cognito.AdminSetUserPasswordCommand({
      UserPoolId,
      Username: 'marco',
      Password: password,
      Permanent: true,
    }),
  )
  const forget = async () =>
    (await send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'marco' }))).CodeDeliveryDetails
  t.match(await forget(), { DeliveryMedium: 'EMAIL' })
  t.match(await letters(), [{ medium: 'EMAIL', to: 'marco@reef.example' }])

  const RecoveryMechanisms = [{ Priority: 1, Name: 'verified_phone_number' as const }]
  await update({ AccountRecoverySetting: { RecoveryMechanisms } })
  t.strictSame(await recovery(), { RecoveryMechanisms })
  t.match(await forget(), { DeliveryMedium: 'SMS' })
  await update({})
  t.strictSame(await recovery(), byDefault, 'what an update leaves out returns to its default')
})

t.test('the days of a temporary password have two settings, of which a pool has one', async t => {
  const { describe, update, client, create, send, clock } = await aPool(t, {
    AdminCreateUserConfig: { UnusedAccountValidityDays: 3 },
  })
  const days = async () => {
    const { Policies, AdminCreateUserConfig } = await describe()
    return [
      Policies?.PasswordPolicy?.TemporaryPasswordValidityDays,
      AdminCreateUserConfig?.UnusedAccountValidityDays,
    ]
  }
  t.strictSame(await days(), [3, 3], 'each is shown as the other')
  const { ClientId } = await client({ ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] })
  await create('marco', { TemporaryPassword: password, MessageAction: 'SUPPRESS' })
  const signIn = () =>
    send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: password },
      }),
    )
  clock.advance({ seconds: 71 * 3600 })
  t.equal((await signIn()).ChallengeName, 'NEW_PASSWORD_REQUIRED')
  clock.advance({ seconds: 2 * 3600 })
  t.match(await refusal(signIn()), ['NotAuthorizedException', /^Temporary password has expired/])

  const policy = (given: cognito.PasswordPolicyType) => ({ Policies: { PasswordPolicy: given } })
  const older = { AdminCreateUserConfig: { UnusedAccountValidityDays: 3 } }
  await update({ ...policy({ MinimumLength: 10 }), ...older })
  t.strictSame(await days(), [3, 3], 'a policy that names no days leaves the older setting')
  await update(policy({ TemporaryPasswordValidityDays: 5 }))
  t.strictSame(await days(), [5, 5])
  const refused = [
    IPE,
    'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
  ]
  t.strictSame(
    await refusal(update(older)),
    refused,
    'C46 the older one alone, once the pool has the newer one',
  )
  t.strictSame(await refusal(update({ ...policy({ TemporaryPasswordValidityDays: 5 }), ...older })), refused)
  t.strictSame(await days(), [5, 5])
})

t.test('creating a user for an address that is taken is refused', async t => {
  const { create } = await aPool(t, { UsernameAttributes: ['email', 'phone_number'] })
  for (const [username, name] of [
    ['marco@reef.example', 'email'],
    ['+15550001234', 'phone_number'],
  ] as const) {
    await create(username, { MessageAction: 'SUPPRESS' })
    t.strictSame(await refusal(create(username)), [
      'UsernameExistsException',
      `An account with the given ${name} already exists.`,
    ])
  }
})

t.test('a list that is empty is as none', async t => {
  const { describe, client, create, send, UserPoolId, letters } = await aPool(t, {
    AliasAttributes: [],
    UsernameAttributes: [],
    AutoVerifiedAttributes: [],
    Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] } },
  })
  const shown = await describe()
  for (const name of ['AliasAttributes', 'UsernameAttributes', 'AutoVerifiedAttributes'] as const)
    t.equal(shown[name], undefined, `${name} is not shown`)
  await create('marco', {
    DesiredDeliveryMediums: [],
    UserAttributes: [{ Name: 'phone_number', Value: '+15550001234' }],
  })
  t.match(await letters(), [{ medium: 'SMS', purpose: 'invitation' }], 'the invitation goes by the default')
  const { Users = [] } = await send(new cognito.ListUsersCommand({ UserPoolId, AttributesToGet: [] }))
  t.match(Users, [{ Attributes: [{ Name: 'sub' }, { Name: 'phone_number' }] }], 'all attributes are shown')

  const made = await client({
    ExplicitAuthFlows: [],
    ReadAttributes: [],
    WriteAttributes: [],
    CallbackURLs: [],
    LogoutURLs: [],
    SupportedIdentityProviders: [],
    AllowedOAuthFlows: [],
    AllowedOAuthScopes: [],
  })
  for (const name of ['ExplicitAuthFlows', 'ReadAttributes', 'WriteAttributes', 'CallbackURLs'] as const)
    t.equal(made[name], undefined, `${name} is not shown`)
  const begun = send(
    new cognito.InitiateAuthCommand({
      ClientId: made.ClientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: 'marco', SRP_A: 'a1' },
    }),
  )
  t.equal((await begun).ChallengeName, 'PASSWORD_VERIFIER', 'N21 an empty ExplicitAuthFlows leaves SRP on')
})

t.test('C44 a client writes what users must have, and its secret is answered each time', async t => {
  const { client, send, UserPoolId } = await aPool(t, {
    Schema: [{ Name: 'email', AttributeDataType: 'String', Required: true, Mutable: false }],
  })
  t.strictSame(
    await refusal(client({ WriteAttributes: ['name'] })),
    [IPE, 'Invalid write attributes specified while creating a client'],
    'immutable ones too',
  )
  const { ClientId, ClientSecret } = await client({
    WriteAttributes: ['name', 'email'],
    GenerateSecret: true,
  })
  t.match(ClientSecret, /^\w{51}$/)
  const update = new cognito.UpdateUserPoolClientCommand({ UserPoolId, ClientId, ClientName: 'renamed' })
  t.match((await send(update)).UserPoolClient, { ClientName: 'renamed', ClientSecret })
})

t.test('C48 managed login is not in the tier LITE', async t => {
  const { send, UserPoolId } = await aPool(t, { UserPoolTier: 'LITE' })
  const create = (ManagedLoginVersion: number) =>
    send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'reef', ManagedLoginVersion }))
  t.match(await refusal(create(2)), ['FeatureUnavailableInTierException'])
  t.match(await create(1), { ManagedLoginVersion: 1 })
})
