import { get as httpGet } from 'node:http'
import t, { type Test } from 'tap'
import { aBrowser, type Browser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool, poolAndClient, postForm } from './support/rockpool.js'

const callback = 'https://app.example/cb'
const password = 'Anemone-4-Marco!'
const temporary = 'Welcome-2-Rockpool!'

const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  ClientId: `${ClientName}0id`,
  CallbackURLs: [callback, 'https://app.example/cb?kept=1', 'myapp://back'],
  LogoutURLs: ['https://app.example/bye'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  SupportedIdentityProviders: ['COGNITO', 'Upstream'],
  ...more,
})

/** An upstream that is never asked: its endpoints are set by hand. */
const provider = (ProviderName: string, IdpIdentifiers: string[] = []) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: `reef at ${ProviderName}`,
    client_secret: 's',
    authorize_scopes: 'openid email',
    attributes_request_method: 'GET',
    oidc_issuer: 'https://up.example',
    authorize_url: 'https://up.example/authorize',
    token_url: 'https://up.example/token',
    attributes_url: 'https://up.example/me',
    jwks_uri: 'https://up.example/keys',
  },
  IdpIdentifiers,
})

const [keysOfReef, keysOfTide] = await Promise.all([signingKeys(), signingKeys()])
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Domain: 'reef',
      SigningKeys: keysOfReef,
      UsernameConfiguration: { CaseSensitive: false },
      AliasAttributes: ['email'],
      IdentityProviders: [provider('Upstream', ['corp.example', 'staff']), provider('Spare')],
      Clients: [
        client('app'),
        client('second'),
        client('local', { SupportedIdentityProviders: ['COGNITO'] }),
        client('federated', {
          SupportedIdentityProviders: ['Upstream'],
          DefaultRedirectURI: callback,
        }),
        client('implicit', { AllowedOAuthFlows: ['implicit'] }),
        client('closed', { AllowedOAuthFlowsUserPoolClient: false, AllowedOAuthFlows: [] }),
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          UserAttributes: { email: 'marco@reef.example', email_verified: true },
        },
        { Username: 'ada', Password: password, UserAttributes: {} },
        { Username: 'jane', TemporaryPassword: temporary, UserAttributes: {} },
      ],
    },
    {
      PoolName: 'tide',
      Domain: 'tide',
      SigningKeys: keysOfTide,
      Clients: [client('other', { SupportedIdentityProviders: ['COGNITO'] })],
      Users: [{ Username: 'marco', Password: password, UserAttributes: {} }],
    },
  ],
}

