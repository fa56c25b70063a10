import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { postForm } from './support/rockpool.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

t.test('the story, built by API alone', async t => {
  const { rockpool, sdk } = await anApi(t)
  const send = sdk.send.bind(sdk)
  const origin = rockpool.baseUrl
  const [one, two] = await Promise.all(
    ['one', 'two'].map(async name => {
      const { UserPool } = await send(
        new cognito.CreateUserPoolCommand({
          PoolName: name,
          UsernameConfiguration: { CaseSensitive: false },
        }),
      )
      await send(new cognito.CreateUserPoolDomainCommand({ Domain: name, UserPoolId: UserPool?.Id }))
      return UserPool?.Id ?? ''
    }),
  )
  const oauth = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'] as cognito.OAuthFlowType[],
    AllowedOAuthScopes: ['openid', 'email'],
  }
  const { UserPoolClient: upstream } = await send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId: two,
      ClientName: 'pool one',
      GenerateSecret: true,
      CallbackURLs: [`${origin}/one/oauth2/idpresponse`],
      SupportedIdentityProviders: ['COGNITO'],
      ...oauth,
    }),
  )
  await send(
    new cognito.AdminCreateUserCommand({
      UserPoolId: two,
      Username: 'jane',
      TemporaryPassword: 'Welcome-2-Rockpool!',
      UserAttributes: [
        { Name: 'email', Value: 'jane@example.com' },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  )
  const provider = (oidc_issuer: string, ProviderName = 'Corporate') =>
    send(
      new cognito.CreateIdentityProviderCommand({
        UserPoolId: one,
        ProviderName,
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: upstream?.ClientId ?? '',
          client_secret: upstream?.ClientSecret ?? '',
          oidc_issuer,
          authorize_scopes: 'openid email',
          attributes_request_method: 'GET',
        },
        AttributeMapping: { email: 'email' },
      }),
    )
  t.strictSame(await refusal(provider(`${origin}/nowhere`, 'Nowhere')), [
    IPE,
    'Unable to contact well-known endpoint',
  ])
  t.match(await provider(`${origin}/${two}`), {
    IdentityProvider: {
      ProviderDetails: { oidc_issuer: `${origin}/${two}`, authorize_scopes: 'openid email' },
      AttributeMapping: { username: 'sub', email: 'email' },
    },
  })
  t.match(await refusal(provider(`${origin}/${two}`)), ['DuplicateProviderException'])
  t.match(
    await refusal(
      send(new cognito.DescribeIdentityProviderCommand({ UserPoolId: one, ProviderName: 'Nowhere' })),
    ),
    [RNF],
    'what was refused left nothing',
  )
  const { UserPoolClient: app } = await send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId: one,
      ClientName: 'app',
      CallbackURLs: ['https://app.example/cb'],
      SupportedIdentityProviders: ['COGNITO', 'Corporate'],
      ...oauth,
    }),
  )

  const browser = aBrowser()
  const start = `${origin}/one/oauth2/authorize?${new URLSearchParams({
    client_id: app?.ClientId ?? '',
    response_type: 'code',
    redirect_uri: 'https://app.example/cb',
    identity_provider: 'Corporate',
  })}`
  const field = (page: string, name: string) =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? ''
  const action = (page: string) => (/action="([^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&')
  const signInPage = (await browser.follow(start, 'https://app.example')).page?.text ?? ''
  const entered = await browser.post(new URL(action(signInPage), origin).href, {
    _csrf: field(signInPage, '_csrf'),
    username: 'jane',
    password: 'Welcome-2-Rockpool!',
  })
  const newPassword = await (
    await browser.get(new URL(entered.headers.get('location') ?? '', origin).href)
  ).text()
  const done = await browser.post(new URL(action(newPassword), origin).href, {
    _csrf: field(newPassword, '_csrf'),
    challenge: field(newPassword, 'challenge'),
    new_password: 'Otter-3-Jane!',
    confirm_password: 'Otter-3-Jane!',
  })
  const { url } = await browser.follow(done.headers.get('location') ?? '', 'https://app.example')
  const tokens = (await (
    await postForm(`${origin}/one/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: app?.ClientId ?? '',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: 'https://app.example/cb',
    })
  ).json()) as Record<string, string>
  t.ok(tokens.id_token)
  t.match(await send(new cognito.AdminGetUserCommand({ UserPoolId: two, Username: 'jane' })), {
    UserStatus: 'CONFIRMED',
  })
  const { Users = [] } = await send(new cognito.ListUsersCommand({ UserPoolId: one }))
  const { Username = '', UserStatus, Attributes = [] } = Users[0] ?? {}
  t.match([Users.length, Username, UserStatus], [1, /^corporate_/, 'EXTERNAL_PROVIDER'])
  const identities = JSON.parse(Attributes.find(({ Name }) => Name === 'identities')?.Value ?? '[]')
  t.match(
    identities,
    [{ providerName: 'Corporate', primary: true, dateCreated: Number }],
    'O18 native types in a JSON text',
  )
  t.match(await send(new cognito.AdminListGroupsForUserCommand({ UserPoolId: one, Username })), {
    Groups: [{ GroupName: `${one}_Corporate` }],
  })

  await send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId: one,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  await browser.get(`${origin}/one/logout?client_id=${app?.ClientId}&logout_uri=x`)
  browser.cookies.forEach((cookie, key) => {
    if (cookie.path === '/one' && cookie.name.startsWith('cognito')) browser.cookies.delete(key)
  })
  const again = await browser.follow(start, 'https://app.example')
  t.ok(again.url.searchParams.get('code'), 'O63 a federated user is not asked for a second factor')
  await send(new cognito.SetUserPoolMfaConfigCommand({ UserPoolId: one, MfaConfiguration: 'OFF' }))

  const userInfo = () =>
    fetch(`${origin}/one/oauth2/userInfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  t.equal((await userInfo()).status, 200)
  await send(new cognito.AdminUserGlobalSignOutCommand({ UserPoolId: one, Username }))
  t.equal((await userInfo()).status, 401, 'a global sign-out takes effect at once')

  const link = (value: string) =>
    send(
      new cognito.AdminLinkProviderForUserCommand({
        UserPoolId: one,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'local' },
        SourceUser: {
          ProviderName: 'Corporate',
          ProviderAttributeName: 'Cognito_Subject',
          ProviderAttributeValue: value,
        },
      }),
    )
  await send(new cognito.AdminCreateUserCommand({ UserPoolId: one, Username: 'local' }))
  t.match(await refusal(link(identities[0].userId)), [IPE, /^Merging is not currently supported/])
  await link('another')
  t.strictSame(
    await refusal(link('another')),
    [IPE, 'SourceUser is already linked to DestinationUser'],
    'U72',
  )
  await send(
    new cognito.AdminDisableProviderForUserCommand({
      UserPoolId: one,
      User: {
        ProviderName: 'Corporate',
        ProviderAttributeName: 'Cognito_Subject',
        ProviderAttributeValue: 'another',
      },
    }),
  )
  await link('another')
  await send(new cognito.DeleteIdentityProviderCommand({ UserPoolId: one, ProviderName: 'Corporate' }))
  t.match(
    (await send(new cognito.DescribeUserPoolClientCommand({ UserPoolId: one, ClientId: app?.ClientId })))
      .UserPoolClient?.SupportedIdentityProviders,
    ['COGNITO'],
  )
  const back = await browser.get(start)
  const { pathname, searchParams } = new URL(back.headers.get('location') ?? '')
  t.match(pathname, /\/login$/)
  t.match(searchParams.get('errorMessage'), 'Login option is not available')
})
