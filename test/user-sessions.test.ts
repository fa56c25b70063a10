import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { importInfrastructure } from '../src/config/import/index.js'
import { parseSeed } from '../src/config/seed/parse.js'
import { seedOf } from '../src/config/seed/read.js'
import { type Rockpool, startRockpool } from '../src/emulator.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser, type Browser } from './support/browser.js'
import { inItsPlace } from './support/kept-in.js'
import { signingKeys } from './support/keys.js'
import { client, password } from './support/oauth-client.js'
import { aClock, aRockpool, postForm, signInAt } from './support/rockpool.js'
import { unaskedProvider } from './support/unasked-provider.js'

// The sessions of users (docs/facts/additions-2026.md §2): tracked, listed and ended, of the API's sign-ins and of browsers.

const UserPoolId = 'us-east-1_Reef00001'
const flows = ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']
const keys = await signingKeys()
const user = (Username: string) => ({ Username, Password: password, UserAttributes: {} })
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: UserPoolId,
      Domain: 'reef',
      SigningKeys: keys,
      Clients: [
        client('app', {
          ExplicitAuthFlows: flows,
          AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
        }),
        client('shop', {
          ExplicitAuthFlows: flows,
          AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
        }),
        client('plain', {
          ExplicitAuthFlows: flows,
          EnableTokenRevocation: false,
          AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
        }),
        client('turning', {
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
          AllowedOAuthScopes: ['openid'],
        }),
      ],
      Users: [user('marco'), user('ada')],
    },
  ],
}

interface Signed {
  readonly AccessToken: string
  readonly RefreshToken: string
}

async function aReef(t: Test, tracking: { on: boolean; most?: number } = { on: true }) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock, ...inItsPlace(t) })
  const sdk = anSdk(t, rockpool)
  const send = sdk.send.bind(sdk)
  const domain = `${rockpool.baseUrl}/reef`
  const track = (on: boolean, MaxPerUser = 20) =>
    send(
      new cognito.SetUserPoolSessionConfigurationCommand({
        UserPoolId,
        UserSessionTracking: on ? 'ENABLED' : 'DISABLED',
        TokenSession: { MaxPerUser },
      }),
    )
  if (tracking.on) await track(true, tracking.most)
  const minutes = (ClientId: string, MaxValidityMinutes: number) =>
    send(
      new cognito.SetUserPoolClientSessionConfigurationCommand({
        UserPoolId,
        ClientId,
        SSOSession: { MaxValidityMinutes },
      }),
    )
  /** Signs in through the API. */
  const signIn = async (ClientId = 'app0id', USERNAME = 'marco') => {
    const { AuthenticationResult } = await send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD: password },
      }),
    )
    return AuthenticationResult as Signed
  }
  const refresh = (REFRESH_TOKEN: string, ClientId = 'app0id') =>
    send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN },
      }),
    )
  const query = (client_id: string, more: Record<string, string> = {}) =>
    new URLSearchParams({
      client_id,
      response_type: 'code',
      redirect_uri: 'https://app.example/cb',
      ...more,
    }).toString()
  const exchange = async (location: string | URL | null, client_id: string): Promise<Signed> => {
    const code = new URL(location ?? '').searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id, code, redirect_uri: 'https://app.example/cb' }
    const answer = await postForm(`${domain}/oauth2/token`, form, { 'user-agent': chromeOnMac })
    const tokens = (await answer.json()) as { access_token: string; refresh_token: string }
    return { AccessToken: tokens.access_token, RefreshToken: tokens.refresh_token }
  }
  /** Signs in at the pages, and exchanges the code. */
  const throughPages = async (browser: Browser, client_id = 'app0id', username = 'marco') =>
    exchange(await signInAt(browser, domain, query(client_id), { username, password }), client_id)
  /** Where authorize leads a browser that may be signed in. */
  const authorize = async (browser: Browser, client_id: string, more = {}) =>
    (await browser.get(`${domain}/oauth2/authorize?${query(client_id, more)}`)).headers.get('location') ?? ''
  const list = async (Username = 'marco') =>
    (await send(new cognito.AdminListUserSessionsCommand({ UserPoolId, Username }))).Sessions ?? []
  const end = (
    SessionId: string | undefined,
    RevokeAssociatedSessions?: 'LINKED' | 'NONE',
    Username = 'marco',
  ) =>
    send(
      new cognito.AdminRevokeUserSessionCommand({
        UserPoolId,
        Username,
        SessionId,
        RevokeAssociatedSessions,
      }),
    )
  const works = async ({ AccessToken, RefreshToken }: Signed, ClientId = 'app0id') => ({
    access: (await refusal(send(new cognito.GetUserCommand({ AccessToken }))))[0] === 'nothing',
    refresh: (await refusal(refresh(RefreshToken, ClientId)))[0] === 'nothing',
  })
  return {
    ...{ clock, rockpool, send, domain, track, minutes, signIn, refresh, query, exchange },
    ...{ throughPages, authorize, list, end, works },
  }
}

