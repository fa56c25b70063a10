import type { Test } from 'tap'
import { aBrowser } from './browser.js'
import { signingKeys } from './keys.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient, postForm, signInAt } from './rockpool.js'

export const password = 'Anemone-4-Marco!'

export const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  ClientId: `${ClientName}0id`,
  CallbackURLs: ['https://app.example/cb'],
  LogoutURLs: ['https://app.example/bye'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin', 'api/read'],
  SupportedIdentityProviders: ['COGNITO'],
  ...more,
})
export const machine = (ClientName: string, scopes: string[]) =>
  client(ClientName, {
    ClientSecret: `${ClientName}secret`.padEnd(30, '0'),
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: scopes,
  })

/** Made once for all tests of a file. */
const [keysOfOne, keysOfTwo] = await Promise.all([signingKeys(), signingKeys()])

export const seed = {
  UserPools: [
    {
      PoolName: 'one',
      Domain: 'one',
      SigningKeys: keysOfOne,
      Schema: [
        { Name: 'level', AttributeDataType: 'Number', Mutable: true },
        { Name: 'team', AttributeDataType: 'String', Mutable: true },
      ],
      ResourceServers: [
        {
          Identifier: 'api',
          Name: 'Api',
          Scopes: ['read', 'write'].map(ScopeName => ({ ScopeName, ScopeDescription: ScopeName })),
        },
      ],
      Groups: [
        { GroupName: 'b', Precedence: 2, RoleArn: 'arn:aws:iam::000000000000:role/b' },
        { GroupName: 'a', Precedence: 1, RoleArn: 'arn:aws:iam::000000000000:role/a' },
      ],
      Clients: [
        client('public'),
        client('secret', { ClientSecret: 'thesecretofthisclient000000000' }),
        client('quick', {
          AccessTokenValidity: 5,
          IdTokenValidity: 10,
          RefreshTokenValidity: 60,
          TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
        }),
        client('rotating', {
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
          RefreshTokenValidity: 1,
        }),
        client('strict', { RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 } }),
        client('unrevocable', { EnableTokenRevocation: false }),
        client('turning', { EnableTokenRevocation: false, RefreshTokenRotation: { Feature: 'ENABLED' } }),
        client('reader', { ReadAttributes: ['email', 'email_verified', 'given_name', 'custom:team'] }),
        client('hours', {
          AccessTokenValidity: 2,
          IdTokenValidity: 3600,
          RefreshTokenValidity: 5,
          TokenValidityUnits: { AccessToken: 'hours', IdToken: 'seconds', RefreshToken: 'hours' },
        }),
        client('implicit', { AllowedOAuthFlows: ['implicit'] }),
        {
          ClientName: 'plain',
          ClientId: 'plain0id',
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
        machine('machine', ['api/read', 'api/write']),
        machine('reading', ['api/read']),
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          Groups: ['a', 'b'],
          UserAttributes: {
            email: 'marco@example.com',
            email_verified: true,
            phone_number: '+15555550100',
            phone_number_verified: false,
            given_name: 'Marco',
            address: '1 Pier',
            'custom:level': '7',
            'custom:team': 'tide',
          },
        },
      ],
    },
    {
      PoolName: 'two',
      Domain: 'two',
      SigningKeys: keysOfTwo,
      Issuer: 'aws',
      Clients: [client('other', { AllowedOAuthScopes: ['openid', 'email'] })],
      Users: [{ Username: 'marco', Password: password, UserAttributes: {} }],
    },
  ],
}

/** What the token endpoint answers. */
export interface Tokens {
  readonly id_token?: string
  readonly access_token: string
  readonly refresh_token?: string
  readonly expires_in: number
  readonly token_type: string
}

/** A Rockpool and what a client does with it. */
export async function aPool(t: Test) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock })
  const at = (name: string, poolName = 'one') => poolAndClient(rockpool, poolName, name)
  const token = async (form: Record<string, string>, headers = {}, poolName = 'one') =>
    postForm(`${rockpool.baseUrl}/${poolName}/oauth2/token`, form, headers)
  /** Signs Marco in and answers the code. */
  const code = async (
    name: string,
    more: Record<string, string> = {},
    poolName = 'one',
    browser = aBrowser(),
  ) => {
    const { pool, client } = at(name, poolName)
    const query = authorizeQuery(client, more)
    const back = await signInAt(browser, pool.domainUrl, query, { username: 'marco', password })
    return back.searchParams.get('code') ?? ''
  }
  const exchangeForm = (name: string, code: string, poolName = 'one') => ({
    grant_type: 'authorization_code',
    client_id: at(name, poolName).client.id,
    code,
    redirect_uri: 'https://app.example/cb',
  })
  /** Signs Marco in and exchanges the code. */
  const signIn = async (name: string, more: Record<string, string> = {}, poolName = 'one') => {
    const answer = await token(exchangeForm(name, await code(name, more, poolName), poolName), {}, poolName)
    return (await answer.json()) as Tokens
  }
  const refresh = (name: string, refresh_token = '') =>
    token({ grant_type: 'refresh_token', client_id: at(name).client.id, refresh_token })
  const userInfo = (bearer: string | undefined, poolName = 'one') =>
    fetch(`${rockpool.baseUrl}/${poolName}/oauth2/userInfo`, {
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    })
  const revoke = (name: string, more: Record<string, string>, headers = {}) =>
    postForm(`${rockpool.baseUrl}/one/oauth2/revoke`, { client_id: at(name).client.id, ...more }, headers)
  return { rockpool, clock, at, token, code, exchangeForm, signIn, refresh, userInfo, revoke }
}

export const claimsOf = (jwt = '') =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
export const headerOf = (jwt = '') =>
  JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
export const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

/** What a refusal looks like: the status and the whole body. */
export async function isRefused(t: Test, answer: Response, status: number, body: object, what?: string) {
  t.strictSame([answer.status, await answer.json()], [status, body], what ?? `${status}`)
}

/** The headers of docs/facts/oauth-and-federation.md §1.6, on answers and refusals alike. */
export function isDocumented(t: Test, { headers }: Response): void {
  t.match(
    Object.fromEntries(headers),
    {
      'content-type': 'application/json;charset=UTF-8',
      'access-control-allow-origin': '*',
      'x-amz-cognito-request-id': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      'x-content-type-options': 'nosniff',
      'x-xss-protection': '1; mode=block',
      'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
      'x-frame-options': 'DENY',
      server: 'Server',
    },
    'the documented headers',
  )
}
