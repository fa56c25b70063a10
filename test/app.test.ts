import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import Provider from 'oidc-provider'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import type { Recorder } from '../src/core/ports/recorder.js'
import type { Refusal } from '../src/core/refusal.js'
import { browsersIn, withSignIn } from '../src/demo-app/browsers.js'
import type { RelyingPartyClient } from '../src/demo-app/client.js'
import { snippetsFor } from '../src/demo-app/pages/snippets.js'
import { relyingParty } from '../src/demo-app/relying-party.js'
import { appSessionsIn } from '../src/flows/app-sessions.js'
import { memoryStore } from '../src/store/memory.js'
import { aBrowser } from './support/browser.js'
import { launchChromium } from './support/chromium.js'
import { aRockpool } from './support/rockpool.js'

const secret = 'a-secret-of-the-confidential-client'
const snippetCallback = 'http://localhost:3000/callback'

/** A provider that is none of ours and signs everybody in as Ada, unless it is told to refuse. */
async function plainPool(t: Test, callback: string) {
  const server = createServer()
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const redirect_uris = [callback, snippetCallback]
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'public', token_endpoint_auth_method: 'none' as const },
      { client_id: 'confidential', client_secret: secret },
    ].map(client => ({
      ...client,
      redirect_uris,
      application_type: 'native' as const,
      grant_types: ['authorization_code', 'refresh_token'],
    })),
    claims: { openid: ['sub', 'name', 'custom:department'], email: ['email'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['k'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: 3600,
      IdToken: 3600,
      RefreshToken: 86_400,
      Session: 3600,
      Grant: 86_400,
      Interaction: 600,
    },
    findAccount: async (_context, accountId) => ({
      accountId,
      claims: async () => ({
        sub: accountId,
        name: 'Ada <b>Lovelace</b>',
        email: 'ada@example.com',
        'custom:department': 'Engines',
      }),
    }),
  })
  const pool = { issuer, refuse: false, loggedOut: [] as string[] }
  server.on('request', async (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/logout') {
      pool.loggedOut.push(url.search)
      response.writeHead(302, { location: url.searchParams.get('logout_uri') ?? '/' }).end()
      return
    }
    if (!url.pathname.startsWith('/interaction/')) return provider.callback()(request, response)
    const { prompt, params, session } = await provider.interactionDetails(request, response)
    if (pool.refuse) {
      const error_description = '<script>alert(1)</script> said no'
      return provider.interactionFinished(request, response, { error: 'access_denied', error_description })
    }
    if (prompt.name === 'login') {
      return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
    }
    const grant = new provider.Grant({
      accountId: session?.accountId ?? '',
      clientId: String(params.client_id),
    })
    grant.addOIDCScope(String(params.scope))
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
  })
  return pool
}

/** The relying party on a server of its own, with a clock that can be moved. */
async function served(t: Test) {
  const app = Fastify()
  await app.register(formbody)
  const refusals: Refusal[] = []
  const offset = { ms: 0 }
  const clients: RelyingPartyClient[] = []
  const service = {
    base: '',
    clock: { now: () => Date.now() + offset.ms },
    chance: { bytes: randomBytes, uuid: randomUUID },
    recorder: { refused: (refusal: Refusal) => refusals.push(refusal) } as unknown as Recorder,
  }
  const letIn = async ({ clientId }: RelyingPartyClient) => {
    const index = clients.findIndex(client => client.clientId === clientId)
    clients[index] = { ...(clients[index] as RelyingPartyClient), redirectUri: callback }
  }
  const sessions = appSessionsIn({ store: memoryStore(service.clock), clock: service.clock })
  relyingParty(app, { service, fetch, apps: async () => clients, letIn, sessions })
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://localhost:${(app.server.address() as AddressInfo).port}`
  service.base = base
  const callback = `${base}/_rockpool/app/callback`
  const pool = await plainPool(t, callback)
  const { issuer } = pool
  const known = {
    poolName: 'plain',
    poolId: 'plain',
    issuer,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    domainUrl: issuer,
    scopes: ['openid', 'email'],
  }
  const publicClient = {
    ...known,
    clientId: 'public',
    clientName: 'Web app',
    redirectUri: callback,
    signOutUri: `${base}/_rockpool/app`,
  }
  const confidential = {
    ...known,
    clientId: 'confidential',
    clientName: 'Back office',
    redirectUri: callback,
    clientSecret: secret,
  }
  const closed = { ...known, clientId: 'closed', clientName: 'Somebody’s app' }
  clients.push(publicClient, confidential, closed)
  return { app, base, callback, pool, offset, refusals, clients, publicClient, confidential, closed }
}

