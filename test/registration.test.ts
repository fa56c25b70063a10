import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import * as openid from 'openid-client'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { basic, claimsOf, password } from './support/oauth-client.js'
import { aRockpool, postForm, signInAt } from './support/rockpool.js'

const UserPoolId = 'us-east-1_Reef00001'
const IPE = 'InvalidParameterException'
const callback = 'http://localhost:3000/callback'

/** A pool of which clients register themselves, as its DcrConfiguration lets them. */
async function aReef(t: Test, DcrConfiguration: object | undefined, more: object = {}) {
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: UserPoolId,
          Domain: 'reef',
          ...(DcrConfiguration && { DcrConfiguration }),
          ResourceServers: [
            { Identifier: 'api', Name: 'Api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'read' }] },
          ],
          Clients: [
            {
              ClientName: 'registrar',
              ClientId: 'registrar0id',
              ClientSecret: 'asecretofthirtycharactersormore',
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['client_credentials'],
              AllowedOAuthScopes: ['aws.cognito/dcr/register', 'api/read'],
            },
          ],
          Users: [{ Username: 'marco', Password: password, UserAttributes: { email: 'marco@reef.example' } }],
          ...more,
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const domain = `${rockpool.baseUrl}/reef`
  const register = async (metadata: unknown, token?: string) => {
    const answer = await fetch(`${domain}/oauth2/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
    })
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    }
  }
  const tokenWith = async (scope: string) => {
    const answer = await postForm(
      `${domain}/oauth2/token`,
      { grant_type: 'client_credentials', scope },
      basic('registrar0id', 'asecretofthirtycharactersormore'),
    )
    return ((await answer.json()) as { access_token: string }).access_token
  }
  const describe = async (ClientId: unknown) =>
    (await sdk.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId: String(ClientId) })))
      .UserPoolClient
  const discovered = async () =>
    (await (
      await fetch(`${rockpool.baseUrl}/${UserPoolId}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>
  return { rockpool, sdk, domain, register, tokenWith, describe, discovered }
}

const app = { redirect_uris: [callback], token_endpoint_auth_method: 'none', client_name: 'Tide: table!' }

t.test('N57 an empty DcrConfiguration switches registration on, for those with a token', async t => {
  const { sdk, domain, discovered } = await aReef(t, {})
  const whole = {
    EnableStatus: 'Enabled',
    OpenDcrEnabled: false,
    AuthenticatedGrantTypes: ['code', 'client_credentials'],
    OpenDcrGrantTypes: ['code'],
    AllowedScopes: [],
  }
  const describe = async (UserPoolId?: string) =>
    (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool?.DcrConfiguration
  t.strictSame(await describe(UserPoolId), whole)
  t.equal((await discovered()).registration_endpoint, `${domain}/oauth2/register`)
  const keys = Object.keys(await discovered())
  t.strictSame(keys, keys.toSorted(), 'it stands where the service’s order has it')

  const create = (DcrConfiguration?: cognito.DcrConfigurationType) =>
    sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'p', DcrConfiguration }))
  const { UserPool: bare } = await create({})
  t.strictSame(await describe(bare?.Id), whole)
  const document = await fetch(`${new URL(domain).origin}/${bare?.Id}/.well-known/openid-configuration`)
  t.notOk('registration_endpoint' in ((await document.json()) as object), 'without a domain there is none')
  t.equal((await create()).UserPool?.DcrConfiguration, undefined, 'a pool that never had it')

  const off = await aReef(t, { EnableStatus: 'Disabled' })
  t.notOk('registration_endpoint' in (await off.discovered()), 'switched off')
  t.equal((await off.register(app)).status, 404)
})

t.test('N58 an update of the pool keeps it, or replaces it as a whole', async t => {
  const { sdk } = await aReef(t, { AllowedScopes: ['api/read'], OpenDcrGrantTypes: [] })
  const update = async (DcrConfiguration?: cognito.DcrConfigurationType) => {
    await sdk.send(new cognito.UpdateUserPoolCommand({ UserPoolId, DcrConfiguration }))
    const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
    return UserPool?.DcrConfiguration
  }
  t.match(await update(), { AllowedScopes: ['api/read'], OpenDcrGrantTypes: [] }, 'left out, it stays')
  t.strictSame(await update({ OpenDcrEnabled: true }), {
    EnableStatus: 'Enabled',
    OpenDcrEnabled: true,
    AuthenticatedGrantTypes: ['code', 'client_credentials'],
    OpenDcrGrantTypes: ['code'],
    AllowedScopes: [],
  })
})

t.test('N59 with a token of the scope a client registers, and works', async t => {
  const { rockpool, domain, register, tokenWith, describe } = await aReef(t, { AllowedScopes: ['api/read'] })
  const token = await tokenWith('aws.cognito/dcr/register')
  const { status, headers, body } = await register({ ...app, made_up: 7 }, token)
  t.equal(status, 201)
  t.match(headers.get('cache-control'), /no-store/)
  const { client_id, client_id_issued_at, ...rest } = body
  t.type(client_id_issued_at, 'number')
  t.strictSame(rest, {
    client_name: 'Tide table',
    redirect_uris: [callback],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'openid email phone profile',
  })
  t.match(await describe(client_id), {
    ClientType: 'DCR',
    ClientName: 'Tide table',
    CallbackURLs: [callback],
    AllowedOAuthFlows: ['code'],
  })
  t.equal((await describe('registrar0id'))?.ClientType, 'REGULAR')
  const query = new URLSearchParams({
    client_id: String(client_id),
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid',
  })
  const back = await signInAt(aBrowser(), domain, query.toString(), { username: 'marco', password })
  const tokens = await postForm(`${domain}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: String(client_id),
    redirect_uri: callback,
    code: back.searchParams.get('code') ?? '',
  })
  t.equal(tokens.status, 200)

  const machine = await register({ grant_types: ['client_credentials'], scope: 'api/read' }, token)
  t.match(machine.body, { client_secret: /^\w{40,}$/, client_secret_expires_at: 0, scope: 'api/read' })
  const own = await postForm(
    `${domain}/oauth2/token`,
    { grant_type: 'client_credentials' },
    basic(String(machine.body.client_id), String(machine.body.client_secret)),
  )
  t.match(claimsOf(((await own.json()) as { access_token: string }).access_token), { scope: 'api/read' })

  const named = await fetch(`${rockpool.baseUrl}/oauth2/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(app),
  })
  t.equal(named.status, 201, 'the pool follows from the token where the address names no domain')
})

