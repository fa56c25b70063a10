import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import {
  CreateUserPoolDomainCommand,
  GetUserCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { Rockpool, RockpoolOptions } from '../src/emulator.js'
import { anSdk } from './support/api.js'
import { askSecurely, authorityOf } from './support/https.js'
import { signingKeys } from './support/keys.js'
import { claims } from './support/reef.js'
import { aRockpool } from './support/rockpool.js'

const poolId = 'us-east-1_Addresses'
const password = 'Anemone-4-Marco!'
const SigningKeys = await signingKeys()

const seedWith = (Issuer?: string) => ({
  UserPools: [
    {
      PoolName: 'shop',
      Id: poolId,
      Domain: 'shop',
      SigningKeys,
      ...(Issuer === undefined ? {} : { Issuer }),
      ResourceServers: [
        { Identifier: 'api', Name: 'api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'r' }] },
      ],
      Clients: [
        {
          ClientName: 'web',
          ClientId: 'web0id',
          CallbackURLs: [`\${pools.shop.domain}/cb`, 'https://app.example/cb'],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
          SupportedIdentityProviders: ['COGNITO'],
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
        },
        {
          ClientName: 'job',
          ClientId: 'job0id',
          ClientSecret: 'job'.padEnd(30, '0'),
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['client_credentials'],
          AllowedOAuthScopes: ['api/read'],
        },
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          UserAttributes: { email: 'marco@shop.example', email_verified: true },
        },
      ],
    },
  ],
})

const shop = (t: Test, issuer?: string, options: RockpoolOptions = {}) =>
  aRockpool(t, { ...options, seed: seedWith(issuer) })

/** Asks over plain http, under any Host. */
async function ask(
  { address: { port } }: Rockpool,
  path: string,
  headers: OutgoingHttpHeaders,
  form?: Record<string, string>,
): Promise<{ status: number; location: string; text: string }> {
  const body = form && new URLSearchParams(form).toString()
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    agent: false,
  })
  asked.end(body)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode ?? 0, location: response.headers.location ?? '', text }
}

const machine = {
  grant_type: 'client_credentials',
  client_id: 'job0id',
  client_secret: 'job'.padEnd(30, '0'),
}
const configuration = `/${poolId}/.well-known/openid-configuration`

t.test('an issuer that follows the request', async t => {
  const rockpool = await shop(t, 'request')
  const { port } = rockpool.address
  const ca = await authorityOf(rockpool)
  const issuerIn = (text: string) => claims(JSON.parse(text).access_token).iss

  for (const host of [`rockpool:${port}`, `127.0.0.1:${port}`, 'id.example']) {
    const { text } = await ask(rockpool, configuration, { host })
    t.equal(JSON.parse(text).issuer, `http://${host}/${poolId}`)
    t.equal(JSON.parse(text).authorization_endpoint, `${rockpool.baseUrl}/shop/oauth2/authorize`)
    const tokens = await ask(rockpool, '/shop/oauth2/token', { host }, machine)
    t.equal(issuerIn(tokens.text), `http://${host}/${poolId}`, 'the token says what discovery said')
  }
  const secure = await askSecurely(`https://localhost:${port}${configuration}`, { ca })
  t.equal(JSON.parse(secure.text).issuer, `https://localhost:${port}/${poolId}`)
  const atDomain = await ask(rockpool, '/oauth2/token', { host: `shop.localhost:${port}` }, machine)
  t.equal(issuerIn(atDomain.text), `${rockpool.baseUrl}/${poolId}`, 'the host of a domain is no issuer')

  const sdk = anSdk(t, { baseUrl: `http://127.0.0.1:${port}` })
  const { AuthenticationResult: tokens } = await sdk.send(
    new InitiateAuthCommand({
      ClientId: 'web0id',
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'marco', PASSWORD: password },
    }),
  )
  t.equal(claims(tokens?.IdToken).iss, `http://127.0.0.1:${port}/${poolId}`)
  const user = await anSdk(t, rockpool).send(new GetUserCommand({ AccessToken: tokens?.AccessToken }))
  t.equal(user.Username, 'marco', 'a token is good wherever it is shown')
})