const chromeOnMac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36'
const alive = { access: true, refresh: true }
const dead = { access: false, refresh: false }
const tokenId = /^tkn[a-z0-9]{25}$/
const ssoId = /^sso[a-z0-9]{25}$/

t.test('N38 before anything was set, sessions are not tracked, and clients have an hour', async t => {
  const { send } = await aReef(t, { on: false })
  const { $metadata: _, ...ofPool } = await send(
    new cognito.GetUserPoolSessionConfigurationCommand({ UserPoolId }),
  )
  t.strictSame(ofPool, { UserPoolId, UserSessionTracking: 'DISABLED', TokenSession: { MaxPerUser: 20 } })
  const ClientId = 'app0id'
  const { $metadata: __, ...ofClient } = await send(
    new cognito.GetUserPoolClientSessionConfigurationCommand({ UserPoolId, ClientId }),
  )
  t.strictSame(ofClient, { UserPoolId, ClientId, SSOSession: { MaxValidityMinutes: 60 } })
})

t.test('N39 what is missing, too small, too large, or beyond the tier is refused', async t => {
  const { send, track, minutes } = await aReef(t, { on: false })
  const [code, told] = await refusal(
    send(new cognito.SetUserPoolSessionConfigurationCommand({ UserPoolId } as never)),
  )
  t.equal(code, 'InvalidParameterException')
  t.match(
    told,
    /2 validation errors.*userSessionTracking.*tokenSession|2 validation errors.*tokenSession.*userSessionTracking/s,
  )
  for (const most of [0, 101])
    t.match(await refusal(track(true, most)), ['InvalidParameterException', /maxPerUser/])
  t.match(
    await refusal(minutes('app0id', 30)),
    ['OperationNotEnabledException'],
    'a client needs the pool to track',
  )
  await track(true)
  for (const many of [-1, 129_601])
    t.match(await refusal(minutes('app0id', many)), ['InvalidParameterException', /maxValidityMinutes/])
  await minutes('app0id', 129_600)
  await track(false)
  await send(new cognito.UpdateUserPoolCommand({ UserPoolId, UserPoolTier: 'LITE' }))
  for (const asked of [() => track(true), () => track(false), () => minutes('app0id', 5)])
    t.match(await refusal(asked()), [
      'FeatureUnavailableInTierException',
      /^The following feature is not available for the LITE pricing tier configured: /,
    ])
})

