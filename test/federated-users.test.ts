import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { fetchBelowLocalhost } from './support/localhost.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { hostileUpstream } from './support/upstream.js'

const IPE = 'InvalidParameterException'
const callback = 'https://app.example/cb'
const bye = 'https://app.example/bye'
const UserPoolId = 'us-east-1_Reef00001'
const upstreamClient = { clientId: 'our-client', clientSecret: 'our-secret' }

const SigningKeys = await signingKeys()

const mapping = {
  email: 'email',
  given_name: 'given_name',
  'custom:dept': 'dept',
  'custom:level': 'level',
  'custom:since': 'since',
}

/** A pool that ignores case, and the provider Isle, which says of the user what a test wants it to. */
async function aReef(
  t: Test,
  {
    AttributeMapping = mapping,
    details = {},
    pool = {},
  }: {
    AttributeMapping?: Record<string, string>
    details?: Record<string, string>
    pool?: object
  } = {},
) {
  const clock = aClock(Date.now())
  const up = await hostileUpstream(t, { ...upstreamClient, now: clock.now })
  const rockpool = await aRockpool(t, {
    clock,
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: UserPoolId,
          Domain: 'reef',
          SigningKeys,
          UsernameConfiguration: { CaseSensitive: false },
          Schema: [
            { Name: 'dept', AttributeDataType: 'String', Mutable: true },
            { Name: 'level', AttributeDataType: 'Number', Mutable: true },
            { Name: 'since', AttributeDataType: 'DateTime', Mutable: true },
          ],
          IdentityProviders: [
            {
              ProviderName: 'Isle',
              ProviderType: 'OIDC',
              ProviderDetails: {
                client_id: upstreamClient.clientId,
                client_secret: upstreamClient.clientSecret,
                authorize_scopes: 'openid',
                attributes_request_method: 'GET',
                oidc_issuer: up.issuer,
                ...details,
              },
              AttributeMapping,
            },
          ],
          Clients: [
            {
              ClientName: 'app',
              ClientId: 'app0id',
              CallbackURLs: [callback],
              LogoutURLs: [bye],
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['code'],
              AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
              SupportedIdentityProviders: ['COGNITO', 'Isle'],
              ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
            },
          ],
          ...pool,
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const send = sdk.send.bind(sdk)
  /** The address that begins a sign-in through Isle. */
  const authorize = (at = `${rockpool.baseUrl}/reef`) =>
    `${at}/oauth2/authorize?${new URLSearchParams({
      client_id: 'app0id',
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid aws.cognito.signin.user.admin',
      identity_provider: 'Isle',
    })}`
  /** Signs in as somebody of whom Isle says this, and answers what the app is told. */
  async function signIn(claims: Record<string, unknown> = {}, browser = aBrowser()) {
    up.behave({ claims: right => ({ ...right, ...claims }), userInfo: {} })
    const { url } = await browser.follow(authorize(), callback)
    return Object.fromEntries(url.searchParams)
  }
  const user = async (Username: string) => {
    const { UserAttributes = [], ...rest } = await send(
      new cognito.AdminGetUserCommand({ UserPoolId, Username }),
    )
    return {
      ...rest,
      attributes: Object.fromEntries(UserAttributes.map(({ Name = '', Value }) => [Name, Value])),
    }
  }
  const users = async () => (await send(new cognito.ListUsersCommand({ UserPoolId }))).Users ?? []
  const link = (ProviderAttributeName: string, ProviderAttributeValue: string, destination = 'ada') =>
    send(
      new cognito.AdminLinkProviderForUserCommand({
        UserPoolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: destination },
        SourceUser: { ProviderName: 'Isle', ProviderAttributeName, ProviderAttributeValue },
      }),
    )
  const create = (Username: string) =>
    send(new cognito.AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }))
  return { rockpool, clock, up, send, authorize, signIn, user, users, link, create }
}

t.test('N2 an immutable attribute is refused at the second sign-in, though it is the same', async t => {
  const { signIn, user } = await aReef(t, {
    AttributeMapping: { email: 'email' },
    pool: { Schema: [{ Name: 'email', AttributeDataType: 'String', Mutable: false }] },
  })
  const claims = { email: 'ada@up.example' }
  t.match(await signIn(claims), { code: /./ })
  t.strictSame(await signIn(claims), {
    error: 'invalid_request',
    error_description: 'user.email: Attribute cannot be updated.\n ',
  })
  t.match((await user('isle_ada-1')).attributes, claims)
})