t.test('an issuer of one’s own stays the same for every caller', async t => {
  for (const [issuer, iss] of [
    [undefined, `https://id.example/${poolId}`],
    ['https://issuer.example/mine', 'https://issuer.example/mine'],
    ['aws', `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`],
  ] as const) {
    const rockpool = await shop(t, issuer, { baseUrl: 'https://id.example' })
    const { text } = await ask(rockpool, '/shop/oauth2/token', { host: 'rockpool' }, machine)
    t.equal(claims(JSON.parse(text).access_token).iss, iss)
  }
})

t.test('a base URL is written as browsers write it, who send no port that goes without saying', async t => {
  for (const [given, written] of [
    ['http://localhost:80', 'http://localhost'],
    ['https://ID.example:443/', 'https://id.example'],
    ['http://id.example:8080', 'http://id.example:8080'],
  ] as const) {
    const { baseUrl, pools } = await shop(t, undefined, { baseUrl: given })
    t.equal(baseUrl, written)
    t.equal(pools[0]?.issuer, `${written}/${poolId}`)
  }
})

t.test('the headers of a proxy count where they are trusted', async t => {
  const sent: [headers: Record<string, string>, origin: string][] = [
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'id.example' }, 'https://id.example'],
    [{ 'x-forwarded-proto': 'https' }, 'https://inner.test'],
    [
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'id.example', 'x-forwarded-port': '8443' },
      'https://id.example:8443',
    ],
    [
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'id.example', 'x-forwarded-port': '443' },
      'https://id.example',
    ],
    [{ 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'id.example, inner' }, 'https://id.example'],
    [
      { forwarded: 'for=10.0.0.1;proto=https;host="id.example:8443", for=10.0.0.2;host=x' },
      'https://id.example:8443',
    ],
    [{ forwarded: 'host=id.example', 'x-forwarded-host': 'other.example' }, 'http://id.example'],
    [{ 'x-forwarded-proto': 'javascript' }, 'http://inner.test'],
    [{}, 'http://inner.test'],
  ]
  const [believing, careful] = [await shop(t, 'request', { trustProxy: true }), await shop(t, 'request')]
  for (const [headers, origin] of sent) {
    const asked = { host: 'inner.test', ...headers }
    const issuer = async (rockpool: Rockpool) =>
      JSON.parse((await ask(rockpool, configuration, asked)).text).issuer
    t.equal(await issuer(believing), `${origin}/${poolId}`, JSON.stringify(headers))
    t.equal(await issuer(careful), `http://inner.test/${poolId}`, 'not believed unless told to')
  }
  const login = '/login?client_id=web0id&response_type=code&redirect_uri=https://app.example/cb'
  const atDomain = {
    'x-forwarded-host': 'shop.auth.us-east-1.amazoncognito.com',
    'x-forwarded-proto': 'https',
  }
  t.equal((await ask(believing, login, atDomain)).status, 200, 'the host form of a domain')
  t.equal((await ask(careful, login, atDomain)).status, 302)
  const own = { host: 'inner.test', 'x-forwarded-host': 'bank.example' }
  t.equal(
    (await ask(believing, '/_rockpool/health', own)).status,
    403,
    'whose name it is, the client has said',
  )
})

t.test('what is Rockpool’s own is found under the names that it was told, and those of AWS', async t => {
  const rockpool = await shop(t, undefined, { hostNames: ['id.corp.example'] })
  const health = async (host: string) => (await ask(rockpool, '/_rockpool/health', { host })).status
  for (const host of [
    'id.corp.example',
    'id.corp.example:8080',
    'cognito-idp.eu-west-1.amazonaws.com',
    'rockpool',
  ])
    t.equal(await health(host), 200, host)
  for (const host of [
    'corp.example',
    'x.id.corp.example',
    'cognito-idp.example',
    'ec2.us-east-1.amazonaws.com',
  ])
    t.equal(await health(host), 403, host)
  const refused = await ask(rockpool, '/_rockpool/health', { host: 'x.example' })
  t.match(JSON.parse(refused.text).message, '--host-name')
})

