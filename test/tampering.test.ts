import t from 'tap'
import { seedOf } from '../src/config/seed/read.js'
import { aBrowser } from './support/browser.js'
import { aRockpool, authorizeQuery, poolAndClient, signInAt } from './support/rockpool.js'
import { call, federated, send, signInThroughStrangers } from './support/strangers.js'
import { hostileUpstream } from './support/upstream.js'

/** Requests, tokens, addresses and claims that somebody has tampered with. */

t.test('4: a form is taken from our own pages only, with a token of ours', async t => {
  const { pool, client } = poolAndClient(await aRockpool(t), 'oidc-pool-2', 'federation-from-pool-1')
  const address = `${pool.domainUrl}/login?${authorizeQuery(client)}`
  const page = await fetch(address)
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const submit = async (headers: Record<string, string>, token = _csrf) => {
    const answer = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `XSRF-TOKEN=${token}`, ...headers },
      body: new URLSearchParams({ _csrf: token, username: 'nobody', password: 'wrong' }),
    })
    return /Incorrect username or password/.test(await answer.text()) ? 'taken' : 'refused'
  }
  const { origin } = new URL(address)
  for (const headers of [{}, { origin }, { origin: 'null', 'sec-fetch-site': 'same-origin' }] as Record<
    string,
    string
  >[])
    t.equal(await submit(headers), 'taken', JSON.stringify(headers))
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { origin: 'nonsense' },
  ] as Record<string, string>[])
    t.equal(await submit(headers), 'refused', JSON.stringify(headers))
  for (const token of ['a', 'x'.repeat(31), 'x'.repeat(33), `${'x'.repeat(31)}.`])
    t.equal(await submit({}, token), 'refused', token)
})

t.test('4: HEAD signs nobody in or out, continues no sign-in, and sets no cookies', async t => {
  const rockpool = await aRockpool(t, { seed: federated({}, 'http://localhost:1') })
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  await rockpool.operations.createUser('reef', { username: 'ada', password: 'Difference-1-Engine!' })
  const query = authorizeQuery(client, { scope: 'openid' })
  const browser = aBrowser()
  // The client has one provider, but the sign-in page is there all the same.
  await signInAt(browser, pool.domainUrl, query, { username: 'ada', password: 'Difference-1-Engine!' }).catch(
    () => {},
  )
  const cookie = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ')
  for (const path of [
    '/oauth2/authorize',
    '/login',
    '/logout',
    '/error',
    '/changePassword',
    '/oauth2/idpresponse',
  ])
    for (const base of [pool.domainUrl, rockpool.baseUrl]) {
      const address = `${base}${path}?${query}&logout_uri=x&state=x`
      const answer = await fetch(address, { method: 'HEAD', redirect: 'manual', headers: { cookie } })
      t.strictSame(answer.headers.getSetCookie(), [], address)
      t.notMatch(answer.headers.get('location') ?? '', /[?&]code=/)
    }
})