t.test('N40 a sign-in through the API is one token session', async t => {
  const { send, signIn, list, clock } = await aReef(t)
  const { AccessToken } = await signIn()
  const { Sessions = [], NextToken } = await send(new cognito.ListUserSessionsCommand({ AccessToken }))
  const now = new Date(clock.now())
  t.equal(Sessions.length, 1)
  t.match(Sessions[0], {
    SessionId: tokenId,
    SessionType: 'TOKEN',
    ClientId: 'app0id',
    CreateDate: now,
    LastActiveDate: now,
    DeviceType: 'unknown',
    LastIPAddress: '127.0.0.1',
    LastLocation: { Country: 'unknown' },
    IsCurrentSession: true,
  })
  t.equal(Sessions[0]?.OriginSessionId, undefined)
  t.equal(Sessions[0]?.LastLocation?.City, undefined)
  t.equal(NextToken, undefined)
  t.match(
    await list(),
    [{ SessionId: Sessions[0]?.SessionId, IsCurrentSession: false }],
    'an administrator has none',
  )
  t.strictSame(await list('ada'), [])
  await signIn('shop0id')
  const both = await send(new cognito.ListUserSessionsCommand({ AccessToken }))
  t.strictSame(
    both.Sessions?.map(({ ClientId, IsCurrentSession }) => [ClientId, IsCurrentSession]).toSorted(),
    [
      ['app0id', true],
      ['shop0id', false],
    ],
    'a new sign-in is a new session, and every client is in the list',
  )
})

t.test('where sessions are not tracked, there is none to list or to end', async t => {
  const { send, signIn, list, end } = await aReef(t, { on: false })
  const { AccessToken } = await signIn()
  const SessionId = `tkn${'a'.repeat(25)}`
  for (const asked of [
    () => list(),
    () => end(SessionId),
    () => send(new cognito.ListUserSessionsCommand({ AccessToken })),
    () => send(new cognito.RevokeUserSessionCommand({ AccessToken, SessionId })),
  ])
    t.match(await refusal(asked()), ['OperationNotEnabledException'])
})

t.test(
  'N41 a browser that signs in is an SSO session, and the tokens it brings are linked with it',
  async t => {
    const { throughPages, authorize, exchange, list } = await aReef(t)
    const browser = aBrowser()
    await throughPages(browser)
    const first = await list()
    const sso = first.find(({ SessionType }) => SessionType === 'SSO')
    t.equal(first.length, 2)
    t.match(sso, { SessionId: ssoId, ClientId: 'app0id', IsCurrentSession: false })
    t.equal(sso?.OriginSessionId, undefined)
    t.match(
      first.find(({ SessionType }) => SessionType === 'TOKEN'),
      { SessionId: tokenId, OriginSessionId: sso?.SessionId, DeviceType: 'Chrome 125 / macOS 10.15.7' },
    )
    await exchange(await authorize(browser, 'shop0id'), 'shop0id')
    const tokens = (await list()).filter(({ SessionType }) => SessionType === 'TOKEN')
    t.strictSame(tokens.map(({ ClientId, OriginSessionId }) => [ClientId, OriginSessionId]).toSorted(), [
      ['app0id', sso?.SessionId],
      ['shop0id', sso?.SessionId],
    ])
    await throughPages(browser)
    const again = (await list()).filter(({ SessionType }) => SessionType === 'SSO')
    t.strictSame(
      again.map(({ SessionId }) => SessionId),
      [sso?.SessionId],
      'the same user in the same browser',
    )
    await throughPages(aBrowser())
    t.equal((await list()).filter(({ SessionType }) => SessionType === 'SSO').length, 2, 'another browser')
  },
)

