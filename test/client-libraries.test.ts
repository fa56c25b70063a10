import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Auth, type AuthConfig } from '@auth/core'
import Cognito from '@auth/core/providers/cognito'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import { build } from 'esbuild'
import express from 'express'
import openidConnect from 'express-openid-connect'
import session from 'express-session'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openidClient from 'openid-client'
import passport from 'passport'
import { Strategy, type VerifyCallback } from 'passport-openidconnect'
import t, { type Test } from 'tap'
import { type Arrival, aBrowser, type Browser } from './support/browser.js'
import { launchChromium } from './support/chromium.js'
import { signingKeys } from './support/keys.js'
import { fetchBelowLocalhost } from './support/localhost.js'
import { aRockpool, poolAndClient, postForm } from './support/rockpool.js'

// Independent clients, configured as their documentation says, sign in at a pool that federates to another.

const password = 'Anemone-4-Marco!'
const [keysOfOne, keysOfTwo] = await Promise.all([signingKeys(), signingKeys()])

/** A reference, as a seed has it. */
const reference = (name: string) => `\${${name}}`

/** Pool `one`, with an app at `origin`, federating to pool `two`. Marco is a user of both, ada of `two` alone. */
const pools = (origin: string) => ({
  UserPools: [
    {
      PoolName: 'one',
      Domain: 'one',
      SigningKeys: keysOfOne,
      IdentityProviders: [
        {
          ProviderName: 'Corporate',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: reference('pools.two.clients.one.id'),
            client_secret: reference('pools.two.clients.one.secret'),
            oidc_issuer: reference('pools.two.issuer'),
            authorize_scopes: 'openid email',
            attributes_request_method: 'GET',
          },
          AttributeMapping: { email: 'email', email_verified: 'email_verified' },
        },
      ],
      Clients: [
        { ...app(origin), ClientName: 'public' },
        { ...app(origin), ClientName: 'confidential', ClientSecret: 'asecretofthirtycharactersormore' },
      ],
      Users: [user('marco', 'marco@one.example')],
    },
    {
      PoolName: 'two',
      Domain: 'two',
      SigningKeys: keysOfTwo,
      Clients: [
        {
          ClientName: 'one',
          ClientSecret: 'anothersecretofthirtycharacters',
          CallbackURLs: [`${reference('pools.one.domain')}/oauth2/idpresponse`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
      Users: [user('ada', 'ada@two.example')],
    },
  ],
})

const app = (origin: string) => ({
  CallbackURLs: [`${origin}/callback`, `${origin}/auth/callback/cognito`],
  LogoutURLs: [origin, `${origin}/bye`],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email', 'profile'],
  SupportedIdentityProviders: ['COGNITO', 'Corporate'],
})
const user = (Username: string, email: string) => ({
  Username,
  Password: password,
  UserAttributes: { email, email_verified: true },
})

/** A server for an app, on a port that is known before the app is; and a Rockpool that knows the app. */
async function aServer(t: Test) {
  let serve: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => serve(request, response))
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const rockpool = await aRockpool(t, { seed: pools(origin) })
  return {
    origin,
    at: (name: string) => poolAndClient(rockpool, 'one', name),
    serve: (app: RequestListener) => {
      serve = app
    },
  }
}

/** An app that answers a `Request` with a `Response`, as one of Node's own server. */
const fetching =
  (app: (request: Request) => Promise<Response>): RequestListener =>
  async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = await app(
      new Request(new URL(request.url ?? '/', `http://${request.headers.host}`), {
        method: request.method ?? 'GET',
        headers: new Headers(
          Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
        ),
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      }),
    )
    response.writeHead(answer.status, {
      ...Object.fromEntries(answer.headers),
      'set-cookie': answer.headers.getSetCookie(),
    })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }

/** Goes where the app sends the browser, and signs in at the pages that come; ends on the way back to the app. */
async function passPages(
  browser: Browser,
  start: string,
  end: string,
  { username, corporate = false }: { username: string; corporate?: boolean },
): Promise<string> {
  let { url, page } = await browser.follow(start, end)
  if (corporate) ({ url, page } = await chooseCorporate(browser, { url, page }, end))
  const action = unescaped(/action="([^"]+)"/.exec(page?.text ?? '')?.[1])
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(page?.text ?? '')?.[1] ?? ''
  const answer = await browser.post(new URL(action, url).href, { _csrf, username, password })
  return (await browser.follow(answer.headers.get('location') ?? '', end)).url.href
}
/** Where a browser is, and the page that it sees. */
type Seen = Pick<Arrival, 'url'> & { readonly page?: Arrival['page'] | undefined }

