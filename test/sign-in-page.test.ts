import t from 'tap'
import { aBrowser, type Browser } from './support/browser.js'
import {
  aReef,
  callback,
  challenge,
  claims,
  field,
  locationOf,
  password,
  query,
  state,
  temporary,
  told,
} from './support/reef.js'

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
      locationOf(await submit(aBrowser(), 'marco', password)),
      '/reef/confirmForgotPassword?',
      'is sent a code for a new one',
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
    t.notMatch(page, '<script>')
    const _csrf = field(page, '_csrf')
    for (const form of [
      { username: evil, password: evil },
      { idp_identifier: evil },
      { challenge: evil, new_password: evil, confirm_password: evil, [`requiredAttributes[]${evil}`]: evil },
    ])
      for (const path of ['/login', '/changePassword']) {
        const answer = await browser.post(address.replace('/login', path), { _csrf, ...form })
        t.equal(answer.status, 200)
        t.notMatch(await answer.text(), '<script>', `${path} ${Object.keys(form)}`)
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
    t.match(page, 'Password must contain at least 8 characters')
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
    t.match(page, 'name="requiredAttributes[given_name]"')
    t.match(page, 'name="requiredAttributes[email]"')
    const answer = (given_name: string, email: string) =>
      browser.post(address, {
        ...hidden,
        new_password: 'Otter-3-Kim!',
        confirm_password: 'Otter-3-Kim!',
        'requiredAttributes[given_name]': given_name,
        'requiredAttributes[email]': email,
        'requiredAttributes[nickname]': 'not asked for',
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
