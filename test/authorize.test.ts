import { get as httpGet } from 'node:http'
import t from 'tap'
import { aBrowser, type Browser } from './support/browser.js'
import {
  type Asked,
  aReef,
  callback,
  claims,
  field,
  locationOf,
  password,
  query,
  temporary,
  told,
} from './support/reef.js'

/** Every character that a state may have (RFC 6749, appendix A.5), and some beyond. */
const state = `${String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index))}äß€😀`
const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
const invalidScope = { error_description: 'invalid_scope', error: 'invalid_request' }
const loginOption = 'Login option is not available. Please try another one'

t.test('asking for authorization, without a session', async t => {
  const { rockpool, domain, authorize, login } = await aReef(t)

  await t.test('O1 goes to the sign-in page with the same query', async t => {
    const answer = await authorize({ state, unknown: 'kept' })
    t.equal(answer.status, 302)
    t.equal(locationOf(answer), `${domain}/login?${query({ state, unknown: 'kept' })}`)
    t.match(Object.fromEntries(answer.headers), {
      'content-length': '0',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
  })

  await t.test('O1 the page there has the names of the classic one, and may not be framed', async t => {
    const page = await login()
    t.match(Object.fromEntries(page.headers), {
      'content-type': 'text/html; charset=utf-8',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
    })
    const text = await page.text()
    for (const known of ['cognitoSignInForm', 'cognitoAsfData', 'signInFormUsername', 'signInSubmitButton'])
      t.match(text, known)
  })

  await t.test('O5 an unregistered redirect_uri stays on the host', async t => {
    for (const redirect_uri of [
      `${callback}/`,
      `${callback}?x=1`,
      `${callback}#x`,
      callback.toUpperCase(),
      'https://app.example/cb/../cb',
      'https://app.example/',
      'https://app.example@evil.example/cb',
      'javascript:alert(1)',
      '//app.example/cb',
    ])
      t.equal(
        locationOf(await authorize({ redirect_uri })),
        `${domain}/error?error=redirect_mismatch&client_id=app0id`,
        redirect_uri,
      )
  })

  await t.test('O5 the error page says why, to the browser it happened to', async t => {
    const browser = aBrowser()
    const answer = await browser.get(locationOf(await authorize({ redirect_uri: `${callback}/` }, browser)))
    t.equal(answer.status, 400)
    const page = await answer.text()
    t.match(page, 'An error was encountered with the requested page.')
    t.match(page, 'redirect_mismatch')
    t.match(page, /is not among the CallbackURLs of client app[\s\S]*Did you mean/)
    const flight = /href="([^"]+\/_rockpool\/flights\/[\w-]+)"/.exec(page)?.[1] ?? ''
    t.match(await (await fetch(flight)).json(), { hops: [{}] }, 'and leads to the flight')
    const stranger = await (await aBrowser().get(`${domain}/error?error=redirect_mismatch`)).text()
    t.notMatch(stranger, 'CallbackURLs')
  })

  await t.test('nobody puts words on the error page', async t => {
    for (const error of ['Call 0900 now', 'Your account is locked', '<b>x</b>', 'x'.repeat(100)]) {
      const answer = await aBrowser().get(`${domain}/error?${new URLSearchParams({ error })}`)
      t.equal(answer.status, 400)
      const page = await answer.text()
      t.notMatch(page, error)
      t.match(page, 'unknown')
    }
  })

  await t.test('client_id or redirect_uri missing, unknown, or of another pool: no callback', async t => {
    for (const missing of ['client_id', 'redirect_uri'])
      for (const value of [undefined, ''])
        t.match(
          locationOf(await authorize({ [missing]: value })),
          new RegExp(`^${domain}/error\\?error=Required\\+parameters\\+missing`),
        )
    t.match(locationOf(await authorize({ client_id: 'nobody' })), `${domain}/error?error=invalid_client`)
    t.match(locationOf(await authorize({ client_id: 'other0id' })), `${domain}/error?error=invalid_client`)
  })

  await t.test('the same rules hold at /login, for whoever comes directly', async t => {
    t.match(locationOf(await login({ redirect_uri: undefined })), '/error?error=Required+parameters+missing')
    t.match(locationOf(await login({ redirect_uri: 'https://evil.example' })), 'error=redirect_mismatch')
    t.strictSame(told(await login({ scope: 'nope', state })), { ...invalidScope, state })
    t.equal((await login({ identity_provider: 'Nobody' })).status, 400)
  })

  await t.test('response_type: code or token, and nothing else', async t => {
    for (const response_type of [undefined, 'id_token', 'code token', 'code id_token', 'CODE'])
      t.strictSame(
        told(await authorize({ response_type, state })),
        { error: 'invalid_request', state },
        response_type ?? 'none',
      )
  })

  await t.test('O26 a challenge comes with S256', async t => {
    const { code_challenge } = challenge
    for (const more of [
      { code_challenge },
      { code_challenge, code_challenge_method: 'plain' },
      { code_challenge, code_challenge_method: 's256' },
      { code_challenge: 'short', code_challenge_method: 'S256' },
      { code_challenge: 'x'.repeat(129), code_challenge_method: 'S256' },
      { code_challenge: `${'x'.repeat(42)}+`, code_challenge_method: 'S256' },
      { code_challenge_method: 'S256' },
    ])
      t.strictSame(told(await authorize({ ...more, state })), { state, error: 'invalid_request' })
    t.match(locationOf(await authorize(challenge)), /\/login\?/)
  })

  await t.test('O27 a scope that is unknown, not allowed, or without openid', async t => {
    for (const scope of ['openid nope', 'openid phone', 'email', 'openid api/read', 'OPENID', 'openid,email'])
      t.strictSame(told(await authorize({ scope, state })), { ...invalidScope, state }, scope)
    t.match(locationOf(await authorize({ scope: '  openid   openid ' })), /\/login\?/)
  })

  await t.test('O28 openid may be left out', async t => {
    for (const scope of ['aws.cognito.signin.user.admin', 'api/read', 'api/read openid'])
      t.match(locationOf(await authorize({ client_id: 'scoped0id', scope })), /\/login\?/, scope)
  })

  await t.test('O38 a flow that the client does not allow', async t => {
    const implicit = await authorize({ response_type: 'token', state })
    t.strictSame(told(implicit), { state, error: 'unauthorized_client' })
    t.strictSame(told(await authorize({ client_id: 'implicit0id' })), { error: 'unauthorized_client' })
    t.strictSame(told(await authorize({ client_id: 'closed0id' })), { error: 'unauthorized_client' })
  })

  await t.test('O39 errors of the implicit grant are in the fragment', async t => {
    const at = (more: Asked) =>
      authorize({ client_id: 'implicit0id', response_type: 'token', state: 's', ...more })
    for (const [more, error] of [
      [{ scope: 'nope' }, 'invalid_request'],
      [{ prompt: 'none' }, 'login_required'],
      [{ code_challenge: 'x' }, 'invalid_request'],
    ] as const) {
      const location = locationOf(await at(more))
      t.match(location, `${callback}#`)
      t.match(Object.fromEntries(new URLSearchParams(new URL(location).hash.slice(1))), { error, state: 's' })
    }
  })

  await t.test('O40 a provider that is unknown, or not enabled, stays on a page', async t => {
    for (const more of [
      { identity_provider: 'Nobody' },
      { identity_provider: 'Spare' },
      { identity_provider: 'upstream' },
      { identity_provider: 'COGNITO', client_id: 'federated0id' },
      { identity_provider: 'Upstream', client_id: 'local0id' },
      { idp_identifier: 'nobody.example' },
      { idp_identifier: 'spare.example' },
      { idp_identifier: 'staff', identity_provider: 'Nobody' },
    ]) {
      const answer = await authorize(more)
      t.equal(answer.status, 400, JSON.stringify(more))
      t.match(await answer.text(), loginOption)
    }
  })

  await t.test('O41 prompt=none is refused at the callback', async t => {
    for (const more of [
      {},
      { identity_provider: 'Upstream' },
      { client_id: 'federated0id' },
      { prompt: 'none login' },
    ])
      t.strictSame(told(await authorize({ prompt: 'none', state, ...more })), {
        state,
        error: 'login_required',
      })
  })

  await t.test('O43 prompt=login, and every other prompt, goes along to the sign-in page', async t => {
    for (const prompt of ['login', 'select_account', 'consent', 'login consent', 'whatever'])
      t.equal(locationOf(await authorize({ prompt })), `${domain}/login?${query({ prompt })}`)
  })

  await t.test('O57 a resource is one absolute URI', async t => {
    for (const resource of [
      'https://api.example',
      'https://api.example/v1?x=1',
      'http://localhost:3000/api',
      'urn:api',
      'myapi://x',
    ])
      t.match(locationOf(await authorize({ resource })), /\/login\?/, resource)
    for (const resource of [
      'api',
      '/api',
      'http://api.example',
      'http://localhost.evil.example',
      'https://',
      'https://api.example#part',
      'https://api example',
    ])
      t.strictSame(told(await authorize({ resource })), { error: 'invalid_request' }, resource)
  })

  await t.test('max_age is a number of seconds', async t => {
    t.match(locationOf(await authorize({ max_age: '60' })), /\/login\?.*max_age=60/)
    for (const max_age of ['-1', 'soon', '1.5'])
      t.strictSame(told(await authorize({ max_age })), { error: 'invalid_request' }, max_age)
  })

  await t.test('what is checked first is told first', async t => {
    /** A mistake for each step of §3.5, in its order, and what comes of it. */
    const steps: [mistake: Asked, outcome: RegExp][] = [
      [{ client_id: 'nobody' }, /error\?error=invalid_client/],
      [{ redirect_uri: 'https://evil.example' }, /error\?error=redirect_mismatch/],
      [{ response_type: 'nonsense' }, /cb\?error=invalid_request$/],
      [{ response_type: 'token' }, /cb#error=unauthorized_client$/],
      [{ code_challenge_method: 'plain' }, /cb[?]error=invalid_request$/],
      [{ scope: 'nope' }, /cb\?error_description=invalid_scope&error=invalid_request$/],
      [{ identity_provider: 'Nobody' }, /^$/],
      [{ prompt: 'none' }, /cb\?error=login_required$/],
    ]
    for (const [first, [mistake, outcome]] of steps.entries()) {
      t.match(locationOf(await authorize(mistake)), outcome)
      for (const [later] of steps.slice(first + 1))
        t.match(
          locationOf(await authorize({ ...later, ...mistake })),
          outcome,
          JSON.stringify([mistake, later]),
        )
    }
  })

  await t.test('what nobody knows is ignored, and carried along', async t => {
    const more = {
      response_mode: 'form_post',
      request: 'r',
      request_uri: 'https://x.example',
      display: 'popup',
      ui_locales: 'de',
      claims: '{}',
      id_token_hint: 'h',
      acr_values: 'Level2',
      lang: 'de',
      anything: 'a b',
    }
    t.equal(locationOf(await authorize(more)), `${domain}/login?${query(more)}`)
    t.match(locationOf(await authorize({ ...more, scope: 'nope' })), `${callback}?error`, 'also in a refusal')
  })

  await t.test('of a repeated parameter the first counts', async t => {
    for (const [name, value] of [
      ['redirect_uri', 'https://evil.example'],
      ['client_id', 'nobody'],
      ['response_type', 'token'],
    ]) {
      const answer = await aBrowser().get(`${domain}/oauth2/authorize?${query()}&${name}=${value}`)
      t.equal(locationOf(answer), `${domain}/login?${query()}`)
    }
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
  })

  await t.test('O14 prompt and login_hint are forwarded', async t => {
    const hints = { prompt: 'login consent', login_hint: 'ada@x.example' }
    const to = new URL(locationOf(await authorize({ identity_provider: 'Upstream', ...hints })))
    t.match(Object.fromEntries(to.searchParams), hints)
  })

  await t.test('O53 an identifier does as well; beside a name it does not count', async t => {
    t.match(locationOf(await authorize({ idp_identifier: 'staff' })), 'https://up.example/authorize?')
    t.match(
      locationOf(await authorize({ idp_identifier: 'nobody', identity_provider: 'Upstream' })),
      'https://up.example/authorize?',
    )
    t.match(
      locationOf(await authorize({ idp_identifier: 'staff', identity_provider: 'COGNITO' })),
      `${domain}/login?`,
    )
  })

  await t.test('O53 the page has a box for it, where an e-mail address stands for its domain', async t => {
    const browser = aBrowser()
    const _csrf = field(await (await login({ state }, browser)).text(), '_csrf')
    const enter = (idp_identifier: string) =>
      browser.post(`${domain}/login?${query({ state })}`, { _csrf, idp_identifier })
    const entered = new URL(locationOf(await enter(' ada@corp.example ')), domain)
    t.equal(entered.searchParams.get('idp_identifier'), 'corp.example')
    t.equal(entered.searchParams.get('state'), state)
    t.match(locationOf(await browser.get(entered.href)), 'https://up.example/authorize?')
    for (const nobody of ['ada@nobody.example', 'ada@', '"><b>', 'spare.example']) {
      const answer = await enter(nobody)
      t.equal(answer.status, 200, 'nobody: said on the page')
      const page = await answer.text()
      t.match(page, loginOption)
      t.match(page, /name="idp_identifier"[^>]* aria-invalid="true"/)
      t.notMatch(page, '"><b>')
    }
  })

  await t.test('the page is skipped where a single provider is all there is', async t => {
    const only = { client_id: 'federated0id' }
    t.match(locationOf(await authorize(only)), 'https://up.example/authorize?')
    t.match(locationOf(await login(only)), 'https://up.example/authorize?')
    t.match(
      locationOf(await authorize({ client_id: 'local0id' })),
      `${domain}/login?`,
      'unless it is the pool',
    )
  })

  await t.test('DefaultRedirectURI stands in where the client has one provider', async t => {
    const without = { redirect_uri: undefined }
    t.match(locationOf(await authorize({ ...without, client_id: 'federated0id' })), 'https://up.example/')
    const local = await authorize({ ...without, client_id: 'local0id', scope: 'nope' })
    t.match(locationOf(local), `${callback}?error_description=invalid_scope`)
    t.match(
      locationOf(await authorize({ ...without, client_id: 'through0id' })),
      '/error?error=Required+parameters+missing',
    )
  })

  await t.test('what the page offers', async t => {
    t.match(await (await login()).text(), 'Sign in with your corporate ID')
    t.notMatch(await (await login({ identity_provider: 'COGNITO' })).text(), 'corporate ID')
    t.notMatch(await (await login({ client_id: 'local0id' })).text(), 'corporate ID')
    t.match(await (await login({ login_hint: 'ada"><b>' })).text(), 'value="ada&quot;&gt;&lt;b&gt;"')
  })

  await t.test('O61 a script of another origin gets nowhere', async t => {
    for (const path of ['/oauth2/authorize', '/login', '/logout'])
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { origin: 'https://app.example' }
        const answer = await fetch(`${domain}${path}?${query()}`, { method, headers, redirect: 'manual' })
        t.notOk(answer.headers.has('access-control-allow-origin'), `${method} ${path}`)
      }
  })

  await t.test('a pool without a domain has none of it', async t => {
    const inland = query({ client_id: 'inland0id' })
    for (const path of ['/oauth2/authorize', '/login', '/logout'])
      for (const at of [rockpool.baseUrl, `${rockpool.baseUrl}/dry`, domain]) {
        const answer = await aBrowser().get(`${at}${path}?${inland}`)
        if (at === domain) t.match(locationOf(answer), 'error=invalid_client', 'nor through another’s')
        else t.equal(answer.status, 404, `${at}${path}`)
      }
  })

  await t.test('the names that prose has for it now and then', async t => {
    t.equal(locationOf(await aBrowser().get(`${domain}/authorize?${query()}`)), `${domain}/login?${query()}`)
    t.equal((await aBrowser().get(`${domain}/oauth2/login?${query()}`)).status, 200)
    const bare = await aBrowser().get(`${rockpool.baseUrl}/authorize?${query()}`)
    t.equal(locationOf(bare), `${domain}/authorize?${query()}`)
  })
})

