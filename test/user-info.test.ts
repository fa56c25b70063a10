import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto'
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminUserGlobalSignOutCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import t from 'tap'
import { anSdk } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aPool, basic, claimsOf, headerOf, isRefused, type Tokens } from './support/oauth-client.js'

t.test('userInfo', async t => {
  const { rockpool, at, signIn, userInfo, clock, token } = await aPool(t)
  const bad = (error: string, description: string) => `error="${error}", error_description="${description}"`
  const expired = 'Access token is expired, disabled, or deleted, or the user has globally signed out.'

  const { access_token, id_token } = await signIn('public', { scope: 'openid' })
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
      phone_number_verified: 'false',
      given_name: 'Marco',
      address: '1 Pier',
      'custom:level': '7',
      'custom:team': 'tide',
      username: 'marco',
    },
    'O13 all values are texts; openid alone releases all',
  )
  await t.test('each scope releases its own', async t => {
    const email = ['email', 'email_verified']
    const phone = ['phone_number', 'phone_number_verified']
    const profile = ['given_name', 'address', 'custom:level', 'custom:team']
    const all = [...email, ...phone, ...profile]
    for (const [scope, released] of [
      ['openid email', email],
      ['openid phone', phone],
      ['openid profile', profile],
      ['openid email phone', [...email, ...phone]],
      ['openid email profile', [...email, ...profile]],
      ['openid email phone profile', all],
      ['openid api/read', all],
      ['openid aws.cognito.signin.user.admin', all],
    ] as const) {
      const { access_token } = await signIn('public', { scope })
      const names = Object.keys((await (await userInfo(access_token)).json()) as object)
      t.strictSame(names.toSorted(), ['sub', 'username', ...released].toSorted(), scope)
    }
    const { access_token } = await signIn('reader', { scope: 'openid' })
    const names = Object.keys((await (await userInfo(access_token)).json()) as object)
    t.strictSame(
      names.toSorted(),
      ['custom:team', 'email', 'email_verified', 'given_name', 'sub', 'username'],
      'as far as the client may read',
    )
  })

  const byEmail = await signIn('public', { scope: 'openid email' })
  t.equal(
    (
      await fetch(`${rockpool.baseUrl}/oauth2/userInfo`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
    ).status,
    200,
    'by the token alone',
  )

  const posted = await fetch(`${rockpool.baseUrl}/one/oauth2/userInfo`, {
    method: 'POST',
    headers: { authorization: `bearer ${access_token}` },
  })
  t.equal(posted.status, 200, 'by POST, and however the scheme is written')
  const preflight = await fetch(`${rockpool.baseUrl}/one/oauth2/userInfo`, { method: 'OPTIONS' })
  t.match(
    [preflight.status, preflight.headers.get('access-control-allow-headers')],
    [204, /authorization/],
    'O61',
  )
  const put = await fetch(`${rockpool.baseUrl}/one/oauth2/userInfo`, { method: 'PUT' })
  t.match([put.status, put.headers.get('allow')], [405, 'GET, POST'])

  const refused = async (
    bearer: string | undefined,
    status: number,
    error: string,
    description: string,
    what: string,
  ) => {
    const answer = await userInfo(bearer)
    t.equal(answer.status, status, what)
    t.match(
      Object.fromEntries(answer.headers),
      { 'content-type': 'application/json;charset=UTF-8', 'access-control-allow-origin': '*' },
      'O61 refusals too',
    )
    t.equal(answer.headers.get('www-authenticate'), bad(error, description), what)
    t.strictSame(await answer.json(), { error, error_description: description }, what)
  }
  await refused(undefined, 400, 'invalid_request', 'Bad OAuth2 request at UserInfo Endpoint', 'O32 no header')
  for (const authorization of ['Bearer', 'Bearer a b', access_token, basic('public0id', 'x').authorization]) {
    const headers = { authorization }
    const answer = await fetch(`${rockpool.baseUrl}/one/oauth2/userInfo`, { headers })
    t.equal(answer.status, 400, `O32 ${authorization.slice(0, 10)}`)
  }
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
  const publicKey = createPublicKey({ key: jwks.keys[1] as JsonWebKey, format: 'jwk' })
  const pems = (['spki', 'pkcs1'] as const).map(type => publicKey.export({ type, format: 'pem' }))
  for (const secret of [...pems, JSON.stringify(jwks.keys[1])]) {
    const hmac = createHmac('sha256', secret).update(hs256).digest('base64url')
    await refused(`${hs256}.${hmac}`, 401, 'invalid_token', expired, 'HS256 with the public key')
  }
  const changed = Buffer.from(JSON.stringify({ ...claimsOf(access_token), sub: 'x' })).toString('base64url')
  await refused(none, 401, 'invalid_token', expired, 'alg none')
  await refused(`${header}.${changed}.${signature}`, 401, 'invalid_token', expired, 'a changed payload')
  await refused(
    `${reheaded({ kid: 'x' })}.${payload}.${signature}`,
    401,
    'invalid_token',
    expired,
    'another kid',
  )
  const idKey = reheaded({ kid: headerOf(id_token).kid })
  await refused(`${idKey}.${payload}.${signature}`, 401, 'invalid_token', expired, 'the other kid')
  await refused(`${header}.${payload}.`, 401, 'invalid_token', expired, 'no signature')
  await refused(`${access_token}.`, 401, 'invalid_token', expired, 'a part too many')

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const own = sign('RSA-SHA256', Buffer.from(`${header}.${payload}`), privateKey).toString('base64url')
  await refused(`${header}.${payload}.${own}`, 401, 'invalid_token', expired, 'a key of one’s own')

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

  await t.test('O31 a user who is disabled, signed out everywhere, or deleted', async t => {
    const sdk = anSdk(t, rockpool)
    const user = { UserPoolId: at('public').pool.id, Username: 'marco' }
    const { access_token } = await signIn('public')
    await sdk.send(new AdminDisableUserCommand(user))
    await refused(access_token, 401, 'invalid_token', expired, 'disabled')
    await sdk.send(new AdminEnableUserCommand(user))
    clock.advance({ seconds: 1 })
    const fresh = await signIn('public')
    t.equal((await userInfo(fresh.access_token)).status, 200)
    clock.advance({ seconds: 1 })
    await sdk.send(new AdminUserGlobalSignOutCommand(user))
    await refused(fresh.access_token, 401, 'invalid_token', expired, 'signed out')
    const last = await signIn('public')
    await sdk.send(new AdminDeleteUserCommand(user))
    await refused(last.access_token, 401, 'invalid_token', expired, 'deleted')
  })

  await t.test('a token of a machine is nobody’s', async t => {
    const { id, secret = '' } = at('machine').client
    const answer = await token({ grant_type: 'client_credentials' }, basic(id, secret))
    t.equal((await userInfo(((await answer.json()) as Tokens).access_token)).status, 401)
  })
})

