import { createRemoteJWKSet, jwtVerify } from 'jose'
import t from 'tap'
import { aBrowser } from './support/browser.js'
import { type Asked, aReef, bye, callback, field, locationOf, password, query, told } from './support/reef.js'

const app = { client_id: 'app0id' }
const missing = /Required String parameter (&#39;|')redirect_uri(&#39;|') is not present/

t.test('signing out', async t => {
  const { rockpool, domain, authorize, login, submit, exchange, signInThroughTide, poolId } = await aReef(t)
  const logout = (parameters: Asked, browser = aBrowser(), at = domain) =>
    browser.get(`${at}/logout?${new URLSearchParams(parameters as Record<string, string>)}`)
  /** A browser that is signed in. */
  async function signedIn() {
    const browser = aBrowser()
    await submit(browser, 'marco', password)
    t.match(told(await authorize({}, browser)), { code: /./ })
    return browser
  }

  await t.test('O6 goes to the registered logout_uri as it is, without the session', async t => {
    const browser = await signedIn()
    const answer = await logout({ ...app, logout_uri: bye, state: 's' }, browser)
    t.match([answer.status, locationOf(answer)], [302, bye])
    t.match(answer.headers.getSetCookie(), [
      new RegExp(`^cognito\\.${poolId('reef')}=; Max-Age=0; Path=/reef; HttpOnly`),
    ])
    t.match(Object.fromEntries(answer.headers), {
      'content-length': '0',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    t.match(locationOf(await authorize({}, browser)), `${domain}/login?`)
  })

  await t.test('O6 the session is over, not only its cookie', async t => {
    const browser = await signedIn()
    const kept = new Map(browser.cookies)
    await logout({ ...app, logout_uri: bye }, browser)
    for (const [key, cookie] of kept) browser.cookies.set(key, cookie)
    t.match(locationOf(await authorize({}, browser)), `${domain}/login?`)
  })

  await t.test('O6 without a session it is the same, and again', async t => {
    const browser = aBrowser()
    for (let times = 0; times < 2; times++)
      t.equal(locationOf(await logout({ ...app, logout_uri: bye }, browser)), bye)
  })

  await t.test('O6 any client of the pool ends it for all', async t => {
    const browser = await signedIn()
    await logout({ client_id: 'second0id', logout_uri: bye }, browser)
    t.match(locationOf(await authorize({}, browser)), `${domain}/login?`)
  })

  await t.test('O7 without a registered logout_uri there is a page, and nobody is signed out', async t => {
    const browser = await signedIn()
    for (const wrong of [
      {},
      { logout_uri: '' },
      { logout_uri: 'https://evil.example' },
      { logout_uri: `${bye}/` },
      { logout_uri: `${bye}?x=1` },
      { logout_uri: encodeURIComponent(bye) },
      { logout_uri: callback },
      { logout_uri: 'https://evil.example', redirect_uri: callback, response_type: 'code' },
      { post_logout_redirect_uri: bye, id_token_hint: 'h' },
    ]) {
      const answer = await logout({ ...app, ...wrong }, browser)
      t.equal(answer.status, 400, JSON.stringify(wrong))
      const page = await answer.text()
      t.match(page, missing)
      t.match(page, /How to mend it[\s\S]*_rockpool\/flights\/[\w-]+/)
      t.notMatch(page, '<a href="https://evil')
    }
    t.match(told(await authorize({}, browser)), { code: /./ })
  })

  await t.test('O7 the page says what was wrong', async t => {
    t.match(
      await (await logout({ ...app, logout_uri: `${bye}/` })).text(),
      /not among the LogoutURLs.*Did you mean/s,
    )
    t.match(
      await (await logout({ ...app, post_logout_redirect_uri: bye })).text(),
      /does not know post_logout_redirect_uri, but logout_uri/,
    )
    t.match(
      await (await logout(app)).text(),
      /neither logout_uri nor redirect_uri, and so says nowhere to go/,
    )
    t.notMatch(await (await logout({ ...app, logout_uri: '"><script>' })).text(), '<script>')
  })

  await t.test('O7 a client that is missing, unknown, or of another pool', async t => {
    for (const client_id of ['nobody', 'other0id', 'inland0id'])
      t.match(
        locationOf(await logout({ client_id, logout_uri: bye })),
        `${domain}/error?error=invalid_client`,
      )
  })

  await t.test('N12 a client that is not named is missed before any address', async t => {
    const browser = await signedIn()
    for (const parameters of [{ logout_uri: bye }, { logout_uri: 'https://evil.example' }, {}]) {
      const { url, page } = await browser.follow(
        `${domain}/logout?${new URLSearchParams(parameters as Record<string, string>)}`,
        bye,
      )
      t.match([url.pathname, page?.status], ['/reef/error', 400])
      t.match(page?.text, /Required String parameter (&#39;|')client_id(&#39;|') is not present/)
      t.match(page?.text, /The request has no client_id/, 'and says how to mend it')
    }
    t.match(told(await authorize({}, browser)), { code: /./ }, 'nobody is signed out')
  })

  await t.test('O7 of a repeated logout_uri the first counts', async t => {
    const twice = new URLSearchParams([
      ['client_id', 'app0id'],
      ['logout_uri', bye],
      ['logout_uri', 'https://evil.example'],
    ])
    t.equal(locationOf(await aBrowser().get(`${domain}/logout?${twice}`)), bye)
  })

  await t.test(
    'O8 nothing is revoked: the access token works and verifies, the refresh token refreshes',
    async t => {
      const browser = aBrowser()
      const tokens = (await (await exchange(await submit(browser, 'marco', password))).json()) as Record<
        string,
        string
      >
      await logout({ ...app, logout_uri: bye }, browser)
      const headers = { authorization: `Bearer ${tokens.access_token}` }
      const user = await fetch(`${domain}/oauth2/userInfo`, { headers })
      t.match([user.status, await user.json()], [200, { username: 'marco' }])
      const issuer = `${rockpool.baseUrl}/${poolId('reef')}`
      const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
      const currentDate = new Date('2026-11-25T12:00:00Z')
      t.match(await jwtVerify(tokens.access_token ?? '', keys, { issuer, currentDate }), {
        payload: { client_id: 'app0id' },
      })
      const refreshed = await fetch(`${domain}/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          ...app,
          refresh_token: tokens.refresh_token ?? '',
        }),
      })
      t.equal(refreshed.status, 200)
    },
  )

  await t.test('O8 the session at the provider goes on: the next sign-in there is silent', async t => {
    const browser = aBrowser()
    const through = { client_id: 'through0id' }
    await signInThroughTide(browser, through)
    await logout({ ...through, logout_uri: bye }, browser)
    t.match(locationOf(await authorize(through, browser)), `${domain}/login?`)
    const asked = `${domain}/oauth2/authorize?${query({ ...through, identity_provider: 'Tide' })}`
    const { url, way } = await browser.follow(asked, `${callback}?`)
    t.match(url.search, 'code=')
    t.ok(way.some(({ pathname }) => pathname === '/tide/oauth2/authorize'))
    t.notOk(way.some(({ pathname }) => pathname === '/tide/login'))
  })

  await t.test('O54 with redirect_uri it goes to the sign-in page, with all scopes filled in', async t => {
    const browser = await signedIn()
    const again = { ...app, redirect_uri: callback, response_type: 'code' }
    const kept = {
      state: 'a +/%&=?"',
      nonce: 'n',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }
    const next = await logout({ ...again, ...kept }, browser)
    t.equal(next.status, 302)
    t.equal(
      locationOf(next),
      `${domain}/login?${new URLSearchParams({ ...again, ...kept, scope: 'openid email' })}`,
    )
    t.match(next.headers.getSetCookie().join(), /cognito\.\S+=; Max-Age=0/)
    t.match(locationOf(await authorize({}, browser)), `${domain}/login?`)
    const page = await browser.get(locationOf(next))
    const form = { _csrf: field(await page.text(), '_csrf'), username: 'ada', password }
    const entered = await browser.post(locationOf(next), form)
    t.match(told(entered), { code: /./, state: kept.state }, 'where another user signs in')
  })

  await t.test('O54 a scope that was named stays', async t => {
    const next = await logout({ ...app, redirect_uri: callback, response_type: 'code', scope: 'openid' })
    t.match(locationOf(next), /&scope=openid$/)
  })

  await t.test('O54 a provider cannot be asked for', async t => {
    for (const hint of [
      { identity_provider: 'Upstream' },
      { identity_provider: 'Nobody' },
      { idp_identifier: 'staff' },
    ]) {
      const next = await logout({ ...app, redirect_uri: callback, response_type: 'code', ...hint })
      t.match(locationOf(next), `${domain}/login?`)
      t.notMatch(locationOf(next), Object.keys(hint)[0] ?? '')
    }
  })

  await t.test('O54 what authorize would refuse is refused, and nobody is signed out', async t => {
    const browser = await signedIn()
    const wrong = await logout(
      { ...app, redirect_uri: 'https://evil.example', response_type: 'code' },
      browser,
    )
    t.match(locationOf(wrong), `${domain}/error?error=redirect_mismatch`)
    t.strictSame(told(await logout({ ...app, redirect_uri: callback, state: 's' }, browser)), {
      error: 'invalid_request',
      state: 's',
    })
    t.match(told(await authorize({}, browser)), { code: /./ })
  })

  await t.test('with both, logout_uri wins', async t => {
    for (const redirect_uri of [callback, 'https://evil.example'])
      t.equal(locationOf(await logout({ ...app, redirect_uri, response_type: 'code', logout_uri: bye })), bye)
  })

  await t.test('a registered logout_uri may be the sign-in page of another client', async t => {
    const logout_uri = `${domain}/login?client_id=app0id`
    t.equal(locationOf(await logout({ client_id: 'second0id', logout_uri })), logout_uri)
  })

  await t.test('other pools, and other browsers, stay signed in', async t => {
    const browser = await signedIn()
    const another = await signedIn()
    const tide = `${rockpool.baseUrl}/tide`
    const other = { client_id: 'other0id' }
    await submit(browser, 'marco', password, other, tide)
    await logout({ ...app, logout_uri: bye }, browser)
    t.match(told(await browser.get(`${tide}/oauth2/authorize?${query(other)}`)), { code: /./ })
    t.match(told(await authorize({}, another)), { code: /./ })
  })

  await t.test('a sign-in page that is open meanwhile still works', async t => {
    const browser = await signedIn()
    const _csrf = field(await (await login({}, browser)).text(), '_csrf')
    await logout({ ...app, logout_uri: bye }, browser)
    const entered = await browser.post(`${domain}/login?${query()}`, { _csrf, username: 'ada', password })
    t.match(told(entered), { code: /./ })
  })

  await t.test('its other addresses', async t => {
    for (const at of [rockpool.baseUrl, `${rockpool.baseUrl}/reef/oauth2`]) {
      const browser = await signedIn()
      const { url } = await browser.follow(
        `${at}/logout?${new URLSearchParams({ ...app, logout_uri: bye })}`,
        bye,
      )
      t.equal(url.href, bye)
      t.match(locationOf(await authorize({}, browser)), `${domain}/login?`, at)
    }
    t.equal((await logout({}, aBrowser(), rockpool.baseUrl)).status, 404)
  })
})
