import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { movableClock } from '../src/core/movable-clock.js'
import { openSqliteStore } from '../src/store/sqlite.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { aRockpool, authorizeQuery, poolAndClient, postForm, signInAt } from './support/rockpool.js'

const password = 'Anemone-4-Marco!'
const temporary = 'Welcome-2-Rockpool!'
const SigningKeys = await signingKeys()

const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Domain: 'reef',
      SigningKeys,
      Clients: [
        {
          ClientName: 'app',
          CallbackURLs: [`\${base}/_rockpool/app/callback`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['COGNITO'],
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
          RefreshTokenValidity: 1,
        },
      ],
      Users: [
        { Username: 'marco', Password: password },
        { Username: 'jane', TemporaryPassword: temporary },
      ],
    },
  ],
}

t.test('a clock on top of another', async t => {
  const below = { time: 1_000_000, now: () => below.time }
  const clock = movableClock(below)
  t.equal(clock.now(), 1_000_000, 'it goes with the one below')
  t.strictSame(clock.state, { aheadMs: 0 })
  clock.advance({ days: 1, hours: 1, minutes: 1, seconds: 1, milliseconds: 1 })
  t.strictSame(clock.state, { aheadMs: 86_400_000 + 3_600_000 + 60_000 + 1001 })
  clock.advance({ days: -1, hours: -1, minutes: -1 })
  below.time += 500
  t.equal(clock.now(), 1_001_501, 'moved, it goes on')
  clock.freeze()
  below.time += 500
  t.equal(clock.now(), 1_001_501, 'frozen, it stands')
  clock.advance({ seconds: 1 })
  t.strictSame(clock.state, { frozenAt: 1_002_501 }, 'advanced, it still stands')
  const stood = clock.state
  clock.resume()
  below.time += 9
  t.equal(clock.now(), 1_002_510, 'it goes on from where it stood')
  clock.resume()
  t.equal(clock.now(), 1_002_510, 'which is done once')
  clock.set('1970-01-01T00:00:05Z')
  below.time += 1
  t.equal(clock.now(), 5001)
  t.equal(clock.aheadSeconds, -996)
  clock.freeze(new Date(7))
  clock.set(8)
  below.time += 1
  t.equal(clock.now(), 8, 'set while it stands, it stands there')
  clock.restore(stood)
  t.equal(clock.now(), 1_002_501)
  clock.reset()
  t.equal(clock.now(), below.time)
})

t.test('a time that no clock shows is refused, and the clock stays where it is', async t => {
  const clock = movableClock({ now: () => 5 })
  for (const move of [
    () => clock.set('yesterday'),
    () => clock.set(Number.NaN),
    () => clock.freeze(-1),
    () => clock.set(8.64e15),
    () => clock.set('+010000-01-01T00:00:00Z'),
    () => clock.advance({ days: 1e12 }),
    () => clock.advance({ seconds: Number.NaN }),
    () => clock.advance({ seconds: -1 }),
  ])
    t.throws(
      move,
      /no time that the clock can show, which are those from 1970 to the end of 9999: give a Date/,
    )
  for (const state of [
    undefined,
    null,
    {},
    { aheadMs: '1' },
    { aheadMs: 1e15 },
    { frozenAt: -1 },
    { frozenAt: 8e15 },
    { aheadMs: null },
  ])
    t.throws(() => clock.restore(state as never), /no state of a clock: it has either "aheadMs"/)
  t.strictSame([clock.now(), clock.state], [5, { aheadMs: 0 }])
})

/** A Rockpool with the system's time below its clock, and how somebody meets it. */
async function aReef(t: Test) {
  const rockpool = await aRockpool(t, { seed })
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  const query = authorizeQuery(client)
  const redeem = async (code: string) => {
    const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: client.id,
      redirect_uri: client.callbackUrls[0] ?? '',
      code,
    })
    const tokens = (await answer.json()) as {
      access_token?: string
      id_token?: string
      refresh_token?: string
      error?: string
    }
    return { status: answer.status, ...tokens }
  }
  const userInfo = async (token = '') =>
    (await fetch(`${pool.domainUrl}/oauth2/userInfo`, { headers: { authorization: `Bearer ${token}` } }))
      .status
  const refresh = async (refresh_token = '') =>
    (
      await postForm(`${pool.domainUrl}/oauth2/token`, {
        grant_type: 'refresh_token',
        client_id: client.id,
        refresh_token,
      })
    ).status
  const enter = async (browser = aBrowser()) =>
    (await signInAt(browser, pool.domainUrl, query, { username: 'marco', password })).searchParams.get(
      'code',
    ) ?? ''
  return { rockpool, clock: rockpool.operations.clock, pool, client, query, redeem, userInfo, refresh, enter }
}