t.test('methods, and addresses that lead nowhere', async t => {
  const { rockpool, domain } = await aReef(t)
  const accept = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

  await t.test('HEAD answers as GET does, without a body', async t => {
    for (const path of ['/oauth2/authorize', '/login', '/logout', '/error']) {
      const [head, get] = await Promise.all(
        ['HEAD', 'GET'].map(method =>
          fetch(`${domain}${path}?${query()}`, { method, redirect: 'manual' }),
        ) as [Promise<Response>, Promise<Response>],
      )
      t.equal(head.status, get.status, path)
      t.equal(head.headers.get('content-type'), get.headers.get('content-type'))
      t.equal(await head.text(), '')
    }
  })

  await t.test('a wrong method is refused with the right ones', async t => {
    for (const [path, allow] of [
      ['/oauth2/authorize', 'GET'],
      ['/logout', 'GET'],
      ['/error', 'GET'],
      ['/login', 'GET, POST'],
      ['/changePassword', 'GET, POST'],
    ])
      for (const at of [domain, rockpool.baseUrl]) {
        const answer = await fetch(`${at}${path}?${query()}`, { method: 'PUT' })
        t.match([answer.status, answer.headers.get('allow')], [405, allow], `${at}${path}`)
        t.match(await answer.json(), { error: 'invalid_request' })
      }
    t.equal((await fetch(`${domain}/logout?${query()}`, { method: 'POST' })).status, 405)
  })

  await t.test('browsers are answered with a page, programs with JSON', async t => {
    for (const [path, status, method] of [
      ['/nowhere/login', 404, 'GET'],
      ['/login', 404, 'GET'],
      ['/nowhere/at/all', 404, 'GET'],
      ['/reef/oauth2/authorize', 405, 'DELETE'],
    ] as const) {
      const page = await fetch(`${rockpool.baseUrl}${path}`, { method, headers: accept })
      t.equal(page.status, status, path)
      t.match(Object.fromEntries(page.headers), {
        'content-type': 'text/html; charset=utf-8',
        'x-frame-options': 'DENY',
        'content-security-policy': /default-src 'none'/,
      })
      t.match(await page.text(), '<h1>An error was encountered with the requested page.</h1>')
      const data = await fetch(`${rockpool.baseUrl}${path}`, { method })
      t.equal(data.status, status)
      t.match(await data.json(), { error: /./, message: /./ })
    }
    const hostile = await fetch(`${rockpool.baseUrl}/x/<img%20src=x>'"/y`, { headers: accept })
    t.notMatch(await hostile.text(), '<img')
    const lost = await (await fetch(`${rockpool.baseUrl}/nowhere/login`, { headers: accept })).text()
    t.match(lost, /No user pool has the domain &quot;nowhere&quot;[\s\S]*How to mend it/)
    t.match(lost, /_rockpool\/flights\/[\w-]+/)
  })
})