t.test('with the addresses of AWS', async t => {
  const rockpool = await shop(t, undefined, { awsAddresses: true })
  const { port } = rockpool.address
  const ca = await authorityOf(rockpool)
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${poolId}`
  const domain = 'https://shop.auth.us-east-1.amazoncognito.com'
  t.match(rockpool.pools[0], {
    issuer,
    domainUrl: domain,
    clients: [{ name: 'job' }, { callbackUrls: [`${domain}/cb`, 'https://app.example/cb'] }],
  })

  const found = JSON.parse(
    (await askSecurely(`${issuer}/.well-known/openid-configuration`, { port, ca })).text,
  )
  t.match(found, {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    authorization_endpoint: `${domain}/oauth2/authorize`,
    token_endpoint: `${domain}/oauth2/token`,
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
    revocation_endpoint: `${domain}/oauth2/revoke`,
    end_session_endpoint: `${domain}/logout`,
  })
  const tokens = await askSecurely(found.token_endpoint, { port, ca, form: machine })
  t.equal(claims(JSON.parse(tokens.text).access_token).iss, issuer)

  const inside = JSON.parse((await ask(rockpool, configuration, { host: 'rockpool:7665' })).text)
  t.match(inside, {
    issuer,
    authorization_endpoint: `${domain}/oauth2/authorize`,
    token_endpoint: 'http://rockpool:7665/shop/oauth2/token',
  })
  const query = '/login?client_id=web0id&response_type=code&redirect_uri=https://app.example/cb'
  t.equal((await askSecurely(`${domain}${query}`, { port, ca })).status, 200)
  t.equal((await ask(rockpool, query, {})).location, `${domain}${query}`, 'browsers are sent there')
})

t.test('with the addresses of AWS, a custom domain that is the only one', async t => {
  const rockpool = await aRockpool(t, {
    awsAddresses: true,
    seed: { UserPools: [{ PoolName: 'bare', Id: poolId }] },
  })
  await anSdk(t, rockpool).send(
    new CreateUserPoolDomainCommand({
      UserPoolId: poolId,
      Domain: 'login.shop.example',
      CustomDomainConfig: { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/any' },
    }),
  )
  const { text } = await ask(rockpool, configuration, {})
  t.equal(JSON.parse(text).authorization_endpoint, 'https://login.shop.example/oauth2/authorize')
})

t.test(
  'a back end as it is in production: CognitoJwtVerifier and the SDK fetch from AWS’s names',
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'addresses-'))
    t.teardown(() => rm(folder, { recursive: true }))
    const rockpool = await shop(t, 'aws', { caDir: folder })
    await authorityOf(rockpool)
    const { AuthenticationResult: tokens } = await anSdk(t, rockpool).send(
      new InitiateAuthCommand({
        ClientId: 'web0id',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: password },
      }),
    )
    const verify = (environment: object) =>
      promisify(execFile)(
        process.execPath,
        [
          '--import',
          resolve('test/support/lead-here.js'),
          'test/support/unmodified-verifier.js',
          poolId,
          'web0id',
          tokens?.AccessToken ?? '',
        ],
        {
          env: {
            PATH: process.env.PATH,
            LEADS_TO: String(rockpool.address.port),
            AWS_ACCESS_KEY_ID: 'any',
            AWS_SECRET_ACCESS_KEY: 'any',
            ...environment,
          },
        },
      )
    const { stdout } = await verify({ NODE_EXTRA_CA_CERTS: join(folder, 'rockpool-ca.pem') })
    t.equal(stdout, 'marco CONFIRMED')
    await t.rejects(verify({}), /unable to verify|self-signed/, 'and not without the authority')
  },
)
