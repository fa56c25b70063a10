import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchChromium } from './support/chromium.js'
import { signingKeys } from './support/keys.js'
import { aRockpool, poolAndClient } from './support/rockpool.js'
import { aServedApp } from './support/served-app.js'

// Apps of one page, with the libraries that people use, unpatched, in a real browser. The pool federates to another one; the
// user signs in through it, out, and in again. The domain is once at its path and once at its host name.

const password = 'Anemone-4-Marco!'
const [keysOfOne, keysOfTwo] = await Promise.all([signingKeys(), signingKeys()])
const chromium = await launchChromium()
t.teardown(() => chromium.close())

/** A reference, as a seed has it. */
const reference = (name: string) => `\${${name}}`

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
        {
          ClientName: 'spa',
          CallbackURLs: [`${origin}/`],
          LogoutURLs: [`${origin}/bye`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: ['COGNITO', 'Corporate'],
        },
      ],
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
      Users: [
        {
          Username: 'ada',
          Password: password,
          UserAttributes: { email: 'ada@two.example', email_verified: true },
        },
      ],
    },
  ],
})

/** Where the pool of an app is, as the app is configured. */
interface Addresses {
  readonly issuer: string
  readonly domain: string
  readonly clientId: string
  readonly origin: string
}

/** An app: its module, and what it is configured with. */
interface App {
  readonly name: string
  readonly module: string
  /** With the discovery document, which has the domain at its path; or with each endpoint, at whatever host. */
  readonly config: (addresses: Addresses, discovers: boolean) => object
  readonly signOut: (addresses: Addresses) => unknown
}

const apps: readonly App[] = [
  {
    name: 'react-oidc-context',
    module: './react-app.js',
    config: ({ issuer, domain, clientId, origin }, discovers) => ({
      authority: issuer,
      client_id: clientId,
      redirect_uri: `${origin}/`,
      response_type: 'code',
      scope: 'openid email',
      loadUserInfo: true,
      ...(discovers
        ? {}
        : {
            metadata: {
              issuer,
              authorization_endpoint: `${domain}/oauth2/authorize`,
              token_endpoint: `${domain}/oauth2/token`,
              userinfo_endpoint: `${domain}/oauth2/userInfo`,
              jwks_uri: `${issuer}/.well-known/jwks.json`,
            },
          }),
    }),
    signOut: ({ domain, clientId, origin }) =>
      `${domain}/logout?client_id=${clientId}&logout_uri=${encodeURIComponent(`${origin}/bye`)}`,
  },
  {
    name: 'angular-oauth2-oidc, not strict about discovery',
    module: './angular-app.js',
    config: ({ issuer, domain, clientId, origin }, discovers) => ({
      issuer,
      clientId,
      redirectUri: `${origin}/`,
      responseType: 'code',
      scope: 'openid email',
      requireHttps: false,
      strictDiscoveryDocumentValidation: false,
      discovers,
      ...(discovers
        ? {}
        : {
            loginUrl: `${domain}/oauth2/authorize`,
            tokenEndpoint: `${domain}/oauth2/token`,
            userinfoEndpoint: `${domain}/oauth2/userInfo`,
            logoutUrl: `${domain}/logout`,
          }),
    }),
    signOut: ({ clientId, origin }) => ({ client_id: clientId, logout_uri: `${origin}/bye` }),
  },
]

const signInButton = (page: Page) => page.getByRole('button', { name: 'Sign in', exact: true })
const accessToken = (page: Page) => page.locator('code').textContent()

/** Through the pool's page to the other pool; there, unless its session answers, by user name and password. */
async function signIn(page: Page, isKnownThere: boolean): Promise<void> {
  await signInButton(page).click()
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  if (!isKnownThere) {
    await page.locator('#signInFormUsername').fill('ada')
    await page.locator('#signInFormPassword').fill(password)
    await page.locator('[name=signInSubmitButton]').click()
  }
  await page.getByRole('heading', { name: 'Hello ada@two.example' }).waitFor()
}

async function story(t: Test, { module, config, signOut }: App, byHost: boolean): Promise<void> {
  const app = await aServedApp(t)
  const { origin } = app
  const rockpool = await aRockpool(t, { seed: pools(origin) })
  const { pool, client } = poolAndClient(rockpool, 'one', 'spa')
  const base = rockpool.baseUrl.replace('127.0.0.1', 'localhost')
  const domain = byHost ? base.replace('localhost', 'one.localhost') : pool.domainUrl
  const addresses = { issuer: pool.issuer, domain, clientId: client.id, origin }
  await app.serve(`
    globalThis.CONFIG = ${JSON.stringify(config(addresses, !byHost))}
    globalThis.SIGN_OUT = ${JSON.stringify(signOut(addresses))}
    import('${module}')
  `)
  const context = await chromium.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(origin)
  await signIn(page, false)
  const first = await accessToken(page)
  await page.getByRole('button', { name: 'Renew' }).click()
  await page.waitForFunction(`document.querySelector('code')?.textContent !== '${first}'`)
  t.match(await accessToken(page), /^eyJ/, 'the refresh token gives a new one')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${origin}/bye`)
  await page.goto(origin)
  await signInButton(page).click()
  await page.waitForURL(`${domain}/login?*`)
  t.match(page.url(), `${domain}/login?`, 'the pool asks again')
  await page.goto(origin)
  await signIn(page, true)
  t.match(await accessToken(page), /^eyJ/, 'a second time, by the session at the other pool')
}

for (const app of apps)
  for (const byHost of [false, true])
    t.test(`${app.name}, the domain by ${byHost ? 'host name' : 'path'}`, t => story(t, app, byHost))