t.test('4: an access token with anything added or altered is refused', async t => {
  const rockpool = await aRockpool(t)
  const { accessToken } = await rockpool.operations.mintTokens({
    pool: 'oidc-pool-2',
    client: 'federation-from-pool-1',
    username: 'jane',
  })
  const { pool } = poolAndClient(rockpool, 'oidc-pool-2', 'federation-from-pool-1')
  const asked = async (token: string) => {
    const answer = await fetch(`${pool.domainUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { text } = await call(rockpool.address.port, 'GetUser', {}, { AccessToken: token })
    return [answer.status, /NotAuthorized|InvalidParameter/.test(text)]
  }
  t.equal((await asked(accessToken))[0], 200)
  const [header = '', payload = '', signature = ''] = accessToken.split('.')
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  /** The same bytes, with a bit that is not used set in the last character. */
  const altered = (part: string) => {
    const last = digits.indexOf(part.slice(-1))
    return part.length % 4 === 0 ? `${part}=` : `${part.slice(0, -1)}${digits[last + 1]}`
  }
  for (const token of [
    `${accessToken}=`,
    `${accessToken}!`,
    `${accessToken}.`,
    `${header}.${payload}.${altered(signature)}`,
    `${header}.${payload}.${signature.slice(0, 9)}=${signature.slice(9)}`,
    `${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}~`,
  ])
    t.strictSame(await asked(token), [401, true], token.slice(-12))
})

t.test('4: line ends in endpoints and issuers are refused when they are configured', async t => {
  const { address } = await aRockpool(t)
  for (const [name, value] of [
    ['oidc_issuer', 'https://idp.example\r\nX-Evil: 1'],
    ['authorize_url', 'https://idp.example/a\nb'],
    ['token_url', '\thttps://idp.example/t'],
    ['jwks_uri', 'https://idp.example/\u0000'],
  ] as const) {
    const { text } = await call(
      address.port,
      'CreateIdentityProvider',
      {},
      {
        UserPoolId: 'us-east-1_OidcPool1',
        ProviderName: 'Evil',
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: 'c',
          client_secret: 's',
          authorize_scopes: 'openid',
          attributes_request_method: 'GET',
          oidc_issuer: 'https://idp.example',
          authorize_url: 'https://idp.example/a',
          token_url: 'https://idp.example/t',
          attributes_url: 'https://idp.example/u',
          jwks_uri: 'https://idp.example/j',
          [name]: value,
        },
      },
    )
    t.match(JSON.parse(text), { __type: 'InvalidParameterException' }, name)
  }
  t.throws(() => seedOf({ UserPools: [{ PoolName: 'p', Issuer: 'https://a.example/\r\nb' }] }), /Issuer/)
})

t.test(
  '9: a provider that sends an unusable subject is refused, with a reason, and makes no user',
  async t => {
    const log: string[] = []
    const upstream = await hostileUpstream(t, { clientId: 'reef', clientSecret: 'secret', now: Date.now })
    const rockpool = await aRockpool(t, {
      seed: federated(upstream.endpoints, upstream.issuer),
      log: line => log.push(line),
    })
    const subjects = [
      'a\u0000b',
      'a\r\nb',
      'a\nb',
      '\ud800',
      'x'.repeat(5000),
      'x'.repeat(119),
      'with space',
      '\u202e\u0007',
    ]
    for (const sub of subjects) {
      upstream.behave({ claims: right => ({ ...right, sub }), userInfo: { sub } })
      t.equal(await signInThroughStrangers(rockpool), 'Invalid username.', JSON.stringify(sub.slice(0, 20)))
    }
    t.match(log.join('\n'), /The "sub" of Strangers, .* makes a username of 5010 characters/)
    const { port } = rockpool.address
    const [pool] = rockpool.pools
    const listed = await call(port, 'ListUsers', {}, { UserPoolId: pool?.id })
    t.strictSame(
      JSON.parse(listed.text).Users.map(({ Username }: { Username: string }) => Username),
      ['marco'],
    )
    upstream.behave({ claims: right => ({ ...right, sub: 'x'.repeat(118) }), userInfo: {} })
    t.equal(await signInThroughStrangers(rockpool), 'signed in', 'as long as it may be')
  },
)

t.test('7: claims of a provider that are nested without end are refused, and no mistake of ours', async t => {
  const log: string[] = []
  const upstream = await hostileUpstream(t, { clientId: 'reef', clientSecret: 'secret', now: Date.now })
  const rockpool = await aRockpool(t, {
    seed: federated(upstream.endpoints, upstream.issuer),
    log: line => log.push(line),
  })
  const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)
  upstream.behave({ claims: right => ({ ...right, deep }) })
  t.match(await signInThroughStrangers(rockpool), /id_token|token/i)
  t.match(log.join('\n'), /nested more than 100 levels/)
  upstream.behave({ userInfo: { deep } })
  t.equal(await signInThroughStrangers(rockpool), 'signed in', 'without the claims of userInfo')
  t.strictSame(
    log.filter(line => line.startsWith('Rockpool failed')),
    [],
  )
})

t.test('10: a sign-in for a test is answered in a sentence wherever the clock jumps', async t => {
  let calls = Number.POSITIVE_INFINITY
  let now = Date.parse('2026-11-25T12:00:00Z')
  const clock = {
    now: () => {
      calls -= 1
      if (calls === 0) now += 40 * 86_400_000
      return now
    },
  }
  const reef = federated({}, 'http://localhost:1').UserPools[0]
  const [app] = reef?.Clients ?? []
  const seed = { UserPools: [{ ...reef, Clients: [{ ...app, SupportedIdentityProviders: ['COGNITO'] }] }] }
  const { baseUrl } = await aRockpool(t, { clock, seed })
  const outcomes = new Set<number>()
  for (let jumpAt = 1; jumpAt <= 400; jumpAt += 5) {
    calls = jumpAt
    const answer = await fetch(`${baseUrl}/_rockpool/sign-in`, {
      method: 'POST',
      body: JSON.stringify({ username: 'marco', password: 'Anemone-4-Marco!' }),
    })
    const { message = '' } = (await answer.json()) as { message?: string }
    outcomes.add(answer.status)
    if (answer.status >= 500) t.fail(`jump at ${jumpAt}: ${answer.status} ${message}`)
    // It came to its end before the jump: later ones change nothing.
    if (calls > 0) break
  }
  t.ok(outcomes.size > 1, [...outcomes].join())
})

t.test('10: a Host that is none breaks no address of the discovery document', async t => {
  const { address, baseUrl } = await aRockpool(t)
  for (const host of [
    'a b',
    '"><script>',
    'x:99999',
    'x:y',
    'user@x',
    'x/../y',
    'x?y',
    '[::1',
    ',',
    '\u00e4',
  ])
    for (const path of [
      '/us-east-1_OidcPool1/.well-known/openid-configuration',
      '/us-east-1_OidcPool1/.well-known/jwks.json',
    ]) {
      const { status, text } = await send(address.port, { path, headers: { host } })
      t.ok(status === 200 || status === 400, `${host}: ${status}`)
      for (const url of status === 200
        ? Object.values(JSON.parse(text)).filter(value => /^http/.test(String(value)))
        : [])
        t.ok(String(url).startsWith(baseUrl), `${host}: ${url}`)
    }
})