t.test('signing in at the page', async t => {
  const { rockpool, domain, login, authorize, submit, exchange, claimsOf, administer, poolId } =
    await aReef(t)

  await t.test('O2 the right password brings a code and the state to the callback', async t => {
    const answer = await submit(aBrowser(), 'marco', password, { state })
    t.equal(answer.status, 302)
    t.match(locationOf(answer), /^https:\/\/app\.example\/cb\?code=/)
    t.match(told(answer), { code: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/ })
    t.strictSame(Object.keys(told(answer)), ['code', 'state'])
    t.equal(told(answer).state, state, 'with every character it had')
    t.match(answer.headers.get('referrer-policy'), 'no-referrer')
    t.equal(await answer.text(), '', 'and nothing in a page')
  })

  await t.test('O2 a callback keeps its own query, and any scheme; no state comes of none', async t => {
    const kept = await submit(aBrowser(), 'marco', password, {
      redirect_uri: 'https://app.example/cb?kept=1',
    })
    t.match(locationOf(kept), /^https:\/\/app\.example\/cb\?kept=1&code=[\w-]+$/)
    const own = await submit(aBrowser(), 'marco', password, { redirect_uri: 'myapp://back' })
    t.match(locationOf(own), /^myapp:\/\/back\?code=[\w-]+$/)
  })

  await t.test('O29 without a scope all that the client may ask for is granted', async t => {
    const { access } = await claimsOf(await submit(aBrowser(), 'marco', password))
    t.equal(access.scope, 'openid email')
  })

  await t.test('O59 the header of a token names algorithm and key, and no type', async t => {
    const tokens = await (await exchange(await submit(aBrowser(), 'marco', password))).json()
    const { id_token, access_token } = tokens as { id_token: string; access_token: string }
    for (const token of [id_token, access_token])
      t.strictSame(Object.keys(claims(token, 'header')).toSorted(), ['alg', 'kid'])
  })

  await t.test('O57 a resource becomes the audience of the access token', async t => {
    const resource = 'https://api.example'
    const { access, id } = await claimsOf(await submit(aBrowser(), 'marco', password, { resource }))
    t.match([access.aud, id.aud], [resource, 'app0id'])
  })

  await t.test('a scope whose resource server was deleted is dropped in silence', async t => {
    const { administer, poolId, submit, claimsOf } = await aReef(t)
    const scoped = { client_id: 'scoped0id', scope: 'openid api/read' }
    t.equal(
      (await claimsOf(await submit(aBrowser(), 'marco', password, scoped), 'scoped0id')).access.scope,
      'openid api/read',
    )
    await administer('DeleteResourceServer', { UserPoolId: poolId('reef'), Identifier: 'api' })
    const { access } = await claimsOf(await submit(aBrowser(), 'marco', password, scoped), 'scoped0id')
    t.equal(access.scope, 'openid')
  })

  await t.test('O39 the implicit grant answers in the fragment, without a refresh token', async t => {
    const implicit = { client_id: 'implicit0id', response_type: 'token', state }
    const browser = aBrowser()
    const first = await submit(browser, 'marco', password, { ...implicit, ...challenge })
    for (const answer of [first, await authorize(implicit, browser)]) {
      t.match(locationOf(answer), `${callback}#`)
      t.strictSame(Object.keys(told(answer)).toSorted(), [
        'access_token',
        'expires_in',
        'id_token',
        'state',
        'token_type',
      ])
      t.match(told(answer), { token_type: /^bearer$/i, expires_in: '3600', state })
    }
    const bare = { ...implicit, scope: 'aws.cognito.signin.user.admin' }
    t.match(told(await authorize(bare, browser)), { error: 'invalid_request' }, 'not allowed')
  })

  await t.test('names in any case, and a verified e-mail as an alias', async t => {
    t.equal((await submit(aBrowser(), 'MARCO', password)).status, 302)
    t.equal((await submit(aBrowser(), 'marco@reef.example', password)).status, 302)
  })

  await t.test('a wrong password, or nobody of that name, is told in the same words', async t => {
    for (const [name, secret] of [
      ['marco', 'wrong-password'],
      ['nobody', password],
      ['marco', ''],
      ['', ''],
      ['nobody"><b>', 'x"><b>'],
    ] as const) {
      const answer = await submit(aBrowser(), name, secret)
      t.equal(answer.status, 200)
      const page = await answer.text()
      t.match(page, 'Incorrect username or password.')
      t.notMatch(page, '"><b>')
      if (secret !== '') t.notMatch(page, secret, 'the password is not repeated')
    }
    const page = await (await submit(aBrowser(), 'marco', 'wrong')).text()
    t.match(page, /name="username"[^>]* value="marco"/, 'the name is')
  })

  await t.test('after a mistake the page works as before', async t => {
    const browser = aBrowser()
    const page = await (await submit(browser, 'marco', 'wrong', { state })).text()
    const again = { _csrf: field(page, '_csrf'), username: 'marco', password }
    t.equal(told(await browser.post(`${domain}/login?${query({ state })}`, again)).state, state)
  })

  await t.test('a disabled user is told so, and keeps no session', async t => {
    const browser = aBrowser()
    t.equal((await submit(browser, 'ada', password)).status, 302)
    await administer('AdminDisableUser', { UserPoolId: poolId('reef'), Username: 'ada' })
    t.match(await (await submit(aBrowser(), 'ada', password)).text(), 'User is disabled.')
    t.match(await (await submit(aBrowser(), 'ada', 'wrong')).text(), 'Incorrect username or password.')
    t.match(locationOf(await authorize({}, browser)), '/reef/login?')
    await administer('AdminEnableUser', { UserPoolId: poolId('reef'), Username: 'ada' })
  })

  await t.test('a user whose password was reset, and one who never confirmed', async t => {
    const { administer, poolId, submit } = await aReef(t)
    await administer('AdminResetUserPassword', { UserPoolId: poolId('reef'), Username: 'marco' })
    await administer('SignUp', { ClientId: 'app0id', Username: 'new', Password: password })
    t.match(
      await (await submit(aBrowser(), 'marco', password)).text(),
      'Password reset required for the user',
    )
    t.match(await (await submit(aBrowser(), 'new', password)).text(), 'User is not confirmed.')
  })

  await t.test('a form of another site, of another browser, or without its token is refused', async t => {
    const browser = aBrowser()
    const _csrf = field(await (await login({}, browser)).text(), '_csrf')
    const url = `${domain}/login?${query()}`
    const filled = { username: 'marco', password, _csrf }
    const other = aBrowser()
    await login({}, other)
    const form = (changes: Record<string, string>, who = browser, headers = {}) =>
      who.post(url, { ...filled, ...changes }, headers)
    for (const [what, sent] of Object.entries({
      without: form({ _csrf: '' }),
      wrong: form({ _csrf: 'x'.repeat(32) }),
      'without a cookie': form({}, aBrowser()),
      'another browser': form({}, other),
      'another site': form({}, browser, { 'sec-fetch-site': 'cross-site' }),
      'another port': form({}, browser, { 'sec-fetch-site': 'same-site' }),
      'by identifier': form({ idp_identifier: 'staff', _csrf: 'x' }),
    })) {
      const answer = await sent
      t.equal(answer.status, 400, what)
      t.match(await answer.text(), 'The page has expired. Please go back and try again.')
      t.notOk(answer.headers.getSetCookie().some(cookie => cookie.startsWith('cognito.')))
    }
    for (const own of [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])
      t.equal((await form({}, browser, own)).status, 302, 'our own, sent again and again')
  })

  await t.test('nobody can be made to sign in as somebody else', async t => {
    const attacker = aBrowser()
    const _csrf = field(await (await login({}, attacker)).text(), '_csrf')
    const victim = aBrowser()
    await login({}, victim)
    const forged = await victim.post(`${domain}/login?${query()}`, { _csrf, username: 'ada', password })
    t.equal(forged.status, 400)
    t.match(locationOf(await authorize({}, victim)), '/reef/login?')
  })

  await t.test('a session that somebody planted is not taken up', async t => {
    const planted = 'x'.repeat(43)
    const victim = aBrowser()
    const name = `cognito.${poolId('reef')}`
    victim.cookies.set('planted', { host: 'localhost', path: '/reef', name, value: planted })
    t.match(locationOf(await authorize({}, victim)), '/reef/login?')
    await submit(victim, 'marco', password)
    const thief = aBrowser()
    thief.cookies.set('planted', { host: 'localhost', path: '/reef', name, value: planted })
    t.match(locationOf(await authorize({}, thief)), '/reef/login?', 'after the sign-in it is worth nothing')
  })

  await t.test('pressing twice brings two codes, each good for itself', async t => {
    const browser = aBrowser()
    const _csrf = field(await (await login({}, browser)).text(), '_csrf')
    const press = () => browser.post(`${domain}/login?${query()}`, { _csrf, username: 'marco', password })
    const answers = await Promise.all([press(), press()])
    for (const answer of answers) t.equal((await exchange(answer)).status, 200)
    t.equal((await login({}, browser)).status, 200, 'and the back button shows the page')
  })

  await t.test('what is put into forms comes out escaped, or not at all', async t => {
    const evil = `"><script>alert(1)</script>'`
    const browser = aBrowser()
    const address = `${domain}/login?${query({ [evil]: evil, state: evil, login_hint: evil })}`
    const page = await (await browser.get(address)).text()
    t.notMatch(page, '<script')
    const _csrf = field(page, '_csrf')
    for (const form of [
      { username: evil, password: evil },
      { idp_identifier: evil },
      { challenge: evil, new_password: evil, confirm_password: evil, [`requiredAttributes.${evil}`]: evil },
    ])
      for (const path of ['/login', '/changePassword']) {
        const answer = await browser.post(address.replace('/login', path), { _csrf, ...form })
        t.equal(answer.status, 200)
        t.notMatch(await answer.text(), '<script', `${path} ${Object.keys(form)}`)
      }
  })

  await t.test('no form leads anywhere but to a registered callback', async t => {
    const browser = aBrowser()
    const _csrf = field(await (await login({}, browser)).text(), '_csrf')
    const filled = { _csrf, username: 'marco', password, redirect_uri: 'https://evil.example' }
    t.match(locationOf(await browser.post(`${domain}/login?${query()}`, filled)), `${callback}?code=`)
    const redirect_uri = 'https://evil.example'
    t.match(
      locationOf(await browser.post(`${domain}/login?${query({ redirect_uri })}`, filled)),
      `${domain}/error?error=redirect_mismatch`,
    )
    t.equal((await browser.get(`${rockpool.baseUrl}//evil.example/login?${query()}`)).status, 404)
  })
})