t.test('N42 a refresh and a rotation are seen in the session, which stays the same', async t => {
  const { send, domain, signIn, refresh, throughPages, list, clock } = await aReef(t)
  const { RefreshToken } = await signIn()
  const [before] = await list()
  clock.advance({ seconds: 90 })
  await refresh(RefreshToken)
  const [after] = await list()
  t.equal(after?.SessionId, before?.SessionId)
  t.strictSame(after?.CreateDate, before?.CreateDate)
  t.equal(Number(after?.LastActiveDate) - Number(before?.LastActiveDate), 90_000)

  const turning = await throughPages(aBrowser(), 'turning0id', 'ada')
  const ids = (await list('ada')).map(({ SessionId }) => SessionId).toSorted()
  clock.advance({ seconds: 60 })
  const answer = await send(
    new cognito.GetTokensFromRefreshTokenCommand({
      ClientId: 'turning0id',
      RefreshToken: turning.RefreshToken,
    }),
  )
  const rotated = await list('ada')
  t.strictSame(rotated.map(({ SessionId }) => SessionId).toSorted(), ids, 'rotation keeps both')
  for (const { SessionType, LastActiveDate } of rotated)
    t.equal(Number(LastActiveDate), clock.now(), `${SessionType} was seen`)
  clock.advance({ seconds: 60 })
  const form = {
    grant_type: 'refresh_token',
    client_id: 'turning0id',
    refresh_token: answer.AuthenticationResult?.RefreshToken ?? '',
  }
  t.equal((await postForm(`${domain}/oauth2/token`, form, { 'user-agent': chromeOnMac })).status, 200)
  t.match(
    (await list('ada')).find(({ SessionType }) => SessionType === 'TOKEN'),
    { LastActiveDate: new Date(clock.now()), DeviceType: 'Chrome 125 / macOS 10.15.7' },
    'at the token endpoint too, with what it came from',
  )
})

t.test('N43 at the limit the session that was used least recently ends', async t => {
  const { signIn, refresh, list, works, track, clock } = await aReef(t, { on: true, most: 2 })
  const first = await signIn()
  clock.advance({ seconds: 1 })
  const second = await signIn('shop0id')
  clock.advance({ seconds: 1 })
  await refresh(first.RefreshToken)
  clock.advance({ seconds: 1 })
  const third = await signIn()
  t.strictSame(await works(second, 'shop0id'), dead, 'over all clients')
  t.strictSame([await works(first), await works(third)], [alive, alive])
  t.equal((await list()).length, 2)
  await track(true, 1)
  t.equal((await list()).length, 2, 'a lower limit alone ends none')
  await signIn()
  t.equal((await list()).length, 1)
  t.strictSame([await works(first), await works(third)], [dead, dead])
})

t.test('N44 a user ends another session of their own, not the one they are in', async t => {
  const { send, signIn, works } = await aReef(t)
  const [mine, other] = [await signIn(), await signIn()]
  const { AccessToken } = mine
  const { Sessions = [] } = await send(new cognito.ListUserSessionsCommand({ AccessToken }))
  const idOf = (current: boolean) =>
    Sessions.find(({ IsCurrentSession }) => IsCurrentSession === current)?.SessionId
  const end = (SessionId: string | undefined) =>
    send(new cognito.RevokeUserSessionCommand({ AccessToken, SessionId }))
  t.match(await refusal(end(idOf(true))), ['InvalidParameterException'])
  t.strictSame(await works(mine), alive)
  await end(idOf(false))
  t.match(await refusal(send(new cognito.GetUserCommand({ AccessToken: other.AccessToken }))), [
    'NotAuthorizedException',
    'Access Token has been revoked',
  ])
  t.strictSame(await works(other), dead)
  t.match(await refusal(end(idOf(false))), ['ResourceNotFoundException'], 'once')
  const ada = await signIn('app0id', 'ada')
  const { Sessions: hers = [] } = await send(
    new cognito.ListUserSessionsCommand({ AccessToken: ada.AccessToken }),
  )
  t.match(await refusal(end(hers[0]?.SessionId)), ['ResourceNotFoundException'], 'another user’s')
  t.strictSame(await works(ada), alive)
})

t.test('the tokens of a session end with it where they do not say which sign-in they are of', async t => {
  const { signIn, list, end, works } = await aReef(t)
  const [first, second] = [await signIn('plain0id'), await signIn('plain0id')]
  const claims = JSON.parse(Buffer.from(first.AccessToken.split('.')[1] ?? '', 'base64url').toString())
  t.equal(claims.origin_jti, undefined)
  t.notOk(
    Object.keys(claims).some(name => /session/i.test(name)),
    'no claim tells of sessions',
  )
  const sessions = await list()
  for (const { SessionId } of sessions) await end(SessionId)
  t.strictSame([await works(first, 'plain0id'), await works(second, 'plain0id')], [dead, dead])
})