t.test('N13 a link by an attribute that the provider maps', async t => {
  const { send, signIn, user, users, link, create } = await aReef(t)
  await create('ada')
  t.match((await refusal(link('nickname', 'x')))[0], IPE, 'N13 one that it does not map')
  t.match((await refusal(link('username', 'x')))[0], IPE, 'the user name is the subject')
  await link('email', 'a@b.example')
  t.match(await refusal(link('email', 'a@b.example')), [IPE, /already linked/])

  t.match(await signIn({ sub: 'a@b.example' }), { code: /./ })
  t.match(await users(), { length: 2 }, 'a subject is no e-mail address')
  t.match(await signIn({ sub: 'somebody', email: 'a@b.example' }), { code: /./ })
  t.equal((await users()).length, 2, 'the first sign-in with that address makes nobody,')
  const ada = await user('ada')
  t.match(
    ada,
    { UserStatus: 'FORCE_CHANGE_PASSWORD', attributes: { email: 'a@b.example' } },
    'but leads to ada',
  )
  t.match(JSON.parse(ada.attributes.identities ?? ''), [
    { userId: 'a@b.example', providerName: 'Isle', primary: false },
  ])
  t.notMatch(ada.attributes.identities, 'linkedBy')

  await send(
    new cognito.AdminDisableProviderForUserCommand({
      UserPoolId,
      User: { ProviderName: 'Isle', ProviderAttributeName: 'email', ProviderAttributeValue: 'a@b.example' },
    }),
  )
  t.notOk('identities' in (await user('ada')).attributes, 'and is undone')
})

t.test('N31 GetUser has the identities of a linked user as a JSON text of native types', async t => {
  const { send, signIn, link, create } = await aReef(t)
  await create('ada')
  await link('Cognito_Subject', 'Ada-1')
  t.match(await signIn(), { code: /./ })
  const Password = 'Anemone-4-Marco!'
  await send(
    new cognito.AdminSetUserPasswordCommand({ UserPoolId, Username: 'ada', Password, Permanent: true }),
  )
  const { AuthenticationResult } = await send(
    new cognito.InitiateAuthCommand({
      ClientId: 'app0id',
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ada', PASSWORD: Password },
    }),
  )
  const { UserAttributes = [] } = await send(
    new cognito.GetUserCommand({ AccessToken: AuthenticationResult?.AccessToken }),
  )
  const identities = UserAttributes.find(({ Name }) => Name === 'identities')?.Value
  t.match(JSON.parse(identities ?? ''), [
    { userId: 'Ada-1', providerName: 'Isle', primary: false, dateCreated: Number },
  ])
})

t.test('a social provider links by its subject alone', async t => {
  const { send, create } = await aReef(t)
  await create('ada')
  await send(
    new cognito.CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: 'Google',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'c', client_secret: 's', authorize_scopes: 'openid email' },
      AttributeMapping: { email: 'email' },
    }),
  )
  const link = (ProviderAttributeName: string) =>
    send(
      new cognito.AdminLinkProviderForUserCommand({
        UserPoolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'ada' },
        SourceUser: { ProviderName: 'Google', ProviderAttributeName, ProviderAttributeValue: '1' },
      }),
    )
  t.match(await refusal(link('email')), [IPE])
  await link('Cognito_Subject')
})

t.test('N14 a subject that was linked in another case', async t => {
  const { signIn, users, link, create } = await aReef(t)
  await create('ada')
  await link('Cognito_Subject', 'mixed-1')
  t.match(await signIn({ sub: 'Mixed-1' }), {
    error: 'invalid_request',
    error_description: 'Invalid ProviderName/Username combination. Please check again',
  })
  t.equal((await users()).length, 1, 'no new user')
  t.match(await signIn({ sub: 'mixed-1' }), { code: /./ })
  t.match(await signIn({ sub: 'other' }), { code: /./ }, 'others are as ever')
})