t.test('a temporary password', async t => {
  const { rockpool, domain, login, submit, administer, poolId } = await aReef(t)
  const atChange = `${domain}/changePassword?${query({ state })}`
  /** Signs in with the temporary password, and opens the page for a new one. */
  async function challenged(browser: Browser, username = 'jane') {
    const first = await submit(browser, username, temporary, { state })
    const page = await (await browser.get(new URL(locationOf(first), domain).href)).text()
    const hidden = { _csrf: field(page, '_csrf'), challenge: field(page, 'challenge') }
    const answer = (new_password: string, confirm_password = new_password, who = browser) =>
      who.post(atChange, { ...hidden, new_password, confirm_password })
    return { first, page, hidden, answer }
  }

  await t.test('leads to a page for a new one, which can be reloaded and left', async t => {
    const browser = aBrowser()
    const { first, page, hidden } = await challenged(browser)
    t.match([first.status, locationOf(first)], [302, '/reef/changePassword?'])
    t.notMatch(locationOf(first), hidden.challenge)
    t.match(page, 'At least 8 characters')
    t.match(page, 'jane')
    t.equal(field(await (await browser.get(atChange)).text(), 'challenge'), hidden.challenge)
    t.equal((await login({}, browser)).status, 200, 'the back button')
    t.match(locationOf(await aBrowser().get(atChange)), '/reef/login?', 'it is nobody else’s')
  })

  await t.test('mistakes are told, and leave it open', async t => {
    const { answer } = await challenged(aBrowser())
    for (const [chosen, repeated, mistake] of [
      ['short', 'short', 'Password does not conform to policy: Password not long enough'],
      ['no-uppercase-1', 'no-uppercase-1', 'must have uppercase characters'],
      ['', '', 'Password does not conform to policy'],
      ['Otter-3-Jane!', 'Otter-4-Jane!', 'The passwords do not match.'],
    ] as const) {
      const told = await answer(chosen, repeated)
      t.equal(told.status, 200)
      const page = await told.text()
      t.match(page, mistake)
      if (chosen !== '') t.notMatch(page, chosen, 'and nothing typed is repeated')
    }
    t.equal((await answer('Otter-3-Jane!', 'Otter-3-Jane!', aBrowser())).status, 400, 'another browser')
  })

  await t.test('the new one signs in, once', async t => {
    const browser = aBrowser()
    const { answer } = await challenged(browser)
    const done = await answer('Otter-3-Jane!')
    t.equal(done.status, 302)
    t.match(told(done), { code: /./, state })
    const again = await answer('Otter-5-Jane!')
    t.equal(again.status, 200, 'the form sent again shows the sign-in page')
    t.match(await again.text(), 'Invalid session for the user, session can only be used once.')
    t.match(locationOf(await browser.get(atChange)), '/reef/login?', 'so does its address')
    t.match(await (await submit(aBrowser(), 'jane', temporary)).text(), 'Incorrect username or password.')
    t.match(await (await submit(aBrowser(), 'jane', 'Otter-5-Jane!')).text(), 'Incorrect')
    t.equal((await submit(aBrowser(), 'jane', 'Otter-3-Jane!')).status, 302)
  })

  await t.test('two tabs, two users: each form is its own', async t => {
    const { submit, domain } = await aReef(t)
    const browser = aBrowser()
    const open = async (username: string) => {
      const first = await submit(browser, username, temporary, { state: username })
      const address = new URL(locationOf(first), domain).href
      const page = await (await browser.get(address)).text()
      return { address, hidden: { _csrf: field(page, '_csrf'), challenge: field(page, 'challenge') } }
    }
    const tabs = { jane: await open('jane'), joan: await open('joan') }
    for (const [username, { address, hidden }] of Object.entries(tabs)) {
      const chosen = { new_password: 'Otter-3-Both!', confirm_password: 'Otter-3-Both!' }
      const done = await browser.post(address, { ...hidden, ...chosen })
      t.equal(told(done).state, username)
    }
  })

  await t.test('pressing twice at once sets it once', async t => {
    const { answer } = await challenged(aBrowser(), 'joan')
    const answers = await Promise.all([answer('Otter-3-Joan!'), answer('Otter-3-Joan!')])
    t.strictSame(answers.map(({ status }) => status).toSorted(), [200, 302])
  })

  await t.test('the challenge belongs to its client', async t => {
    const { domain, submit } = await aReef(t)
    const browser = aBrowser()
    await submit(browser, 'jane', temporary)
    const elsewhere = `${domain}/changePassword?${query({ client_id: 'second0id' })}`
    t.match(locationOf(await browser.get(elsewhere)), '/reef/login?')
  })

  await t.test('a disabled user does not get in by it', async t => {
    const { administer, poolId, domain, submit } = await aReef(t)
    const browser = aBrowser()
    await submit(browser, 'jane', temporary)
    const page = await (await browser.get(`${domain}/changePassword?${query()}`)).text()
    await administer('AdminDisableUser', { UserPoolId: poolId('reef'), Username: 'jane' })
    const late = await browser.post(`${domain}/changePassword?${query()}`, {
      _csrf: field(page, '_csrf'),
      challenge: field(page, 'challenge'),
      new_password: 'Otter-3-Jane!',
      confirm_password: 'Otter-3-Jane!',
    })
    t.match(await late.text(), 'User is disabled.')
  })

  await t.test('required attributes that are missing have to be told', async t => {
    const strict = `${rockpool.baseUrl}/strict`
    const of = { client_id: 'demanding0id', state }
    await administer('AdminCreateUser', {
      UserPoolId: poolId('strict'),
      Username: 'kim',
      TemporaryPassword: temporary,
      MessageAction: 'SUPPRESS',
    })
    const browser = aBrowser()
    const first = await submit(browser, 'kim', temporary, of, strict)
    const address = new URL(locationOf(first), strict).href
    const page = await (await browser.get(address)).text()
    const hidden = { _csrf: field(page, '_csrf'), challenge: field(page, 'challenge') }
    t.match(page, 'name="requiredAttributes.given_name"')
    t.match(page, 'name="requiredAttributes.email"')
    const answer = (given_name: string, email: string) =>
      browser.post(address, {
        ...hidden,
        new_password: 'Otter-3-Kim!',
        confirm_password: 'Otter-3-Kim!',
        'requiredAttributes.given_name': given_name,
        'requiredAttributes.email': email,
        'requiredAttributes.nickname': 'not asked for',
      })
    t.match(await (await answer('', 'kim@x.example')).text(), 'Please fill in: given_name.')
    const mistaken = await (await answer('Kim', 'nonsense')).text()
    t.match(mistaken, 'Invalid email address format.')
    t.match(mistaken, 'value="Kim"', 'what was told is not lost')
    const done = await answer('Kim', 'kim@x.example')
    t.match(told(done), { code: /./, state })
  })

  await t.test('it ends after three minutes, and the password itself after seven days', async t => {
    const fresh = await aReef(t)
    const browser = aBrowser()
    await fresh.submit(browser, 'jane', temporary)
    const address = `${fresh.domain}/changePassword?${query()}`
    const page = await (await browser.get(address)).text()
    fresh.clock.advance({ seconds: 180 })
    const late = await browser.post(address, {
      _csrf: field(page, '_csrf'),
      challenge: field(page, 'challenge'),
      new_password: 'Otter-3-Jane!',
      confirm_password: 'Otter-3-Jane!',
    })
    t.equal(late.status, 200)
    t.match(await late.text(), 'Invalid session for the user, session is expired.')
    fresh.clock.advance({ seconds: 7 * 86_400 - 180 })
    t.match(
      await (await fresh.submit(browser, 'jane', temporary)).text(),
      'Temporary password has expired and must be reset by an administrator.',
    )
  })
})

