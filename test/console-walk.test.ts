import type { BrowserContext, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium } from './support/chromium.js'
import { aRockpool } from './support/rockpool.js'

const chromium = await launchChromium()
t.teardown(() => chromium.close())

/** Who clicks: a page of a real browser, at a Rockpool without pools. */
async function aClicker(t: Test) {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, keys: 'recycled' })
  const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } })
  t.teardown(() => context.close())
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const home = `${rockpool.baseUrl}/_rockpool/`
  await page.goto(home)
  return { rockpool, context, page, home, tabs: new Map<string, string>(), ...fingers(page) }
}

const fingers = (page: Page) => ({
  press: (name: string | RegExp) => page.getByRole('button', { name }).first().click(),
  follow: (name: string | RegExp) => page.getByRole('link', { name }).first().click(),
  fill: (label: string | RegExp, text: string) => page.getByLabel(label).first().fill(text),
  tick: (label: string | RegExp) => page.getByLabel(label).first().check(),
  untick: (label: string | RegExp) => page.getByLabel(label).first().uncheck(),
  text: async () => (await page.textContent('main')) ?? '',
})

type Clicker = Awaited<ReturnType<typeof aClicker>>

/** A user of pool 2, who has a temporary password. */
async function createJane(clicker: Clicker): Promise<void> {
  const { follow, fill, tick, press } = clicker
  await openTab(clicker, 'oidc-pool-2', 'Users')
  await follow('Create user')
  await fill('Username', 'jane')
  await fill('E-mail', 'jane@example.com')
  await tick(/^Mark email as verified/)
  await fill('Temporary password', 'Welcome-2-Rockpool!')
  await press('Create user')
}

async function createPool({ page, home, press, follow, fill }: Clicker, name: string): Promise<void> {
  await page.goto(home)
  await follow('User pools')
  await follow('Create user pool')
  await fill('Pool name', name)
  await press('Create pool')
}

/** “User pools”, the pool, and one of its tabs: by clicking, the first time. */
async function openTab({ page, home, tabs, follow }: Clicker, pool: string, tab: string): Promise<void> {
  const known = tabs.get(`${pool} ${tab}`)
  if (known !== undefined) {
    await page.goto(known)
    return
  }
  await page.goto(home)
  await follow('User pools')
  await page.getByRole('main').getByRole('link', { name: pool, exact: true }).click()
  const link = page
    .getByRole('navigation', { name: `Pool ${pool}` })
    .getByRole('link', { name: tab, exact: true })
  tabs.set(`${pool} ${tab}`, new URL((await link.getAttribute('href')) ?? '', home).href)
  await link.click()
}

/** The client of the app: the built-in one. */
async function createAppClient(clicker: Clicker): Promise<void> {
  const { rockpool, press, fill, tick } = clicker
  await fill('App client name', 'web-app')
  await press('Create app client')
  await tick(/^Cognito user pool/)
  await fill('Callback URLs', `${rockpool.baseUrl}/_rockpool/app/callback`)
  await tick(/^Authorization code grant/)
  for (const scope of ['openid', 'email', 'profile']) await tick(scope)
  await press('Save settings')
}

async function launchHostedUi({ page, context }: { page: Page; context: BrowserContext }): Promise<Page> {
  const opened = context.waitForEvent('page')
  await page.getByRole('link', { name: 'Launch Hosted UI' }).first().click()
  const shown = await opened
  await shown.waitForLoadState()
  return shown
}

