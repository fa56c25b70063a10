import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { AdminDisableUserCommand, AdminEnableUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import t from 'tap'
import { anSdk } from './support/api.js'
import { aBrowser } from './support/browser.js'
import {
  aPool,
  basic,
  claimsOf,
  headerOf,
  isDocumented,
  isRefused,
  password,
  seed,
  type Tokens,
} from './support/oauth-client.js'
import { aRockpool, authorizeQuery, poolAndClient, postForm, signInAt } from './support/rockpool.js'

t.test('a method that an endpoint does not have is explained in the log', async t => {
  const lines: string[] = []
  const { baseUrl } = await aRockpool(t, { seed, log: line => lines.push(line) })
  for (const [method, path, remedy] of [
    ['GET', 'oauth2/token', /Send POST, with grant_type .* as a form/],
    ['PUT', 'oauth2/userInfo', /Send GET, with the access token/],
    ['GET', 'oauth2/revoke', /Send POST, with token/],
    ['GET', 'oauth2/register', /Send POST, with the metadata/],
    ['POST', 'oauth2/authorize', /by a link or a redirect/],
  ] as const) {
    t.equal((await fetch(`${baseUrl}/one/${path}`, { method })).status, 405)
    const line = lines.find(line => line.includes(`/${path} does not know ${method}, but `))
    t.match(line, remedy, path)
  }
})

t.test('exchanging a code', async t => {
  const { rockpool, clock, token, code, exchangeForm, signIn, at } = await aPool(t)

  await t.test('O3 the answer has exactly five members, and the documented headers', async t => {
    const answer = await token(exchangeForm('public', await code('public', { scope: 'openid' })))
    t.equal(answer.status, 200)
    isDocumented(t, answer)
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
    for (const malformed of ['short', 'x'.repeat(129), `${verifier}é`])
      await isRefused(
        t,
        await token({ ...form, code_verifier: malformed }),
        400,
        { error: 'invalid_grant' },
        `malformed: ${malformed}`,
      )
    t.equal((await token({ ...form, code_verifier: verifier })).status, 200, 'which did not burn the code')
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
    const post = (body: string | Blob, type?: string) =>
      fetch(`${rockpool.baseUrl}/one/oauth2/token`, {
        method: 'POST',
        headers: type === undefined ? {} : { 'content-type': type },
        body,
      })
    const text = new URLSearchParams(form).toString()
    for (const [what, answer] of [
      ['as JSON', await post(JSON.stringify(form), 'application/json')],
      ['as broken JSON', await post('{', 'application/json')],
      ['as text', await post(text, 'text/plain')],
      ['as XML', await post('<x/>', 'application/xml')],
      ['as multipart', await post(text, 'multipart/form-data; boundary=x')],
      ['as no type of content at all', await post(text, 'nonsense')],
      ['without a type', await post(new Blob([text]))],
      ['without a body', await fetch(`${rockpool.baseUrl}/one/oauth2/token`, { method: 'POST' })],
    ] as const) {
      isDocumented(t, answer)
      await isRefused(t, answer, 400, { error: 'invalid_request' }, what)
    }
    const unknown = { ...form, grant_type: 'password' }
    await isRefused(t, await token(unknown), 400, { error: 'unsupported_grant_type' })
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(`${rockpool.baseUrl}/one/oauth2/token`, { method })
      t.equal(answer.headers.get('allow'), 'POST', method)
      isDocumented(t, answer)
      await isRefused(t, answer, 405, { error: 'invalid_request' }, method)
    }
    const withCharset = await post(text, 'application/x-www-form-urlencoded; charset=UTF-8')
    t.equal(withCharset.status, 200, 'a form, whatever its charset')
  })

  await t.test('what Cognito does not know does not matter', async t => {
    const form = exchangeForm('public', await code('public'))
    const more = {
      client_assertion: 'x',
      client_assertion_type: 'y',
      resource: 'z',
      scope: 'q',
      dpop_jkt: 'k',
    }
    t.equal((await token({ ...form, ...more })).status, 200)
  })

  await t.test('each flow only for clients that have it', async t => {
    const form = { ...exchangeForm('public', 'any'), client_id: 'implicit0id' }
    await isRefused(t, await token(form), 400, { error: 'unauthorized_client' }, 'the code flow')
    const forMachine = { ...exchangeForm('machine', 'any'), client_secret: at('machine').client.secret ?? '' }
    await isRefused(t, await token(forMachine), 400, { error: 'unauthorized_client' }, 'a machine')
    const refreshing = { ...forMachine, grant_type: 'refresh_token', refresh_token: 'any' }
    await isRefused(t, await token(refreshing), 400, { error: 'unauthorized_client' }, 'a machine refreshing')
  })

  await t.test('a client gets no tokens for scopes that it may not read', async t => {
    for (const scope of ['openid phone', 'openid email phone', undefined]) {
      const form = exchangeForm('reader', await code('reader', scope === undefined ? {} : { scope }))
      await isRefused(t, await token(form), 400, { error: 'invalid_grant' }, scope ?? 'all scopes')
    }
    t.ok((await signIn('reader', { scope: 'openid email profile' })).id_token, 'profile releases what it may')
  })

  await t.test('a user who is disabled, or has signed out everywhere, meanwhile', async t => {
    const sdk = anSdk(t, rockpool)
    const user = { UserPoolId: at('public').pool.id, Username: 'marco' }
    const form = exchangeForm('public', await code('public'))
    await sdk.send(new AdminDisableUserCommand(user))
    await isRefused(t, await token(form), 400, { error: 'invalid_grant' })
    await sdk.send(new AdminEnableUserCommand(user))
  })

  await t.test('the address without a domain finds the pool by the client', async t => {
    const form = exchangeForm('public', await code('public'))
    t.equal((await postForm(`${rockpool.baseUrl}/oauth2/token`, form)).status, 200)
    const { secret = '' } = at('secret').client
    const { client_id, ...anonymous } = exchangeForm('secret', await code('secret'))
    const byHeader = await postForm(`${rockpool.baseUrl}/oauth2/token`, anonymous, basic(client_id, secret))
    t.equal(byHeader.status, 200, 'named in the header')
    const nobody = await postForm(`${rockpool.baseUrl}/oauth2/token`, { ...form, client_id: 'nobody' })
    t.equal(nobody.status, 404, 'nobody’s pool')
  })

  await t.test('the host names the pool as well', async t => {
    const form = new URLSearchParams(exchangeForm('public', await code('public'))).toString()
    const status = await new Promise((answered, failed) => {
      const { port } = rockpool.address
      const headers = { host: `one.localhost:${port}`, 'content-type': 'application/x-www-form-urlencoded' }
      httpRequest(
        { host: '127.0.0.1', port, path: '/oauth2/token', method: 'POST', headers, agent: false },
        answer => answered(answer.resume().statusCode),
      )
        .on('error', failed)
        .end(form)
    })
    t.equal(status, 200)
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

t.test('client_credentials', async t => {
  const { token, at, clock } = await aPool(t)
  const ask = (name: string, more: Record<string, string> = {}) => {
    const { id, secret = '' } = at(name).client
    return token({ grant_type: 'client_credentials', ...more }, basic(id, secret))
  }

  await t.test('O33 a token for the client itself', async t => {
    const response = await ask('machine', { scope: 'api/read', aws_client_metadata: '{"a":"b"}' })
    isDocumented(t, response)
    const answer = (await response.json()) as Tokens
    t.match(answer, { expires_in: 3600, token_type: 'Bearer' })
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
    t.strictSame(Object.keys(headerOf(answer.access_token)), ['kid', 'alg'], 'O59')
    t.strictSame(Object.keys(claims).toSorted(), [
      'auth_time',
      'client_id',
      'exp',
      'iat',
      'iss',
      'jti',
      'scope',
      'sub',
      'token_use',
      'version',
    ])
  })

  await t.test('O34 a scope of others is dropped, and none is too few', async t => {
    const scopeOf = async (answer: Response) => claimsOf(((await answer.json()) as Tokens).access_token).scope
    t.equal(await scopeOf(await ask('machine')), 'api/read api/write', 'all, if none is named')
    t.equal(await scopeOf(await ask('reading', { scope: 'api/read api/write' })), 'api/read')
    t.equal(await scopeOf(await ask('reading', { scope: 'openid api/read nothing' })), 'api/read')
    for (const scope of ['api/write', 'openid', 'nothing'])
      await isRefused(t, await ask('reading', { scope }), 400, { error: 'invalid_scope' }, scope)
  })
  const { id: client_id } = at('public').client
  const forPublic = await token({ grant_type: 'client_credentials', client_id })
  await isRefused(t, forPublic, 400, { error: 'unauthorized_client' }, 'not for others')
})

t.test('what tokens say', async t => {
  const { rockpool, signIn, clock, at, userInfo, refresh } = await aPool(t)
  const tokens = await signIn('public', { scope: 'openid', nonce: 'of-the-app' })
  const [id, access] = [claimsOf(tokens.id_token), claimsOf(tokens.access_token)]

  await t.test('O59 the header has no typ', async t => {
    for (const jwt of [tokens.id_token, tokens.access_token])
      t.strictSame(Object.keys(headerOf(jwt)), ['kid', 'alg'])
    t.equal(headerOf(tokens.id_token).alg, 'RS256')
  })
  await t.test('O11 each kind has a key of its own', async t => {
    const jwks = await fetch(`${rockpool.baseUrl}/${at('public').pool.id}/.well-known/jwks.json`)
    const kids = ((await jwks.json()) as Jwks).keys.map(({ kid }) => kid)
    t.strictSame(kids, [headerOf(tokens.id_token).kid, headerOf(tokens.access_token).kid])
    t.not(kids[0], kids[1])
  })
  await t.test('O12 the ID token is for the client, the access token names it', async t => {
    const seen = [id.aud, id.client_id, access.client_id, access.aud]
    t.strictSame(seen, ['public0id', undefined, 'public0id', undefined])
  })
  await t.test('O13 a verified flag is a boolean', async t => {
    t.strictSame([id.email_verified, id.phone_number_verified], [true, false])
  })
  await t.test('O22 the nonce of the app', async t => t.equal(id.nonce, 'of-the-app'))
  await t.test('O55 a number of one’s own is a text', async t => t.equal(id['custom:level'], '7'))
  await t.test('O29 no scope means all that are allowed', async t => {
    const { scope } = claimsOf((await signIn('public')).access_token)
    t.strictSame(String(scope).split(' '), at('public').client.scopes)
  })

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
  const half = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16)
  t.equal(id.at_hash, half.toString('base64url'), 'at_hash')
  t.strictSame(Object.keys(access), [
    'sub',
    'cognito:groups',
    'iss',
    'version',
    'client_id',
    'origin_jti',
    'event_id',
    'token_use',
    'scope',
    'auth_time',
    'exp',
    'iat',
    'jti',
    'username',
  ])
  t.notOk('email' in access, 'an access token says nothing personal')
  t.equal(access.scope, 'openid')

  const email = claimsOf((await signIn('public', { scope: 'openid email' })).id_token)
  t.match([email.email, email.given_name, email['custom:team']], ['marco@example.com', undefined, undefined])
  const profile = claimsOf((await signIn('public', { scope: 'openid profile' })).id_token)
  t.match([profile.email, profile.given_name, profile['custom:team']], [undefined, 'Marco', 'tide'])
  const reader = claimsOf((await signIn('reader', { scope: 'openid' })).id_token)
  t.match(
    [reader.email, reader.given_name, reader['custom:team'], reader.phone_number, reader['custom:level']],
    ['marco@example.com', 'Marco', 'tide', undefined, undefined],
    'as far as the client may read',
  )

  await t.test('they last as long as the client says, in its units', async t => {
    for (const [name, access, id] of [
      ['public', 3600, 3600],
      ['quick', 300, 600],
      ['hours', 7200, 3600],
    ] as const) {
      const tokens = await signIn(name)
      t.equal(tokens.expires_in, access, `${name}: expires_in`)
      const lifetimes = [tokens.access_token, tokens.id_token].map(token => {
        const { exp, iat } = claimsOf(token)
        return Number(exp) - Number(iat)
      })
      t.strictSame(lifetimes, [access, id], name)
    }
  })

  await t.test('N30 with rotation both tokens name it, whatever revocation says', async t => {
    const first = await signIn('turning')
    const second = (await (await refresh('turning', first.refresh_token)).json()) as Tokens
    t.ok(second.refresh_token, 'it rotates')
    for (const { id_token, access_token } of [first, second]) {
      const [id, access] = [claimsOf(id_token), claimsOf(access_token)]
      t.match([id, access], [{ jti: String }, { jti: String }])
      t.type(id.origin_jti, 'string')
      t.strictSame([access.origin_jti, id.origin_jti], Array(2).fill(claimsOf(first.id_token).origin_jti))
    }
  })

  await t.test('C27 the scope profile releases the address, an object in the ID token alone', async t => {
    const { id_token, access_token } = await signIn('public', { scope: 'openid profile' })
    const id = claimsOf(id_token)
    t.match(id, { address: { formatted: '1 Pier' }, given_name: 'Marco', 'custom:team': 'tide' })
    t.notOk('email' in id || 'phone_number' in id)
    t.match(await (await userInfo(access_token)).json(), { address: '1 Pier', given_name: 'Marco' })
    const narrow = await signIn('public', { scope: 'openid email' })
    t.notOk('address' in claimsOf(narrow.id_token), 'and no other scope does')
  })

  await t.test('without revocation no token names its sign-in', async t => {
    const tokens = await signIn('unrevocable')
    const [id, access] = [claimsOf(tokens.id_token), claimsOf(tokens.access_token)]
    t.notOk('origin_jti' in id || 'jti' in id || 'origin_jti' in access)
    t.type(access.jti, 'string', 'but an access token always had a jti')
    t.equal((await userInfo(tokens.access_token)).status, 200)
    const refreshed = await refresh('unrevocable', tokens.refresh_token)
    t.equal(refreshed.status, 200)
  })

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

  await t.test('an issuer can be any URL', async t => {
    const issuer = 'https://issuer.example/of/mine'
    const rockpool = await aRockpool(t, {
      seed: { UserPools: [{ ...seed.UserPools[1], PoolName: 'three', Domain: 'three', Issuer: issuer }] },
    })
    const { pool } = poolAndClient(rockpool, 'three', 'other')
    t.equal(pool.issuer, issuer)
    const query = authorizeQuery({ id: 'other0id', callbackUrls: ['https://app.example/cb'] })
    const back = await signInAt(aBrowser(), pool.domainUrl, query, { username: 'marco', password })
    const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: 'other0id',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: 'https://app.example/cb',
    })
    const { id_token = '', access_token } = (await answer.json()) as Tokens
    const verifier = JwtVerifier.create({ issuer, audience: 'other0id' })
    verifier.cacheJwks(
      (await (await fetch(`${rockpool.baseUrl}/${pool.id}/.well-known/jwks.json`)).json()) as Jwks,
    )
    t.match(await verifier.verify(id_token), { iss: issuer })
    const answered = await fetch(`${pool.domainUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    t.equal(answered.status, 200, 'we know our own')
  })
})