t.test('the whole story, in a browser without JavaScript', async t => {
  const { base, callback, pool, offset } = await served(t)
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
  })
  const complaints: string[] = []
  context.on('console', message => complaints.push(message.text()))
  const page = await context.newPage()
  const step = () => page.locator('[aria-current=step] .label').textContent()
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const heading = () => page.getByRole('heading', { level: 1 }).textContent()

  // 1, pick
  await page.goto(base)
  t.equal(page.url(), `${base}/_rockpool/app`, 'the root leads to the app')
  t.equal(await step(), 'Pick a client')
  const closed = page.getByRole('article').filter({ hasText: 'Somebody’s app' })
  t.match(await closed.textContent(), `CallbackURLs:\n  - ${callback}`, 'what a closed client lacks')
  t.strictSame(await closed.getByRole('button').allTextContents(), ['Add the callback to Somebody’s app'])
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, 'nor does the offer stick out')
  const second = await context.newPage()
  await second.goto(`${base}/_rockpool/app`)

  // 2, sign in: in two tabs, the second first
  await press('Sign in to Web app')
  await second.getByRole('button', { name: 'Sign in to Back office' }).click()

  // 3, callback
  t.equal(await step(), 'See the callback')
  const { searchParams } = new URL(page.url())
  const code = searchParams.get('code') ?? ''
  const shown = await page.locator('main').textContent()
  t.match(shown, /✓ the one this app sent/)
  t.match(shown, code.slice(0, 6))
  t.notMatch(shown, code, 'the code is not shown as a whole')
  t.match(await second.locator('main').textContent(), /Authorization\s*Basic a-secr…ient/)
  await second.getByRole('button', { name: 'Exchange the code for tokens' }).click()
  t.match(await second.locator('main').textContent(), 'Back office at plain')

  // 4, tokens
  const backTo = page.url()
  await press('Exchange the code for tokens')
  t.equal(await step(), 'Read the tokens')
  t.equal(await heading(), 'Signed in as Ada <b>Lovelace</b>', 'with what the pool says escaped')
  t.match(page.url(), /\/_rockpool\/app\?sign_in=[\w-]{12}$/, 'no token in the address')
  const idToken = page.locator('.token').filter({ has: page.getByRole('heading', { name: 'ID token' }) })
  const row = (name: string) => idToken.getByRole('row').filter({ hasText: name }).first().textContent()
  t.match(await row('custom:department'), /"Engines"\s+A custom attribute/)
  t.match(await row('iat'), /\d{10}\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/)
  t.match(await row('alg'), '"RS256"')
  t.match(await page.locator('main').textContent(), /userInfo[\s\S]*ada@example\.com/)
  t.match(await idToken.locator('.life').textContent(), /Expires in (1 h|59 min)/)
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, 'nothing sticks out')
  await page.goto(backTo)
  t.equal(await step(), 'Read the tokens', 'the callback, loaded again, redeems nothing')

  // 5, refresh and sign out
  const accessToken = page
    .locator('.token')
    .filter({ has: page.getByRole('heading', { name: 'Access token' }) })
  const raw = await accessToken.locator('pre').textContent()
  offset.ms = 2 * 3600_000
  await page.reload()
  t.match(await idToken.locator('.life').textContent(), /Expired 1 h( \d+ s)? ago|Expired 59 min/)
  offset.ms = 0
  await press('Refresh the tokens')
  t.equal(await step(), 'Refresh, sign out')
  t.match(await page.locator('.lead').textContent(), 'after 1 refresh')
  t.not(await accessToken.locator('pre').textContent(), raw)
  await press('Refresh the tokens')
  t.match(await page.locator('.lead').textContent(), 'after 2 refreshes', 'with the token that came last')
  await press('Sign out')
  t.strictSame(pool.loggedOut, [
    `?client_id=public&logout_uri=${encodeURIComponent(`${base}/_rockpool/app`)}`,
  ])
  await page.goto(`${base}/_rockpool/app?pick=1`)
  const after = await page.locator('main').textContent()
  t.notMatch(after, 'Web app at plain', 'the app has forgotten it')
  t.match(after, /Back office at plain\s+has tokens/, 'and nothing else')

  // A client without a sign-out URL
  await page.getByRole('link', { name: 'Back office at plain' }).click()
  await press('Sign out')
  t.match(await page.getByRole('status').textContent(), `LogoutURLs: [${base}/_rockpool/app]`)
  t.equal(pool.loggedOut.length, 1)

  // The pool refuses
  pool.refuse = true
  await context.clearCookies({ domain: 'localhost', name: /^_/ })
  await press('Sign in to Web app')
  t.equal(await heading(), 'The pool sent you back without a code')
  const alert = page.getByRole('alert')
  t.match(await alert.textContent(), /access_denied <script>alert\(1\)<\/script> said no/)
  t.equal(await alert.getByRole('link').getAttribute('href'), '/_rockpool/flights')
  t.strictSame(complaints, [], 'the content security policy stops nothing of ours')
  await context.close()
})