t.test('moving the clock of a Rockpool ends what lasts, everywhere', async t => {
  const { rockpool, clock, pool, client, query, redeem, userInfo, refresh, enter } = await aReef(t)
  const browser = aBrowser()
  const late = await enter(browser)
  clock.advance({ minutes: 4, seconds: 50 })
  const tokens = await redeem(await enter())
  t.equal(tokens.status, 200)
  t.equal((await redeem(late)).status, 200, 'a code lives five minutes')
  const later = await enter()
  clock.advance({ minutes: 5 })
  t.match(await redeem(later), { status: 400, error: 'invalid_grant' }, 'and then no longer')

  const authorize = async () =>
    (await browser.get(`${pool.domainUrl}/oauth2/authorize?${query}`)).headers.get('location') ?? ''
  t.match(await authorize(), 'code=', 'the session of the pages holds')
  t.equal(await userInfo(tokens.access_token), 200)
  clock.advance({ hours: 1 })
  t.match(await authorize(), '/login?', 'for an hour')
  t.equal(await userInfo(tokens.access_token), 401, 'as the access token does')

  t.equal(await refresh(tokens.refresh_token), 200)
  clock.advance({ days: 1 })
  t.equal(await refresh(tokens.refresh_token), 400, 'a refresh token as long as its client says')

  const sdk = anSdk(t, rockpool)
  const jane = () =>
    sdk.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: client.id,
        AuthParameters: { USERNAME: 'jane', PASSWORD: temporary },
      }),
    )
  t.equal((await jane()).ChallengeName, 'NEW_PASSWORD_REQUIRED')
  clock.advance({ days: 7 })
  t.match(await refusal(jane()), ['NotAuthorizedException', /expired/], 'a temporary password seven days')
})

t.test('it can be moved back, and frozen: what had ended lasts again', async t => {
  const { clock, redeem, userInfo, enter } = await aReef(t)
  const { access_token } = await redeem(await enter())
  clock.advance({ hours: 2 })
  t.equal(await userInfo(access_token), 401)
  clock.advance({ hours: -2 })
  t.equal(await userInfo(access_token), 200)
  clock.freeze('2040-02-29T12:00:00Z')
  const tokens = await redeem(await enter())
  const { iat, exp } = JSON.parse(
    Buffer.from(String(tokens.id_token).split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, number>
  const noon = Date.UTC(2040, 1, 29, 12) / 1000
  t.strictSame([iat, exp], [noon, noon + 3600], 'tokens tell the time of that clock')
  t.equal(await userInfo(tokens.access_token), 200)
})

t.test('the built-in app verifies by that clock too', async t => {
  const { rockpool, clock, enter, pool } = await aReef(t)
  await enter()
  for (const at of ['2001-01-01T00:00:00Z', '2090-01-01T00:00:00Z']) {
    clock.set(at)
    const browser = aBrowser()
    const app = `${rockpool.baseUrl}/_rockpool/app`
    const field = (page: string, name: string) =>
      new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? ''
    const pick = await (await browser.get(app)).text()
    const begun = await browser.post(`${app}/sign-in`, {
      _csrf: field(pick, '_csrf'),
      client_id: field(pick, 'client_id'),
    })
    const away = new URL(begun.headers.get('location') ?? '')
    const back = await signInAt(browser, pool.domainUrl, away.search.slice(1), {
      username: 'marco',
      password,
    })
    const page = await (await browser.get(back.href)).text()
    const form = { _csrf: field(page, '_csrf'), sign_in: field(page, 'sign_in') }
    const done = await browser.post(`${app}/exchange`, form)
    const shown = await (await browser.get(new URL(done.headers.get('location') ?? '', app).href)).text()
    t.match(shown, /Signed in as/, at)
  }
})

t.test('a store on disk remembers no page that is from a later time', async t => {
  const below = { now: () => 1000 }
  const clock = movableClock(below)
  const store = await openSqliteStore(t.testdir(), clock)
  t.teardown(() => store.close())
  const things = { name: 'things', indexes: { kind: () => ['all'] } }
  const { insert } = await import('../src/core/ports/store.js')
  await store.commit(insert(things, 'a', {}, { expiresAt: 2000 }))
  const found = async () => (await store.lookup(things, 'kind', 'all')).map(({ key }) => key)
  clock.set(3000)
  t.strictSame(await found(), [])
  clock.set(1500)
  t.strictSame(await found(), ['a'])
})
