import { get as httpGet } from 'node:http'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { claimsOf, client, seed } from './support/oauth-client.js'
import { aRockpool } from './support/rockpool.js'

/** A Rockpool that the world knows as `https://id.example`, with a pool that has a domain, and one that has none. */
async function aReef(t: Test, baseUrl = 'https://id.example') {
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        ...seed.UserPools,
        { PoolName: 'bare', Clients: [client('x', { AllowedOAuthScopes: ['openid'] })] },
        { PoolName: 'fixed', Domain: 'fixed', Issuer: 'https://issuer.example/mine' },
      ],
    },
    baseUrl,
  })
  const { port } = rockpool.address
  const idOf = (name: string) => rockpool.pools.find(pool => pool.name === name)?.id ?? ''
  /** Reads what a pool says of itself, as somebody who found us under this Host. */
  const read = (name: string, host = `127.0.0.1:${port}`, file = 'openid-configuration') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Record<string, unknown> }>(
      (answered, failed) => {
        const path = `/${idOf(name)}/.well-known/${file}`
        httpGet({ host: '127.0.0.1', port, path, headers: { host }, agent: false }, response => {
          let text = ''
          response.on('data', chunk => {
            text += chunk
          })
          response.on('end', () => {
            const { statusCode: status = 0, headers } = response
            answered({ status, headers, body: JSON.parse(text) })
          })
        }).on('error', failed)
      },
    )
  return { rockpool, read, idOf, local: `http://127.0.0.1:${port}` }
}