t.test('N60 without a token it is a matter of the pool; what is not allowed is refused', async t => {
  const closed = await aReef(t, { AuthenticatedGrantTypes: [] })
  const refused = await closed.register(app)
  t.strictSame([refused.status, refused.body.error], [401, 'invalid_token'])
  t.match(refused.headers.get('www-authenticate'), /^Bearer error="invalid_token"/)
  t.match(await closed.register(app, 'eyJ.e.s'), { status: 401, body: { error: 'invalid_token' } })
  t.match(
    await closed.register(app, await closed.tokenWith('api/read')),
    { status: 403, body: { error: 'insufficient_scope' } },
    'a token without the scope',
  )
  t.match(
    await closed.register(app, await closed.tokenWith('aws.cognito/dcr/register')),
    { status: 400, body: { error: 'invalid_client_metadata' } },
    'a kind of registration without grants',
  )

  const { register, sdk } = await aReef(t, {
    OpenDcrEnabled: true,
    OpenDcrGrantTypes: ['code', 'implicit'],
    AllowedScopes: ['api/read', 'aws.cognito.signin.user.admin', 'aws.cognito/dcr/register'],
  })
  t.equal((await register(app)).status, 201, 'open')
  const scope = 'openid api/read aws.cognito.signin.user.admin'
  t.match(await register({ ...app, scope }), { status: 201, body: { scope } })
  const invalid = 'invalid_client_metadata'
  const cases: [what: string, metadata: unknown, error: string][] = [
    ['no JSON', 'redirect_uris=x', invalid],
    ['a list', [], invalid],
    ['a text for a list', { ...app, redirect_uris: callback }, invalid],
    ['a number for a text', { ...app, client_name: 7 }, invalid],
    ['no callback', { ...app, redirect_uris: [] }, 'invalid_redirect_uri'],
    ['http elsewhere', { ...app, redirect_uris: ['http://app.example/cb'] }, 'invalid_redirect_uri'],
    ['a script', { ...app, redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['the implicit grant', { ...app, grant_types: ['implicit'] }, invalid],
    ['a grant of the other kind', { grant_types: ['client_credentials'] }, invalid],
    ['refreshing alone', { ...app, grant_types: ['refresh_token'] }, invalid],
    ['another response', { ...app, response_types: ['token'] }, invalid],
    ['a key for a secret', { ...app, token_endpoint_auth_method: 'private_key_jwt' }, invalid],
    ['a scope that is not allowed', { ...app, scope: 'api/write' }, invalid],
    ['the scope of registration', { ...app, scope: 'aws.cognito/dcr/register' }, invalid],
  ]
  for (const [what, metadata, error] of cases)
    t.match(await register(metadata), { status: 400, body: { error } }, what)
  await sdk.send(
    new cognito.UpdateUserPoolCommand({
      UserPoolId,
      DcrConfiguration: { OpenDcrEnabled: true, OpenDcrGrantTypes: [] },
    }),
  )
  t.match(await register(app), { status: 401, body: { error: 'invalid_token' } }, 'open, and no grants')
})

t.test('a machine that registers has a secret, and one grant', async t => {
  const { register, tokenWith } = await aReef(t, { AllowedScopes: [] })
  const token = await tokenWith('aws.cognito/dcr/register')
  const machine = { grant_types: ['client_credentials'] }
  for (const metadata of [
    machine,
    { ...machine, token_endpoint_auth_method: 'none' },
    { ...app, grant_types: ['authorization_code', 'client_credentials'] },
  ])
    t.match(await register(metadata, token), { status: 400, body: { error: 'invalid_client_metadata' } })
})

t.test('N61 a client that registered has no further secrets, and is found by its type', async t => {
  const { register, sdk } = await aReef(t, { OpenDcrEnabled: true })
  const { body } = await register({ redirect_uris: [callback] })
  const client = { UserPoolId, ClientId: String(body.client_id) }
  const ClientSecretId = 'x'
  for (const [what, ask] of [
    ['another one', () => sdk.send(new cognito.AddUserPoolClientSecretCommand(client))],
    ['a list', () => sdk.send(new cognito.ListUserPoolClientSecretsCommand(client))],
    [
      'one less',
      () => sdk.send(new cognito.DeleteUserPoolClientSecretCommand({ ...client, ClientSecretId })),
    ],
  ] as const)
    t.match(await refusal(ask()), [IPE], what)
  const list = async (ClientType?: cognito.ClientTypeType) =>
    (await sdk.send(new cognito.ListUserPoolClientsCommand({ UserPoolId, ClientType }))).UserPoolClients
  t.strictSame(await list('DCR'), [
    { ClientId: client.ClientId, UserPoolId, ClientName: 'Registered client' },
  ])
  t.strictSame(
    (await list('REGULAR'))?.map(({ ClientName }) => ClientName),
    ['registrar'],
  )
  t.equal((await list())?.length, 2)
  t.match(await refusal(list('NOPE' as cognito.ClientTypeType)), [
    IPE,
    /'clientType' failed to satisfy constraint: Member must satisfy enum value set: \[DCR, REGULAR\]/,
  ])
  const found: (string | undefined)[] = []
  const pages = cognito.paginateListUserPoolClients(
    { client: sdk, pageSize: 1 },
    { UserPoolId, ClientType: 'DCR' },
  )
  for await (const { UserPoolClients = [] } of pages)
    found.push(...UserPoolClients.map(({ ClientId }) => ClientId))
  t.strictSame(found, [client.ClientId], 'page by page, some of them empty')
})

t.test('N62 the plan LITE has no registration', async t => {
  const { sdk } = await aReef(t, {})
  const update = (DcrConfiguration?: cognito.DcrConfigurationType) =>
    sdk.send(new cognito.UpdateUserPoolCommand({ UserPoolId, UserPoolTier: 'LITE', DcrConfiguration }))
  t.match(await refusal(update()), ['FeatureUnavailableInTierException', /Dynamic Client Registration/])
  await update({ EnableStatus: 'Disabled' })
  const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  t.match(UserPool, { UserPoolTier: 'LITE', DcrConfiguration: { EnableStatus: 'Disabled' } })
})

t.test('N63 the scope of registration needs no resource server', async t => {
  const { sdk, tokenWith } = await aReef(t, {})
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'another',
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['aws.cognito/dcr/register'],
    }),
  )
  t.strictSame(UserPoolClient?.AllowedOAuthScopes, ['aws.cognito/dcr/register'])
  t.match(claimsOf(await tokenWith('aws.cognito/dcr/register')), { scope: 'aws.cognito/dcr/register' })
})