/** Follows the button of the other pool on a sign-in page. */
function chooseCorporate(browser: Browser, { url, page }: Seen, end: string) {
  const href = unescaped(/href="([^"]*identity_provider=Corporate[^"]*)"/.exec(page?.text ?? '')?.[1])
  return browser.follow(new URL(href, url).href, end)
}
const unescaped = (text = '') => text.replaceAll('&amp;', '&')

/** Whether the pool lets this browser through to the app without a question: its session is alive. */
const remembered = async (browser: Browser, start: string, end: string) =>
  (await browser.follow(start, end)).page === undefined

/** Ends the session at the pool as Cognito's documentation has it, and says where that leads. */
const signOut = async (browser: Browser, url: string | URL) =>
  (await browser.get(String(url))).headers.get('location')

t.test(
  'openid-client on the demo seed, federated, with every check on; jose and aws-jwt-verify read the tokens',
  async t => {
    const { pool, client } = poolAndClient(await aRockpool(t), 'oidc-pool-1', 'web-app')
    const origin = 'http://localhost:3000'
    const config = await openidClient.discovery(
      new URL(pool.issuer),
      client.id,
      undefined,
      openidClient.None(),
      { execute: [openidClient.allowInsecureRequests] },
    )
    const pkceCodeVerifier = openidClient.randomPKCECodeVerifier()
    const [expectedState, expectedNonce] = [openidClient.randomState(), openidClient.randomNonce()]
    const start = openidClient.buildAuthorizationUrl(config, {
      redirect_uri: `${origin}/callback`,
      scope: 'openid email profile',
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await openidClient.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }).href
    const browser = aBrowser()
    const back = new URL(await passPages(browser, start, origin, { username: 'marco', corporate: true }))
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
    const mistaken = openidClient.authorizationCodeGrant(config, back, {
      ...checks,
      expectedState: 'another',
    })
    t.match(await mistaken.catch(({ cause }) => String(cause)), /state/, 'the checks are on')
    const tokens = await openidClient.authorizationCodeGrant(config, back, checks)
    const claims = tokens.claims()
    t.match(claims, {
      email: 'marco@example.com',
      'custom:department': 'Lighthouses',
      'cognito:username': /^corporateid_/,
      nonce: expectedNonce,
      token_use: 'id',
    })
    const sub = claims?.sub ?? ''
    t.match(await openidClient.fetchUserInfo(config, tokens.access_token, sub), {
      sub,
      email_verified: 'true',
    })

    const jwksUri = config.serverMetadata().jwks_uri ?? ''
    const keys = createRemoteJWKSet(new URL(jwksUri))
    const { issuer } = pool
    const id = await jwtVerify(tokens.id_token ?? '', keys, { issuer, audience: client.id })
    const access = await jwtVerify(tokens.access_token, keys, { issuer })
    t.equal(id.payload.sub, sub)
    t.match(access.payload, { sub, client_id: client.id, token_use: 'access' })
    t.not(id.protectedHeader.kid, access.protectedHeader.kid, 'each kind has a key of its own')
    // It fetches keys over https only, so it is given them.
    const verifier = JwtVerifier.create({
      issuer,
      audience: null,
      jwksUri: 'https://cached.invalid/jwks.json',
    })
    verifier.cacheJwks((await (await fetch(jwksUri)).json()) as Jwks)
    t.equal((await verifier.verify(tokens.id_token ?? '', { audience: client.id })).sub, sub)
    t.equal((await verifier.verify(tokens.access_token)).sub, sub)
    const forged = tokens.access_token.replace(/\.[^.]+$/, `.${(tokens.id_token ?? '').split('.')[2]}`)
    await t.rejects(verifier.verify(forged), /Invalid signature/)

    const refreshed = await openidClient.refreshTokenGrant(config, tokens.refresh_token ?? '')
    t.equal(refreshed.claims()?.sub, sub)
    await openidClient.tokenRevocation(config, tokens.refresh_token ?? '')
    const revoked = openidClient.refreshTokenGrant(config, tokens.refresh_token ?? '')
    t.equal(await revoked.catch(({ error }) => error), 'invalid_grant')

    t.ok(await remembered(browser, start, origin))
    const bye = openidClient.buildEndSessionUrl(config, { logout_uri: origin })
    t.equal(await signOut(browser, bye), origin)
    t.notOk(await remembered(browser, start, origin))
  },
)

