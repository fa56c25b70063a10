import { generateKeyPairSync, verify } from 'node:crypto'
import {
  AdminDeleteUserCommand,
  CreateIdentityProviderCommand,
  DescribeIdentityProviderCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aBrowser, type Browser } from './support/browser.js'
import { claimsOf } from './support/oauth-client.js'
import { aRockpool, authorizeQuery, poolAndClient, postForm } from './support/rockpool.js'
import { appCallback, postedBy } from './support/saml-reef.js'

/** Google, Facebook, Amazon and Apple, each played by the provider that is built in. */

const poolId = 'us-east-1_Social001'
const appleKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const usual = { client_id: 'reef', client_secret: 'a-secret-of-the-reef' }
const details = {
  Google: { ...usual, authorize_scopes: 'profile email openid' },
  Facebook: { ...usual, authorize_scopes: 'public_profile, email' },
  LoginWithAmazon: { ...usual, authorize_scopes: 'profile postal_code' },
  SignInWithApple: {
    client_id: 'com.example.reef',
    team_id: 'TEAM123456',
    key_id: 'KEY1234567',
    private_key: appleKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    authorize_scopes: 'email name',
  },
} as const
type Type = keyof typeof details
const types = Object.keys(details) as Type[]

interface SocialReef {
  readonly mapping?: Partial<Record<Type, Record<string, string>>>
  readonly pool?: object
  readonly upstreams?: readonly object[]
}

async function aSocialReef(t: Test, { mapping = {}, pool = {}, upstreams = [] }: SocialReef = {}) {
  const seed = {
    UserPools: [
      {
        PoolName: 'reef',
        Id: poolId,
        Domain: 'reef',
        UsernameConfiguration: { CaseSensitive: true },
        IdentityProviders: types.map(type => ({
          ProviderName: type,
          ProviderType: type,
          ProviderDetails: details[type],
          AttributeMapping: mapping[type] ?? { email: 'email' },
        })),
        Clients: [
          {
            ClientName: 'app',
            ClientId: 'appatreef',
            CallbackURLs: [appCallback],
            AllowedOAuthFlowsUserPoolClient: true,
            AllowedOAuthFlows: ['code'],
            AllowedOAuthScopes: ['openid', 'email', 'profile'],
            SupportedIdentityProviders: ['COGNITO', ...types],
          },
        ],
        ...pool,
      },
    ],
    UpstreamProviders: upstreams,
  }
  const lines: string[] = []
  const rockpool = await aRockpool(t, { seed, log: line => lines.push(line) })
  return { rockpool, lines, sdk: anSdk(t, rockpool), ...poolAndClient(rockpool, 'reef', 'app') }
}

type Reef = Awaited<ReturnType<typeof aSocialReef>>

/** Goes to the provider: the address that the browser is sent to. */
async function leave({ pool, client }: Reef, browser: Browser, type: Type): Promise<URL> {
  const query = authorizeQuery(client, { identity_provider: type, state: 'of-the-app', login_hint: 'ann' })
  const answer = await browser.get(`${pool.domainUrl}/oauth2/authorize?${query}`)
  return new URL(answer.headers.get('location') ?? '')
}

/** Picks a user at the provider, and answers the app's outcome. */
async function signIn(reef: Reef, type: Type, choice: Record<string, string> = {}, browser = aBrowser()) {
  const at = await leave(reef, browser, type)
  const page = await (await fetch(at)).text()
  const action = /<form name="nameUserForm" method="post" action="([^"]+)"/.exec(page)?.[1] ?? ''
  const { redirect_uri = '', state = '', scope = '', client_id = '' } = Object.fromEntries(at.searchParams)
  const form = { client_id, redirect_uri, scope, state, username: 'ann', ...choice }
  const answer = await postForm(new URL(action, at).href, form)
  const location = answer.headers.get('location')
  const back =
    location === null
      ? await (async () => {
          const { to, fields } = postedBy(await answer.text())
          // As from another site: without the cookies, which the browser brings with the redirect.
          const parked = await aBrowser().post(to, fields)
          return browser.get(parked.headers.get('location') ?? '')
        })()
      : await browser.get(location)
  const end = new URL(back.headers.get('location') ?? `${appCallback}?text=${await back.text()}`)
  return { outcome: Object.fromEntries(end.searchParams), location, at }
}

async function idToken({ pool, client }: Reef, code = '') {
  const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: client.id,
    code,
    redirect_uri: appCallback,
  })
  return claimsOf(((await answer.json()) as { id_token: string }).id_token)
}

async function usersOf({ sdk }: Reef) {
  const { Users = [] } = await sdk.send(new ListUsersCommand({ UserPoolId: poolId }))
  return Users.map(({ Username = '', Attributes = [] }) => ({
    username: Username,
    attributes: Object.fromEntries(Attributes.map(({ Name, Value }) => [Name, Value])),
  }))
}

