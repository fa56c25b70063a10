import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Auth, type AuthConfig } from '@auth/core'
import Cognito from '@auth/core/providers/cognito'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import { build } from 'esbuild'
import express, { type Express } from 'express'
import openidConnect from 'express-openid-connect'
import session from 'express-session'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openidClient from 'openid-client'
import passport from 'passport'
import { Strategy } from 'passport-openidconnect'
import t, { type Test } from 'tap'
import { aBrowser, type Browser } from './support/browser.js'
import { launchChromium } from './support/chromium.js'
import { signingKeys } from './support/keys.js'
import { aRockpool, poolAndClient } from './support/rockpool.js'

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

/** A server for an app, on a port that is known before the app is. */
async function aServer(t: Test) {
  let serve: Express | ((request: Request) => Promise<Response>) | undefined
  const server = createServer(async (request, response) => {
    if (serve === undefined) return response.writeHead(503).end()
    if (serve.length !== 1) return (serve as Express)(request, response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = await (serve as (request: Request) => Promise<Response>)(
      new Request(new URL(request.url ?? '/', origin), {
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
    return response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const rockpool = await aRockpool(t, { seed: pools(origin) })
  const at = (name: string) => ({ ...poolAndClient(rockpool, 'one', name), rockpool })
  return {
    origin,
    at,
    serve: (app: typeof serve) => {
      serve = app
    },
  }
}

/** Goes where the app sends the browser, and signs in at the pages that come; ends on the way back to the app. */
async function passPages(
  browser: Browser,
  start: string,
  end: string,
  { username, corporate = false }: { username: string; corporate?: boolean },
): Promise<string> {
  let { url, page } = await browser.follow(start, end)
  if (corporate) {
    const href = unescaped(/href="([^"]*identity_provider=Corporate[^"]*)"/.exec(page?.text ?? '')?.[1])
    ;({ url, page } = await browser.follow(new URL(href, url).href, end))
  }
  const action = unescaped(/action="([^"]+)"/.exec(page?.text ?? '')?.[1])
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(page?.text ?? '')?.[1] ?? ''
  const answer = await browser.post(new URL(action, url).href, { _csrf, username, password })
  return (await browser.follow(answer.headers.get('location') ?? '', end)).url.href
}
const unescaped = (text = '') => text.replaceAll('&amp;', '&')

t.test('openid-client, federated, with every check on; jose and aws-jwt-verify read the tokens', async t => {
  const { origin, at } = await aServer(t)
  const { pool, client } = at('public')
  const config = await openidClient.discovery(
    new URL(pool.issuer),
    client.id,
    undefined,
    openidClient.None(),
    {
      execute: [openidClient.allowInsecureRequests],
    },
  )
  const pkceCodeVerifier = openidClient.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [openidClient.randomState(), openidClient.randomNonce()]
  const start = openidClient.buildAuthorizationUrl(config, {
    redirect_uri: `${origin}/callback`,
    scope: 'openid email',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await openidClient.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const back = await passPages(aBrowser(), start.href, origin, { username: 'ada', corporate: true })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  const tokens = await openidClient.authorizationCodeGrant(config, new URL(back), checks)
  const claims = tokens.claims()
  t.match(claims, { email: 'ada@two.example', 'cognito:username': /^Corporate_/, token_use: 'id' })
  const sub = claims?.sub ?? ''
  t.match(await openidClient.fetchUserInfo(config, tokens.access_token, sub), { sub, email_verified: 'true' })

  const jwksUri = config.serverMetadata().jwks_uri ?? ''
  for (const jwt of [tokens.id_token ?? '', tokens.access_token])
    t.equal(
      (await jwtVerify(jwt, createRemoteJWKSet(new URL(jwksUri)), { issuer: pool.issuer })).payload.sub,
      sub,
    )
  const verifier = JwtVerifier.create({
    issuer: pool.issuer,
    audience: client.id,
    jwksUri: 'https://cached.invalid/jwks.json',
  })
  verifier.cacheJwks((await (await fetch(jwksUri)).json()) as Jwks)
  t.equal((await verifier.verify(tokens.id_token ?? '')).sub, sub)

  const refreshed = await openidClient.refreshTokenGrant(config, tokens.refresh_token ?? '')
  t.equal(refreshed.claims()?.sub, sub)
  await openidClient.tokenRevocation(config, tokens.refresh_token ?? '')
  const revoked = openidClient.refreshTokenGrant(config, tokens.refresh_token ?? '')
  t.equal(
    await revoked.then(
      () => 'refreshed',
      ({ error }) => error,
    ),
    'invalid_grant',
  )
})

t.test('passport-openidconnect', async t => {
  const { origin, at, serve } = await aServer(t)
  const { pool, client } = at('confidential')
  const authenticator = new passport.Passport()
  authenticator.serializeUser((user, done) => done(null, user))
  authenticator.deserializeUser((user: Express.User, done) => done(null, user))
  authenticator.use(
    new Strategy(
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
      (_issuer: string, profile: object, done: (error: null, user: object) => void) => done(null, profile),
    ),
  )
  const app = express()
  app.use(session({ secret: 'x', resave: false, saveUninitialized: true }))
  app.use(authenticator.initialize(), authenticator.session())
  app.get('/login', authenticator.authenticate('openidconnect'))
  app.get('/callback', authenticator.authenticate('openidconnect'), (request, response) => {
    response.json(request.user)
  })
  serve(app)
  const browser = aBrowser()
  const back = await passPages(browser, `${origin}/login`, `${origin}/callback`, { username: 'marco' })
  t.match(await (await browser.get(back)).json(), {
    id: /^[0-9a-f-]{36}$/,
    emails: [{ value: 'marco@one.example' }],
  })
})

t.test('express-openid-connect, and its sign-out', async t => {
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
  serve(app)
  const browser = aBrowser()
  const back = await passPages(browser, `${origin}/login`, `${origin}/callback`, {
    username: 'ada',
    corporate: true,
  })
  t.equal((await browser.get(back)).status, 302)
  t.match(await (await browser.get(`${origin}/me`)).json(), { email: 'ada@two.example' })
  const away = await browser.get(`${origin}/logout`)
  t.match(away.headers.get('location'), `${pool.domainUrl}/logout?`)
  const bye = await browser.get(away.headers.get('location') ?? '')
  t.equal(bye.headers.get('location'), origin)
  t.equal(await (await browser.get(`${origin}/me`)).json(), null)
})

t.test('Auth.js with its Cognito provider', async t => {
  const { origin, at, serve } = await aServer(t)
  const { pool, client } = at('confidential')
  const { id: clientId, secret: clientSecret = '' } = client
  const complaints: string[] = []
  const config = (checks?: ('pkce' | 'state' | 'nonce')[]): AuthConfig => ({
    basePath: '/auth',
    secret: 'a long secret for the cookies of the app',
    trustHost: true,
    providers: [Cognito({ clientId, clientSecret, issuer: pool.issuer, ...(checks ? { checks } : {}) })],
    logger: { error: error => complaints.push(String((error.cause as { err?: Error } | undefined)?.err)) },
  })
  const signedIn = async (username: string, corporate: boolean) => {
    const browser = aBrowser()
    const { csrfToken } = (await (await browser.get(`${origin}/auth/csrf`)).json()) as { csrfToken: string }
    const away = await browser.post(`${origin}/auth/signin/cognito`, { csrfToken, callbackUrl: origin })
    const start = away.headers.get('location') ?? ''
    t.match(start, `${pool.domainUrl}/oauth2/authorize?`)
    await browser.get(await passPages(browser, start, `${origin}/auth/callback`, { username, corporate }))
    return (await browser.get(`${origin}/auth/session`)).json()
  }

  serve((request: Request) => Auth(request, config()))
  t.match(await signedIn('marco', false), { user: { email: 'marco@one.example' } })
  t.equal(await signedIn('ada', true), null, 'O21 a nonce that was not sent is too much for it, as on AWS')
  t.match(complaints, [/nonce/])
  serve((request: Request) => Auth(request, config(['pkce', 'state', 'nonce'])))
  t.match(await signedIn('ada', true), { user: { email: 'ada@two.example' } }, 'the remedy is the same')
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
      }),
    },
    bundle: true,
    format: 'iife',
    write: false,
  })
  serve(async (request: Request) =>
    new URL(request.url).pathname === '/app.js'
      ? new Response(bundle.outputFiles[0]?.text ?? '', { headers: { 'content-type': 'text/javascript' } })
      : new Response('<!doctype html><title>out</title><body><script src="/app.js"></script>', {
          headers: { 'content-type': 'text/html' },
        }),
  )
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
    profile: { email: 'ada@two.example' },
    state: 'a state of the app',
    refresh_token: String,
  })
  await page.evaluate('renew()')
  const second = await shown()
  t.equal(second.profile.sub, first.profile.sub)
  t.not(second.access_token, first.access_token)
  await page.goto(
    `${pool.domainUrl}/logout?client_id=${client.id}&logout_uri=${encodeURIComponent(`${origin}/bye`)}`,
  )
  t.equal(page.url(), `${origin}/bye`)
})