/** A Rockpool with those pools, and how a browser meets it. */
async function aReef(t: Test) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock })
  const domain = `${rockpool.baseUrl}/reef`
  const query = (more: Record<string, string | undefined> = {}) =>
    new URLSearchParams(
      Object.entries({
        client_id: 'app0id',
        response_type: 'code',
        redirect_uri: callback,
        ...more,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ).toString()
  const authorize = (more: Record<string, string | undefined> = {}, browser: Browser = aBrowser()) =>
    browser.get(`${domain}/oauth2/authorize?${query(more)}`)
  const login = (more: Record<string, string | undefined> = {}, browser: Browser = aBrowser()) =>
    browser.get(`${domain}/login?${query(more)}`)
  /** Fills in the form of the sign-in page. */
  const submit = async (
    browser: Browser,
    username: string,
    secret: string,
    more: Record<string, string | undefined> = {},
  ) => {
    const _csrf = field(await (await login(more, browser)).text(), '_csrf')
    return browser.post(`${domain}/login?${query(more)}`, { _csrf, username, password: secret })
  }
  return { rockpool, clock, domain, query, authorize, login, submit }
}

/** The value of a hidden field of a page. */
const field = (page: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? ''
const locationOf = (answer: Response): string => answer.headers.get('location') ?? ''
/** What the app is told: the query of its callback, or the fragment. */
const told = (answer: Response) => {
  const url = new URL(locationOf(answer))
  return Object.fromEntries(new URLSearchParams(url.hash === '' ? url.search : url.hash.slice(1)))
}
const status = async (t: Test, answer: Response, expected: number, what: string) =>
  t.equal(answer.status, expected, what)

t.test('a request without a session', async t => {
  const { domain, query, authorize, login } = await aReef(t)

  await t.test('O1 goes to the sign-in page with the same query', async t => {
    const answer = await authorize({ state: 's', unknown: 'kept' })
    t.equal(answer.status, 302)
    t.equal(locationOf(answer), `${domain}/login?${query({ state: 's', unknown: 'kept' })}`)
    const page = await login()
    t.match(Object.fromEntries(page.headers), {
      'content-type': 'text/html; charset=utf-8',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': /default-src 'none'/,
    })
    const text = await page.text()
    for (const known of ['cognitoSignInForm', 'cognitoAsfData', 'signInFormUsername', 'signInSubmitButton'])
      t.match(text, known)
  })

  await t.test('O5 an unregistered redirect_uri stays on the host', async t => {
    for (const redirect_uri of [
      `${callback}/`,
      'https://evil.example/',
      callback.toUpperCase(),
      `${callback}#x`,
    ]) {
      const answer = await authorize({ redirect_uri })
      t.equal(answer.status, 302)
      t.equal(locationOf(answer), `${domain}/error?error=redirect_mismatch&client_id=app0id`, redirect_uri)
    }
  })

  await t.test('O5 the error page says why, to the browser it happened to', async t => {
    const browser = aBrowser()
    const answer = await browser.get(locationOf(await authorize({ redirect_uri: `${callback}/` }, browser)))
    t.equal(answer.status, 400)
    const page = await answer.text()
    t.match(page, 'An error was encountered with the requested page.')
    t.match(page, 'redirect_mismatch')
    t.match(page, /is not among the CallbackURLs of client app[\s\S]*Did you mean/)
    t.match(page, /_rockpool\/flights\/[\w-]+/)
    const stranger = await (await aBrowser().get(`${domain}/error?error=redirect_mismatch`)).text()
    t.notMatch(stranger, 'CallbackURLs')
    const forged = await (await aBrowser().get(`${domain}/error?error=Call+0900+<b>now</b>`)).text()
    t.notMatch(forged, '0900', 'nobody puts words on our page')
  })

  await t.test('parameters that are missing, or lead to nobody', async t => {
    for (const missing of ['client_id', 'redirect_uri'])
      t.match(
        locationOf(await authorize({ [missing]: undefined })),
        /\/error\?error=Required\+parameters\+missing/,
      )
    t.match(locationOf(await authorize({ client_id: 'nobody' })), /\/error\?error=invalid_client/)
    t.match(locationOf(await authorize({ client_id: 'other0id' })), /\/error\?/, 'a client of another pool')
  })

  await t.test('O26 a challenge comes with S256', async t => {
    const code_challenge = 'x'.repeat(43)
    for (const more of [
      { code_challenge },
      { code_challenge, code_challenge_method: 'plain' },
      { code_challenge: 'short', code_challenge_method: 'S256' },
      { code_challenge_method: 'S256' },
    ])
      t.strictSame(told(await authorize({ ...more, state: 's' })), { state: 's', error: 'invalid_request' })
    t.match(locationOf(await authorize({ code_challenge, code_challenge_method: 'S256' })), /\/login\?/)
  })

  await t.test('O27 a scope that is unknown, not allowed, or without openid', async t => {
    for (const scope of ['openid nope', 'openid phone', 'email', 'openid api/read'])
      t.strictSame(
        told(await authorize({ scope, state: 's' })),
        { error_description: 'invalid_scope', state: 's', error: 'invalid_request' },
        scope,
      )
    t.match(locationOf(await authorize({ scope: '  openid   openid ' })), /\/login\?/)
  })

  await t.test('O38 O39 flows that the client does not allow', async t => {
    const implicit = await authorize({ response_type: 'token', state: 's' })
    t.match(locationOf(implicit), `${callback}#`, 'errors of the implicit grant are in the fragment')
    t.strictSame(told(implicit), { state: 's', error: 'unauthorized_client' })
    t.strictSame(told(await authorize({ client_id: 'implicit0id' })), { error: 'unauthorized_client' })
    t.strictSame(told(await authorize({ client_id: 'closed0id' })), { error: 'unauthorized_client' })
    for (const response_type of [undefined, 'id_token', 'code token', 'CODE'])
      t.strictSame(
        told(await authorize({ response_type })),
        { error: 'invalid_request' },
        response_type ?? 'none',
      )
  })

  await t.test('O40 a provider that is unknown, or not enabled', async t => {
    for (const identity_provider of ['Nobody', 'Spare', 'upstream']) {
      const answer = await authorize({ identity_provider })
      t.equal(answer.status, 400, identity_provider)
      t.match(await answer.text(), 'Login option is not available. Please try another one')
    }
    await status(
      t,
      await authorize({ client_id: 'local0id', identity_provider: 'Upstream' }),
      400,
      'not of this client',
    )
  })

  await t.test('O14 a provider that is asked for: what is sent there', async t => {
    const to = new URL(
      locationOf(await authorize({ identity_provider: 'Upstream', state: 'of the app', nonce: 'n' })),
    )
    t.equal(to.origin + to.pathname, 'https://up.example/authorize')
    t.strictSame(
      [...to.searchParams.keys()],
      ['client_id', 'redirect_uri', 'scope', 'response_type', 'state'],
    )
    t.match(Object.fromEntries(to.searchParams), {
      client_id: 'reef at Upstream',
      redirect_uri: `${domain}/oauth2/idpresponse`,
      scope: 'openid email',
      response_type: 'code',
      state: /^H4sI[\w-]+\.[\w-]+\.\d$/,
    })
    t.match(to.search, 'scope=openid+email')
    t.notMatch(to.href, /of.the.app/, 'the app’s own state is not exposed')
    const more = await authorize({
      identity_provider: 'Upstream',
      prompt: 'login consent',
      login_hint: 'ada@x.example',
    })
    t.match(Object.fromEntries(new URL(locationOf(more)).searchParams), {
      prompt: 'login consent',
      login_hint: 'ada@x.example',
    })
  })

  await t.test('O53 an identifier does as well, also as an e-mail address on the page', async t => {
    t.match(locationOf(await authorize({ idp_identifier: 'staff' })), 'https://up.example/authorize?')
    await status(t, await authorize({ idp_identifier: 'nobody.example' }), 400, 'unknown')
    const browser = aBrowser()
    const _csrf = field(await (await login({}, browser)).text(), '_csrf')
    const entered = await browser.post(`${domain}/login?${query()}`, {
      _csrf,
      idp_identifier: 'ada@corp.example',
    })
    t.match(locationOf(entered), /idp_identifier=corp\.example/)
    t.match(
      locationOf(await browser.get(new URL(locationOf(entered), domain).href)),
      'https://up.example/authorize?',
    )
  })

  await t.test('the page is skipped where a single provider is all there is', async t => {
    const only = { client_id: 'federated0id' }
    t.match(locationOf(await authorize(only)), 'https://up.example/authorize?')
    t.match(locationOf(await login(only)), 'https://up.example/authorize?')
    t.match(
      locationOf(await authorize({ ...only, redirect_uri: undefined })),
      'https://up.example/authorize?',
      'and DefaultRedirectURI stands in',
    )
  })

  await t.test('what the page offers', async t => {
    t.match(await (await login()).text(), 'Sign in with your corporate ID')
    t.notMatch(await (await login({ identity_provider: 'COGNITO' })).text(), 'corporate ID')
    t.notMatch(await (await login({ client_id: 'local0id' })).text(), 'corporate ID')
    t.match(await (await login({ login_hint: 'ada"><b>' })).text(), 'value="ada&quot;&gt;&lt;b&gt;"')
  })

  await t.test('a resource is an absolute URI', async t => {
    for (const resource of ['https://api.example', 'http://localhost:3000/api', 'urn:api'])
      t.match(locationOf(await authorize({ resource })), /\/login\?/, resource)
    for (const resource of ['api', 'http://api.example', '/api'])
      t.strictSame(told(await authorize({ resource })), { error: 'invalid_request' }, resource)
  })

  await t.test('of a repeated parameter the first counts', async t => {
    const answer = await aBrowser().get(
      `${domain}/oauth2/authorize?${query()}&redirect_uri=https://evil.example`,
    )
    t.match(locationOf(answer), `redirect_uri=${encodeURIComponent(callback)}`)
    t.notMatch(locationOf(answer), 'evil')
  })
})

t.test('signing in at the page', async t => {
  const { domain, query, login, submit } = await aReef(t)

  await t.test('O2 the right password brings a code and the state to the callback', async t => {
    const state = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ äß€`
    const answer = await submit(aBrowser(), 'marco', password, { state })
    t.equal(answer.status, 302)
    t.match(locationOf(answer), /^https:\/\/app\.example\/cb\?code=/)
    t.match(told(answer), { code: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/ })
    t.equal(told(answer).state, state, 'with every character it had')
    const kept = await submit(aBrowser(), 'marco', password, {
      redirect_uri: 'https://app.example/cb?kept=1',
    })
    t.match(locationOf(kept), /^https:\/\/app\.example\/cb\?kept=1&code=/)
    t.match(
      locationOf(await submit(aBrowser(), 'marco', password, { redirect_uri: 'myapp://back' })),
      /^myapp:\/\/back\?code=/,
    )
    t.notOk('state' in told(kept), 'no state where none was sent')
  })

  await t.test('names in any case, and a verified e-mail as an alias', async t => {
    t.equal((await submit(aBrowser(), 'MARCO', password)).status, 302)
    t.equal((await submit(aBrowser(), 'marco@reef.example', password)).status, 302)
  })

  await t.test('a wrong password, or nobody of that name, is told in the same words', async t => {
    for (const [name, secret] of [
      ['marco', 'wrong'],
      ['nobody', password],
      ['marco', ''],
    ] as const) {
      const answer = await submit(aBrowser(), name, secret)
      t.equal(answer.status, 200)
      const page = await answer.text()
      t.match(page, 'Incorrect username or password.')
      t.notMatch(page, secret === '' ? 'no such text' : `value="${secret}"`)
    }
  })

  await t.test('O39 the implicit grant answers in the fragment, without a refresh token', async t => {
    const implicit = { client_id: 'implicit0id', response_type: 'token', state: 's' }
    const answer = await submit(aBrowser(), 'marco', password, implicit)
    t.match(locationOf(answer), `${callback}#`)
    t.strictSame(Object.keys(told(answer)).toSorted(), [
      'access_token',
      'expires_in',
      'id_token',
      'state',
      'token_type',
    ])
    t.match(told(answer), { token_type: /^bearer$/i, expires_in: '3600', state: 's' })
  })

  await t.test('a form of another site, of another browser, or without its token is refused', async t => {
    const browser = aBrowser()
    const _csrf = field(await (await login({}, browser)).text(), '_csrf')
    const url = `${domain}/login?${query()}`
    const filled = { username: 'marco', password }
    await status(t, await browser.post(url, filled), 400, 'without')
    await status(t, await browser.post(url, { ...filled, _csrf: 'x'.repeat(32) }), 400, 'wrong')
    await status(t, await aBrowser().post(url, { ...filled, _csrf }), 400, 'another browser')
    await status(
      t,
      await browser.post(url, { ...filled, _csrf }, { 'sec-fetch-site': 'cross-site' }),
      400,
      'cross-site',
    )
    await status(t, await browser.post(url, { ...filled, _csrf }), 302, 'ours')
    await status(t, await browser.post(url, { ...filled, _csrf }), 302, 'ours, sent twice')
  })

  await t.test('a temporary password leads to a new one', async t => {
    const browser = aBrowser()
    const first = await submit(browser, 'jane', temporary, { state: 's' })
    t.match([first.status, locationOf(first)], [302, '/reef/changePassword?'])
    const ownPage = async () => (await browser.get(new URL(locationOf(first), domain).href)).text()
    const page = await ownPage()
    t.equal(field(await ownPage(), 'challenge'), field(page, 'challenge'), 'it can be reloaded')
    t.match(page, 'At least 8 characters')
    const [_csrf, challenge] = [field(page, '_csrf'), field(page, 'challenge')]
    const action = `${domain}/changePassword?${query({ state: 's' })}`
    const answer = (new_password: string, confirm_password = new_password, who = browser) =>
      who.post(action, { _csrf, challenge, new_password, confirm_password })
    t.match(
      await (await answer('short')).text(),
      'Password does not conform to policy: Password not long enough',
    )
    t.match(await (await answer('Otter-3-Jane!', 'Otter-4-Jane!')).text(), 'The passwords do not match.')
    await status(t, await answer('Otter-3-Jane!', 'Otter-3-Jane!', aBrowser()), 400, 'from another browser')
    const done = await answer('Otter-3-Jane!')
    t.equal(done.status, 302)
    t.match(told(done), { code: /./, state: 's' })
    const again = await answer('Otter-5-Jane!')
    t.equal(again.status, 200, 'the back button shows the sign-in page')
    t.match(await again.text(), 'Invalid session for the user, session is expired.')
    t.match(await (await submit(aBrowser(), 'jane', temporary)).text(), 'Incorrect username or password.')
    t.equal((await submit(aBrowser(), 'jane', 'Otter-3-Jane!')).status, 302)
    t.match(locationOf(await browser.get(action)), '/reef/login?', 'an address without its form')
  })
})

t.test('a temporary password, and its challenge, end', async t => {
  const { domain, query, submit, clock } = await aReef(t)
  const browser = aBrowser()
  await submit(browser, 'jane', temporary)
  const page = await (await browser.get(`${domain}/changePassword?${query()}`)).text()
  const form = {
    _csrf: field(page, '_csrf'),
    challenge: field(page, 'challenge'),
    new_password: 'Otter-3-Jane!',
    confirm_password: 'Otter-3-Jane!',
  }
  clock.advance({ seconds: 180 })
  const late = await browser.post(`${domain}/changePassword?${query()}`, form)
  t.match(await late.text(), 'Invalid session for the user, session is expired.', 'three minutes')
  clock.advance({ seconds: 7 * 86_400 - 180 })
  t.match(
    await (await submit(browser, 'jane', temporary)).text(),
    'Temporary password has expired',
    'seven days',
  )
})

t.test('the session', async t => {
  const { rockpool, domain, authorize, login, submit, clock, query } = await aReef(t)
  const browser = aBrowser()
  const first = await submit(browser, 'marco', password)
  const idTokenOf = async (answer: Response) => {
    const tokens = await postForm(`${domain}/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: 'app0id',
      redirect_uri: callback,
      code: told(answer).code ?? '',
    })
    const { id_token } = (await tokens.json()) as { id_token: string }
    return JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
  }
  const signedInAt = (await idTokenOf(first)).auth_time

  const cookie = first.headers.getSetCookie().find(set => set.startsWith('cognito.'))
  t.match(cookie, new RegExp(`^cognito\\.${poolAndClient(rockpool, 'reef', 'app').pool.id}=[\\w-]{43};`))
  for (const attribute of ['Max-Age=3600', 'Path=/reef', 'HttpOnly', 'SameSite=Lax'])
    t.match(cookie, attribute)
  t.notMatch(cookie, 'Secure', 'over plain http')

  clock.advance({ seconds: 600 })
  const resumed = await authorize({ state: 'a b/+%', scope: 'openid' }, browser)
  t.match(told(resumed), { code: /./, state: 'a b/+%' }, 'O20 answers at once')
  const claims = await idTokenOf(resumed)
  t.equal(claims.nonce, undefined, 'O21 without a nonce of its own')
  t.match([claims.auth_time, claims.iat], [signedInAt, signedInAt + 600])
  t.match(await idTokenOf(await authorize({ nonce: 'n' }, browser)), { nonce: 'n' }, 'O22')
  t.match(
    told(await authorize({ client_id: 'second0id' }, browser)),
    { code: /./ },
    'all clients of the pool share it',
  )
  t.match(told(await authorize({ identity_provider: 'COGNITO' }, browser)), { code: /./ })
  t.match(
    locationOf(await authorize({ identity_provider: 'Upstream' }, browser)),
    'https://up.example',
    'bound to its provider',
  )
  t.match(
    locationOf(await authorize({ client_id: 'federated0id' }, browser)),
    'https://up.example',
    'which the client must enable',
  )
  t.match(told(await authorize({ prompt: 'none' }, browser)), { code: /./ })
  t.match(told(await authorize({ prompt: 'none', max_age: '10', state: 's' }, browser)), {
    error: 'login_required',
    state: 's',
  })
  t.match(locationOf(await authorize({ prompt: 'login' }, browser)), '/reef/login?', 'O43')
  t.match(locationOf(await authorize({ max_age: '599' }, browser)), '/reef/login?')
  t.match(told(await authorize({ max_age: '601' }, browser)), { code: /./ })
  t.strictSame(
    told(await authorize({ prompt: 'none', state: 's' })),
    { state: 's', error: 'login_required' },
    'O41',
  )
  t.strictSame(
    told(await authorize({ prompt: 'none', identity_provider: 'Upstream' }, browser)),
    { error: 'login_required' },
    'O42',
  )
  t.equal((await login({}, browser)).status, 200, 'the page can be opened all the same')

  await t.test('another user replaces it, under another id', async t => {
    const before = [...browser.cookies.values()].find(({ name }) => name.startsWith('cognito.'))?.value ?? ''
    await submit(browser, 'ada', password)
    t.equal((await idTokenOf(await authorize({}, browser)))['cognito:username'], 'ada')
    const thief = aBrowser()
    const poolId = poolAndClient(rockpool, 'reef', 'app').pool.id
    thief.cookies.set('x', { host: 'localhost', path: '/reef', name: `cognito.${poolId}`, value: before })
    t.match(locationOf(await authorize({}, thief)), '/reef/login?', 'the former id is worth nothing')
  })

  await t.test('two pools in one browser do not disturb each other', async t => {
    const there = `${rockpool.baseUrl}/tide`
    const elsewhere = query({ client_id: 'other0id' })
    t.match(locationOf(await browser.get(`${there}/oauth2/authorize?${elsewhere}`)), '/tide/login?')
    const _csrf = field(await (await browser.get(`${there}/login?${elsewhere}`)).text(), '_csrf')
    t.equal(
      (await browser.post(`${there}/login?${elsewhere}`, { _csrf, username: 'marco', password })).status,
      302,
    )
    await browser.get(`${there}/logout?client_id=other0id&logout_uri=https://app.example/bye`)
    t.match(locationOf(await browser.get(`${there}/oauth2/authorize?${elsewhere}`)), '/tide/login?')
    t.match(told(await authorize({}, browser)), { code: /./ })
  })

  await t.test('it ends after an hour, however often it was used', async t => {
    const other = aBrowser()
    await submit(other, 'marco', password)
    clock.advance({ seconds: 3599 })
    t.match(told(await authorize({}, other)), { code: /./ })
    clock.advance({ seconds: 1 })
    t.match(locationOf(await authorize({}, other)), '/reef/login?')
  })
})

t.test('signing out', async t => {
  const { domain, authorize, submit, query } = await aReef(t)
  const browser = aBrowser()
  const signedIn = async () => {
    await submit(browser, 'marco', password)
    t.match(told(await authorize({}, browser)), { code: /./ })
  }
  const logout = (parameters: Record<string, string>) =>
    browser.get(`${domain}/logout?${new URLSearchParams(parameters)}`)

  await signedIn()
  const bye = await logout({ client_id: 'app0id', logout_uri: 'https://app.example/bye' })
  t.match([bye.status, locationOf(bye)], [302, 'https://app.example/bye'], 'O6')
  t.match(bye.headers.getSetCookie().join(), /cognito\.\S+=; Max-Age=0/)
  t.match(locationOf(await authorize({}, browser)), '/reef/login?', 'O8 the next request shows the page')
  t.equal(
    (await logout({ client_id: 'app0id', logout_uri: 'https://app.example/bye' })).status,
    302,
    'also without a session',
  )

  await signedIn()
  for (const wrong of [
    { client_id: 'app0id' },
    { client_id: 'app0id', logout_uri: 'https://evil.example' },
    { client_id: 'app0id', post_logout_redirect_uri: 'https://app.example/bye' },
    { client_id: 'app0id', logout_uri: 'https://app.example/bye/' },
  ]) {
    const answer = await logout(wrong)
    t.equal(answer.status, 400, 'O7')
    t.match(await answer.text(), /Required String parameter (&#39;|')redirect_uri(&#39;|') is not present/)
  }
  t.match(told(await authorize({}, browser)), { code: /./ }, 'what is refused signs nobody out')

  const next = await logout({
    client_id: 'app0id',
    redirect_uri: callback,
    response_type: 'code',
    state: 's',
  })
  t.equal(
    locationOf(next),
    `${domain}/login?${query({ state: 's', scope: 'openid email' })}`.replace(
      'client_id=app0id&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
      'client_id=app0id&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code',
    ),
    'O54 scope is filled in',
  )
  t.match(locationOf(await authorize({}, browser)), '/reef/login?')
  const both = await logout({
    client_id: 'app0id',
    redirect_uri: callback,
    response_type: 'code',
    logout_uri: 'https://app.example/bye',
  })
  t.equal(locationOf(both), 'https://app.example/bye', 'logout_uri wins')
})

t.test('every form of a domain’s address', async t => {
  const { rockpool, query, domain } = await aReef(t)
  const { port } = rockpool.address
  /** Asks with a Host header of its own, which `fetch` does not let one choose. */
  const ask = (host: string, path: string) =>
    new Promise<{ status: number; location: string; cookies: string[]; text: string }>((answered, failed) => {
      httpGet({ host: '127.0.0.1', port, path, headers: { host }, agent: false }, response => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () =>
          answered({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            cookies: response.headers['set-cookie'] ?? [],
            text,
          }),
        )
      }).on('error', failed)
    })

  for (const host of [
    `reef.localhost:${port}`,
    `reef.auth.us-east-1.localhost:${port}`,
    'reef.auth.us-east-1.amazoncognito.com',
  ]) {
    const answer = await ask(host, `/oauth2/authorize?${query()}`)
    t.equal(answer.location, `http://${host}/login?${query()}`, host)
    const page = await ask(host, `/login?${query()}`)
    t.equal(page.status, 200)
    t.match(page.text, 'action="/login?', 'the page stays on its host')
    t.match(page.cookies.join(), 'Path=/;')
    const through = query({ identity_provider: 'Upstream' })
    t.equal(
      (await ask(host, `/oauth2/authorize?${through}`)).location,
      `${domain}/oauth2/authorize?${through}`,
      'a federated sign-in goes by the address that the provider knows',
    )
  }
  t.equal(
    (await ask(`localhost:${port}`, `/oauth2/authorize?${query()}`)).location,
    `${domain}/oauth2/authorize?${query()}`,
  )
  t.equal((await ask(`localhost:${port}`, `/login?${query()}`)).location, `${domain}/login?${query()}`)
  t.equal(
    (await ask(`localhost:${port}`, '/logout?client_id=app0id')).location,
    `${domain}/logout?client_id=app0id`,
  )
  for (const path of ['/login', '/oauth2/authorize?client_id=nobody', '/nowhere/login', '/nowhere/at/all'])
    t.equal((await ask(`localhost:${port}`, path)).status, 404, path)
})