t.test('Google', async t => {
  const mapping = {
    email: 'email',
    email_verified: 'email_verified',
    name: 'names',
    given_name: 'given_name',
  }
  const reef = await aSocialReef(t, { mapping: { Google: mapping } })
  const { outcome, at, location } = await signIn(reef, 'Google')
  t.equal(
    at.href.split('?')[0],
    `${reef.rockpool.baseUrl}/_rockpool/zoo/google/accounts.google.com/o/oauth2/v2/auth`,
  )
  t.strictSame(
    [...at.searchParams.keys()],
    ['client_id', 'redirect_uri', 'scope', 'response_type', 'state'],
    'S3 five parameters in order',
  )
  t.match(location, 'authuser=0', 'what else comes back is ignored')
  const claims = await idToken(reef, outcome.code)
  t.match(claims, {
    'cognito:username': /^Google_\d{21}$/,
    'cognito:groups': [`${poolId}_Google`],
    name: 'Ann Li',
    given_name: 'Ann',
    identities: [{ providerName: 'Google', providerType: 'Google', issuer: null, primary: 'true' }],
  })
  t.equal(claims.email_verified, true, 'S8 a verified address is a boolean in the ID token')
  t.equal((await usersOf(reef))[0]?.attributes.email_verified, 'true')
  const plain = await aSocialReef(t)
  const unmapped = await idToken(plain, (await signIn(plain, 'Google')).outcome.code)
  t.equal(unmapped.email_verified, false, 'and false where it is not mapped')
  while (!reef.lines.some(line => line.includes('in the place of Google')))
    await new Promise(done => setTimeout(done, 20))
  t.pass('the log says who is asked')
})

t.test('Facebook', async t => {
  const Schema = [{ Name: 'email', Required: true, Mutable: true }]
  const mapping = { email: 'email', name: 'name', picture: 'picture' }
  const reef = await aSocialReef(t, { pool: { Schema }, mapping: { Facebook: mapping } })
  const { outcome, at } = await signIn(reef, 'Facebook', {
    claims: JSON.stringify({ picture: 'https://x.example/ann.png' }),
  })
  t.match(at.pathname, '/www.facebook.com/v17.0/dialog/oauth')
  t.equal(at.searchParams.get('scope'), 'public_profile,email', 'S32 its scopes have commas')
  t.match(await idToken(reef, outcome.code), { 'cognito:username': /^Facebook_\d{16}$/, name: 'Ann Li' })
  const flight = await (await fetch(`${reef.rockpool.baseUrl}/_rockpool/flights`)).json()
  const [last] = (flight as { flights: { id: string }[] }).flights
  const text = await (await fetch(`${reef.rockpool.baseUrl}/_rockpool/flights/${last?.id}`)).text()
  t.match(text, /"method":"GET","url":"[^"]*graph\.facebook\.com\/v17\.0\/oauth\/access_token/, 'by GET')
  t.match(text, /me\?fields=[^"]*email,name,picture/, 'the profile with the mapped names')
  const without = await signIn(reef, 'Facebook', { username: 'omar', quirk: 'no-email' })
  t.strictSame(
    without.outcome,
    { error_description: 'attributes required: [email]', state: 'of-the-app', error: 'invalid_request' },
    'S11 an address that is required and not there',
  )
  const cancelled = await signIn(reef, 'Facebook', { cancel: 'yes' })
  t.equal(
    cancelled.outcome.error_description,
    'Permissions error; error=access_denied; error_code=200; error_reason=user_denied',
    'S33 a user who cancels',
  )
})

t.test('Login with Amazon', async t => {
  const reef = await aSocialReef(t, { mapping: { LoginWithAmazon: { email: 'email', name: 'name' } } })
  const { outcome } = await signIn(reef, 'LoginWithAmazon')
  t.match(
    await idToken(reef, outcome.code),
    { 'cognito:username': /^LoginWithAmazon_amzn1\.account\.[0-9A-F]{28}$/, email: 'ann@example.com' },
    'S34 the user of Amazon',
  )
})

t.test('Sign in with Apple', async t => {
  const mapping = { email: 'email', email_verified: 'email_verified', name: 'name', given_name: 'firstName' }
  const Schema = [{ Name: 'name', Required: true, Mutable: true }]
  const reef = await aSocialReef(t, {
    mapping: {
      SignInWithApple: mapping,
      Google: { name: 'name' },
      Facebook: { name: 'name' },
      LoginWithAmazon: { name: 'name' },
    },
    pool: { Schema },
  })
  const { outcome, at } = await signIn(reef, 'SignInWithApple')
  t.equal(at.searchParams.get('response_mode'), 'form_post')
  t.match(outcome, { code: /./, state: 'of-the-app' }, 'S12 it posts its answer from its own site')
  const claims = await idToken(reef, outcome.code)
  t.match(claims, { name: 'Ann Li', given_name: 'Ann', 'cognito:username': /^SignInWithApple_000340\./ })
  t.equal(claims.email_verified, true, 'S14 the text "true" is true')
  const second = await signIn(reef, 'SignInWithApple')
  t.equal((await idToken(reef, second.outcome.code)).name, 'Ann Li', 'S13 a name is told once, and kept')
  const [user] = await usersOf(reef)
  await reef.sdk.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: user?.username }))
  t.strictSame((await signIn(reef, 'SignInWithApple')).outcome, {
    error_description: 'Invalid user attributes: name: The attribute is required\n ',
    state: 'of-the-app',
    error: 'invalid_request',
  })
})