t.test('the whole post from two empty pools, by clicking, and five ways to break it', async t => {
  const clicker = await aClicker(t)
  const { page, context, home, press, follow, fill, tick, untick, text } = clicker
  const complaints: string[] = []
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))

  // Pool 1, with an app client and a domain.
  await createPool(clicker, 'oidc-pool-1')
  await createAppClient(clicker)
  await openTab(clicker, 'oidc-pool-1', 'Domain')
  await fill('Domain prefix', 'Not A Prefix')
  await press('Create domain')
  t.match(await page.locator('.mistake').textContent(), /no prefix/, 'a mistake is told at its field')
  await fill('Domain prefix', 'pool-one')
  await press('Create domain')

  // Pool 2 in two clicks and a name, with a user who has a temporary password.
  await createPool(clicker, 'oidc-pool-2')
  await createJane(clicker)

  // One action for all that both pools have to know of one another.
  await openTab(clicker, 'oidc-pool-1', 'Identity providers')
  await page.getByLabel('The other pool').selectOption({ index: 0 })
  await fill('Provider name', 'CorporateID')
  await press('Federate')
  const done = await text()
  t.match(done, /Gave it the domain oidc-pool-2-/)
  t.match(done, /Made the app client oidc-pool-1/)
  t.match(done, /mapped .*email/)
  t.match(done, /Let the client web-app offer CorporateID/)

  await follow('Attribute mapping')
  await fill('ID token, or userInfo as JSON', '{"sub": "abc", "email": "pat@example.com"}')
  await press('Try it')
  t.match(
    await text(),
    /A new user: corporateid_abc.*pat@example\.com/s,
    'the mapping is tried as a sign-in would',
  )
  t.match(await text(), /email_verified.*dropped/s, 'and what was not sent is said')

  // Through both pools, as the new user.
  await openTab(clicker, 'oidc-pool-1', 'App clients')
  const signIn = await launchHostedUi({ page, context })
  const there = fingers(signIn)
  await signIn.locator('[data-provider=CorporateID]').click()
  await signIn.waitForURL(/oidc-pool-2-[^/]*\/login/)
  await there.fill('Username', 'jane')
  await signIn.locator('input[type=password]').first().fill('Welcome-2-Rockpool!')
  await signIn.locator('button[type=submit]').first().click()
  await signIn.locator('input[name=new_password]').waitFor()
  for (const input of await signIn.locator('input[type=password]').all()) await input.fill('Anemone-4-Jane!')
  await signIn.locator('button[type=submit]').first().click()
  await signIn.waitForURL(/_rockpool\/app/)
  await openTab(clicker, 'oidc-pool-1', 'Users')
  t.match(await text(), /corporateid_/i, 'the new user is in pool 1')
  t.match(await text(), /EXTERNAL_PROVIDER/)

  // The doctor finds nothing that has to be mended.
  await page.goto(`${home}doctor`)
  t.notMatch(await text(), /error|warning/, 'all is well')

  await breaks(t, clicker, { tick, untick })
  t.strictSame(
    complaints.filter(text => !/40[0-9]/.test(text)),
    [],
    'the browser has nothing to complain about',
  )
})

/** Signs in once more, as a browser that nobody knows, and answers what the flight's refusals say. */
async function flightOf({ rockpool }: Clicker): Promise<string> {
  const jane = { username: 'jane', password: 'Anemone-4-Jane!' }
  const signIn = { pool: 'oidc-pool-1', client: 'web-app', provider: 'CorporateID', ...jane }
  // Where the provider refuses its client, or an address is not the pool's, the sign-in has no end: the flight says why.
  await rockpool.operations.signIn(signIn).catch(() => {})
  const flights = rockpool.operations.flights({ limit: 2 }).map(({ id }) => rockpool.operations.flight(id))
  const refusals = flights.flatMap(flight => flight?.hops.flatMap(hop => hop.refusals) ?? [])
  return refusals.map(({ because, remedy }) => `${because} ${remedy}`).join('\n')
}

