import { createHmac, createPublicKey, type JsonWebKey, sign } from 'node:crypto'
import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminUserGlobalSignOutCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import t, { type Test } from 'tap'
import { anSdk } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { aPool, basic, claimsOf, headerOf, isRefused, password, type Tokens } from './support/oauth-client.js'

const expired = 'Access token is expired, disabled, or deleted, or the user has globally signed out.'

/** A refusal of userInfo: the status, the documented header, and a body that repeats it; readable for any script. */
async function isRefusedBearer(t: Test, answer: Response, description: string, what: string) {
  const error = answer.status === 400 ? 'invalid_request' : 'invalid_token'
  t.match(
    [answer.status, Object.fromEntries(answer.headers)],
    [
      description.startsWith('Bad') ? 400 : 401,
      {
        'www-authenticate': `error="${error}", error_description="${description}"`,
        'content-type': 'application/json;charset=UTF-8',
        'access-control-allow-origin': '*',
      },
    ],
    what,
  )
  t.strictSame(await answer.json(), { error, error_description: description }, what)
}

t.test('userInfo', async t => {
  const { rockpool, at, signIn, userInfo, clock, token } = await aPool(t)
  const url = `${rockpool.baseUrl}/one/oauth2/userInfo`
  const { access_token, id_token } = await signIn('public', { scope: 'openid' })
  const namesFor = async (client: string, scope: string) => {
    const { access_token } = await signIn(client, { scope })
    return Object.keys((await (await userInfo(access_token)).json()) as object).toSorted()
  }

  await t.test('O13 all values are texts; openid alone releases all', async t => {
    const answer = await userInfo(access_token)
    t.equal(answer.status, 200)
    t.strictSame(await answer.json(), {
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
    })
  })

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
    ] as const)
      t.strictSame(await namesFor('public', scope), ['sub', 'username', ...released].toSorted(), scope)
    t.strictSame(
      await namesFor('reader', 'openid'),
      ['custom:team', 'email', 'email_verified', 'given_name', 'sub', 'username'],
      'as far as the client may read',
    )
  })

  await t.test('every way to ask', async t => {
    const headers = { authorization: `Bearer ${access_token}` }
    t.equal(
      (await fetch(`${rockpool.baseUrl}/oauth2/userInfo`, { headers })).status,
      200,
      'by the token alone',
    )
    t.equal((await fetch(url, { method: 'POST', headers })).status, 200, 'by POST')
    const lower = { authorization: `bearer ${access_token}` }
    t.equal((await fetch(url, { headers: lower })).status, 200, 'however the scheme is written')
    const put = await fetch(url, { method: 'PUT', headers })
    t.match([put.status, put.headers.get('allow')], [405, 'GET, POST'])
  })

  await t.test('O61 a script of any origin may ask', async t => {
    const { status, headers } = await fetch(url, { method: 'OPTIONS' })
    t.match([status, headers.get('access-control-allow-headers')], [204, /authorization/])
    t.equal((await userInfo(access_token)).headers.get('access-control-allow-origin'), '*')
  })

  await t.test('O32 without a bearer token', async t => {
    const bad = 'Bad OAuth2 request at UserInfo Endpoint'
    await isRefusedBearer(t, await userInfo(undefined), bad, 'no header')
    for (const authorization of ['Bearer', 'Bearer a b', access_token, basic('public0id', 'x').authorization])
      await isRefusedBearer(
        t,
        await fetch(url, { headers: { authorization } }),
        bad,
        authorization.slice(0, 10),
      )
  })

  await t.test('O30 a token without openid', async t => {
    const { access_token } = await signIn('public', { scope: 'api/read' })
    const words = 'Access token does not contain openid scope'
    await isRefusedBearer(t, await userInfo(access_token), words, 'of another scope')
    const { AuthenticationResult: tokens } = await anSdk(t, rockpool).send(
      new InitiateAuthCommand({
        ClientId: 'plain0id',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: password },
      }),
    )
    await isRefusedBearer(t, await userInfo(tokens?.AccessToken), words, 'of the API')
    const { id, secret = '' } = at('machine').client
    const answer = await token({ grant_type: 'client_credentials' }, basic(id, secret))
    const machine = (await answer.json()) as Tokens
    await isRefusedBearer(t, await userInfo(machine.access_token), expired, 'of a machine: it is nobody’s')
  })

  await t.test('O31 a token that is none of ours', async t => {
    const [header = '', payload = '', signature = ''] = access_token.split('.')
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const reheaded = (change: object) => encoded({ ...headerOf(access_token), ...change })
    const jwks = await fetch(`${rockpool.baseUrl}/${at('public').pool.id}/.well-known/jwks.json`)
    const [, jwk] = ((await jwks.json()) as Jwks).keys
    const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const hs256 = `${reheaded({ alg: 'HS256' })}.${payload}`
    const hmacs = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'pkcs1', format: 'pem' }),
      JSON.stringify(jwk),
    ].map(secret => createHmac('sha256', secret).update(hs256).digest('base64url'))
    const privateKey = (await signingKeys()).IdToken
    const own = sign('RSA-SHA256', Buffer.from(`${header}.${payload}`), privateKey).toString('base64url')
    const foreign = await signIn('other', {}, 'two')
    for (const [what, bearer] of [
      ['garbage', 'garbage'],
      ['an ID token', id_token],
      ['a token of another pool', foreign.access_token],
      ['alg none', `${reheaded({ alg: 'none' })}.${payload}.`],
      ['alg none, signed', `${reheaded({ alg: 'none' })}.${payload}.${signature}`],
      ...hmacs.map(hmac => ['HS256 with the public key', `${hs256}.${hmac}`] as const),
      ['another algorithm', `${reheaded({ alg: 'PS256' })}.${payload}.${signature}`],
      ['an unknown kid', `${reheaded({ kid: 'x' })}.${payload}.${signature}`],
      ['the kid of the other key', `${reheaded({ kid: headerOf(id_token).kid })}.${payload}.${signature}`],
      ['no kid', `${encoded({ alg: 'RS256' })}.${payload}.${signature}`],
      ['a changed payload', `${header}.${encoded({ ...claimsOf(access_token), sub: 'x' })}.${signature}`],
      ['no signature', `${header}.${payload}.`],
      ['a part too many', `${access_token}.`],
      ['a key of one’s own', `${header}.${payload}.${own}`],
    ] as const)
      await isRefusedBearer(t, await userInfo(bearer), expired, what)
  })

  await t.test('O31 a user who is disabled, signed out everywhere, or deleted', async t => {
    const sdk = anSdk(t, rockpool)
    const user = { UserPoolId: at('public').pool.id, Username: 'marco' }
    const { access_token } = await signIn('public')
    await sdk.send(new AdminDisableUserCommand(user))
    await isRefusedBearer(t, await userInfo(access_token), expired, 'disabled')
    await sdk.send(new AdminEnableUserCommand(user))
    clock.advance({ seconds: 1 })
    const fresh = await signIn('public')
    t.equal((await userInfo(fresh.access_token)).status, 200)
    clock.advance({ seconds: 1 })
    await sdk.send(new AdminUserGlobalSignOutCommand(user))
    await isRefusedBearer(t, await userInfo(fresh.access_token), expired, 'signed out')
    const last = await signIn('public')
    await sdk.send(new AdminDeleteUserCommand(user))
    await isRefusedBearer(t, await userInfo(last.access_token), expired, 'deleted')
  })
})

t.test('O30 U57 the other way round: what userInfo takes the API may not', async t => {
  const { rockpool, signIn } = await aPool(t)
  const { access_token } = await signIn('public', { scope: 'openid email' })
  const asked = await fetch(rockpool.baseUrl, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetUser' },
    body: JSON.stringify({ AccessToken: access_token }),
  })
  t.match(await asked.json(), {
    __type: 'NotAuthorizedException',
    message: 'Access Token does not have required scopes',
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

t.test('O31 an access token ends when it says', async t => {
  const { signIn, userInfo, clock } = await aPool(t)
  const { access_token } = await signIn('quick')
  clock.advance({ seconds: 299 })
  t.equal((await userInfo(access_token)).status, 200)
  clock.advance({ seconds: 1 })
  t.equal((await userInfo(access_token)).status, 401)
})