t.test(
  'a client of the Model Context Protocol registers and signs in, in the pages of both versions',
  async t => {
    for (const ManagedLoginVersion of [1, 2]) {
      const { rockpool, domain, describe } = await aReef(t, { OpenDcrEnabled: true }, { ManagedLoginVersion })
      const issuer = `${rockpool.baseUrl}/${UserPoolId}`
      const serverUrl = await anMcpServer(t, issuer)
      const saved: { client?: { client_id: string }; verifier?: string; tokens?: { access_token: string } } =
        {}
      let visited = new URL(domain)
      const provider: OAuthClientProvider = {
        redirectUrl: callback,
        clientMetadata: {
          client_name: 'An agent',
          redirect_uris: [callback],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'none',
        },
        clientInformation: () => saved.client,
        saveClientInformation: given => {
          saved.client = given
        },
        tokens: () => undefined,
        saveTokens: given => {
          saved.tokens = given
        },
        redirectToAuthorization: url => {
          visited = url
        },
        saveCodeVerifier: given => {
          saved.verifier = given
        },
        codeVerifier: () => saved.verifier ?? '',
      }
      t.equal(await auth(provider, { serverUrl }), 'REDIRECT')
      t.match(await describe(saved.client?.client_id), { ClientType: 'DCR', ClientName: 'An agent' })
      t.equal(visited.pathname, '/reef/oauth2/authorize')
      const browser = aBrowser()
      const { headers } = await browser.get(visited.href)
      const login = new URL(headers.get('location') ?? '', visited)
      const page = await (await browser.get(login.href)).text()
      // The two kinds of pages have names of their own for it.
      const [, field = '', token = ''] = /name="(_?csrf)" value="([^"]+)"/.exec(page) ?? []
      const answer = await browser.post(login.href, { [field]: token, username: 'marco', password })
      const back = new URL(answer.headers.get('location') ?? '')
      const authorizationCode = back.searchParams.get('code') ?? ''
      t.equal(await auth(provider, { serverUrl, authorizationCode }), 'AUTHORIZED')
      t.match(claimsOf(saved.tokens?.access_token), { client_id: saved.client?.client_id, username: 'marco' })
    }
  },
)

