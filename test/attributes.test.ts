import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'
import { claimsOf, IPE, NAE, password } from './support/sign-in-reef.js'

const temporary = 'Welcome-2-Rockpool!'

/** A pool whose users must have `email`, and a user marco who may change what a client without lists lets him. */
async function aPool(t: Test) {
  const { sdk, UserPoolId } = await anApi(t, {
    Schema: [
      { Name: 'email', AttributeDataType: 'String', Required: true, Mutable: true },
      { Name: 'plan', AttributeDataType: 'String', Mutable: true },
      { Name: 'fixed', AttributeDataType: 'String', Mutable: false },
    ],
  })
  const send = sdk.send.bind(sdk)
  const client = async (settings: Partial<cognito.CreateUserPoolClientCommandInput> = {}) => {
    const { UserPoolClient } = await send(
      new cognito.CreateUserPoolClientCommand({
        UserPoolId,
        ClientName: 'c',
        ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        ...settings,
      }),
    )
    return UserPoolClient?.ClientId ?? ''
  }
  const create = (Username: string, attributes: Record<string, string>, TemporaryPassword = temporary) =>
    send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        TemporaryPassword,
        MessageAction: 'SUPPRESS',
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    )
  await create('marco', { email: 'marco@reef.example', picture: 'https://reef.example/marco.png' })
  await send(
    new cognito.AdminSetUserPasswordCommand({
      UserPoolId,
      Username: 'marco',
      Password: password,
      Permanent: true,
    }),
  )
  const signIn = (ClientId: string, USERNAME = 'marco', PASSWORD = password) =>
    send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD },
      }),
    )
  const attributes = async (Username = 'marco') => {
    const { UserAttributes = [] } = await send(new cognito.AdminGetUserCommand({ UserPoolId, Username }))
    return Object.fromEntries(UserAttributes.map(({ Name = '', Value }) => [Name, Value]))
  }
  const asAdministrator = (UserAttributes: cognito.AttributeType[]) =>
    send(new cognito.AdminUpdateUserAttributesCommand({ UserPoolId, Username: 'marco', UserAttributes }))
  const asUser = (AccessToken: string | undefined, UserAttributes: cognito.AttributeType[]) =>
    send(new cognito.UpdateUserAttributesCommand({ AccessToken, UserAttributes }))
  return { send, UserPoolId, client, create, signIn, attributes, asAdministrator, asUser }
}

t.test('N7 what a new password is told with', async t => {
  const { send, client, signIn, create } = await aPool(t)
  const ClientId = await client()
  await create('jane', {})
  const { Session } = await signIn(ClientId, 'jane', temporary)
  const answer = (more: Record<string, string>, session = Session, USERNAME = 'jane') =>
    send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: session,
        ChallengeResponses: { USERNAME, NEW_PASSWORD: password, ...more },
      }),
    )
  const missing = [IPE, 'Invalid attributes given, email is missing']
  t.strictSame(await refusal(answer({})), missing, 'N7 without a required attribute')
  t.strictSame(
    await refusal(answer({ userAttributes: '{"email":"jane@reef.example"}' })),
    missing,
    'C31 all in one JSON text',
  )
  t.strictSame(
    await refusal(
      answer({ 'userAttributes.email': 'jane@reef.example', 'userAttributes.email_verified': 'true' }),
    ),
    [IPE, 'Cannot modify the non-mutable attribute email_verified'],
    'N7 what nobody tells of themselves',
  )
  const given = { 'userAttributes.email': 'jane@reef.example' }
  const strict = await client({ WriteAttributes: ['email'] })
  const elsewhere = await signIn(strict, 'jane', temporary)
  const unwritable = new cognito.RespondToAuthChallengeCommand({
    ClientId: strict,
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: elsewhere.Session,
    ChallengeResponses: {
      USERNAME: 'jane',
      NEW_PASSWORD: password,
      ...given,
      'userAttributes.custom:plan': 'deep',
    },
  })
  t.strictSame(
    await refusal(send(unwritable)),
    [NAE, 'A client attempted to write unauthorized attribute'],
    'what the client may not write',
  )
  t.ok((await answer(given)).AuthenticationResult?.AccessToken, 'the session is good until then')

  await create('joan', { email: 'joan@reef.example', email_verified: 'true' })
  const second = await signIn(ClientId, 'joan', temporary)
  t.match(
    JSON.parse(second.ChallengeParameters?.userAttributes ?? ''),
    { email_verified: 'true' },
    'an app is shown the flag,',
  )
  t.strictSame(
    await refusal(answer({ 'userAttributes.email_verified': 'true' }, second.Session, 'joan')),
    [IPE, 'Cannot modify the non-mutable attribute email_verified'],
    'C32 and may not send it back',
  )
})

t.test('N8 what every user has stays', async t => {
  const { send, UserPoolId, client, signIn, attributes, asAdministrator, asUser } = await aPool(t)
  const words = [IPE, 'Invalid user attributes: email: Required attribute cannot be deleted.']
  const { AuthenticationResult } = await signIn(await client())
  const AccessToken = AuthenticationResult?.AccessToken
  for (const [ask, what] of [
    [() => asAdministrator([{ Name: 'email', Value: '' }]), 'N8 emptied by an administrator'],
    [() => asUser(AccessToken, [{ Name: 'email', Value: '' }]), 'emptied by the user'],
    [
      () =>
        send(
          new cognito.AdminDeleteUserAttributesCommand({
            UserPoolId,
            Username: 'marco',
            UserAttributeNames: ['email'],
          }),
        ),
      'N8 deleted by an administrator',
    ],
    [
      () => send(new cognito.DeleteUserAttributesCommand({ AccessToken, UserAttributeNames: ['email'] })),
      'deleted by the user',
    ],
  ] as const)
    t.strictSame(await refusal(ask()), words, what)
  t.match(await attributes(), { email: 'marco@reef.example' })
})