t.test('passport-openidconnect', async t => {
  const { origin, at, serve } = await aServer(t)
  const { pool, client } = at('confidential')
  const authenticator = new passport.Passport()
  authenticator.serializeUser((user, done) => done(null, user))
  authenticator.deserializeUser((user: Express.User, done) => done(null, user))
  const strategy = new Strategy(
    {
      issuer: pool.issuer,
      authorizationURL: `${pool.domainUrl}/oauth2/authorize`,
      tokenURL: `${pool.domainUrl}/oauth2/token`,
      userInfoURL: `${pool.domainUrl}/oauth2/userInfo`,
      clientID: client.id,
      clientSecret: client.secret ?? '',
      callbackURL: `${origin}/callback`,
      scope: ['email'],
    },
    (
      _issuer: string,
      profile: object,
      _context: object,
      _idToken: string | object,
      accessToken: string | object,
      refreshToken: string,
      done: VerifyCallback,
    ) => done(null, { ...profile, accessToken, refreshToken }),
  )
  authenticator.use(strategy)
  const app = express()
  app.use(session({ secret: 'x', resave: false, saveUninitialized: true }))
  app.use(authenticator.initialize(), authenticator.session())
  app.get('/login', authenticator.authenticate('openidconnect'))
  app.get('/callback', authenticator.authenticate('openidconnect'), (request, response) => {
    response.json(request.user)
  })
  app.get('/me', (request, response) => {
    response.json(request.user ?? null)
  })
  app.get('/logout', (request, response, next) => {
    request.logout(error => (error ? next(error) : response.redirect(signOutUrl)))
  })
  const signOutUrl = `${pool.domainUrl}/logout?${new URLSearchParams({ client_id: client.id, logout_uri: origin })}`
  serve(app)
  for (const [username, email, corporate] of [
    ['marco', 'marco@one.example', false],
    ['ada', 'ada@two.example', true],
  ] as const) {
    const browser = aBrowser()
    const back = await passPages(browser, `${origin}/login`, `${origin}/callback`, { username, corporate })
    const me = await (await browser.get(back)).json()
    t.match(me, { id: /^[0-9a-f-]{36}$/, emails: [{ value: email }] })
    const renewed = await renewedBy(strategy, me.refreshToken)
    t.match(renewed, /^eyJ/)
    t.not(renewed, me.accessToken)

    t.ok(await remembered(browser, `${origin}/login`, `${origin}/callback`))
    const away = await browser.get(`${origin}/logout`)
    t.equal(await signOut(browser, away.headers.get('location') ?? ''), origin)
    t.equal(await (await browser.get(`${origin}/me`)).json(), null)
    t.notOk(await remembered(browser, `${origin}/login`, `${origin}/callback`))
  }
})

/** A new access token, by the OAuth client that a strategy keeps for its subclasses: passport has no refresh of its own. */
const renewedBy = (strategy: object, refreshToken: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { _oauth2 } = strategy as {
      _oauth2: {
        getOAuthAccessToken(
          token: string,
          parameters: object,
          done: (error: unknown, accessToken: string) => void,
        ): void
      }
    }
    _oauth2.getOAuthAccessToken(refreshToken, { grant_type: 'refresh_token' }, (error, accessToken) =>
      error ? reject(error) : resolve(accessToken),
    )
  })

t.test('express-openid-connect', async t => {
  const { origin, at, serve } = await aServer(t)
  const { pool, client } = at('confidential')
  const app = express()
  app.use(
    openidConnect.auth({
      authRequired: false,
      baseURL: origin,
      issuerBaseURL: pool.issuer,
      clientID: client.id,
      clientSecret: client.secret ?? '',
      secret: 'a long secret for the cookies of the app',
      idpLogout: true,
      authorizationParams: { response_type: 'code', scope: 'openid email' },
      // As for Cognito: its logout knows its own parameters only.
      logoutParams: { client_id: client.id, logout_uri: origin },
    }),
  )
  app.get('/me', (request, response) => {
    response.json(request.oidc.user ?? null)
  })
  app.get('/renewed', async (request, response) => {
    const before = request.oidc.accessToken?.access_token
    const after = (await request.oidc.accessToken?.refresh())?.access_token
    response.json({ before, after, user: request.oidc.user })
  })
  serve(app)
  const browser = aBrowser()
  const back = await passPages(browser, `${origin}/login`, `${origin}/callback`, {
    username: 'ada',
    corporate: true,
  })
  t.equal((await browser.get(back)).status, 302)
  t.match(await (await browser.get(`${origin}/me`)).json(), { email: 'ada@two.example' })
  const { before, after, user } = await (await browser.get(`${origin}/renewed`)).json()
  t.match([before, after], [/^eyJ/, /^eyJ/])
  t.not(before, after)
  t.match(user, { email: 'ada@two.example' })

  t.ok(await remembered(browser, `${origin}/login`, `${origin}/callback`))
  const away = await browser.get(`${origin}/logout`)
  t.match(away.headers.get('location'), `${pool.domainUrl}/logout?`)
  t.equal(await signOut(browser, away.headers.get('location') ?? ''), origin)
  t.equal(await (await browser.get(`${origin}/me`)).json(), null)
  t.notOk(await remembered(browser, `${origin}/login`, `${origin}/callback`))
})

