import { createHash, createHmac, randomBytes } from 'node:crypto'
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import t, { type Test } from 'tap'
import type { Rockpool } from '../src/emulator.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient, postForm, signInAt } from './support/rockpool.js'

const password = 'Anemone-4-Marco!'
const awkward = 'a+b/c%2Bd%e='.padEnd(30, '0')

const client = (ClientName: string, more: object = {}) => ({
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
const machine = (ClientName: string, scopes: string[]) =>
  client(ClientName, {
    ClientSecret: `${ClientName}secret`.padEnd(30, '0'),
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: scopes,
  })

/** Made once for all tests of this file. */
const [keysOfOne, keysOfTwo] = await Promise.all([signingKeys(), signingKeys()])

const seed = {
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
        client('reader', { ReadAttributes: ['email', 'email_verified', 'custom:team'] }),
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

interface Tokens {
  readonly id_token?: string
  readonly access_token: string
  readonly refresh_token?: string
  readonly expires_in: number
  readonly token_type: string
}

/** A Rockpool and what a client does with it. */
async function aPool(t: Test) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock })
  const at = (name: string, poolName = 'one') => poolAndClient(rockpool, poolName, name)
  const token = async (form: Record<string, string>, headers = {}, poolName = 'one') =>
    postForm(`${rockpool.baseUrl}/${poolName}/oauth2/token`, form, headers)
  /** Signs Marco in and answers the code. */
  const code = async (name: string, more: Record<string, string> = {}, poolName = 'one') => {
    const { pool, client } = at(name, poolName)
    const query = authorizeQuery(client, more)
    const back = await signInAt(aBrowser(), pool.domainUrl, query, { username: 'marco', password })
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

const claimsOf = (jwt = '') =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
const headerOf = (jwt = '') =>
  JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

/** What a refusal looks like: the status and the whole body. */
async function isRefused(t: Test, answer: Response, status: number, body: object, what?: string) {
  t.strictSame([answer.status, await answer.json()], [status, body], what ?? `${status}`)
}

t.test('exchanging a code', async t => {
  const { rockpool, clock, token, code, exchangeForm, signIn, at } = await aPool(t)

  await t.test('O3 the answer has exactly five members, and the documented headers', async t => {
    const answer = await token(exchangeForm('public', await code('public', { scope: 'openid' })))
    t.equal(answer.status, 200)
    t.match(Object.fromEntries(answer.headers), {
      'content-type': 'application/json;charset=UTF-8',
      'access-control-allow-origin': '*',
      'x-amz-cognito-request-id': /^[0-9a-f-]{36}$/,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
      pragma: 'no-cache',
    })
    const tokens = (await answer.json()) as Tokens
    t.strictSame(Object.keys(tokens), [
      'id_token',
      'access_token',
      'refresh_token',
      'expires_in',
      'token_type',
    ])
    t.match(tokens, { expires_in: 3600, token_type: 'Bearer' })
    t.match(
      tokens.refresh_token,
      /^eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ(\.[\w-]+){4}$/,
      'outwardly a JWE',
    )
  })

  await t.test('O4 a code works once, and its reuse revokes nothing', async t => {
    const form = exchangeForm('public', await code('public'))
    const tokens = (await (await token(form)).json()) as Tokens
    await isRefused(t, await token(form), 400, { error: 'invalid_grant' })
    const refreshed = await token({
      grant_type: 'refresh_token',
      client_id: form.client_id,
      refresh_token: tokens.refresh_token ?? '',
    })
    t.equal(refreshed.status, 200)
  })

  await t.test('of 100 exchanges at once, one succeeds', async t => {
    const form = exchangeForm('public', await code('public'))
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await token(form)).status))
    t.strictSame(statuses.toSorted(), [200, ...Array.from({ length: 99 }, () => 400)])
  })

  await t.test('O60 a code ends after five minutes', async t => {
    const [inTime, late] = [await code('public'), await code('public')]
    clock.advance({ seconds: 299 })
    t.equal((await token(exchangeForm('public', inTime))).status, 200)
    clock.advance({ seconds: 1 })
    await isRefused(t, await token(exchangeForm('public', late)), 400, { error: 'invalid_grant' })
  })

  await t.test('O37 another redirect_uri is refused, and does not burn the code', async t => {
    const form = exchangeForm('public', await code('public'))
    await isRefused(t, await token({ ...form, redirect_uri: 'https://app.example/cb/' }), 400, {
      error: 'unauthorized_client',
      error_description: 'invalid_redirect',
    })
    t.equal((await token(form)).status, 200)
  })

  await t.test('O25 PKCE: the right verifier, or none of it', async t => {
    const verifier = randomBytes(32).toString('base64url')
    const challenge = {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    const form = exchangeForm('public', await code('public', challenge))
    await isRefused(t, await token(form), 400, { error: 'invalid_grant' }, 'absent')
    const wrong = { ...form, code_verifier: randomBytes(32).toString('base64url') }
    await isRefused(t, await token(wrong), 400, { error: 'invalid_grant' }, 'wrong')
    t.equal((await token({ ...form, code_verifier: verifier })).status, 200)
    const unasked = { ...exchangeForm('public', await code('public')), code_verifier: verifier }
    await isRefused(t, await token(unasked), 400, { error: 'invalid_grant' }, 'without a challenge')
  })

  await t.test('a code is its client’s and its pool’s', async t => {
    const form = exchangeForm('public', await code('public'))
    const other = { ...form, client_id: at('quick').client.id }
    await isRefused(t, await token(other), 400, { error: 'invalid_grant' }, 'another client')
    await isRefused(t, await token(form, {}, 'two'), 400, { error: 'invalid_client' }, 'another pool')
    t.equal((await token(form)).status, 200)
    await isRefused(t, await token({ ...form, code: 'made-up' }), 400, { error: 'invalid_grant' })
  })

  await t.test('O28 without openid there is no ID token', async t => {
    t.strictSame(Object.keys(await signIn('public', { scope: 'api/read' })), [
      'access_token',
      'refresh_token',
      'expires_in',
      'token_type',
    ])
  })

  await t.test('what is missing or malformed is an invalid_request', async t => {
    const form = exchangeForm('public', await code('public'))
    for (const name of ['grant_type', 'code', 'redirect_uri', 'client_id'] as const) {
      const { [name]: _left, ...rest } = form
      await isRefused(t, await token(rest), 400, { error: 'invalid_request' }, `without ${name}`)
    }
    const json = await fetch(`${rockpool.baseUrl}/one/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    })
    await isRefused(t, json, 400, { error: 'invalid_request' }, 'as JSON')
    const unknown = { ...form, grant_type: 'password' }
    await isRefused(t, await token(unknown), 400, { error: 'unsupported_grant_type' })
    t.equal((await fetch(`${rockpool.baseUrl}/one/oauth2/token`)).status, 405, 'GET')
    t.equal((await token(form)).status, 200)
  })

  await t.test('the address without a domain finds the pool by the client', async t => {
    const form = exchangeForm('public', await code('public'))
    t.equal((await postForm(`${rockpool.baseUrl}/oauth2/token`, form)).status, 200)
  })

  await t.test('O61 a script of any origin may call it', async t => {
    const preflight = await fetch(`${rockpool.baseUrl}/one/oauth2/token`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    })
    t.equal(preflight.status, 204)
    t.match(Object.fromEntries(preflight.headers), {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': /POST/,
      'access-control-allow-headers': /authorization/,
    })
    const refused = await token({ grant_type: 'authorization_code' })
    t.equal(refused.headers.get('access-control-allow-origin'), '*', 'refusals too')
    const authorize = await fetch(`${rockpool.baseUrl}/one/login?${authorizeQuery(at('public').client)}`)
    t.equal(authorize.headers.get('access-control-allow-origin'), null, 'but no page')
  })
})

t.test('authenticating the client', async t => {
  const { token, code, exchangeForm, at } = await aPool(t)
  const { id, secret = '' } = at('secret').client
  const form = () => code('secret').then(code => exchangeForm('secret', code))

  t.equal((await token({ ...(await form()), client_secret: secret })).status, 200, 'in the body')
  t.equal((await token(await form(), basic(id, secret))).status, 200, 'in a Basic header')
  const { client_id, ...anonymous } = await form()
  t.equal((await token(anonymous, basic(id, secret))).status, 200, 'in a Basic header alone')
  const refused = { error: 'invalid_client', error_description: 'invalid_client_secret' }
  const kept = await form()
  await isRefused(t, await token(kept), 400, refused, 'O23 without a secret')
  await isRefused(t, await token({ ...kept, client_secret: 'wrong' }), 400, refused, 'O23 with a wrong one')
  await isRefused(
    t,
    await token(kept, basic(id, 'wrong')),
    400,
    refused,
    'O23 with a wrong one in the header',
  )
  t.equal((await token({ ...kept, client_secret: secret })).status, 200, 'which did not burn the code')
  const open = exchangeForm('public', await code('public'))
  t.equal((await token(open)).status, 200, 'O24 a public client needs none')
  const nobody = { ...(await form()), client_id: 'nobody' }
  await isRefused(t, await token(nobody), 400, { error: 'invalid_client' }, 'an unknown client')
  const torn = await token(await form(), basic('public0id', secret))
  await isRefused(t, torn, 400, { error: 'invalid_request' }, 'two clients at once')
})

t.test('secrets with awkward characters', async t => {
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          ...seed.UserPools[0],
          Clients: [
            { ...machine('awkward', ['api/read']), ClientSecret: `${awkward.replace(/[^\w+]/g, '+')}` },
          ],
        },
      ],
    },
  })
  const { client } = poolAndClient(rockpool, 'one', 'awkward')
  const secret = client.secret ?? ''
  t.match(secret, /\+/)
  const ask = (headers: Record<string, string>) =>
    postForm(`${rockpool.baseUrl}/one/oauth2/token`, { grant_type: 'client_credentials' }, headers)
  t.equal((await ask(basic(client.id, secret))).status, 200, 'a plus is a plus, never a blank')
  t.equal((await ask(basic(client.id, encodeURIComponent(secret)))).status, 200, 'percent-encoded as well')
  t.equal((await ask(basic(client.id, secret.replaceAll('+', ' ')))).status, 400)
})

t.test('refreshing', async t => {
  const { clock, signIn, refresh, token, at, userInfo } = await aPool(t)

  await t.test('O9 new tokens, no new refresh token, the same auth_time', async t => {
    const first = await signIn('public', { scope: 'openid email', nonce: 'n' })
    clock.advance({ seconds: 1000 })
    const answer = await refresh('public', first.refresh_token)
    const second = (await answer.json()) as Tokens
    t.strictSame(Object.keys(second), ['id_token', 'access_token', 'expires_in', 'token_type'])
    const [before, after] = [claimsOf(first.id_token), claimsOf(second.id_token)]
    for (const name of ['sub', 'auth_time', 'origin_jti', 'email', 'cognito:groups'])
      t.strictSame(after[name], before[name], name)
    t.equal(Number(after.iat) - Number(before.iat), 1000)
    t.not(after.jti, before.jti)
    t.equal(after.nonce, undefined, 'no nonce after a refresh')
    t.strictSame(claimsOf(second.access_token).scope, claimsOf(first.access_token).scope)
  })

  await t.test('a refresh token lasts as long as the client says, however often it is used', async t => {
    const { refresh_token } = await signIn('quick')
    clock.advance({ seconds: 3000 })
    t.equal((await refresh('quick', refresh_token)).status, 200)
    clock.advance({ seconds: 599 })
    t.equal((await refresh('quick', refresh_token)).status, 200)
    clock.advance({ seconds: 1 })
    await isRefused(t, await refresh('quick', refresh_token), 400, { error: 'invalid_grant' })
  })

  await t.test('it is its client’s, and nobody can make one up', async t => {
    const { refresh_token = '' } = await signIn('public')
    await isRefused(t, await refresh('quick', refresh_token), 400, { error: 'invalid_grant' })
    await isRefused(t, await refresh('public', `${refresh_token}x`), 400, { error: 'invalid_grant' })
    await isRefused(t, await refresh('public'), 400, { error: 'invalid_request' })
  })

  await t.test('O56 rotation: a new one each time, the old one for its grace period', async t => {
    const first = await signIn('rotating')
    const second = (await (await refresh('rotating', first.refresh_token)).json()) as Tokens
    t.type(second.refresh_token, 'string')
    t.not(second.refresh_token, first.refresh_token)
    clock.advance({ seconds: 9 })
    t.equal((await refresh('rotating', first.refresh_token)).status, 200, 'in the grace period')
    clock.advance({ seconds: 1 })
    await isRefused(t, await refresh('rotating', first.refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await refresh('rotating', second.refresh_token)).status, 200, 'the new one lives on')
  })

  await t.test('O56 without a grace period the old one ends at once, and takes nothing along', async t => {
    const first = await signIn('strict')
    const second = (await (await refresh('strict', first.refresh_token)).json()) as Tokens
    await isRefused(t, await refresh('strict', first.refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await refresh('strict', second.refresh_token)).status, 200)
  })

  await t.test('a rotated token keeps what was left of the first one’s life', async t => {
    const day = 86_400
    let { refresh_token } = await signIn('rotating')
    clock.advance({ seconds: day - 100 })
    ;({ refresh_token } = (await (await refresh('rotating', refresh_token)).json()) as Tokens)
    clock.advance({ seconds: 99 })
    t.equal((await refresh('rotating', refresh_token)).status, 200)
    clock.advance({ seconds: 2 })
    await isRefused(t, await refresh('rotating', refresh_token), 400, { error: 'invalid_grant' })
  })

  await t.test('O57 a resource stays bound over refreshes', async t => {
    const first = await signIn('public', { resource: 'https://api.example' })
    t.equal(claimsOf(first.access_token).aud, 'https://api.example')
    const second = (await (await refresh('public', first.refresh_token)).json()) as Tokens
    t.equal(claimsOf(second.access_token).aud, 'https://api.example')
    t.equal(claimsOf(second.id_token).aud, at('public').client.id)
    t.equal((await userInfo(second.access_token)).status, 200)
  })

  t.equal((await token({ grant_type: 'refresh_token', client_id: 'machine0id' })).status, 400)
})

t.test('client_credentials', async t => {
  const { token, at, clock } = await aPool(t)
  const ask = (name: string, more: Record<string, string> = {}) => {
    const { id, secret = '' } = at(name).client
    return token({ grant_type: 'client_credentials', ...more }, basic(id, secret))
  }

  await t.test('O33 a token for the client itself', async t => {
    const answer = (await (await ask('machine', { scope: 'api/read' })).json()) as Tokens
    t.strictSame(Object.keys(answer), ['access_token', 'expires_in', 'token_type'])
    const claims = claimsOf(answer.access_token)
    t.match(claims, {
      sub: 'machine0id',
      client_id: 'machine0id',
      token_use: 'access',
      scope: 'api/read',
      version: 2,
      auth_time: Math.floor(clock.now() / 1000),
    })
    for (const name of ['username', 'cognito:groups', 'origin_jti']) t.notOk(name in claims, `no ${name}`)
  })

  t.equal(
    claimsOf(((await (await ask('machine')).json()) as Tokens).access_token).scope,
    'api/read api/write',
  )
  const some = (await (await ask('reading', { scope: 'api/read api/write' })).json()) as Tokens
  t.equal(claimsOf(some.access_token).scope, 'api/read', 'O34 a scope of others is dropped')
  await isRefused(
    t,
    await ask('reading', { scope: 'api/write' }),
    400,
    { error: 'invalid_scope' },
    'O34 none left',
  )
  const { id: client_id } = at('public').client
  const forPublic = await token({ grant_type: 'client_credentials', client_id })
  await isRefused(t, forPublic, 400, { error: 'unauthorized_client' }, 'not for others')
})

t.test('what tokens say', async t => {
  const { rockpool, signIn, clock, at } = await aPool(t)
  const tokens = await signIn('public', { scope: 'openid', nonce: 'of-the-app' })
  const [id, access] = [claimsOf(tokens.id_token), claimsOf(tokens.access_token)]

  t.strictSame(Object.keys(headerOf(tokens.id_token)), ['kid', 'alg'], 'O59 no typ')
  t.not(headerOf(tokens.id_token).kid, headerOf(tokens.access_token).kid, 'O11 two keys')
  t.match(
    [id.aud, id.client_id, access.client_id, access.aud],
    ['public0id', undefined, 'public0id', undefined],
    'O12',
  )
  t.equal(id.email_verified, true, 'O13 a boolean')
  t.equal(id.nonce, 'of-the-app', 'O22')
  t.equal(id['custom:level'], '7', 'O55 a text')
  t.match(id, {
    iss: at('public').pool.issuer,
    token_use: 'id',
    'cognito:username': 'marco',
    'cognito:groups': ['a', 'b'],
    'cognito:roles': ['arn:aws:iam::000000000000:role/a', 'arn:aws:iam::000000000000:role/b'],
    'cognito:preferred_role': 'arn:aws:iam::000000000000:role/a',
    address: { formatted: '1 Pier' },
    auth_time: Math.floor(clock.now() / 1000),
    exp: Math.floor(clock.now() / 1000) + 3600,
    event_id: access.event_id,
    origin_jti: access.origin_jti,
  })
  t.notOk('email' in access, 'an access token says nothing personal')
  t.equal(access.scope, 'openid')

  const all = claimsOf((await signIn('public')).access_token).scope
  t.strictSame(String(all).split(' '), at('public').client.scopes, 'O29 no scope means all that are allowed')

  const email = claimsOf((await signIn('public', { scope: 'openid email' })).id_token)
  t.match([email.email, email.given_name, email['custom:team']], ['marco@example.com', undefined, undefined])
  const profile = claimsOf((await signIn('public', { scope: 'openid profile' })).id_token)
  t.match([profile.email, profile.given_name, profile['custom:team']], [undefined, 'Marco', 'tide'])
  const reader = claimsOf((await signIn('reader', { scope: 'openid' })).id_token)
  t.match([reader.email, reader.given_name, reader['custom:team']], ['marco@example.com', undefined, 'tide'])

  const quick = await signIn('quick')
  t.equal(quick.expires_in, 300)
  t.equal(Number(claimsOf(quick.access_token).exp) - Number(claimsOf(quick.access_token).iat), 300)
  t.equal(Number(claimsOf(quick.id_token).exp) - Number(claimsOf(quick.id_token).iat), 600)

  const unrevocable = claimsOf((await signIn('unrevocable')).id_token)
  t.notOk('origin_jti' in unrevocable || 'jti' in unrevocable, 'no origin_jti where nothing can be revoked')

  await t.test('a pool of the issuer mode aws is verified by an unmodified verifier', async t => {
    const { pool, client } = at('other', 'two')
    t.match(pool.issuer, /^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_\w+$/)
    const { id_token = '', access_token } = await signIn('other', {}, 'two')
    const keys = await (await fetch(`${rockpool.baseUrl}/${pool.id}/.well-known/jwks.json`)).json()
    for (const [tokenUse, jwt] of [
      ['id', id_token],
      ['access', access_token],
    ] as const) {
      const verifier = CognitoJwtVerifier.create({
        userPoolId: pool.id,
        clientId: client.id,
        tokenUse,
        graceSeconds: 1e9,
      })
      verifier.cacheJwks(keys as Jwks)
      t.equal((await verifier.verify(jwt)).sub, claimsOf(id_token).sub)
    }
  })
})

t.test('userInfo', async t => {
  const { rockpool, at, signIn, userInfo, clock, refresh, revoke } = await aPool(t)
  const bad = (error: string, description: string) => `error="${error}", error_description="${description}"`
  const expired = 'Access token is expired, disabled, or deleted, or the user has globally signed out.'

  const { access_token, id_token, refresh_token } = await signIn('public', { scope: 'openid' })
  const answer = await userInfo(access_token)
  t.equal(answer.status, 200)
  const told = (await answer.json()) as Record<string, unknown>
  t.strictSame(
    told,
    {
      sub: claimsOf(access_token).sub,
      email: 'marco@example.com',
      email_verified: 'true',
      phone_number: '+15555550100',
      given_name: 'Marco',
      address: '1 Pier',
      'custom:level': '7',
      'custom:team': 'tide',
      username: 'marco',
    },
    'O13 all values are texts; openid alone releases all',
  )
  const byEmail = await signIn('public', { scope: 'openid email' })
  t.strictSame(Object.keys((await (await userInfo(byEmail.access_token)).json()) as object), [
    'sub',
    'email',
    'email_verified',
    'username',
  ])
  t.equal(
    (
      await fetch(`${rockpool.baseUrl}/oauth2/userInfo`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
    ).status,
    200,
    'by the token alone',
  )

  const refused = async (
    bearer: string | undefined,
    status: number,
    error: string,
    description: string,
    what: string,
  ) => {
    const answer = await userInfo(bearer)
    t.equal(answer.status, status, what)
    t.equal(answer.headers.get('www-authenticate'), bad(error, description), what)
    t.strictSame(await answer.json(), { error, error_description: description }, what)
  }
  await refused(undefined, 400, 'invalid_request', 'Bad OAuth2 request at UserInfo Endpoint', 'O32 no header')
  await refused('garbage', 401, 'invalid_token', expired, 'O31 a broken token')
  await refused(id_token, 401, 'invalid_token', expired, 'an ID token')
  const without = await signIn('public', { scope: 'api/read' })
  await refused(
    without.access_token,
    401,
    'invalid_token',
    'Access token does not contain openid scope',
    'O30',
  )
  const foreign = await signIn('other', {}, 'two')
  await refused(foreign.access_token, 401, 'invalid_token', expired, 'a token of another pool')

  const [header = '', payload = '', signature = ''] = access_token.split('.')
  const jwks = (await (
    await fetch(`${rockpool.baseUrl}/${at('public').pool.id}/.well-known/jwks.json`)
  ).json()) as Jwks
  const reheaded = (change: object) =>
    Buffer.from(JSON.stringify({ ...headerOf(access_token), ...change })).toString('base64url')
  const none = `${reheaded({ alg: 'none' })}.${payload}.`
  const hs256 = `${reheaded({ alg: 'HS256' })}.${payload}`
  const hmac = createHmac('sha256', JSON.stringify(jwks.keys[1])).update(hs256).digest('base64url')
  const changed = Buffer.from(JSON.stringify({ ...claimsOf(access_token), sub: 'x' })).toString('base64url')
  await refused(none, 401, 'invalid_token', expired, 'alg none')
  await refused(`${hs256}.${hmac}`, 401, 'invalid_token', expired, 'HS256 with the public key')
  await refused(`${header}.${changed}.${signature}`, 401, 'invalid_token', expired, 'a changed payload')
  await refused(
    `${reheaded({ kid: 'x' })}.${payload}.${signature}`,
    401,
    'invalid_token',
    expired,
    'another kid',
  )

  const asked = await fetch(rockpool.baseUrl, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetUser' },
    body: JSON.stringify({ AccessToken: byEmail.access_token }),
  })
  t.match(
    await asked.json(),
    { __type: 'NotAuthorizedException', message: 'Access Token does not have required scopes' },
    'U57',
  )

  await t.test('O35 revoking a refresh token ends all that came of its sign-in', async t => {
    const other = await signIn('public')
    const answer = await revoke('public', { token: refresh_token ?? '' })
    t.strictSame([answer.status, await answer.text()], [200, ''])
    await isRefused(t, await refresh('public', refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await userInfo(access_token)).status, 401)
    t.equal((await userInfo(other.access_token)).status, 200, 'but no other sign-in')
    t.equal((await revoke('public', { token: refresh_token ?? '' })).status, 200, 'again')
  })

  await t.test('O36 what cannot be revoked', async t => {
    t.equal((await revoke('public', { token: 'garbage' })).status, 200)
    const { access_token, id_token = '', refresh_token = '' } = await signIn('public')
    await isRefused(t, await revoke('public', { token: access_token }), 400, {
      error: 'unsupported_token_type',
    })
    await isRefused(t, await revoke('public', { token: id_token }), 400, { error: 'unsupported_token_type' })
    await isRefused(t, await revoke('secret', { token: refresh_token }), 401, { error: 'invalid_client' })
    await isRefused(t, await revoke('public', {}), 400, { error: 'invalid_request' })
    await isRefused(t, await revoke('unrevocable', { token: 'x' }), 400, { error: 'invalid_request' })
    t.equal((await revoke('quick', { token: refresh_token })).status, 200, 'a token of another client')
    t.equal((await refresh('public', refresh_token)).status, 200, 'which lives on')
  })

  await t.test('an access token ends when it says', async t => {
    const { access_token } = await signIn('quick')
    clock.advance({ seconds: 299 })
    t.equal((await userInfo(access_token)).status, 200)
    clock.advance({ seconds: 1 })
    t.equal((await userInfo(access_token)).status, 401)
  })
})

t.test('discovery', async t => {
  const rockpool: Rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        ...seed.UserPools,
        { PoolName: 'bare', Clients: [client('x', { AllowedOAuthScopes: ['openid'] })] },
      ],
    },
    baseUrl: 'https://id.example',
  })
  const local = `http://127.0.0.1:${rockpool.address.port}`
  const [one, bare] = ['one', 'bare'].map(name => rockpool.pools.find(pool => pool.name === name))
  const read = async (id = '', file = 'openid-configuration') => fetch(`${local}/${id}/.well-known/${file}`)

  const answer = await read(one?.id)
  t.equal(answer.headers.get('access-control-allow-origin'), '*')
  t.strictSame(
    Object.entries((await answer.json()) as object),
    [
      ['authorization_endpoint', 'https://id.example/one/oauth2/authorize'],
      ['end_session_endpoint', 'https://id.example/one/logout'],
      ['id_token_signing_alg_values_supported', ['RS256']],
      ['issuer', `https://id.example/${one?.id}`],
      ['jwks_uri', `${local}/${one?.id}/.well-known/jwks.json`],
      ['response_types_supported', ['code', 'token']],
      ['revocation_endpoint', `${local}/one/oauth2/revoke`],
      ['scopes_supported', ['openid', 'email', 'phone', 'profile']],
      ['subject_types_supported', ['public']],
      ['token_endpoint', `${local}/one/oauth2/token`],
      ['token_endpoint_auth_methods_supported', ['client_secret_basic', 'client_secret_post']],
      ['userinfo_endpoint', `${local}/one/oauth2/userInfo`],
    ],
    'O10 exactly so, in this order; servers are answered where they asked, browsers at the base URL',
  )
  const { keys } = (await (await read(one?.id, 'jwks.json')).json()) as { keys: Record<string, string>[] }
  t.equal(keys.length, 2, 'O11 two keys')
  for (const key of keys) {
    t.strictSame(Object.keys(key), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
    t.match(key.kid, /^[\w+/]{43}=$/, 'standard base64 of 32 bytes')
  }
  t.match(await (await read(bare?.id)).json(), {
    authorization_endpoint: `https://id.example/${bare?.id}/authorize`,
    token_endpoint: `https://id.example/${bare?.id}/token`,
    end_session_endpoint: undefined,
  })
  t.equal((await read('us-east-1_Nothing00')).status, 404)
})