t.test('N45 LINKED ends the browser behind a token session, or all token sessions of a browser', async t => {
  const { throughPages, authorize, exchange, list, end, works } = await aReef(t)
  const browser = aBrowser()
  const first = await throughPages(browser)
  const second = await exchange(await authorize(browser, 'shop0id'), 'shop0id')
  const idOf = async (ClientId: string, type: string) =>
    (await list()).find(each => each.ClientId === ClientId && each.SessionType === type)?.SessionId
  await end(await idOf('app0id', 'TOKEN'), 'LINKED')
  t.strictSame(await works(first), dead)
  t.strictSame(await works(second, 'shop0id'), alive, 'its sibling stays')
  t.strictSame(
    (await list()).map(({ SessionType }) => SessionType),
    ['TOKEN'],
  )
  t.match(await authorize(browser, 'shop0id'), '/reef/login?', 'the browser is asked for credentials')

  const third = await throughPages(browser)
  const fourth = await exchange(await authorize(browser, 'shop0id'), 'shop0id')
  const pending = await authorize(browser, 'shop0id')
  await end(await idOf('app0id', 'SSO'), 'LINKED')
  t.strictSame([await works(third), await works(fourth, 'shop0id')], [dead, dead])
  t.strictSame(await works(second, 'shop0id'), alive, 'of another SSO session')
  t.equal((await exchange(pending, 'shop0id')).RefreshToken, undefined, 'a code of it brings no tokens')

  const fifth = await throughPages(browser)
  await end(await idOf('app0id', 'SSO'), 'NONE')
  t.strictSame(await works(fifth), alive, 'without LINKED apps keep their tokens')
  t.match(await authorize(browser, 'app0id'), '/reef/login?')
})

t.test('N46 RevokeToken with LINKED ends the browser too, and its other token sessions stay', async t => {
  const { send, throughPages, authorize, exchange, list, works, track } = await aReef(t)
  const revoke = ({ RefreshToken }: Signed) =>
    send(
      new cognito.RevokeTokenCommand({
        ClientId: 'app0id',
        Token: RefreshToken,
        RevokeAssociatedSessions: 'LINKED',
      }),
    )
  const browser = aBrowser()
  const first = await throughPages(browser)
  const second = await exchange(await authorize(browser, 'shop0id'), 'shop0id')
  await revoke(first)
  t.strictSame([await works(first), await works(second, 'shop0id')], [dead, alive])
  t.strictSame(
    (await list()).map(({ SessionType }) => SessionType),
    ['TOKEN'],
  )
  t.match(await authorize(browser, 'shop0id'), '/reef/login?')
  await track(false)
  const third = await throughPages(browser)
  await revoke(third)
  t.strictSame(await works(third), dead)
  t.match(await authorize(browser, 'app0id'), /\?code=/, 'where nothing is tracked, as without it')
})

t.test('N47 each client says for how long it takes the sign-in of a browser for its own', async t => {
  const { throughPages, authorize, minutes, clock } = await aReef(t)
  const browser = aBrowser()
  await minutes('app0id', 0)
  await minutes('shop0id', 1440)
  await throughPages(browser)
  t.match(await authorize(browser, 'app0id'), '/reef/login?', '0: never')
  t.match(await authorize(browser, 'shop0id'), /\?code=/)
  clock.advance({ seconds: 3600 })
  t.match(await authorize(browser, 'plain0id'), /\?code=/, 'to the minute')
  clock.advance({ seconds: 3600 })
  t.match(await authorize(browser, 'plain0id'), '/reef/login?', 'an hour, unless said otherwise')
  t.match(await authorize(browser, 'shop0id'), /\?code=/, 'after two hours')
  t.match(await authorize(browser, 'shop0id', { prompt: 'login' }), '/reef/login?')
  t.match(await authorize(browser, 'shop0id', { max_age: '7199' }), '/reef/login?')
  clock.advance({ seconds: 22 * 3600 })
  t.match(await authorize(browser, 'shop0id'), /\?code=/)
  clock.advance({ seconds: 1 })
  t.match(await authorize(browser, 'shop0id'), '/reef/login?', 'use does not make it longer')
})