t.test('the session', async t => {
  const { rockpool, domain, authorize, login, submit, clock, claimsOf, poolId } = await aReef(t)
  const browser = aBrowser()
  const first = await submit(browser, 'marco', password)
  const signedInAt = (await claimsOf(first)).id.auth_time

  await t.test('is a cookie of the pool, for an hour', async t => {
    const cookie = first.headers.getSetCookie().find(set => set.startsWith('cognito.'))
    t.match(cookie, new RegExp(`^cognito\\.${poolId('reef')}=[\\w-]{43};`))
    for (const attribute of ['Max-Age=3600', 'Path=/reef', 'HttpOnly', 'SameSite=Lax'])
      t.match(cookie, attribute)
    t.notMatch(cookie, 'Secure', 'over plain http')
    const page = await login()
    t.match(page.headers.getSetCookie(), [/^XSRF-TOKEN=[\w-]+; Path=\/reef; HttpOnly; SameSite=Lax$/])
  })

  await t.test('O20 answers at once, with the state as it was sent', async t => {
    clock.advance({ seconds: 600 })
    const resumed = await authorize({ state, scope: 'openid' }, browser)
    t.equal(resumed.status, 302)
    t.match(told(resumed), { code: /./, state })
    t.match((await claimsOf(resumed)).access.scope, 'openid')
  })

  await t.test('O21 the ID token has no nonce of its own, and the time of the sign-in', async t => {
    const { id } = await claimsOf(await authorize({}, browser))
    t.equal(id.nonce, undefined)
    t.match([id.auth_time, id.iat], [signedInAt, Number(signedInAt) + 600])
    t.equal(Number(id.exp) - Number(id.iat), 3600, 'and a full life')
  })

  await t.test('O22 it has the nonce of the app', async t => {
    t.equal((await claimsOf(await authorize({ nonce: 'n' }, browser))).id.nonce, 'n')
  })

  await t.test('all clients of the pool share it', async t => {
    t.match(told(await authorize({ client_id: 'second0id' }, browser)), { code: /./ })
  })

  await t.test('it is bound to its provider, which the client must enable', async t => {
    t.match(told(await authorize({ identity_provider: 'COGNITO' }, browser)), { code: /./ })
    t.match(locationOf(await authorize({ identity_provider: 'Upstream' }, browser)), 'https://up.example')
    t.match(locationOf(await authorize({ client_id: 'federated0id' }, browser)), 'https://up.example')
  })

  await t.test('O41 prompt=none is answered from it', async t => {
    t.match(told(await authorize({ prompt: 'none', state }, browser)), { code: /./, state })
    t.strictSame(told(await authorize({ prompt: 'none', identity_provider: 'Upstream' }, browser)), {
      error: 'login_required',
    })
  })

  await t.test('O43 prompt=login shows the form all the same, and its sign-in begins a new hour', async t => {
    for (const prompt of ['login', 'login consent'])
      t.match(locationOf(await authorize({ prompt }, browser)), `${domain}/login?`)
    const other = aBrowser()
    await submit(other, 'marco', password)
    clock.advance({ seconds: 100 })
    const again = await submit(other, 'marco', password, { prompt: 'login' })
    t.equal((await claimsOf(again)).id.auth_time, Number(signedInAt) + 700)
  })

  await t.test('prompts that mean others have no effect', async t => {
    for (const prompt of ['select_account', 'consent', 'consent select_account'])
      t.match(told(await authorize({ prompt }, browser)), { code: /./ }, prompt)
  })

  await t.test('max_age asks for a sign-in that is not older', async t => {
    t.match(locationOf(await authorize({ max_age: '699' }, browser)), '/reef/login?')
    t.match(told(await authorize({ max_age: '700' }, browser)), { code: /./ })
    t.match(told(await authorize({ prompt: 'none', max_age: '10', state }, browser)), {
      error: 'login_required',
      state,
    })
    const now = aBrowser()
    await submit(now, 'marco', password)
    t.match(locationOf(await authorize({ max_age: '0' }, now)), '/reef/login?', '0: in any case')
  })

  await t.test('the page can be opened all the same', async t => {
    t.equal((await login({}, browser)).status, 200)
  })

  await t.test('another user replaces it, under another id', async t => {
    const before = [...browser.cookies.values()].find(({ name }) => name.startsWith('cognito.'))?.value ?? ''
    await submit(browser, 'ada', password)
    t.equal((await claimsOf(await authorize({}, browser))).id['cognito:username'], 'ada')
    const thief = aBrowser()
    const name = `cognito.${poolId('reef')}`
    thief.cookies.set('x', { host: 'localhost', path: '/reef', name, value: before })
    t.match(locationOf(await authorize({}, thief)), '/reef/login?', 'the former id is worth nothing')
  })

  await t.test('two pools in one browser do not disturb each other', async t => {
    const there = `${rockpool.baseUrl}/tide`
    const elsewhere = query({ client_id: 'other0id' })
    t.match(locationOf(await browser.get(`${there}/oauth2/authorize?${elsewhere}`)), '/tide/login?')
    t.equal((await submit(browser, 'marco', password, { client_id: 'other0id' }, there)).status, 302)
    await browser.get(`${there}/logout?client_id=other0id&logout_uri=https://app.example/bye`)
    t.match(locationOf(await browser.get(`${there}/oauth2/authorize?${elsewhere}`)), '/tide/login?')
    t.match(told(await authorize({}, browser)), { code: /./ })
  })

  await t.test('a session of another pool is none here', async t => {
    const there = aBrowser()
    await submit(there, 'marco', password, { client_id: 'other0id' }, `${rockpool.baseUrl}/tide`)
    const value = [...there.cookies.values()].find(({ name }) => name.startsWith('cognito.'))?.value ?? ''
    const name = `cognito.${poolId('reef')}`
    there.cookies.set('x', { host: 'localhost', path: '/reef', name, value })
    t.match(locationOf(await authorize({}, there)), '/reef/login?')
  })

  await t.test('two tabs, two clients: each is answered with its own', async t => {
    const shared = aBrowser()
    const [one, two] = [
      { state: 'one' },
      { client_id: 'second0id', redirect_uri: 'myapp://back', state: 'two' },
    ]
    const pages = [await login(one, shared), await login(two, shared)]
    const [first = '', second = ''] = await Promise.all(
      pages.map(async page => field(await page.text(), '_csrf')),
    )
    t.equal(first, second, 'the token is the browser’s')
    const send = (asked: Asked, username: string) =>
      shared.post(`${domain}/login?${query(asked)}`, { _csrf: first, username, password })
    t.match(locationOf(await send(two, 'ada')), /^myapp:\/\/back\?code=.*state=two/)
    t.match(locationOf(await send(one, 'marco')), /^https:\/\/app.example\/cb\?code=.*state=one/)
  })

  await t.test('it ends after an hour, however often it was used', async t => {
    const other = aBrowser()
    await submit(other, 'marco', password)
    for (const seconds of [1800, 1799]) {
      clock.advance({ seconds })
      t.match(told(await authorize({}, other)), { code: /./ })
    }
    clock.advance({ seconds: 1 })
    t.match(locationOf(await authorize({}, other)), '/reef/login?')
    t.strictSame(told(await authorize({ prompt: 'none' }, other)), { error: 'login_required' })
  })
})

