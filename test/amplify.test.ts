import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { configurationFor } from '../src/cli/env.js'
import { seedOf } from '../src/config/seed/read.js'
import { launchChromium, trusting } from './support/chromium.js'
import { authorityOf, freePort } from './support/https.js'
import { aRockpool } from './support/rockpool.js'
import { aServedApp } from './support/served-app.js'

const password = 'Anemone-4-Marco!'
const temporary = 'Welcome-2-Rockpool!'

/** An app on a port of its own, made with Amplify and configured as `rockpool env` says. */
async function anApp(t: Test, where: { baseUrl: string; awsAddresses: boolean }) {
  const { origin, serve } = await aServedApp(t)
  const seed = seedFor(origin)
  const configured = await configurationFor([seedOf(seed)], { ...where, client: 'web', format: 'amplify' })
  await serve(`${await readFile('test/support/amplify-app.js', 'utf8')}\n${configured}`)
  return { origin, seed }
}

/** `shop` federates to `staff`; the app's own pages are its callback. */
const seedFor = (origin: string) => ({
  UserPools: [
    {
      PoolName: 'shop',
      Id: 'us-east-1_ShopPool0',
      Domain: 'shop',
      IdentityProviders: [
        {
          ProviderName: 'Staff',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: 'shopatstaff0id',
            client_secret: `\${pools.staff.clients.shop.secret}`,
            authorize_scopes: 'openid email',
            attributes_request_method: 'GET',
            oidc_issuer: `\${pools.staff.issuer}`,
          },
          AttributeMapping: { email: 'email' },
        },
      ],
      Clients: [
        {
          ClientName: 'web',
          ClientId: 'web0id',
          CallbackURLs: [`${origin}/`],
          LogoutURLs: [`${origin}/`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
          SupportedIdentityProviders: ['COGNITO', 'Staff'],
          ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          UserAttributes: { email: 'marco@shop.example', email_verified: true },
        },
      ],
    },
    {
      PoolName: 'staff',
      Domain: 'staff',
      Clients: [
        {
          ClientName: 'shop',
          ClientId: 'shopatstaff0id',
          GenerateSecret: true,
          CallbackURLs: [`\${pools.shop.domain}/oauth2/idpresponse`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
      Users: [
        {
          Username: 'jane',
          TemporaryPassword: temporary,
          UserAttributes: { email: 'jane@staff.example', email_verified: true },
        },
      ],
    },
  ],
})

const signInOnPage = async (page: Page, username: string, secret: string) => {
  await page.locator('#signInFormUsername').fill(username)
  await page.locator('#signInFormPassword').fill(secret)
  await page.locator('[name=signInSubmitButton]').click()
}

/** What an Amplify app does, from the first visit to signing out, for a local user and for one of another pool. */
async function wholeStory(t: Test, page: Page, origin: string, seen: { refreshes: number }) {
  const back = async (event: string) => {
    await page.waitForURL(`${origin}/**`)
    await page.waitForFunction(event => document.title.split(' ').includes(event), event)
  }
  // biome-ignore lint/suspicious/noExplicitAny: whatever the page says
  const call = (code: string): Promise<any> => page.evaluate(code)

  await page.goto(origin)
  await call('void signIn()')
  await signInOnPage(page, 'marco', password)
  await back('signInWithRedirect')
  t.match(
    await call('user()'),
    { username: 'marco' },
    'no provider named means COGNITO: a user of the pool itself',
  )
  t.match(await call('attributes()'), { email: 'marco@shop.example' })
  const before = await call('session()')
  const after = await call('refresh()')
  t.not(after.accessToken, before.accessToken)
  t.equal(after.access.origin_jti, before.access.origin_jti)
  await call("document.title = 'leaving'; void signOut()")
  await back('ready')
  t.match(await call('user().catch(({ name }) => name)'), 'UserUnAuthenticatedException')

  await call("void signIn({ provider: { custom: 'Staff' } })")
  await signInOnPage(page, 'jane', temporary)
  await page.locator('[name=new_password]').fill('Kingfisher-7-Jane!')
  await page.locator('[name=confirm_password]').fill('Kingfisher-7-Jane!')
  await page.locator('[name=newPasswordSubmitButton]').click()
  await back('signInWithRedirect')
  const session = await call('session()')
  t.match(session.id, { email: 'jane@staff.example', identities: [{ providerName: 'Staff' }] })
  t.match(session.access.username, /^staff_/i)
  const refreshed = await call('refresh()')
  t.not(refreshed.accessToken, session.accessToken)
  t.match(refreshed.id, { email: 'jane@staff.example' })
  t.equal(seen.refreshes, 2, 'by GetTokensFromRefreshToken')
  await call("document.title = 'leaving'; void signOut()")
  await back('ready')
  t.match(await call('session().catch(String)'), /TypeError/, 'there are no tokens any more')
  return session
}

/** A browser that trusts this authority; `names` are what its resolver is told. */
async function aPage(t: Test, ca: string, ...names: string[]) {
  const chromium = await launchChromium(trusting(ca), ...names)
  t.teardown(() => chromium.close())
  const page = await chromium.newPage()
  const seen = { refreshes: 0, insecure: [] as string[] }
  page.on('request', request => {
    if (request.headers()['x-amz-target']?.endsWith('.GetTokensFromRefreshToken')) seen.refreshes += 1
    if (request.url().startsWith('http:')) seen.insecure.push(new URL(request.url()).origin)
  })
  return { page, seen }
}

for (const scheme of ['https', 'http'])
  t.test(`Amplify in a browser, where the base URL is ${scheme}`, async t => {
    const port = await freePort()
    const baseUrl = `${scheme}://localhost:${port}`
    const { origin, seed } = await anApp(t, { baseUrl, awsAddresses: false })
    const rockpool = await aRockpool(t, { port, baseUrl, seed })
    const { page, seen } = await aPage(t, await authorityOf(rockpool))
    const { id } = await wholeStory(t, page, origin, seen)
    t.equal(id.iss, `${baseUrl}/us-east-1_ShopPool0`)
    const insecure = scheme === 'https' ? [origin] : [origin, baseUrl]
    t.strictSame([...new Set(seen.insecure)], insecure, 'all else is https')
  })

t.test('Amplify with the configuration of production, where the names of AWS lead here', async t => {
  const { origin, seed } = await anApp(t, { baseUrl: 'http://localhost', awsAddresses: true })
  const rockpool = await aRockpool(t, { awsAddresses: true, seed })
  const here = `127.0.0.1:${rockpool.address.port}`
  const { page, seen } = await aPage(
    t,
    await authorityOf(rockpool),
    `--host-resolver-rules=MAP *.amazoncognito.com:443 ${here}, MAP *.amazonaws.com:443 ${here}`,
  )
  const { id } = await wholeStory(t, page, origin, seen)
  t.equal(id.iss, 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_ShopPool0')
  t.strictSame([...new Set(seen.insecure)], [origin], 'all but the app itself is https')
})