async function breaks(
  t: Test,
  clicker: Clicker,
  { tick, untick }: Pick<Clicker, 'tick' | 'untick'>,
): Promise<void> {
  const { page, home, press, follow, fill, text } = clicker
  const provider = async () => {
    await openTab(clicker, 'oidc-pool-1', 'Identity providers')
    await follow('CorporateID')
  }
  const details = async (label: string, value: string) => {
    await provider()
    await fill(label, value)
    await press('Save details')
  }
  const explained = async (what: string, said: RegExp, flight: RegExp) => {
    await page.goto(`${home}doctor`)
    t.match(await text(), said, `the doctor explains ${what}`)
    t.match(await flightOf(clicker), flight, `the flight explains ${what}`)
  }
  const value = async (label: string) => {
    await provider()
    return page.getByLabel(label).first().inputValue()
  }

  await provider()
  await fill('Claim for email', '')
  await press('Save mapping')
  // The user who is there is known already, and would be let in.
  await openTab(clicker, 'oidc-pool-1', 'Users')
  await follow(/corporateid_/i)
  await page.getByText('Delete user…').click()
  await press('Delete user')
  t.match(await text(), /was deleted/)
  await explained(
    'the mapping',
    /email is required in this pool, and no claim of CorporateID is mapped to it/,
    /The pool requires email, and CorporateID delivered no value for it.*Map it in AttributeMapping of CorporateID/,
  )
  await provider()
  await fill('ID token, or userInfo as JSON', '{"sub": "new", "email": "new@example.com"}')
  await press('Try it')
  t.match(await text(), /attributes required: \[email\]/, 'trying explains the mapping')
  await fill('Claim for email', 'email')
  await press('Save mapping')

  const issuer = await value('Issuer')
  const scopes = await value('Authorize scopes')
  await details('Authorize scopes', 'openid email phone')
  await explained('the scope', /asks oidc-pool-2 for phone/, /phone/)
  await details('Authorize scopes', scopes)

  await openTab(clicker, 'oidc-pool-1', 'App clients')
  await follow('web-app')
  await untick('CorporateID')
  await press('Save settings')
  await explained('the provider', /Login option is not available/, /SupportedIdentityProviders/)
  await openTab(clicker, 'oidc-pool-1', 'App clients')
  await follow('web-app')
  await tick('CorporateID')
  await press('Save settings')

  const other = issuer.replace('localhost', '127.0.0.1')
  await details('Issuer', other)
  await explained('the issuer', /they are compared as text|the pool/, /issuer/)
  await details('Issuer', issuer)

  await details('Client secret', 'not-the-secret')
  await explained('the secret', /is not the secret of the client oidc-pool-1 of oidc-pool-2/, /client_secret/)
}