t.test('N9 an attribute without a value deletes nothing', async t => {
  const { send, UserPoolId, client, signIn, attributes, asAdministrator, asUser } = await aPool(t)
  const ClientId = await client()
  const { AuthenticationResult } = await signIn(ClientId)
  const words = [IPE, 'Attribute value for picture must not be null']
  const without = [{ Name: 'picture' }]
  t.strictSame(await refusal(asUser(AuthenticationResult?.AccessToken, without)), words, 'N9 of the user')
  t.strictSame(await refusal(asAdministrator(without)), words, 'of an administrator')
  t.match(await attributes(), { picture: 'https://reef.example/marco.png' })
  const signUp = new cognito.SignUpCommand({
    ClientId,
    Username: 'x',
    Password: password,
    UserAttributes: without,
  })
  t.strictSame(await refusal(send(signUp)), words, 'of somebody who signs up')
  t.strictSame(await refusal(send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'x' }))), [
    'UserNotFoundException',
    'User does not exist.',
  ])
})

t.test('N18 a client without lists reads and writes custom attributes', async t => {
  const { client, signIn, asUser } = await aPool(t)
  for (const settings of [{}, { ReadAttributes: [], WriteAttributes: [] }]) {
    const ClientId = await client(settings)
    const { AuthenticationResult } = await signIn(ClientId)
    await asUser(AuthenticationResult?.AccessToken, [{ Name: 'custom:plan', Value: 'deep' }])
    const claims = claimsOf((await signIn(ClientId)).AuthenticationResult?.IdToken)
    t.match(claims, { 'custom:plan': 'deep', email: 'marco@reef.example' }, JSON.stringify(settings))
  }
  const { AuthenticationResult } = await signIn(await client({ WriteAttributes: ['email'] }))
  t.strictSame(
    await refusal(asUser(AuthenticationResult?.AccessToken, [{ Name: 'custom:plan', Value: 'x' }])),
    [NAE, 'A client attempted to write unauthorized attribute'],
    'a list is all there is',
  )
})

t.test('N19 a client writes what every user must have', async t => {
  const { client } = await aPool(t)
  t.strictSame(await refusal(client({ WriteAttributes: ['name'] })), [
    IPE,
    'Invalid write attributes specified while creating a client',
  ])
  t.ok(await client({ WriteAttributes: ['name', 'email'] }))
})

t.test('N20 oidc:profile names the attributes of a profile', async t => {
  const { send, UserPoolId, client, signIn, asAdministrator } = await aPool(t)
  const names =
    'name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale'.split(
      ' ',
    )
  await asAdministrator([
    ...names.map(Name => ({ Name, Value: Name === 'birthdate' ? '1990-12-31' : `my ${Name}` })),
    { Name: 'address', Value: 'Reef 1' },
  ])
  const ClientId = await client({ ReadAttributes: ['oidc:profile'] })
  const { IdToken } = (await signIn(ClientId)).AuthenticationResult ?? {}
  const claims = claimsOf(IdToken)
  t.strictSame(
    names.filter(name => name in claims),
    names,
    'the thirteen are readable',
  )
  t.notOk('email' in claims || 'address' in claims, 'and no others')
  const { UserPoolClient } = await send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))
  t.strictSame(UserPoolClient?.ReadAttributes, ['oidc:profile'], 'it is told as it was given')
})

t.test('N29 identities is an attribute of every pool', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const attributesOf = async (UserPoolId: string) =>
    (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool?.SchemaAttributes ?? []
  await sdk.send(
    new cognito.CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: 'Google',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'c', client_secret: 's', authorize_scopes: 'openid' },
    }),
  )
  const identities = {
    Name: 'identities',
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    StringAttributeConstraints: {},
  }
  const listed = await attributesOf(UserPoolId)
  t.strictSame(
    listed.filter(({ Name }) => Name === 'identities'),
    [identities],
  )
  t.equal(listed.length, 21)

  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'declared',
      Schema: [
        { Name: 'identities', AttributeDataType: 'String', Mutable: true },
        { Name: 'plan', AttributeDataType: 'String', Mutable: true },
      ],
    }),
  )
  const names = (await attributesOf(UserPool?.Id ?? '')).map(({ Name }) => Name)
  t.equal(names.length, 22)
  t.strictSame(names.slice(-2), ['identities', 'custom:plan'], 'declared, it is no custom attribute')
})

t.test('C49 what is immutable is refused to administrators too', async t => {
  const { asAdministrator } = await aPool(t)
  t.strictSame(
    await refusal(asAdministrator([{ Name: 'custom:fixed', Value: 'x' }])),
    [IPE, 'user.custom:fixed: Attribute cannot be updated.\n'],
    'though it was never set',
  )
})

t.test('an attribute can be told to have 2048 characters at most, at least or both', async t => {
  const { sdk } = await anApi(t)
  for (const StringAttributeConstraints of [{ MinLength: '2049' }, { MaxLength: '2049' }])
    t.strictSame(
      await refusal(
        sdk.send(
          new cognito.CreateUserPoolCommand({
            PoolName: 'long',
            Schema: [{ Name: 'essay', AttributeDataType: 'String', StringAttributeConstraints }],
          }),
        ),
      ),
      [IPE, 'user.essay: String attributes cannot have a length of more than 2048'],
    )
})