t.test('N14 where case counts it is somebody else', async t => {
  const { signIn, users, link, create } = await aReef(t, {
    pool: { UsernameConfiguration: { CaseSensitive: true } },
  })
  await create('ada')
  await link('Cognito_Subject', 'Mixed-1')
  t.match(await signIn({ sub: 'mixed-1' }), { code: /./ })
  t.equal((await users()).length, 2)
})

t.test('N15 N16 what a later sign-in writes', async t => {
  const { signIn, user, clock } = await aReef(t)
  const claims = { email: 'ada@up.example', dept: 'x' }
  t.match(await signIn(claims), { code: /./ })
  const first = await user('isle_ada-1')
  t.match(first.attributes, { 'custom:dept': 'x' })
  clock.advance({ seconds: 60 })
  t.match(await signIn(claims), { code: /./ })
  t.strictSame(
    (await user('isle_ada-1')).UserLastModifiedDate,
    first.UserLastModifiedDate,
    'N16 equal claims write nothing',
  )
  t.match(await signIn({ ...claims, dept: '' }), { code: /./ })
  const after = await user('isle_ada-1')
  t.notOk('custom:dept' in after.attributes, 'N15 a blank one takes the attribute away')
  t.match(after.attributes, { email: 'ada@up.example' })
  t.not(String(after.UserLastModifiedDate), String(first.UserLastModifiedDate))
})

t.test('C25 a required attribute that a later sign-in lacks stays, and nobody is refused', async t => {
  const { signIn, user } = await aReef(t, {
    pool: { Schema: [{ Name: 'email', AttributeDataType: 'String', Mutable: true, Required: true }] },
    AttributeMapping: { email: 'email' },
  })
  t.match(
    await signIn({ email: undefined }),
    { error: 'invalid_request' },
    'the first sign-in has to bring it',
  )
  t.match(await signIn({ email: 'ada@up.example' }), { code: /./ })
  t.match(await signIn({ email: undefined }), { code: /./ })
  t.match((await user('isle_ada-1')).attributes, { email: 'ada@up.example' })
})

t.test('a claim that does not fit the type of its attribute', async t => {
  const { signIn, user, users } = await aReef(t)
  for (const [claims, error_description] of [
    [{ level: 'high' }, 'Invalid user attributes: custom:level: Attribute value must be a number\n '],
    [{ since: 'yesterday' }, /^Invalid user attributes: custom:since: /],
    [{ email: 'nonsense' }, 'Invalid email address format.'],
  ] as const)
    t.match(await signIn(claims), { error: 'invalid_request', error_description }, JSON.stringify(claims))
  t.strictSame(await users(), [])
  t.match(await signIn({ level: 7, since: '2026-11-25T12:00:00Z' }), { code: /./ })
  t.match((await user('isle_ada-1')).attributes, {
    'custom:level': '7',
    'custom:since': '2026-11-25T12:00:00Z',
  })
})

t.test('N17 an issuer with a slash at the end, however it is written down', async t => {
  for (const [configured, sent] of [
    ['/', '/'],
    ['', '/'],
    ['/', ''],
  ] as const) {
    const { up, send, signIn } = await aReef(t)
    const issuer = `${up.issuer}${configured}`
    const { IdentityProvider } = await send(
      new cognito.UpdateIdentityProviderCommand({
        UserPoolId,
        ProviderName: 'Isle',
        ProviderDetails: {
          client_id: upstreamClient.clientId,
          client_secret: upstreamClient.clientSecret,
          authorize_scopes: 'openid',
          attributes_request_method: 'GET',
          oidc_issuer: issuer,
        },
      }),
    )
    t.match(IdentityProvider?.ProviderDetails, { oidc_issuer: issuer })
    t.strictSame(
      up.seen.map(({ path }) => path).filter(path => path.includes('well-known')),
      Array(up.seen.filter(({ path }) => path.includes('well-known')).length).fill(
        '/.well-known/openid-configuration',
      ),
      'one slash before .well-known',
    )
    t.match(
      await signIn({ iss: `${up.issuer}${sent}` }),
      { code: /./ },
      `${configured || '-'} ${sent || '-'}`,
    )
  }
  const seeded = await aReef(t, { details: { oidc_issuer: 'https://x.example/' } })
  const { IdentityProvider } = await seeded.send(
    new cognito.DescribeIdentityProviderCommand({ UserPoolId, ProviderName: 'Isle' }),
  )
  t.equal(IdentityProvider?.ProviderDetails?.oidc_issuer, 'https://x.example/', 'a seed may say so too')
})