t.test('O8 signing out revokes nothing: the old access token still works', async t => {
  const { at, code, exchangeForm, token, userInfo } = await aPool(t)
  const browser = aBrowser()
  const { pool, client } = at('public')
  const tokens = (await (
    await token(exchangeForm('public', await code('public', {}, 'one', browser)))
  ).json()) as Tokens
  const query = new URLSearchParams({ client_id: client.id, logout_uri: 'https://app.example/bye' })
  t.equal(
    (await browser.get(`${pool.domainUrl}/logout?${query}`)).headers.get('location'),
    'https://app.example/bye',
  )
  t.equal((await userInfo(tokens.access_token)).status, 200)
  const jwks = await (
    await fetch(`${new URL(pool.domainUrl).origin}/${pool.id}/.well-known/jwks.json`)
  ).json()
  const verifier = JwtVerifier.create({ issuer: pool.issuer, audience: null, graceSeconds: 1e9 })
  verifier.cacheJwks(jwks as Jwks)
  t.match(await verifier.verify(tokens.access_token), { token_use: 'access' }, 'and verifies offline')
})

t.test('revoking', async t => {
  const { rockpool, at, signIn, userInfo, refresh, revoke, token, code, exchangeForm } = await aPool(t)
  const signInSecret = async () => {
    const client_secret = at('secret').client.secret ?? ''
    return (await (
      await token({ ...exchangeForm('secret', await code('secret')), client_secret })
    ).json()) as Tokens
  }

  await t.test('O35 revoking a refresh token ends all that came of its sign-in', async t => {
    const { access_token, id_token, refresh_token } = await signIn('public')
    const other = await signIn('public')
    const answer = await revoke('public', { token: refresh_token ?? '' })
    t.strictSame([answer.status, await answer.text(), answer.headers.get('content-type')], [200, '', null])
    t.equal(answer.headers.get('access-control-allow-origin'), '*', 'O61')
    await isRefused(t, await refresh('public', refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await userInfo(access_token)).status, 401)
    t.equal((await userInfo(other.access_token)).status, 200, 'but no other sign-in')
    t.equal((await revoke('public', { token: refresh_token ?? '' })).status, 200, 'again')
    const { pool, client } = at('public')
    const verifier = JwtVerifier.create({ issuer: pool.issuer, audience: client.id, graceSeconds: 1e9 })
    verifier.cacheJwks(
      (await (await fetch(`${rockpool.baseUrl}/${pool.id}/.well-known/jwks.json`)).json()) as Jwks,
    )
    t.match(await verifier.verify(id_token ?? ''), { token_use: 'id' }, 'signatures stay good')
  })

  await t.test('O35 a client with a secret, either way', async t => {
    const { id, secret = '' } = at('secret').client
    for (const [more, headers] of [
      [{ client_secret: secret }, {}],
      [{}, basic(id, secret)],
    ] as const) {
      const { access_token, refresh_token = '' } = await signInSecret()
      t.equal((await revoke('secret', { token: refresh_token, ...more }, headers)).status, 200)
      t.equal((await userInfo(access_token)).status, 401)
    }
  })

  await t.test('O36 what cannot be revoked', async t => {
    t.equal((await revoke('public', { token: 'garbage' })).status, 200)
    const { access_token, id_token = '', refresh_token = '' } = await signIn('public')
    await isRefused(t, await revoke('public', { token: access_token }), 400, {
      error: 'unsupported_token_type',
    })
    await isRefused(t, await revoke('public', { token: id_token }), 400, { error: 'unsupported_token_type' })
    await isRefused(t, await revoke('secret', { token: refresh_token }), 401, { error: 'invalid_client' })
    const wrong = basic('secret0id', 'wrong')
    await isRefused(t, await revoke('secret', { token: refresh_token }, wrong), 401, {
      error: 'invalid_client',
    })
    const nobody = await revoke('public', { token: refresh_token, client_id: 'nobody' })
    await isRefused(t, nobody, 401, { error: 'invalid_client' }, 'an unknown client')
    const elsewhere = await revoke('public', { token: refresh_token, client_id: 'other0id' })
    await isRefused(t, elsewhere, 401, { error: 'invalid_client' }, 'a client of another pool')
    await isRefused(t, await revoke('public', {}), 400, { error: 'invalid_request' })
    const json = await fetch(`${rockpool.baseUrl}/one/oauth2/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'public0id', token: refresh_token }),
    })
    await isRefused(t, json, 400, { error: 'invalid_request' }, 'no form')
    t.equal((await fetch(`${rockpool.baseUrl}/one/oauth2/revoke`)).status, 405)
    const unrevocable = await signIn('unrevocable')
    const off = await revoke('unrevocable', { token: unrevocable.refresh_token ?? '' })
    await isRefused(t, off, 400, { error: 'invalid_request' }, 'revocation is off')
    t.equal((await refresh('unrevocable', unrevocable.refresh_token)).status, 200, 'and nothing was revoked')
    t.equal((await revoke('quick', { token: refresh_token })).status, 200, 'a token of another client')
    t.equal((await refresh('public', refresh_token)).status, 200, 'which lives on')
  })
})

t.test('an access token ends when it says', async t => {
  const { signIn, userInfo, clock } = await aPool(t)
  const { access_token } = await signIn('quick')
  clock.advance({ seconds: 299 })
  t.equal((await userInfo(access_token)).status, 200)
  clock.advance({ seconds: 1 })
  t.equal((await userInfo(access_token)).status, 401)
})
