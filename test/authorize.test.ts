import t from 'tap'
import { aBrowser } from './support/browser.js'
import {
  type Asked,
  aReef,
  callback,
  challenge,
  field,
  locationOf,
  query,
  state,
  told,
} from './support/reef.js'

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

  await t.test('the same rules hold at /login, for browsers that go there directly', async t => {
    t.match(locationOf(await login({ redirect_uri: undefined })), '/error?error=Required+parameters+missing')
    t.match(locationOf(await login({ redirect_uri: 'https://evil.example' })), 'error=redirect_mismatch')
    t.strictSame(told(await login({ scope: 'nope', state })), { ...invalidScope, state })
    t.equal((await login({ identity_provider: 'Nobody' })).status, 400)
  })

  await t.test('response_type: code or token, and nothing else', async t => {
    for (const response_type of [undefined, 'id_token', 'code token', 'code id_token'])
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

  await t.test(
    'O40 a provider that is unknown, or not enabled, leads to a sign-in page that says so',
    async t => {
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
        t.equal(answer.status, 302, JSON.stringify(more))
        t.match(locationOf(answer), '/reef/login?')
        t.equal(new URL(locationOf(answer), domain).searchParams.get('errorMessage'), loginOption)
      }
    },
  )

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

  await t.test('of two mistakes, the one that is checked first is reported', async t => {
    /** A mistake for each step of docs/facts/oauth-and-federation.md §3.5, in its order, and what comes of it. */
    const steps: [mistake: Asked, outcome: RegExp][] = [
      [{ client_id: 'nobody' }, /error\?error=invalid_client/],
      [{ redirect_uri: 'https://evil.example' }, /error\?error=redirect_mismatch/],
      [{ response_type: 'nonsense' }, /cb\?error=invalid_request$/],
      [{ response_type: 'token' }, /cb#error=unauthorized_client$/],
      [{ code_challenge_method: 'plain' }, /cb[?]error=invalid_request$/],
      [{ scope: 'nope' }, /cb\?error_description=invalid_scope&error=invalid_request$/],
      [{ identity_provider: 'Nobody' }, /\/login\?.*&errorMessage=Login\+option\+is\+not\+available/],
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
    for (const path of ['/oauth2/authorize', '/login', '/logout', '/error', '/oauth2/token', '/nowhere']) {
      const [head, get] = await Promise.all(
        ['HEAD', 'GET'].map(method =>
          fetch(`${domain}${path}?${query()}`, { method, redirect: 'manual' }),
        ) as [Promise<Response>, Promise<Response>],
      )
      t.equal(head.status, get.status, path)
      for (const name of ['content-type', 'allow', 'location'])
        t.equal(head.headers.get(name), get.headers.get(name), `${name} of ${path}`)
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
        t.match(await answer.json(), { error: 'invalid_request', message: /does not know PUT/ })
      }
    t.equal((await fetch(`${domain}/logout?${query()}`, { method: 'POST' })).status, 405)
    const posted = await fetch(`${domain}/oauth2/authorize`, { method: 'POST' })
    t.match(await posted.json(), { message: /by a link or a redirect, with client_id, response_type/ })
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