t.test('the post step by step: each pool, client, domain, provider and mapping by hand', async t => {
  const clicker = await aClicker(t)
  const { page, context, press, follow, fill, tick, text } = clicker
  const copied = (term: string) =>
    page
      .locator('.facts > div', { has: page.getByText(term, { exact: true }) })
      .locator('code')
      .first()
      .innerText()

  // Pool 1 with its app and domain: the provider will have to know its callback.
  await createPool(clicker, 'oidc-pool-1')
  await createAppClient(clicker)
  await openTab(clicker, 'oidc-pool-1', 'Domain')
  await fill('Domain prefix', 'pool-one')
  await press('Create domain')
  const callback = await copied('Callback for providers')

  // Pool 2, the provider: a domain, a client with a secret, and a user.
  await createPool(clicker, 'oidc-pool-2')
  await openTab(clicker, 'oidc-pool-2', 'Domain')
  await fill('Domain prefix', 'pool-two')
  await press('Create domain')
  await openTab(clicker, 'oidc-pool-2', 'App clients')
  await fill('App client name', 'oidc-pool-1')
  await tick(/^Generate a client secret/)
  await press('Create app client')
  await tick(/^Cognito user pool/)
  await fill('Callback URLs', callback)
  await tick(/^Authorization code grant/)
  for (const scope of ['openid', 'email', 'profile']) await tick(scope)
  await press('Save settings')
  const clientId = await copied('Client id')
  await page.getByRole('link', { name: 'Show', exact: true }).click()
  const secret = await copied('Client secret')
  await createJane(clicker)
  await openTab(clicker, 'oidc-pool-2', 'Overview')
  const issuer = await copied('Issuer')

  // Pool 1 learns of pool 2: discovery first, then the provider, its mapping, and the app that offers it.
  await openTab(clicker, 'oidc-pool-1', 'Identity providers')
  await page.getByRole('link', { name: 'OpenID Connect', exact: true }).click()
  t.equal(await copied('Redirect URI'), callback, 'the form says what the provider has to know')
  await fill('Provider name', 'CorporateID')
  await fill('Client ID', clientId)
  await fill('Client secret', secret)
  await fill('Authorize scopes', 'openid email profile groups')
  await fill('Issuer', issuer)
  await press('Run discovery')
  t.match(await text(), /found.*token_url.*\/oauth2\/token/s, 'discovery shows what is found')
  t.match(await text(), /Not offered\s*groups/, 'and what is missing')
  await fill('Client secret', secret)
  await fill('Authorize scopes', 'openid email profile')
  await press('Create provider')
  await fill('Claim for email', 'email')
  await press('Save mapping')
  await openTab(clicker, 'oidc-pool-1', 'App clients')
  await follow('web-app')
  await tick('CorporateID')
  await press('Save settings')

  const signIn = await launchHostedUi({ page, context })
  await signIn.locator('[data-provider=CorporateID]').click()
  await signIn.waitForURL(/pool-two\/login/)
  await signIn.getByLabel('Username').first().fill('jane')
  await signIn.locator('input[type=password]').first().fill('Welcome-2-Rockpool!')
  await signIn.locator('button[type=submit]').first().click()
  await signIn.locator('input[name=new_password]').waitFor()
  for (const input of await signIn.locator('input[type=password]').all()) await input.fill('Anemone-4-Jane!')
  await signIn.locator('button[type=submit]').first().click()
  await signIn.waitForURL(/_rockpool\/app/)
  await openTab(clicker, 'oidc-pool-1', 'Users')
  await follow(/corporateid_/i)
  t.match(
    await text(),
    /EXTERNAL_PROVIDER[\s\S]*jane@example\.com[\s\S]*CorporateID/,
    'the new user is in pool 1',
  )
})

t.test('pages of the walk fit narrow screens, and forms say what they are as code', async t => {
  const clicker = await aClicker(t)
  const { page, press, fill, tick, text } = clicker
  await createPool(clicker, 'reef')
  await createAppClient(clicker)
  t.match(await text(), /update-user-pool-client/)
  t.match(await text(), /aws_cognito_user_pool_client/)
  await page.setViewportSize({ width: 390, height: 844 })
  const folder = process.env.SCREENSHOTS
  const paths = [
    'clients',
    'domain',
    'providers',
    'providers/new?type=OIDC',
    'providers/new?type=SAML',
    'code',
  ]
  const pool = /pools\/[^/]+/.exec(page.url())?.[0]
  for (const path of [...paths.map(one => `${pool}/${one}`), 'pools/new', 'doctor']) {
    for (const width of folder === undefined ? [390] : [1280, 390]) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`${clicker.home}${path}`)
      t.ok(
        ((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width,
        `${path} fits ${width} pixels`,
      )
      if (folder !== undefined)
        await page.screenshot({ path: `${folder}/${path.replace(/\W+/g, '-')}-${width}.png`, fullPage: true })
    }
  }
  await page.goto(`${clicker.home}pools/new`)
  await fill('Pool name', 'shown')
  await tick('birthdate')
  await press('Show as code')
  t.match(await text(), /CreateUserPoolCommand.*birthdate/s)
  await page.goto(`${clicker.home}${pool}/providers/new?type=OIDC`)
  await fill('Issuer', 'http://127.0.0.1:9')
  await press('Run discovery')
  t.match(await text(), /does not answer at http:\/\/127\.0\.0\.1:9/)
})
