import t from 'tap'
import { aBrowser } from './support/browser.js'
import {
  type Asked,
  aReef,
  callback,
  field,
  locationOf,
  password,
  query,
  state,
  told,
} from './support/reef.js'

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