t.test('the session of somebody who came through a provider', async t => {
  const { rockpool, domain, authorize, login, submit, signInThroughTide, claimsOf, administer, poolId } =
    await aReef(t)
  const browser = aBrowser()
  const through = { client_id: 'through0id' }

  await t.test('O21 the first ID token has a nonce of its own, later ones have none', async t => {
    const { id } = await claimsOf(await signInThroughTide(browser, { ...through, state }), 'through0id')
    t.match(id, { nonce: /^[\w-]{100,}$/, 'cognito:username': /^tide_/ })
    t.equal((await claimsOf(await authorize(through, browser), 'through0id')).id.nonce, undefined)
  })

  await t.test('O22 unless the app has one', async t => {
    const answer = await signInThroughTide(aBrowser(), { ...through, nonce: 'n', state })
    t.equal(told(answer).state, state, 'and the state survives the trip')
    t.equal((await claimsOf(answer, 'through0id')).id.nonce, 'n')
  })

  await t.test('O20 a second request does not go to the provider', async t => {
    t.match(told(await authorize({ ...through, identity_provider: 'Tide' }, browser)), { code: /./ })
  })

  await t.test('O42 it is not resumed for the pool’s own users', async t => {
    const local = { ...through, identity_provider: 'COGNITO' }
    t.match(locationOf(await authorize(local, browser)), `${domain}/login?`)
    t.strictSame(told(await authorize({ ...local, prompt: 'none', state }, browser)), {
      error: 'login_required',
      state,
    })
    t.match(told(await authorize({ ...through, prompt: 'none' }, browser)), { code: /./ })
  })

  await t.test('O43 prompt=login asks the provider to ask again', async t => {
    const asked = { ...through, identity_provider: 'Tide', prompt: 'login' }
    t.match(locationOf(await authorize(asked, browser)), /\/tide\/oauth2\/authorize\?.*prompt=login/)
  })

  await t.test('a client that does not enable the provider does not get it', async t => {
    t.match(locationOf(await authorize({}, browser)), `${domain}/login?`)
    t.strictSame(told(await authorize({ prompt: 'none' }, browser)), { error: 'login_required' })
  })

  await t.test('a sign-in of the pool’s own replaces it', async t => {
    await submit(browser, 'ada', password, through)
    const local = { ...through, identity_provider: 'COGNITO' }
    t.match(told(await authorize(local, browser)), { code: /./ })
    t.equal((await login(through, browser)).status, 200)
  })

  await t.test('O63 nobody who came through a provider is asked for a second factor', async t => {
    await administer('SetUserPoolMfaConfig', {
      UserPoolId: poolId('strict'),
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    })
    const strict = `${rockpool.baseUrl}/strict`
    const answer = await signInThroughTide(aBrowser(), { client_id: 'demanding0id' }, strict)
    t.match(locationOf(answer), `${callback}?code=`)
  })
})