t.test('the cookie of a tracked browser is kept for 90 days', async t => {
  const { domain, query } = await aReef(t)
  const browser = aBrowser()
  const at = `${domain}/login?${query('app0id')}`
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(await (await browser.get(at)).text())?.[1] ?? ''
  const answer = await browser.post(at, { _csrf, username: 'marco', password })
  t.match(answer.headers.getSetCookie(), [/^cognito\..*Max-Age=7776000;/])
})

t.test('N48 not tracked any more, the hour is back; tracked again, so are the clients’ minutes', async t => {
  const { send, throughPages, signIn, authorize, minutes, track, list, works, clock } = await aReef(t)
  await minutes('shop0id', 1440)
  const browser = aBrowser()
  await throughPages(browser)
  await track(false)
  t.match(await authorize(browser, 'shop0id'), /\?code=/)
  clock.advance({ seconds: 3601 })
  t.match(await authorize(browser, 'shop0id'), '/reef/login?')
  const before = await signIn()
  await track(true)
  t.strictSame(await list(), [], 'what was tracked before is dropped, what was not is none')
  t.strictSame(await works(before), alive)
  t.match(await authorize(browser, 'shop0id'), '/reef/login?', 'and comes not back')
  t.match(
    await send(new cognito.GetUserPoolClientSessionConfigurationCommand({ UserPoolId, ClientId: 'shop0id' })),
    { SSOSession: { MaxValidityMinutes: 1440 } },
  )
  const fresh = aBrowser()
  await throughPages(fresh)
  clock.advance({ seconds: 7200 })
  t.match(await authorize(fresh, 'shop0id'), /\?code=/)
})

t.test('signing out everywhere ends token sessions, /logout the browser’s', async t => {
  const { send, domain, throughPages, authorize, list } = await aReef(t)
  const browser = aBrowser()
  const types = async () => (await list()).map(({ SessionType }) => SessionType).toSorted()
  await throughPages(browser)
  await send(new cognito.AdminUserGlobalSignOutCommand({ UserPoolId, Username: 'marco' }))
  t.strictSame(await types(), ['SSO'])
  t.match(await authorize(browser, 'app0id'), /\?code=/)
  await throughPages(browser)
  await browser.get(`${domain}/logout?client_id=app0id&logout_uri=https://app.example/bye`)
  t.strictSame(await types(), ['TOKEN'])
})

t.test('a session ends with its refresh token', async t => {
  const { signIn, list, clock } = await aReef(t)
  await signIn()
  clock.advance({ seconds: 30 * 86_400 - 1 })
  t.equal((await list()).length, 1)
  clock.advance({ seconds: 1 })
  t.strictSame(await list(), [])
})

