import { randomBytes, randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import * as collections from '../src/core/collections.js'
import { subjectClaims } from '../src/core/identity-provider.js'
import { remove, replace } from '../src/core/ports/store.js'
import { userKey } from '../src/core/user.js'
import { userCreation } from '../src/flows/administration/create-user.js'
import type { Answered, ProviderType, ProviderTypes } from '../src/flows/federation/provider-type.js'
import { aBrowser, type Browser } from './support/browser.js'
import {
  aReef,
  callback,
  idTokenClaims,
  isSignedIn,
  mapping,
  notesOf,
  provider,
  type Reef,
  reef,
  signIn,
  upstreamClient,
} from './support/federated-reef.js'
import { answering, hmac, hostileUpstream, soundUpstream, unsigned } from './support/upstream.js'

t.test('a sign-in through an independent provider', async t => {
  const sound = await soundUpstream(t)
  const rockpool = await aReef(
    t,
    reef([
      provider('Found', { oidc_issuer: sound.issuer, attributes_request_method: 'POST' }),
      provider('By-Hand', { oidc_issuer: sound.issuer, ...sound.endpoints }),
    ]),
  )
  sound.serve({ ...upstreamClient, redirectUri: `${rockpool.base}/reef/oauth2/idpresponse` })

  await t.test('the endpoints are discovered ahead, and kept where Describe shows them', async t => {
    await rockpool.upstream.prepareAll()
    t.strictSame(rockpool.warnings, [])
    const found = await rockpool.provider('Found')
    t.match(found?.details, sound.endpoints)
  })

  await t.test('O14, O15 and O17: the parameters upstream, and the user it makes', async t => {
    sound.account = { sub: 'Ada-1', email: 'ada@example.com', given_name: 'Ada', locale: 'en' }
    const browser = aBrowser()
    const arrival = await signIn(rockpool, 'Found', browser)
    isSignedIn(t, arrival)
    const { outcome, way } = arrival
    const upstream = way.find(({ origin }) => origin === sound.issuer)
    t.strictSame(
      [...(upstream?.searchParams.keys() ?? [])],
      ['client_id', 'redirect_uri', 'scope', 'response_type', 'state'],
    )
    t.match(
      upstream?.search,
      `redirect_uri=${encodeURIComponent(`${rockpool.base}/reef/oauth2/idpresponse`)}`,
    )
    t.match(upstream?.search, 'scope=openid+email+profile&response_type=code')
    const state = upstream?.searchParams.get('state') ?? ''
    t.match(state, /^H4sIAAAA[\w-]+\.H4sI[\w-]+\.4$/)
    t.notMatch(gunzipSync(Buffer.from(state.split('.')[0] ?? '', 'base64url')).toString(), 'state-of-the-app')
    t.match(await rockpool.users(), [
      {
        username: 'found_ada-1',
        status: 'EXTERNAL_PROVIDER',
        enabled: true,
        attributes: { email: 'ada@example.com', given_name: 'Ada', email_verified: 'false' },
        identities: [
          { userId: 'Ada-1', providerName: 'Found', providerType: 'OIDC', issuer: null, primary: true },
        ],
      },
    ])
    t.notOk((await rockpool.users())[0]?.attributes.locale, 'what is not mapped is dropped')
    t.match(
      await idTokenClaims(rockpool, outcome.code),
      {
        'cognito:username': 'found_ada-1',
        'cognito:groups': ['us-east-1_Reef00001_Found'],
        identities: [{ userId: 'Ada-1', primary: 'true', providerType: 'OIDC', issuer: null }],
        nonce: /^[\w-]{171}$/,
      },
      'O16, and O21 a nonce of its own',
    )
    const session = [...browser.cookies.values()].find(({ name }) => name.startsWith('cognito.'))
    t.match(session, { path: '/reef', value: /^[\w-]{43}$/ })
  })

  await t.test(
    'O44 the next sign-in updates the same user; a claim that is missing leaves its value',
    async t => {
      const [before] = await rockpool.users()
      sound.account = { sub: 'Ada-1', email: 'ada@new.example' }
      isSignedIn(t, await signIn(rockpool, 'Found'))
      const [after, ...others] = await rockpool.users()
      t.strictSame(others, [])
      t.equal(after?.sub, before?.sub)
      t.match(after?.attributes, { email: 'ada@new.example', given_name: 'Ada' })
    },
  )

  await t.test('endpoints given by hand do as well, and another provider makes another user', async t => {
    isSignedIn(t, await signIn(rockpool, 'By-Hand'))
    t.strictSame((await rockpool.users()).map(({ username }) => username).sort(), [
      'by-hand_ada-1',
      'found_ada-1',
    ])
  })

  await t.test(
    'O46 an identity that was linked leads to the local user, who stays what they are',
    async t => {
      const pool = (await rockpool.store.list(collections.pools, { limit: 1 }))[0]?.record
      if (pool === undefined) throw new Error('no pool')
      const { record, writes } = userCreation(
        {
          clock: { now: () => Date.now() },
          chance: { bytes: randomBytes, uuid: randomUUID },
        },
        pool,
        { username: 'grace', sub: randomUUID(), attributes: { email: 'grace@local.example', nickname: 'G' } },
      )
      await rockpool.store.commit(...writes)
      const local = await rockpool.store.get(collections.users, userKey(pool, 'grace'))
      if (local === undefined) throw new Error('no user')
      const linked = {
        userId: 'Grace-9',
        providerName: 'Found',
        providerType: 'OIDC' as const,
        issuer: null,
        primary: false,
        dateCreated: Date.now(),
      }
      await rockpool.store.commit(
        replace(collections.users, local, { ...local.record, status: 'CONFIRMED', identities: [linked] }),
      )
      const before = (await rockpool.users()).length
      sound.account = { sub: 'Grace-9', email: 'grace@up.example' }
      const arrival = await signIn(rockpool, 'Found')
      isSignedIn(t, arrival)
      const claims = await idTokenClaims(rockpool, arrival.outcome.code)
      t.match(claims, {
        sub: record.sub,
        'cognito:username': 'grace',
        email: 'grace@up.example',
        identities: [{ userId: 'Grace-9', primary: 'false' }],
      })
      t.notOk('cognito:groups' in claims, 'no group of the provider')
      t.equal((await rockpool.users()).length, before, 'no new user')
      const after = (await rockpool.store.get(collections.users, userKey(pool, 'grace')))?.record
      t.match(after, { status: 'CONFIRMED', attributes: { nickname: 'G' } })
      await rockpool.store.commit(remove(collections.users, userKey(pool, 'grace')))
      sound.account = { sub: 'Ada-1', email: 'ada@new.example' }
    },
  )

  await t.test('what the app asks of the user is passed on', async t => {
    const { headers } = await aBrowser().get(
      rockpool.authorize('Found', { prompt: 'login consent', login_hint: 'ada@example.com' }),
    )
    const url = new URL(headers.get('location') ?? '')
    t.strictSame([...url.searchParams].slice(-2), [
      ['prompt', 'login consent'],
      ['login_hint', 'ada@example.com'],
    ])
  })

  await t.test('the flight tells all of it, and no secret', async t => {
    await signIn(rockpool, 'Found')
    const flight = await rockpool.flight()
    t.strictSame(
      notesOf(flight, 'upstream-request').map(({ purpose, method, status }) => [purpose, method, status]),
      [
        ['token', 'POST', 200],
        ['keys', 'GET', 200],
        ['userInfo', 'POST', 200],
      ],
    )
    t.match(notesOf(flight, 'upstream-claims'), [
      {
        id_token: { iss: sound.issuer, aud: upstreamClient.clientId },
        userInfo: { email: 'ada@new.example' },
      },
    ])
    t.notMatch(JSON.stringify(flight), upstreamClient.clientSecret)
  })
})

t.test('the way back belongs to one browser, one time, five minutes', async t => {
  const clock = { now: () => Date.now() }
  const upstream = await hostileUpstream(t, { ...upstreamClient, now: clock.now })
  const rockpool = await aReef(
    t,
    reef([provider('Upstream', { oidc_issuer: upstream.issuer, ...upstream.endpoints })]),
  )
  const idpResponse = `${rockpool.base}/reef/oauth2/idpresponse`
  /** Goes to the provider and stops on the way back. */
  const leave = async (browser: Browser) =>
    (await browser.follow(rockpool.authorize('Upstream'), idpResponse)).url.href
  const isInvalidState = async (t: Test, url: string, browser: Browser, why: string, remedy: string) => {
    const { page } = await browser.follow(url, callback)
    t.match(page, { status: 400, text: 'Invalid State' }, 'O52 the app is told nothing')
    t.strictSame((await rockpool.flight()).hops.at(-1)?.refusals, [
      { code: 'invalid_request', told: 'Invalid State', because: why, remedy },
    ])
    t.strictSame(await rockpool.users(), [])
    t.strictSame(
      upstream.seen.filter(({ path }) => path === '/token'),
      [],
    )
  }

  await t.test('O52 unknown, changed, or missing', async t => {
    const url = new URL(await leave(aBrowser()))
    const state = url.searchParams.get('state') ?? ''
    const [payload, mac] = state.split('.')
    for (const forged of ['x', 'a.b.4', `${payload}.${mac}.5`, `${payload?.replace(/.$/, '-')}.${mac}.4`]) {
      const browser = aBrowser()
      await leave(browser)
      url.searchParams.set('state', forged)
      await isInvalidState(
        t,
        url.href,
        browser,
        'The state was not made by this Rockpool, or it was changed on its way.',
        'Let the provider return the state as it was sent: it is long, more than 400 characters. After the data of Rockpool were deleted, start again from the app.',
      )
    }
    await isInvalidState(
      t,
      `${idpResponse}?code=x`,
      aBrowser(),
      'The provider came back without a state.',
      'Let the provider return the parameter state exactly as Rockpool sent it, then start again from the app.',
    )
  })

  await t.test('O52 in another browser, or without cookies', async t => {
    const url = await leave(aBrowser())
    await isInvalidState(
      t,
      url,
      aBrowser(),
      'The browser does not show the cookie csrf-state, which was set when it left for the provider.',
      'Start the sign-in again from the app, and follow it in one browser, once. The address must be the same at both ends: localhost and 127.0.0.1 do not share cookies.',
    )
    const other = aBrowser()
    await leave(other)
    await isInvalidState(
      t,
      url,
      other,
      'The sign-in was begun in another browser: its cookie csrf-state is another one.',
      'Start the sign-in again from the app, and follow it in one browser, once.',
    )
  })

  await t.test('late', async t => {
    const browser = aBrowser()
    const url = await leave(browser)
    rockpool.time.ahead += 301_000
    const { page } = await browser.follow(url, callback)
    t.match(page, { status: 400, text: 'Something went wrong' })
    t.match((await rockpool.flight()).hops.at(-1)?.refusals, [
      {
        because: 'Upstream answered after 301 seconds; it has 300.',
        remedy: 'Start the sign-in again from the app, and come back from Upstream within 5 minutes.',
      },
    ])
    rockpool.time.ahead = 0
  })

  await t.test('two tabs at once are no trouble; O52 a replay is', async t => {
    const browser = aBrowser()
    const [first, second] = [await leave(browser), await leave(browser)]
    for (const url of [second, first])
      t.match((await browser.follow(url, callback)).url.href, `${callback}?code=`)
    const users = await rockpool.users()
    t.equal(users.length, 1)
    const { page } = await browser.follow(first, callback)
    t.match(page, { status: 400, text: 'Invalid State' })
    t.match((await rockpool.flight()).hops.at(-1)?.refusals, [
      {
        because: 'The state has been used already (or was made long ago): each is good for one return.',
        remedy: 'Start the sign-in again from the app, and follow it in one browser, once.',
      },
    ])
  })

  await t.test('the address without a domain finds the pool by the state', async t => {
    const browser = aBrowser()
    const url = await leave(browser)
    const { url: arrived } = await browser.follow(url.replace('/reef/', '/'), callback)
    t.match(arrived.href, `${callback}?code=`)
  })
})

t.test('what providers may do', async t => {
  const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
  const rockpool = await aReef(
    t,
    reef(
      [
        provider(
          'Upstream',
          { oidc_issuer: upstream.issuer, ...upstream.endpoints },
          { ...mapping, 'custom:token': 'access_token', email_verified: 'email_verified' },
        ),
        provider(
          'Fixed',
          { oidc_issuer: upstream.issuer, ...upstream.endpoints },
          { family_name: 'family_name' },
        ),
      ],
      [
        { Name: 'token', AttributeDataType: 'String', Mutable: true },
        { Name: 'family_name', Mutable: false },
      ],
    ),
  )
  const ada = async () => (await rockpool.users()).find(({ username }) => username === 'upstream_ada-1')

  await t.test('the ID token wins over userInfo; tokens may be mapped, and are not shown', async t => {
    upstream.behave({ claims: right => ({ ...right, email: 'token@example.com', email_verified: true }) })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    t.match((await ada())?.attributes, {
      email: 'token@example.com',
      given_name: 'Ada',
      'custom:token': 'an-opaque-access-token',
      email_verified: 'true',
    })
    t.notMatch(JSON.stringify(await rockpool.flight()), 'an-opaque-access-token')
  })

  await t.test('sign with a curve, or with the secret that we share', async t => {
    upstream.behave({ header: () => ({ alg: 'ES256', kid: 'curve' }) })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    upstream.behave({
      sign: signing => {
        const input = unsigned({ alg: 'HS256' }, signing)
        return `${input}.${hmac(signing.clientSecret, input)}`
      },
    })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
  })

  await t.test('name the user in userInfo alone, or fail there when nothing is missing', async t => {
    upstream.behave({ claims: ({ sub: _, ...right }) => right })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    upstream.behave({ instead: { '/userinfo': answering(403, '{}') } })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    t.match(notesOf(await rockpool.flight(), 'warning'), [
      { warning: /userInfo of Upstream .* answered 403/ },
    ])
    t.equal((await rockpool.users()).length, 1)
  })

  await t.test('O45 fill an immutable attribute once', async t => {
    upstream.behave({ claims: right => ({ ...right, family_name: 'L.' }) })
    const before = await rockpool.users()
    isSignedIn(t, await signIn(rockpool, 'Fixed'))
    t.match((await signIn(rockpool, 'Fixed')).outcome, {
      error: 'invalid_request',
      error_description: 'user.family_name: Attribute cannot be updated.\n ',
    })
    t.equal((await rockpool.users()).length, before.length + 1)
  })
})

t.test('the mapping keeps to what the client and the schema allow', async t => {
  const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
  const details = { oidc_issuer: upstream.issuer, ...upstream.endpoints }
  const rockpool = await aReef(
    t,
    reef(
      [
        provider('Upstream', details, { ...mapping, nickname: 'nickname' }),
        provider('Short', details, { ...mapping, 'custom:token': 'code_name' }),
        provider('Long', details, { ...mapping, given_name: 'long_name' }),
      ],
      [
        {
          Name: 'token',
          AttributeDataType: 'String',
          Mutable: true,
          StringAttributeConstraints: { MaxLength: '5' },
        },
      ],
    ),
  )
  const says = (claims: Record<string, unknown>) =>
    upstream.behave({ claims: right => ({ ...right, ...claims }) })
  const isRefused = async (t: Test, name: string, told: string, because: string, remedy: string) => {
    const before = await rockpool.users()
    t.strictSame((await signIn(rockpool, name)).outcome, {
      error_description: told,
      state: 'the-state-of-the-app',
      error: 'invalid_request',
    })
    t.strictSame((await rockpool.flight()).hops.at(-1)?.refusals, [
      { code: 'invalid_request', told, because, remedy },
    ])
    t.strictSame(await rockpool.users(), before, 'nobody is made or changed')
  }

  await t.test('an attribute that the client may not write is skipped, with a warning', async t => {
    says({ nickname: 'Countess' })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    const [user] = await rockpool.users()
    t.equal(user?.attributes.given_name, 'Ada')
    t.notOk('nickname' in (user?.attributes ?? {}))
    t.strictSame(notesOf(await rockpool.flight(), 'warning'), [
      {
        warning: 'The mapped attribute nickname is skipped: client app may not write it.',
        remedy: 'Add nickname to WriteAttributes of the client.',
      },
    ])
  })

  await t.test('a text has the length that the schema allows at most', async t => {
    says({ code_name: 'abcde' })
    isSignedIn(t, await signIn(rockpool, 'Short'))
    says({ code_name: 'abcdef' })
    await isRefused(
      t,
      'Short',
      'Invalid user attributes: custom:token: String length must be at most 5 characters.\n ',
      'The claim "code_name" is 6 characters long; custom:token holds 5.',
      'Raise MaxLength of custom:token (2048 is the most), or map custom:token to another claim than "code_name".',
    )
  })

  await t.test('and 2048 characters where the schema says nothing', async t => {
    says({ long_name: 'a'.repeat(2048) })
    isSignedIn(t, await signIn(rockpool, 'Long'))
    says({ long_name: 'a'.repeat(2049) })
    await isRefused(
      t,
      'Long',
      'Invalid user attributes: given_name: String length must be at most 2048 characters.\n ',
      'The claim "long_name" is 2049 characters long; given_name holds 2048.',
      'Raise MaxLength of given_name (2048 is the most), or map given_name to another claim than "long_name".',
    )
  })

  await t.test('a character of four bytes is refused, one of three is not', async t => {
    says({ given_name: 'Ada ☂' })
    isSignedIn(t, await signIn(rockpool, 'Upstream'))
    says({ given_name: 'Ada 🐚' })
    await isRefused(
      t,
      'Upstream',
      'Invalid user attributes: given_name: Invalid characters.\n ',
      'The claim "given_name" has a character that takes four bytes in UTF-8, such as an emoji; Cognito refuses those.',
      'Let the provider send "given_name" without such characters, or map given_name to another claim.',
    )
  })
})

t.test('a type of providers may want a form, answer by a form, and have something remembered', async t => {
  const answered: Answered[] = []
  const byForm: ProviderType = {
    returnsTo: {
      path: '/forms/idpresponse',
      method: 'POST',
      stateParameter: 'RelayState',
      told: { missing: 'RelayState is missing', invalid: 'RelayState is invalid' },
    },
    begin: async ({ state }) => ({
      onward: { postTo: 'https://forms.example/sso', fields: { RelayState: state } },
      remembered: { requestId: '_1' },
    }),
    async finish(answer) {
      answered.push(answer)
      return { claims: { sub: 'Ada-1', email: 'ada@example.com' } }
    },
  }
  const rockpool = await aReef(t, reef([provider('Forms', { oidc_issuer: 'https://forms.example' })]), {
    types: Object.fromEntries(
      Object.keys(subjectClaims).map(type => [type, byForm]),
    ) as unknown as ProviderTypes,
  })
  const callbackUrl = `${rockpool.base}/reef/forms/idpresponse`
  const browser = aBrowser()
  const page = await browser.get(rockpool.authorize('Forms'))
  t.match(page.headers.get('content-security-policy'), "script-src 'self'")
  const { postTo, fields, ...about } = JSON.parse(await page.text())
  t.strictSame(about, { poolName: 'reef', providerName: 'Forms' })
  t.equal(postTo, 'https://forms.example/sso')

  const stranger = aBrowser()
  const parked = await stranger.post(callbackUrl, fields)
  t.equal(parked.status, 303, 'the browser is sent to fetch it with its cookies')
  t.match(await (await stranger.get(parked.headers.get('location') ?? '')).text(), 'RelayState is invalid')
  t.match(await (await browser.post(callbackUrl, {})).text(), 'RelayState is missing')
  t.strictSame(answered, [])

  const back = await browser.post(callbackUrl, { ...fields, SAMLResponse: 'signed' })
  t.match(back.headers.get('location'), /^https:\/\/app\.example\/cb\?code=/)
  t.match(answered, [
    {
      callbackUrl,
      remembered: { requestId: '_1' },
      answer: { SAMLResponse: 'signed' },
      provider: { name: 'Forms' },
    },
  ])
  t.match(await rockpool.users(), [{ username: 'forms_ada-1', attributes: { email: 'ada@example.com' } }])
})

t.test('endpoints that were discovered', async t => {
  const baseUrl = 'http://rockpool.example:81'
  const provided = reef([provider('Ourselves', { oidc_issuer: `${baseUrl}/us-east-1_Reef00001` })])
  const [pool] = provided.UserPools
  const before = await aReef(t, provided, { baseUrl })
  const tokenUrl = async ({ provider }: Reef) => (await provider('Ourselves'))?.details.token_url

  await t.test('are found by an address that leads to us from nowhere else', async t => {
    await before.upstream.prepareAll()
    t.strictSame(before.warnings, [])
    t.equal(await tokenUrl(before), `${baseUrl}/reef/oauth2/token`)
  })

  await t.test('at a pool of ours are looked up anew by the next process', async t => {
    const moved = { UserPools: [{ ...pool, Domain: 'lagoon' }] }
    const after = await aReef(t, moved, { baseUrl, kept: before.store })
    t.equal(await tokenUrl(after), `${baseUrl}/reef/oauth2/token`, 'what was known is kept')
    await after.upstream.prepareAll()
    t.equal(await tokenUrl(after), `${baseUrl}/lagoon/oauth2/token`)
  })

  await t.test('elsewhere stay; those given by hand are never replaced', async t => {
    const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
    const { issuer, endpoints } = upstream
    const byHand = { ...endpoints, token_url: 'http://localhost:1/token' }
    const seed = reef([
      provider('Found', { oidc_issuer: issuer }),
      provider('By-Hand', { oidc_issuer: issuer, ...byHand }),
    ])
    const first = await aReef(t, seed)
    await first.upstream.prepareAll()
    const second = await aReef(t, seed, { kept: first.store })
    await second.upstream.prepareAll()
    t.match((await second.provider('Found'))?.details, endpoints)
    t.match((await second.provider('By-Hand'))?.details, byHand)
    t.strictSame(
      upstream.seen.map(({ path }) => path),
      ['/.well-known/openid-configuration'],
    )
  })
})
