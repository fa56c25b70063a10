import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

t.test('clients', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const send = sdk.send.bind(sdk)
  const create = async (more: Partial<cognito.CreateUserPoolClientCommandInput> = {}) =>
    (await send(new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'C', ...more })))
      .UserPoolClient ?? {}
  const plain = await create()
  t.match(plain, {
    ClientId: /^[0-9a-v]{26}$/,
    RefreshTokenValidity: 30,
    TokenValidityUnits: {},
    AllowedOAuthFlowsUserPoolClient: false,
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: 3,
  })
  for (const absent of ['ClientSecret', 'ExplicitAuthFlows', 'CallbackURLs', 'AccessTokenValidity'] as const)
    t.equal(plain[absent], undefined, absent)
  const { ClientSecret = '', ClientId = '' } = await create({ GenerateSecret: true })
  t.match(ClientSecret, /^[0-9a-v]{49,52}$/, 'U97')
  t.match(
    await refusal(send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId: 'nobody' }))),
    [RNF, 'User pool client nobody does not exist.'],
    'U92',
  )
  const listed = await send(new cognito.ListUserPoolClientsCommand({ UserPoolId, MaxResults: 10 }))
  t.strictSame(
    Object.keys(listed.UserPoolClients?.[0] ?? {}).toSorted(),
    ['ClientId', 'ClientName', 'UserPoolId'],
    'U96',
  )

  const oauth = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid'],
    CallbackURLs: ['https://app.example/cb'],
  } satisfies Partial<cognito.CreateUserPoolClientCommandInput>
  const refusals: [Partial<cognito.CreateUserPoolClientCommandInput>, string, string][] = [
    [
      { ...oauth, AllowedOAuthFlows: [] },
      IPE,
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    ],
    [
      { ...oauth, CallbackURLs: [] },
      IPE,
      'CallbackUrls can not be empty when code flow or implicit flow is selected',
    ],
    [
      { ...oauth, CallbackURLs: ['http://app.example'] },
      IPE,
      'http://app.example cannot use the HTTP protocol.',
    ],
    [
      { ...oauth, CallbackURLs: ['https://app.example/#x'] },
      IPE,
      'https://app.example/#x cannot use fragment',
    ],
    [
      { ...oauth, DefaultRedirectURI: 'https://x.example' },
      IPE,
      'The default redirect URI https://x.example is not in the callback URIs list.',
    ],
    [
      { ...oauth, AllowedOAuthFlows: ['client_credentials'] },
      'InvalidOAuthFlowException',
      'client_credentials flow can not be selected if client does not have a client secret.',
    ],
    [
      { ...oauth, AllowedOAuthScopes: ['api/read'] },
      'ScopeDoesNotExistException',
      'Invalid scope requested: api/read',
    ],
    [
      { SupportedIdentityProviders: ['Nobody'] },
      IPE,
      `The provider Nobody does not exist for User Pool ${UserPoolId}`,
    ],
    [
      { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ADMIN_NO_SRP_AUTH'] },
      IPE,
      "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
    ],
    [
      { AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: 'days' } },
      IPE,
      'Invalid range for token validity.',
    ],
    [
      { WriteAttributes: ['email_verified'] },
      IPE,
      'Invalid write attributes specified while creating a client',
    ],
    [{ ReadAttributes: ['custom:nope'] }, IPE, 'Invalid read attributes specified while creating a client'],
  ]
  for (const [more, name, message] of refusals) t.strictSame(await refusal(create(more)), [name, message])

  const { ClientId: flows } = await create({ ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'], ...oauth })
  const { UserPoolClient: replaced } = await send(
    new cognito.UpdateUserPoolClientCommand({ UserPoolId, ClientId: flows }),
  )
  t.match(
    [replaced?.ExplicitAuthFlows, replaced?.AllowedOAuthFlowsUserPoolClient, replaced?.ClientName],
    [undefined, false, 'C'],
    'U107',
  )

  const second = await send(new cognito.AddUserPoolClientSecretCommand({ UserPoolId, ClientId }))
  t.match(second.ClientSecretDescriptor, {
    ClientSecretId: new RegExp(`^${ClientId}--\\d+`),
    ClientSecretValue: /^[0-9a-v]{51}$/,
  })
  t.strictSame(
    await refusal(send(new cognito.AddUserPoolClientSecretCommand({ UserPoolId, ClientId }))),
    ['LimitExceededException', 'Client secrets cannot exceed limit of 2 secrets.'],
    'U108',
  )
  const { ClientSecrets = [] } = await send(
    new cognito.ListUserPoolClientSecretsCommand({ UserPoolId, ClientId }),
  )
  t.equal(ClientSecrets.length, 2)
  t.notOk('ClientSecretValue' in (ClientSecrets[0] ?? {}))
  t.equal(
    ClientSecrets[1]?.ClientSecretId,
    second.ClientSecretDescriptor?.ClientSecretId,
    'the id that was told, also of secrets made in the same millisecond',
  )
  const [first, other] = ClientSecrets
  await send(
    new cognito.DeleteUserPoolClientSecretCommand({
      UserPoolId,
      ClientId,
      ClientSecretId: first?.ClientSecretId,
    }),
  )
  t.match(
    await refusal(
      send(
        new cognito.DeleteUserPoolClientSecretCommand({
          UserPoolId,
          ClientId,
          ClientSecretId: other?.ClientSecretId,
        }),
      ),
    ),
    [IPE],
    'the last secret stays',
  )
  await send(new cognito.DeleteUserPoolClientCommand({ UserPoolId, ClientId }))
  t.match(await refusal(send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))), [RNF])
})