t.test('seeds, exports and templates say how sessions are tracked, and what levels are called', async t => {
  const levels = { AcrConfiguration: { Level2: { AcrValue: 'silver' } } }
  const SessionConfiguration = { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 3 } }
  const [reef] = seed.UserPools
  const whole = {
    ...reef,
    ...levels,
    DcrConfiguration: { OpenDcrEnabled: true },
    SessionConfiguration,
    IdentityProviders: [{ ...unaskedProvider('Bank'), AcrMapping: { Level4: 'vault' } }],
    Clients: [
      client('app', {
        AllowedOAuthScopes: ['openid'],
        SessionConfiguration: { SSOSession: { MaxValidityMinutes: 5 } },
      }),
    ],
  }
  const first = await aRockpool(t, { seed: { UserPools: [whole] }, clock: aClock() })
  const said = async (rockpool: Rockpool) => {
    const sdk = anSdk(t, rockpool)
    const [pool, app, described, bank] = [
      await sdk.send(new cognito.GetUserPoolSessionConfigurationCommand({ UserPoolId })),
      await sdk.send(
        new cognito.GetUserPoolClientSessionConfigurationCommand({ UserPoolId, ClientId: 'app0id' }),
      ),
      await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId })),
      await sdk.send(new cognito.DescribeIdentityProviderCommand({ UserPoolId, ProviderName: 'Bank' })),
    ]
    const { UserSessionTracking, TokenSession } = pool
    const { AcrMapping } = bank.IdentityProvider ?? {}
    const { Level2 } = described.UserPool?.AcrConfiguration ?? {}
    return { UserSessionTracking, TokenSession, SSOSession: app.SSOSession, Level2, AcrMapping }
  }
  const expected = {
    ...SessionConfiguration,
    SSOSession: { MaxValidityMinutes: 5 },
    Level2: { AcrValue: 'silver' },
    AcrMapping: { Level4: 'vault' },
  }
  t.strictSame(await said(first), expected, 'of a seed')
  const text = await first.operations.exportPools('seed', { secrets: true })
  const second = await startRockpool({ port: 0, keys: 'recycled', seeds: [parseSeed(text, 'exported.yaml')] })
  t.teardown(() => second.close())
  t.strictSame(await said(second), expected, 'of an exported one')

  const template = await first.operations.exportPools('cloudformation')
  t.match(
    template,
    /^# AcrConfiguration of reef is not written here.*\n# AcrMapping of Bank is not written here/,
  )
  t.match(template, /AWS::Cognito::UserPoolSessionConfigurationAttachment[\s\S]*MaxPerUser: 3/)
  t.match(template, /AWS::Cognito::UserPoolClientSessionConfigurationAttachment[\s\S]*MaxValidityMinutes: 5/)
  const file = `${t.testdir({ 'template.yaml': template })}/template.yaml`
  const { seed: imported, warnings } = importInfrastructure([file])
  t.strictSame(warnings, [])
  t.match(imported.UserPools, [
    { SessionConfiguration, Clients: [{ SessionConfiguration: { SSOSession: { MaxValidityMinutes: 5 } } }] },
  ])
  const terraform = await first.operations.exportPools('terraform')
  for (const leftOut of [
    'AcrConfiguration of reef',
    'AcrMapping of Bank',
    'DcrConfiguration of reef',
    'SetUserPoolSessionConfiguration for reef',
    'SetUserPoolClientSessionConfiguration for app',
  ])
    t.match(terraform, `# ${leftOut} is not written here`, leftOut)
  t.notMatch(terraform, /^ *dcr_configuration/m)
  for (const format of ['cli', 'sdk'] as const)
    t.match(
      await first.operations.exportPools(format),
      format === 'cli' ? 'set-user-pool-session-configuration' : 'SetUserPoolSessionConfigurationCommand',
    )
  const lite = { ...whole, UserPoolTier: 'LITE', AcrConfiguration: {} }
  t.throws(() => seedOf({ UserPools: [lite] }), /User Session Management/, 'not in the tier LITE')
})

t.test('sessions are in a snapshot, and what came of them afterwards is not', async t => {
  const { rockpool, throughPages, authorize, list, end, works } = await aReef(t)
  const browser = aBrowser()
  const tokens = await throughPages(browser)
  const ids = (await list()).map(({ SessionId }) => SessionId).toSorted()
  const at = `${rockpool.baseUrl}/_rockpool/snapshots/before`
  t.equal((await fetch(at, { method: 'PUT' })).status < 300, true)
  for (const id of ids) await end(id)
  t.strictSame([await list(), await works(tokens)], [[], dead])
  t.equal((await fetch(`${at}/restore`, { method: 'POST' })).status < 300, true)
  t.strictSame((await list()).map(({ SessionId }) => SessionId).toSorted(), ids)
  t.strictSame(await works(tokens), alive)
  t.match(await authorize(browser, 'app0id'), /\?code=/)
})