/** A browser as far as cookies go. */
function visitor() {
  const jar = new Map<string, string>()
  return async function visit(url: string | URL, form?: URLSearchParams): Promise<Response> {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
}

/** Follows redirects until one leads to `goal`; answers where. */
async function follow(visit: ReturnType<typeof visitor>, from: URL, goal: string): Promise<URL> {
  let url = from
  for (let hops = 0; hops < 10; hops++) {
    const location = (await visit(url)).headers.get('location')
    if (location === null) break
    url = new URL(location, url)
    if (url.href.startsWith(goal)) return url
  }
  throw new Error(`${url} does not lead to ${goal}`)
}

const fieldOf = (html: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

/** The form fields of a visitor who has opened the app. */
async function opened(base: string) {
  const visit = visitor()
  const _csrf = fieldOf(await (await visit(`${base}/_rockpool/app`)).text(), '_csrf')
  const post = (action: string, fields: Record<string, string>) =>
    visit(`${base}/_rockpool/app/${action}`, new URLSearchParams({ _csrf, ...fields }))
  return { visit, post, _csrf }
}

t.test('what is sent to a pool, and what is held against its answer', async t => {
  const { base, callback, refusals } = await served(t)
  const { visit, post } = await opened(base)
  const start = async () =>
    new URL((await post('sign-in', { client_id: 'public', scope: 'openid' })).headers.get('location') ?? '')
  const one = await start()
  t.match(Object.fromEntries(one.searchParams), {
    client_id: 'public',
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid',
    code_challenge_method: 'S256',
    code_challenge: /^[\w-]{43}$/,
    state: /^[\w-]{43}$/,
    nonce: /^[\w-]{43}$/,
  })
  const two = await start()
  for (const name of ['state', 'nonce', 'code_challenge']) {
    t.not(one.searchParams.get(name), two.searchParams.get(name), `${name} is new each time`)
  }

  const back = await follow(visit, one, callback)
  const arrived = await (await visit(back)).text()
  const sign_in = fieldOf(arrived, 'sign_in')

  t.test('an answer for another browser is refused', async t => {
    const stranger = await visitor()(back)
    t.equal(stranger.status, 400)
    t.match(await stranger.text(), 'belongs to no sign-in that was begun in this browser')
    const forged = await visit(`${callback}?code=x&state=forged`)
    t.equal(forged.status, 400)
    t.equal((await visit(`${callback}?code=x`)).status, 400)
    t.strictSame(
      refusals.splice(0).map(({ code }) => code),
      ['unknown_state', 'unknown_state', 'unknown_state'],
    )
  })

  t.test('the code of another sign-in does not pass', async t => {
    const other = await follow(visit, two, callback)
    const swapped = new URL(other)
    swapped.searchParams.set('code', back.searchParams.get('code') ?? '')
    const id = fieldOf(await (await visit(swapped)).text(), 'sign_in')
    t.not(id, sign_in)
    const answer = await post('exchange', { sign_in: id })
    t.equal(answer.status, 303)
    const page = await (await visit(new URL(answer.headers.get('location') ?? '', base))).text()
    t.match(page, /The code could not be exchanged[\s\S]*invalid_grant/)
    t.match(page, 'Sign in again')
  })

  t.test('pressing the button twice redeems once', async t => {
    const again = await start()
    const page = await (await visit(await follow(visit, again, callback))).text()
    const fields = { sign_in: fieldOf(page, 'sign_in') }
    const answers = await Promise.all([post('exchange', fields), post('exchange', fields)])
    for (const { status } of answers) t.equal(status, 303)
    t.match(await (await visit(`${base}/_rockpool/app?sign_in=${fields.sign_in}`)).text(), 'Signed in as Ada')
    t.equal((await post('refresh', { sign_in })).status, 400, 'what is not exchanged cannot be refreshed')
    t.equal((await post('exchange', { sign_in: 'nobody' })).status, 400)
  })
})

t.test('forms that are not ours are refused', async t => {
  const { app, base, refusals } = await served(t)
  const { visit, post, _csrf } = await opened(base)
  const fields = { client_id: 'public' }
  t.equal((await post('sign-in', { ...fields, _csrf: 'guessed' })).status, 400, 'a wrong token')
  t.equal(
    (await visitor()(`${base}/_rockpool/app/sign-in`, new URLSearchParams({ ...fields, _csrf }))).status,
    400,
    'another browser',
  )
  const other = await opened(base)
  t.equal((await other.post('sign-in', { ...fields, _csrf })).status, 400, 'the token of another browser')
  const cookie = `rockpool-app=${'a'.repeat(32)}`
  const form = await app.inject({ url: '/_rockpool/app', headers: { cookie } })
  const headers = {
    cookie,
    'content-type': 'application/x-www-form-urlencoded',
    'sec-fetch-site': 'cross-site',
  }
  const payload = `client_id=public&_csrf=${fieldOf(form.body, '_csrf')}`
  const crossSite = await app.inject({ method: 'POST', url: '/_rockpool/app/sign-in', headers, payload })
  t.equal(crossSite.statusCode, 400, 'another site')
  t.strictSame([...new Set(refusals.splice(0).map(({ code }) => code))], ['forged_form'])
  const ours = { ...headers, 'sec-fetch-site': 'same-origin' }
  t.equal(
    (await app.inject({ method: 'POST', url: '/_rockpool/app/sign-in', headers: ours, payload })).statusCode,
    302,
  )

  t.equal((await post('sign-in', { client_id: 'nobody' })).status, 400)
  t.equal((await post('sign-in', { client_id: 'closed' })).status, 400)
  t.match(
    refusals.map(({ code }) => code),
    ['unknown_client', 'callback_not_registered'],
  )

  const set = (await visitor()(`${base}/_rockpool/app`)).headers.get('set-cookie')
  t.match(set, /^rockpool-app=[\w-]{32}; Path=\/_rockpool\/app; HttpOnly; SameSite=Lax$/)
  const { headers: sent } = await visit(`${base}/_rockpool/app`)
  t.match(
    sent.get('content-security-policy'),
    /^default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;/,
  )
  t.equal(sent.get('x-frame-options'), 'DENY')
  t.equal(sent.get('referrer-policy'), 'no-referrer')
  t.equal(sent.get('cache-control'), 'no-store')
})

t.test('the app says when a pool does not answer, or is another one', async t => {
  const { base, clients, publicClient } = await served(t)
  const { post } = await opened(base)
  const nowhere = 'http://localhost:1/.well-known/openid-configuration'
  clients.push(
    { ...publicClient, clientId: 'nowhere', discoveryUrl: nowhere },
    { ...publicClient, clientId: 'elsewhere', issuer: 'https://issuer.example' },
  )
  const unreachable = await post('sign-in', { client_id: 'nowhere' })
  t.equal(unreachable.status, 502)
  t.match(await unreachable.text(), `Open ${nowhere}`)
  const elsewhere = await post('sign-in', { client_id: 'elsewhere' })
  t.equal(elsewhere.status, 502)
  t.match(await elsewhere.text(), 'the document is that of the issuer')
})

t.test('the snippets work as they are pasted', async t => {
  const { publicClient, confidential } = await served(t)
  for (const client of [publicClient, confidential]) {
    const [openidClient] = snippetsFor(client)
    const code = openidClient?.code ?? ''
    const mark = '// At the callback'
    const [before, after] = code.split(mark)
    const visit = visitor()
    Object.assign(globalThis, { followed: (url: URL) => follow(visit, url, snippetCallback) })
    const folder = t.testdir({
      [`${client.clientId}.mjs`]: `${before}\nconst currentUrl = await followed(signIn)\n${mark}${after}\nexport const claims = tokens.claims()`,
    })
    const { claims } = await import(
      `${pathToFileURL(`${folder}/${client.clientId}.mjs`).href}?${client.clientId}`
    )
    t.match(claims, { sub: 'ada', aud: client.clientId }, `openid-client, ${client.clientName}`)
  }
})

t.test('two pools, one federating to the other, as a newcomer meets them', async t => {
  const { baseUrl: base } = await aRockpool(t)
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const main = () => page.locator('main').textContent()

  await page.goto(`${base}/_rockpool/app`)
  const machine = page.getByRole('article').filter({ hasText: 'batch-job' })
  t.equal(await machine.count(), 0, 'a client for machines signs nobody in')
  await press('Sign in to web-app')
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.locator('#signInFormUsername').fill('marco')
  await page.locator('#signInFormPassword').fill('Anemone-4-Marco!')
  await press('Sign in')
  await press('Exchange the code for tokens')
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Signed in as Marco Stone')
  t.match(await main(), /"providerName": ?"CorporateID"[\s\S]*Who vouched for the user/)
  t.match(await main(), /custom:department\s*"Lighthouses"/)
  t.match(await main(), /userInfo[\s\S]*email_verified\s*"true"/, 'a text in userInfo')
  const accessToken = page
    .locator('.token')
    .filter({ has: page.getByRole('heading', { name: 'Access token' }) })
  const token = (await accessToken.locator('pre').textContent()) ?? ''

  await page.getByRole('link', { name: 'Sign in to another client' }).click()
  const webApp = page.getByRole('article').filter({ hasText: 'web-app' })
  const snippet = await webApp
    .getByText('aws-jwt-verify')
    .locator('xpath=ancestor::section[1]')
    .locator('pre')
    .textContent()
  const folder = t.testdir({ 'api.mjs': `const accessToken = '${token}'\n${snippet}\nexport { claims }` })
  const { claims } = await import(pathToFileURL(`${folder}/api.mjs`).href)
  t.match(claims.username, /^corporateid_/, 'the snippet for an API verifies the access token')
  await page.getByRole('link', { name: 'web-app at oidc-pool-1' }).click()

  await press('Refresh the tokens')
  t.match(await main(), 'after 1 refresh')
  t.not(await accessToken.locator('pre').textContent(), token)
  await press('Sign out')
  t.equal(page.url(), `${base}/_rockpool/app`)
  t.match(await page.getByRole('status').textContent(), 'oidc-pool-1 has ended its session')
  await press('Sign in to web-app')
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  t.match(await main(), 'The pool sent you back with a code', 'the other pool’s session has survived')

  const reason = 'error=invalid_request&error_description=attributes+required%3A+%5Bemail%5D'
  await page.goto(`${base}/_rockpool/app/callback?${reason}`)
  t.match(await page.getByRole('alert').textContent(), 'invalid_request, attributes required: [email]')
  await page.goto(`${base}/_rockpool/app/callback?error=x&state=forged`)
  await page.getByRole('alert').getByRole('link').click()
  t.match(page.url(), /\/_rockpool\/flights/)
})

t.test('a link begins a sign-in, and any client can be tried', async t => {
  const { baseUrl: base, pools } = await aRockpool(t)
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const signIn = (client: string) => `${base}/_rockpool/app/launch?client_id=${client}`
  const fill = async () => {
    await page.locator('#signInFormUsername').fill('marco')
    await page.locator('#signInFormPassword').fill('Anemone-4-Marco!')
    await press('Sign in')
  }

  await page.goto(signIn('2directappatpool2clientid0'))
  await fill()
  await press('Exchange the code for tokens')
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Signed in as Marco Stone')

  const closed = pools[1]?.clients.find(({ name }) => name === 'federation-from-pool-1')
  await page.goto(signIn(closed?.id ?? ''))
  t.match(page.url(), '?pick=', 'a client that does not know the app is shown')
  t.match(
    await page.getByRole('article').first().textContent(),
    'federation-from-pool-1',
    'before the others',
  )
  await press('Add the callback to federation-from-pool-1')
  await press('Sign in to federation-from-pool-1')
  t.match(await page.locator('main').textContent(), 'The pool sent you back with a code')
  await press('Exchange the code for tokens')
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Signed in as Marco Stone')
  await press('Sign out')
  t.equal(page.url(), `${base}/_rockpool/app`, 'the sign-out URL was added too')

  const elsewhere = await fetch(signIn(closed?.id ?? ''), {
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  t.match(elsewhere.headers.get('location'), '?pick=', 'a page of another site begins nothing')
  const forged = new URLSearchParams({ client_id: closed?.id ?? '', _csrf: 'guessed' })
  const { status } = await fetch(`${base}/_rockpool/app/let-in`, { method: 'POST', body: forged })
  t.equal(status, 400, 'and registers nothing')
})

t.test('what a pool dropped, and why one refused, is told by the recorder', async t => {
  const seed = parse(await readFile('fixtures/two-pools.yaml', 'utf8')) as {
    UserPools: { PoolName: string; Clients: Record<string, unknown>[] }[]
  }
  const webApp = seed.UserPools.find(({ PoolName }) => PoolName === 'oidc-pool-1')?.Clients.find(
    ({ ClientName }) => ClientName === 'web-app',
  )
  Object.assign(webApp ?? {}, { WriteAttributes: ['email', 'given_name', 'family_name'] })
  const lines: string[] = []
  const { baseUrl: base } = await aRockpool(t, { seed, log: line => lines.push(line) })
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const fits = async () =>
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), page.url())

  await page.goto(`${base}/_rockpool/app`)
  await page.getByText('Connect your own app').first().click()
  const code = page.locator('.snippet pre').first()
  await page.locator('.snippet .copy').first().click()
  t.equal(await page.evaluate('navigator.clipboard.readText()'), await code.textContent())
  const clipped = 'e => e.scrollWidth > e.clientWidth'
  t.notOk(await code.evaluate(`(${clipped})`), 'code does not clip')
  await fits()
  await press('Sign in to web-app')
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.locator('#signInFormUsername').fill('marco')
  await page.locator('#signInFormPassword').fill('Anemone-4-Marco!')
  await press('Sign in')
  await press('Exchange the code for tokens')
  const dropped = page.locator('.dropped')
  await dropped.getByText('not written').click()
  t.match(
    await dropped.textContent(),
    /custom:department.*Client web-app may not write custom:department\. Add custom:department to WriteAttributes/,
  )
  await fits()
  await dropped.getByRole('link').click()
  t.match(await page.locator('main').textContent(), /dropped.*may not write custom:department/)
  const warnings = lines.filter(line => /^Warning.*custom:department is skipped/.test(line))
  t.equal(warnings.length, 1)

  await page.goto(
    `${base}/oidc-pool-1/login?client_id=1webappatpool1clientid0000&response_type=code&redirect_uri=${encodeURIComponent('https://app.example/callback')}`,
  )
  t.ok((await page.locator('.values li').count()) > 5, 'a list is a list')
  t.equal(await page.locator('.seedLine pre').textContent(), '- https://app.example/callback')
  t.match(await page.locator('.seedLine').textContent(), 'CallbackURLs of client web-app')
  await page.locator('.seedLine .copy').click()
  t.equal(await page.evaluate('navigator.clipboard.readText()'), '- https://app.example/callback')
  await fits()
  await page.goto(`${base}/_rockpool/app`)
})

t.test('an error at the callback says why', async t => {
  const { baseUrl: base, operations } = await aRockpool(t)
  const jar = aBrowser()
  const begun = await jar.get(`${base}/_rockpool/app/launch?client_id=1webappatpool1clientid0000`)
  const request = new URL(begun.headers.get('location') ?? '')
  request.searchParams.set('scope', 'openid nonsense')
  const { page } = await jar.follow(request.href, 'nowhere')
  t.match(page?.text, /may not ask for the scope &quot;nonsense&quot;/)
  t.match(page?.text, /<pre tabindex="0">- nonsense<\/pre>/)
  t.match(page?.text, `/_rockpool/flights/${operations.flights()[0]?.id}`)
})

t.test('what is remembered is bounded', async t => {
  const clock = { now: () => 0 }
  const browsers = browsersIn(appSessionsIn({ store: memoryStore(clock), clock }))
  const begun = (id: string) =>
    browsers.change('one', known => withSignIn(known, { id } as Parameters<typeof withSignIn>[1]))
  await Promise.all(Array.from({ length: 10 }, (_, index) => begun(`first-${index}`)))
  for (let index = 0; index < 11; index++) await begun(`later-${index}`)
  const { signIns = [] } = (await browsers.find('one')) ?? {}
  t.equal(signIns.length, 12)
  t.equal(signIns.filter(({ id }) => id.startsWith('later-')).length, 11, 'the oldest make room')
  t.equal(await browsers.find('two'), undefined)
})