/** Stands for a server of tools: it only says which issuer its tokens have to be of (RFC 9728). */
async function anMcpServer(t: Test, issuer: string): Promise<string> {
  const server = createServer((request, response) => {
    const isMetadata = request.url?.startsWith('/.well-known/oauth-protected-resource')
    response.writeHead(isMetadata ? 200 : 404, { 'content-type': 'application/json' })
    response.end(isMetadata ? JSON.stringify({ resource: url, authorization_servers: [issuer] }) : '{}')
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  t.teardown(() => server.close())
  const url = `http://localhost:${(server.address() as AddressInfo).port}/mcp`
  return url
}

t.test('openid-client registers by discovery, with the first token', async t => {
  const { rockpool, tokenWith, register } = await aReef(t, {})
  const configuration = await openid.dynamicClientRegistration(
    new URL(`${rockpool.baseUrl}/${UserPoolId}`),
    { redirect_uris: [callback] },
    undefined,
    {
      initialAccessToken: await tokenWith('aws.cognito/dcr/register'),
      execute: [openid.allowInsecureRequests],
    },
  )
  t.match(configuration.clientMetadata(), { client_id: /^\w{26}$/, client_secret: /^\w+$/ })
  t.equal((await register(app)).status, 401)
})

t.test('pages of any origin may register where anybody may', async t => {
  const { domain } = await aReef(t, { OpenDcrEnabled: true })
  const asked = await fetch(`${domain}/oauth2/register`, { method: 'OPTIONS' })
  t.match(asked.headers.get('access-control-allow-headers'), /authorization, content-type/)
  const other = await fetch(`${domain}/oauth2/register`)
  t.strictSame([other.status, other.headers.get('allow')], [405, 'POST'])
})

t.test('an export keeps what registered itself', async t => {
  const { rockpool, register } = await aReef(t, { OpenDcrEnabled: true, AllowedScopes: ['api/read'] })
  const { body } = await register(app)
  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/export?format=seed`)
  const seed = ((await answer.json()) as { text: string }).text
  t.match(seed, /ClientType: "?DCR/)
  t.match(seed, String(body.client_id))
  t.match(seed, /DcrConfiguration:\n\s+OpenDcrEnabled: true/)
})