t.test('N22 what a provider may be called', async t => {
  const { send, up } = await aReef(t)
  const create = (ProviderName: string) =>
    send(
      new cognito.CreateIdentityProviderCommand({
        UserPoolId,
        ProviderName,
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: 'c',
          client_secret: 's',
          authorize_scopes: 'openid',
          attributes_request_method: 'GET',
          oidc_issuer: up.issuer,
          ...up.endpoints,
        },
      }),
    )
  for (const name of ['COGNITO', 'SAML', 'google']) t.ok((await create(name)).IdentityProvider, name)
  t.strictSame(await refusal(create('Google')), [IPE, 'Provider Google cannot be of type OIDC'])
})

t.test('a domain by host name is one place: cookies, session and sign-out are there', async t => {
  const { rockpool, up, authorize } = await aReef(t)
  const at = `http://reef.localhost:${rockpool.address.port}`
  const browser = aBrowser(fetchBelowLocalhost)
  const cookies = () => [...browser.cookies.values()].filter(({ name }) => name.startsWith('cognito.'))
  up.behave({ userInfo: {} })
  const first = await browser.follow(authorize(at), callback)
  t.match(first.url.search, /code=/)
  t.ok(first.way.some(({ href }) => href.startsWith(`${rockpool.baseUrl}/reef/oauth2/idpresponse`)))
  t.match(cookies(), [{ host: 'reef.localhost', path: '/' }], 'the session is where the app asked')
  const asked = up.seen.length
  t.match((await browser.follow(authorize(at), callback)).url.search, /code=/)
  t.equal(up.seen.length, asked, 'and answers the second time')

  const logout = `${at}/logout?${new URLSearchParams({ client_id: 'app0id', logout_uri: bye })}`
  t.equal((await browser.follow(logout, bye)).url.href, bye)
  t.strictSame(cookies(), [], 'signing out there signs out')
  await browser.follow(authorize(at), callback)
  t.ok(up.seen.length > asked, 'the provider is asked again')

  const other = aBrowser(fetchBelowLocalhost)
  await other.follow(authorize(), callback)
  t.ok([...other.cookies.values()].some(({ name }) => name.startsWith('cognito.')))
  await other.follow(logout, bye)
  t.notOk(
    [...other.cookies.values()].some(({ name }) => name.startsWith('cognito.')),
    'who signed in by path signs out by host name',
  )
})

t.test('a secondary replica lets in whom the primary knows, changes nobody, and makes nobody', async t => {
  const { rockpool, up, send, authorize, signIn, user, users } = await aReef(t, {
    pool: {
      KeyConfiguration: {
        KeyType: 'CUSTOMER_MANAGED_KEY',
        KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab',
      },
      IssuerConfiguration: { Type: 'UPDATED' },
    },
  })
  const there = { UserPoolId, RegionName: 'eu-west-1' }
  await send(new cognito.CreateUserPoolReplicaCommand(there))
  await send(new cognito.UpdateUserPoolReplicaCommand({ ...there, Status: 'ACTIVE' }))
  const replica = anSdk(t, rockpool, there.RegionName)
  await replica.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'reef' }))
  const domain = `${rockpool.baseUrl}/reef.auth.${there.RegionName}.amazoncognito.com`
  const signInThere = async (claims: object) => {
    up.behave({ claims: right => ({ ...right, ...claims }), userInfo: {} })
    const { url, way } = await aBrowser().follow(authorize(domain), callback)
    t.ok(
      way.some(({ href }) => href.startsWith(`${domain}/oauth2/idpresponse`)),
      'the provider sends the browser back to the replica',
    )
    return Object.fromEntries(url.searchParams)
  }
  t.match(await signInThere({ dept: 'x' }), {
    error: 'invalid_request',
    error_description: /not signed in to the primary/,
  })
  t.strictSame(await users(), [])
  t.match(await signIn({ dept: 'x' }), { code: /./ })
  t.match(await signInThere({ dept: 'y' }), { code: /./ })
  t.match((await user('isle_ada-1')).attributes, { 'custom:dept': 'x' })
})