t.test('discovery', async t => {
  const { read, idOf, local, rockpool } = await aReef(t)

  await t.test('O10 exactly so, in this order', async t => {
    const id = idOf('one')
    const { status, headers, body } = await read('one')
    t.equal(status, 200)
    t.match(headers, {
      'content-type': /^application\/json/,
      'access-control-allow-origin': '*',
      'cache-control': /max-age/,
    })
    t.strictSame(
      Object.entries(body),
      [
        ['authorization_endpoint', 'https://id.example/one/oauth2/authorize'],
        ['end_session_endpoint', 'https://id.example/one/logout'],
        ['id_token_signing_alg_values_supported', ['RS256']],
        ['issuer', `https://id.example/${id}`],
        ['jwks_uri', `${local}/${id}/.well-known/jwks.json`],
        ['response_types_supported', ['code', 'token']],
        ['revocation_endpoint', `${local}/one/oauth2/revoke`],
        ['scopes_supported', ['openid', 'email', 'phone', 'profile']],
        ['subject_types_supported', ['public']],
        ['token_endpoint', `${local}/one/oauth2/token`],
        ['token_endpoint_auth_methods_supported', ['client_secret_basic', 'client_secret_post']],
        ['userinfo_endpoint', `${local}/one/oauth2/userInfo`],
      ],
      'servers are answered where they asked, browsers at the base URL',
    )
  })

  await t.test('N32 it names sign-out and revocation, and lists no claims', async t => {
    const { body } = await read('one')
    t.match(body, { end_session_endpoint: /\/one\/logout$/, revocation_endpoint: /\/one\/oauth2\/revoke$/ })
    for (const absent of [
      'claims_supported',
      'code_challenge_methods_supported',
      'grant_types_supported',
      'registration_endpoint',
    ])
      t.notOk(absent in body, absent)
  })

  await t.test('wherever it was found, the issuer is one', async t => {
    for (const [host, origin] of [
      ['rockpool:7665', 'http://rockpool:7665'],
      ['10.0.0.7', 'http://10.0.0.7'],
      ['id.example', 'https://id.example'],
    ] as const) {
      const { body } = await read('one', host)
      t.match(
        body,
        {
          authorization_endpoint: 'https://id.example/one/oauth2/authorize',
          issuer: `https://id.example/${idOf('one')}`,
          jwks_uri: `${origin}/${idOf('one')}/.well-known/jwks.json`,
          token_endpoint: `${origin}/one/oauth2/token`,
        },
        host === 'id.example' ? 'a proxy took the TLS away' : host,
      )
    }
  })

  await t.test('a pool without a domain names addresses that lead nowhere', async t => {
    const issuer = `https://id.example/${idOf('bare')}`
    const { status, body } = await read('bare')
    t.equal(status, 200)
    t.match(body, {
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userInfo`,
      jwks_uri: `${local}/${idOf('bare')}/.well-known/jwks.json`,
    })
    t.notOk('end_session_endpoint' in body || 'revocation_endpoint' in body)
    t.equal((await fetch(`${local}/${idOf('bare')}/token`, { method: 'POST' })).status, 404)
  })

  await t.test('whatever the issuer is called, the addresses are ours', async t => {
    const issuers = {
      two: `https://cognito-idp.us-east-1.amazonaws.com/${idOf('two')}`,
      fixed: 'https://issuer.example/mine',
    }
    for (const [name, issuer] of Object.entries(issuers))
      t.match((await read(name)).body, {
        issuer,
        jwks_uri: `${local}/${idOf(name)}/.well-known/jwks.json`,
        token_endpoint: `${local}/${name}/oauth2/token`,
      })
  })

  await t.test('O11 two keys, in Cognito’s form', async t => {
    const { body, headers } = await read('one', undefined, 'jwks.json')
    t.equal(headers['access-control-allow-origin'], '*')
    t.strictSame(Object.keys(body), ['keys'])
    const keys = body.keys as Record<string, string>[]
    t.equal(new Set(keys.map(({ kid }) => kid)).size, 2)
    for (const key of keys) {
      t.strictSame(Object.keys(key), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
      t.match(key, { alg: 'RS256', e: 'AQAB', kty: 'RSA', use: 'sig' })
      t.match(key.kid, /^[\w+/]{43}=$/, 'standard base64 of 32 bytes')
      t.equal(Buffer.from(key.n ?? '', 'base64url').length, 256, '2048 bits')
    }
  })

  t.equal((await fetch(`${local}/us-east-1_Nothing00/.well-known/openid-configuration`)).status, 404)
  t.equal((await fetch(`${local}/us-east-1_Nothing00/.well-known/jwks.json`)).status, 404)
  t.equal((await fetch(`${local}/one/.well-known/openid-configuration`)).status, 404, 'not at the domain')
  t.equal(rockpool.baseUrl, 'https://id.example')
})

t.test('below a path of a proxy', async t => {
  const { read, idOf } = await aReef(t, 'https://id.example/cognito/')
  const { body } = await read('one', 'id.example')
  t.match(body, {
    authorization_endpoint: 'https://id.example/cognito/one/oauth2/authorize',
    issuer: `https://id.example/cognito/${idOf('one')}`,
    jwks_uri: `https://id.example/cognito/${idOf('one')}/.well-known/jwks.json`,
    token_endpoint: 'https://id.example/cognito/one/oauth2/token',
  })
})

t.test('N66 the newer issuer form has a host of its own, in tokens and in the document', async t => {
  const id = 'us-east-1_Newer0001'
  const pool = {
    PoolName: 'newer',
    Id: id,
    IssuerConfiguration: { Type: 'UPDATED' },
    Clients: [
      {
        ClientName: 'app',
        ClientId: 'app0id',
        ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      },
    ],
    Users: [{ Username: 'marco', Password: 'Anemone-4-Marco!' }],
  }
  const issuer = `https://issuer-cognito-idp.us-east-1.amazonaws.com/${id}`
  for (const [what, more, options] of [
    ['by its Issuer', { Issuer: 'aws' }, {}],
    ['by --aws-addresses', {}, { awsAddresses: true }],
  ] as const) {
    const { address } = await aRockpool(t, { seed: { UserPools: [{ ...pool, ...more }] }, ...options })
    const local = `http://127.0.0.1:${address.port}`
    const ask = async (host: string) => {
      const answer = await request(`${local}/${id}/.well-known/openid-configuration`, { headers: { host } })
      return (await answer.body.json()) as Record<string, unknown>
    }
    for (const host of ['issuer-cognito-idp', 'cognito-idp'])
      t.equal((await ask(`${host}.us-east-1.amazonaws.com`)).issuer, issuer, `${what}: found at ${host}`)
    const answer = await fetch(local, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
      body: JSON.stringify({
        ClientId: 'app0id',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: 'Anemone-4-Marco!' },
      }),
    })
    const { AuthenticationResult: tokens } = (await answer.json()) as {
      AuthenticationResult: { AccessToken: string; IdToken: string }
    }
    for (const token of [tokens.AccessToken, tokens.IdToken])
      t.equal(claimsOf(token).iss, issuer, `${what}: in the token`)
  }
  const { read, idOf } = await aReef(t)
  t.equal(
    (await read('one')).body.issuer,
    `https://id.example/${idOf('one')}`,
    'an address of ours has one form',
  )
})