/** What a browser does at an app with Auth.js. */
function authJsAt(origin: string) {
  const csrfToken = async (browser: Browser) =>
    ((await (await browser.get(`${origin}/auth/csrf`)).json()) as { csrfToken: string }).csrfToken
  return {
    async start(browser: Browser) {
      const form = { csrfToken: await csrfToken(browser), callbackUrl: origin }
      return (await browser.post(`${origin}/auth/signin/cognito`, form)).headers.get('location') ?? ''
    },
    session: async (browser: Browser) => (await browser.get(`${origin}/auth/session`)).json(),
    async leave(browser: Browser) {
      const form = { csrfToken: await csrfToken(browser), callbackUrl: origin }
      await browser.post(`${origin}/auth/signout`, form)
    },
  }
}
const authJs = { basePath: '/auth', secret: 'a long secret for the cookies of the app', trustHost: true }

t.test('Auth.js with its Cognito provider', async t => {
  const { origin, at, serve } = await aServer(t)
  const { start, session, leave } = authJsAt(origin)
  const { pool, client } = at('confidential')
  const { id: clientId, secret: clientSecret = '' } = client
  const complaints: string[] = []
  const config = (checks?: ('pkce' | 'state' | 'nonce')[]): AuthConfig => ({
    ...authJs,
    providers: [Cognito({ clientId, clientSecret, issuer: pool.issuer, ...(checks ? { checks } : {}) })],
    logger: { error: error => complaints.push(String((error.cause as { err?: Error } | undefined)?.err)) },
    // Auth.js leaves refreshing to the app. Here every look at the session refreshes, as its guide shows.
    callbacks: {
      jwt: async ({ token, account }) => {
        if (account)
          return { ...token, refreshToken: account.refresh_token, accessToken: account.access_token }
        const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
          client_id: clientId,
          client_secret: clientSecret,
          grant_type: 'refresh_token',
          refresh_token: String(token.refreshToken),
        })
        return { ...token, accessToken: (await answer.json()).access_token }
      },
      session: ({ session, token }) => ({ ...session, accessToken: token.accessToken }),
    },
  })
  const signIn = async (username: string, corporate: boolean) => {
    const browser = aBrowser()
    const away = await start(browser)
    t.match(away, `${pool.domainUrl}/oauth2/authorize?`)
    await browser.get(await passPages(browser, away, `${origin}/auth/callback`, { username, corporate }))
    return browser
  }
  const refreshAndSignOut = async (browser: Browser, email: string) => {
    const [first, second] = [await session(browser), await session(browser)]
    t.match([first, second], [{ user: { email }, accessToken: /^eyJ/ }, { accessToken: /^eyJ/ }])
    t.not(first.accessToken, second.accessToken)
    t.ok(await remembered(browser, await start(browser), `${origin}/auth/callback`))
    await leave(browser)
    t.equal(await session(browser), null)
    const query = new URLSearchParams({ client_id: clientId, logout_uri: origin })
    t.equal(await signOut(browser, `${pool.domainUrl}/logout?${query}`), origin)
    t.notOk(await remembered(browser, await start(browser), `${origin}/auth/callback`))
  }

  serve(fetching(request => Auth(request, config())))
  await refreshAndSignOut(await signIn('marco', false), 'marco@one.example')
  t.strictSame(complaints, [])
  const refused = await signIn('ada', true)
  t.equal(await session(refused), null, 'O21 a nonce that was not sent is too much for it, as on AWS')
  t.match(complaints, [/nonce/])
  serve(fetching(request => Auth(request, config(['pkce', 'state', 'nonce']))))
  await refreshAndSignOut(await signIn('ada', true), 'ada@two.example')
  t.equal(complaints.length, 1, 'the remedy is the same as on AWS')
})