t.test('wrong secrets', async t => {
  const callback = 'https://reef.example/oauth2/idpresponse'
  const Clients = [{ ClientId: 'reef', ClientSecret: 'another', RedirectUris: [callback] }]
  const reef = await aSocialReef(t, {
    upstreams: ['google', 'amazon'].map(Kind => ({
      Name: `my-${Kind}`,
      Kind,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
      Clients: Clients.map(one => ({ ...one, RedirectUris: ['${pools.reef.domain}/oauth2/idpresponse'] })),
    })),
  })
  const told = async (type: Type) => (await signIn(reef, type)).outcome.error_description
  t.equal(await told('Google'), 'Google Error - 401 invalid_client', 'S35 Google names the error')
  t.equal(await told('LoginWithAmazon'), 'LoginWithAmazon Error - 401 error getting token')
})

t.test('what is configured', async t => {
  const reef = await aSocialReef(t)
  const describe = async (ProviderName: Type) =>
    (await reef.sdk.send(new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName })))
      .IdentityProvider
  const [google, facebook, amazon, apple] = await Promise.all(types.map(describe))
  t.match(
    google?.ProviderDetails,
    {
      authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth',
      oidc_issuer: 'https://accounts.google.com',
      token_url: 'https://www.googleapis.com/oauth2/v4/token',
    },
    'S21 Describe adds the addresses of the type',
  )
  t.match(facebook?.ProviderDetails, { attributes_url: 'https://graph.facebook.com/v17.0/me?fields=' })
  t.match(amazon?.ProviderDetails, { token_request_method: 'POST' })
  t.notOk(apple?.ProviderDetails?.private_key)
  t.match([google?.AttributeMapping, facebook?.AttributeMapping], [{ username: 'sub' }, { username: 'id' }])
  const misnamed = new CreateIdentityProviderCommand({
    UserPoolId: poolId,
    ProviderName: 'MyGoogle',
    ProviderType: 'Google',
    ProviderDetails: details.Google,
  })
  t.equal(
    (await refusal(reef.sdk.send(misnamed)))[0],
    'InvalidParameterException',
    'S22 a social provider has the name of its type',
  )
  for (const type of types) {
    const { outcome, at } = await signIn(reef, type)
    t.ok(outcome.code, 'S59 each type signs in without a network')
    t.notOk(at.searchParams.has('login_hint'), 'a hint goes to providers of OpenID Connect only')
  }
})

t.test('tokens as attributes', async t => {
  const pool = { Schema: [{ Name: 'token', AttributeDataType: 'String', Mutable: true }] }
  const mapping = { Google: { 'custom:token': 'access_token' } }
  const client = { pool, mapping }
  const reef = await aSocialReef(t, client)
  t.ok((await signIn(reef, 'Google')).outcome.code)
  t.match((await usersOf(reef))[0]?.attributes['custom:token'], /^ya29\./, 'S54 a short one is stored')
  const long = await signIn(reef, 'Google', { quirk: 'long-access-token' })
  t.equal(long.outcome.error, 'invalid_request', 'and a long one fails the sign-in')
})

t.test('the secret for Apple', async t => {
  const { apple } = await import('../src/federation/social/apple.js')
  let secret = ''
  const provider = {
    poolId,
    name: 'SignInWithApple',
    type: 'SignInWithApple' as const,
    details: {
      ...details.SignInWithApple,
      oidc_issuer: 'https://appleid.apple.com',
      token_url: 'https://a.example',
    },
    mapping: {},
    identifiers: [],
    createdAt: 0,
    modifiedAt: 0,
  }
  const now = Date.parse('2026-11-25T12:00:00Z')
  await t.rejects(
    apple.claims({
      service: { clock: { now: () => now } } as never,
      call: async (_purpose, _url, init) => {
        secret = new URLSearchParams(String(init?.body)).get('client_secret') ?? ''
        return { status: 400, text: '{"error":"invalid_client"}' }
      },
      provider,
      code: 'c',
      redirectUri: 'https://reef.example',
      answer: {},
    }),
    { message: 'invalid_request: SignInWithApple Error - 400 error getting token' },
  )
  const [header = '', payload = '', signature = ''] = secret.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  t.match(read(header), { alg: 'ES256', kid: 'KEY1234567' })
  t.match(
    read(payload),
    { iss: 'TEAM123456', sub: 'com.example.reef', aud: 'https://appleid.apple.com', iat: now / 1000 },
    'S56 it is a token of team and client',
  )
  const key = { key: appleKey.publicKey, dsaEncoding: 'ieee-p1363' as const }
  t.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')))
})