t.test('cookies are Secure where the address is', async t => {
  const { rockpool, poolId } = await aReef(t, { baseUrl: 'https://rockpool.example' })
  const at = `http://127.0.0.1:${rockpool.address.port}/reef`
  const browser = aBrowser()
  const page = await browser.get(`${at}/login?${query()}`)
  const _csrf = field(await page.text(), '_csrf')
  const entered = await browser.post(`${at}/login?${query()}`, { _csrf, username: 'marco', password })
  const set = [...page.headers.getSetCookie(), ...entered.headers.getSetCookie()]
  t.strictSame(
    set.map(cookie => cookie.split('=')[0]),
    ['XSRF-TOKEN', `cognito.${poolId('reef')}`],
  )
  for (const cookie of set)
    for (const attribute of ['Secure', 'HttpOnly', 'Path=/reef']) t.match(cookie, attribute)
  const away = await browser.get(`${at}/oauth2/authorize?${query({ identity_provider: 'Upstream' })}`)
  t.match(away.headers.getSetCookie(), [/^csrf-state\.\S+; Path=\/reef; HttpOnly; Secure; SameSite=Lax$/])
})

t.test('every form of a domain’s address', async t => {
  const { rockpool, domain } = await aReef(t)
  const { port } = rockpool.address
  const ask = asker(port)

  for (const host of [
    `reef.localhost:${port}`,
    `REEF.localhost:${port}`,
    `reef.auth.us-east-1.localhost:${port}`,
    'reef.auth.us-east-1.amazoncognito.com',
  ])
    await t.test(host, async t => {
      const answer = await ask(host, `/oauth2/authorize?${query()}`)
      t.equal(answer.location.toLowerCase(), `http://${host}/login?${query()}`.toLowerCase())
      const page = await ask(host, `/login?${query()}`)
      t.equal(page.status, 200)
      t.match(page.text, 'action="/login?', 'the page stays on its host')
      t.match(page.cookies.join(), 'Path=/;')
      t.match((await ask(host, '/oauth2/authorize?client_id=x')).location, '/error?error=invalid_client')
      const through = query({ identity_provider: 'Upstream' })
      t.equal(
        (await ask(host, `/oauth2/authorize?${through}`)).location,
        `${domain}/oauth2/authorize?${through}`,
        'a federated sign-in goes by the address that the provider knows',
      )
    })

  await t.test('a host that is no domain of ours', async t => {
    for (const host of [
      'nobody.auth.us-east-1.amazoncognito.com',
      `nobody.localhost:${port}`,
      `dry.localhost:${port}`,
    ])
      t.equal((await ask(host, `/login?${query()}`)).status, 404, host)
    for (const host of ['reef.auth.us-east-1.amazoncognito.com.evil.example', 'evil.example'])
      t.notMatch((await ask(host, `/oauth2/authorize?${query()}`)).location, 'evil', host)
  })

  await t.test('without a domain the client tells which', async t => {
    for (const path of ['/oauth2/authorize', '/login', '/logout'])
      t.equal((await ask(`localhost:${port}`, `${path}?${query()}`)).location, `${domain}${path}?${query()}`)
    for (const path of ['/login', '/oauth2/authorize?client_id=nobody', '/nowhere/login', '/nowhere/at/all'])
      t.equal((await ask(`localhost:${port}`, path)).status, 404, path)
  })

  await t.test('a form posted there is sent on as it is', async t => {
    const answer = await fetch(`${rockpool.baseUrl}/login?${query()}`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'marco' }),
      redirect: 'manual',
    })
    t.match([answer.status, locationOf(answer)], [307, `${domain}/login?${query()}`])
  })
})

/** Asks with a Host header of one's own, which `fetch` does not let one choose. */
const asker = (port: number) => (host: string, path: string) =>
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