for (const byHost of [false, true])
  t.test(`Auth.js, federated twice and out, the domain by ${byHost ? 'host name' : 'path'}`, async t => {
    const { origin, at, serve } = await aServer(t)
    const { start, session, leave } = authJsAt(origin)
    const { pool, client } = at('confidential')
    const domain = byHost ? pool.domainUrl.replace(/[^/]+:(\d+)\/one$/, 'one.localhost:$1') : pool.domainUrl
    const provider = Cognito({
      clientId: client.id,
      clientSecret: client.secret ?? '',
      issuer: pool.issuer,
      checks: ['pkce', 'state', 'nonce'],
      authorization: { url: `${domain}/oauth2/authorize`, params: { scope: 'openid email' } },
    })
    serve(fetching(request => Auth(request, { ...authJs, providers: [provider] })))
    const browser = aBrowser(fetchBelowLocalhost)
    const end = `${origin}/auth/callback`
    const ada = { user: { email: 'ada@two.example' } }

    const away = await start(browser)
    t.match(away, `${domain}/oauth2/authorize?`)
    await browser.get(await passPages(browser, away, end, { username: 'ada', corporate: true }))
    t.match(await session(browser), ada)
    t.ok(await remembered(browser, await start(browser), end))

    await leave(browser)
    const query = new URLSearchParams({ client_id: client.id, logout_uri: origin })
    t.equal(await signOut(browser, `${domain}/logout?${query}`), origin)
    t.equal(await session(browser), null)
    const asked = await browser.follow(await start(browser), end)
    t.match(asked.url.href, `${domain}/login?`, 'the pool asks again')
    const back = await chooseCorporate(browser, asked, end)
    t.match(back.url.href, end, 'a second time, by the session at the other pool')
    await browser.get(back.url.href)
    t.match(await session(browser), ada)
  })

t.test('oidc-client-ts, in a browser', async t => {
  const { origin, at, serve } = await aServer(t)
  const { pool, client } = at('public')
  const bundle = await build({
    entryPoints: ['test/support/browser-app.js'],
    define: {
      CONFIG: JSON.stringify({
        authority: pool.issuer,
        client_id: client.id,
        redirect_uri: `${origin}/callback`,
        scope: 'openid email',
        loadUserInfo: true,
      }),
    },
    bundle: true,
    format: 'iife',
    write: false,
  })
  serve((request, response) => {
    const [type, text] =
      request.url === '/app.js'
        ? ['text/javascript', bundle.outputFiles[0]?.text]
        : ['text/html', '<!doctype html><title>out</title><body><script src="/app.js"></script>']
    response.writeHead(200, { 'content-type': type }).end(text)
  })
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  const page = await chromium.newPage()
  await page.goto(origin)
  await page.evaluate('void signIn()')
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.locator('#signInFormUsername').fill('ada')
  await page.locator('#signInFormPassword').fill(password)
  await page.locator('[name=signInSubmitButton]').click()
  await page.waitForFunction('document.title !== "out" && location.pathname === "/callback"')
  t.equal(await page.title(), 'in')
  const shown = async () => JSON.parse((await page.locator('body').textContent()) ?? '')
  const first = await shown()
  t.match(first, {
    profile: { email: 'ada@two.example', username: /^Corporate_/ },
    state: 'a state of the app',
    refresh_token: String,
  })
  await page.evaluate('renew()')
  const second = await shown()
  t.equal(second.profile.sub, first.profile.sub)
  t.not(second.access_token, first.access_token)

  await page.evaluate('revoke()')
  t.match(
    await page.evaluate('renew().then(() => JSON.parse(document.body.textContent).access_token, String)'),
    /^eyJ/,
    'without a refresh token it asks in a frame, with prompt=none: the session answers',
  )
  await page.goto(origin)
  await page.evaluate('void signIn()')
  await page.waitForFunction('document.title === "in"')
  await page.evaluate(`void signOut({ client_id: '${client.id}', logout_uri: '${origin}/bye' })`)
  await page.waitForURL(`${origin}/bye`)
  t.equal(await page.evaluate('renew().catch(({ error }) => error)'), 'login_required')
  await page.evaluate('void signIn()')
  await page.waitForURL(`${pool.domainUrl}/login?*`)
})
