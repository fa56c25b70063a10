import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { launchChromium } from './support/chromium.js'
import { signingKeys } from './support/keys.js'
import { aRockpool, poolAndClient } from './support/rockpool.js'

/** A real browser signs in through each built-in provider, at classic pages and at managed login. */

const chromium = await launchChromium()
t.teardown(() => chromium.close())

const client = { client_id: 'reef', client_secret: 'a-secret-of-the-reef-that-is-long-enough' }
const appleKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const apple = {
  client_id: 'com.example.reef',
  team_id: 'TEAM123456',
  key_id: 'KEY1234567',
  private_key: appleKey.export({ type: 'pkcs8', format: 'pem' }),
  authorize_scopes: 'email name',
}
const oidc = (upstream: string) => ({
  ...client,
  oidc_issuer: `\${upstreams.${upstream}.issuer}`,
  authorize_scopes: 'openid email profile',
  attributes_request_method: 'GET',
})
const saml = (upstream: string) => ({
  MetadataURL: `\${upstreams.${upstream}.metadata}`,
  IDPSignout: 'true',
})

const providers: Record<string, [type: string, details: object, email?: string]> = {
  Acme: ['OIDC', oidc('oidc')],
  Entra: ['OIDC', oidc('entra')],
  Okta: ['OIDC', oidc('okta')],
  Auth0: ['OIDC', oidc('auth0')],
  Keycloak: ['OIDC', oidc('keycloak')],
  Google: ['Google', { ...client, authorize_scopes: 'openid email' }],
  Facebook: ['Facebook', { ...client, authorize_scopes: 'email' }],
  LoginWithAmazon: ['LoginWithAmazon', { ...client, authorize_scopes: 'profile' }],
  SignInWithApple: ['SignInWithApple', apple],
  Corp: ['SAML', saml('saml')],
  CorpAtEntra: ['SAML', saml('entra'), 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress'],
}
const names = Object.keys(providers)
/** The pages of both versions lead to the same addresses: what kinds of a type differ in is seen at those of version 1. */
const oneOfEachType = names.filter(
  (name, at) => names.findIndex(other => providers[other]?.[0] === providers[name]?.[0]) === at,
)

/** What people call those whose names are Cognito’s. */
const labels: Record<string, string> = { LoginWithAmazon: 'Amazon', SignInWithApple: 'Apple' }

/** The app, as far as a browser is sent there: a page. */
const app = createServer((_request, response) => response.end('the app')).listen(0, '127.0.0.1')
await once(app, 'listening')
t.teardown(() => app.close())
const home = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
const callback = `${home}/cb`
const bye = `${home}/bye`

async function aReef(t: Test, ManagedLoginVersion: number) {
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Domain: 'reef',
          ManagedLoginVersion,
          SigningKeys: await signingKeys(),
          UsernameConfiguration: { CaseSensitive: true },
          IdentityProviders: names.map(ProviderName => {
            const [ProviderType, ProviderDetails, email = 'email'] = providers[ProviderName] ?? []
            return { ProviderName, ProviderType, ProviderDetails, AttributeMapping: { email } }
          }),
          Clients: [
            {
              ClientName: 'app',
              ClientId: 'appatreef',
              CallbackURLs: [callback],
              LogoutURLs: [bye],
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['code'],
              AllowedOAuthScopes: ['openid', 'email', 'profile'],
              SupportedIdentityProviders: ['COGNITO', ...names],
            },
          ],
          ...(ManagedLoginVersion === 2
            ? { ManagedLoginBrandings: [{ ClientId: 'appatreef', UseCognitoProvidedValues: true }] }
            : {}),
        },
      ],
      UpstreamProviders: ['oidc', 'entra', 'okta', 'auth0', 'keycloak', 'saml'].map(Kind => ({
        Name: Kind,
        Kind,
        ...(Kind === 'saml'
          ? {}
          : {
              Clients: [
                {
                  ClientId: client.client_id,
                  ClientSecret: client.client_secret,
                  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
                  RedirectUris: ['${pools.reef.domain}/oauth2/idpresponse'],
                },
              ],
            }),
      })),
    },
  })
  const { pool, client: registered } = poolAndClient(rockpool, 'reef', 'app')
  // Keys are made ahead: a pool gives up on a provider after five seconds, and a test machine may be slow.
  for (const kind of ['oidc', 'entra', 'okta', 'auth0', 'keycloak'])
    await fetch(`${rockpool.baseUrl}/_rockpool/zoo/${kind}/jwks`)
  const login = `${pool.domainUrl}/login?${new URLSearchParams({
    client_id: registered.id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid email',
  })}`
  const logout = `${pool.domainUrl}/logout?${new URLSearchParams({ client_id: registered.id, logout_uri: bye })}`
  return { login, logout }
}

for (const version of [1, 2])
  t.test(`at the pages of version ${version}`, { timeout: 240_000 }, async t => {
    const { login, logout } = await aReef(t, version)
    for (const name of version === 1 ? names : oneOfEachType) {
      const context = await chromium.newContext()
      const page = await context.newPage()
      await page.goto(login)
      t.equal(await page.locator('[data-provider]').count(), names.length, 'each has a button')
      await page.locator(`[data-provider="${name}"]`).first().click()
      t.match(page.url(), '/_rockpool/zoo/', `${labels[name] ?? name} shows its own page`)
      await page.getByRole('button', { name: 'ann@example.com' }).click()
      await page.waitForURL(url => url.href.startsWith(callback))
      t.match(page.url(), /\?code=[\w-]+/, `${name} brings the user back to the app`)

      const way: string[] = []
      page.on('request', request => request.isNavigationRequest() && way.push(request.url()))
      await page.goto(logout)
      await page.waitForURL(url => url.href.startsWith(bye))
      const reached = way.some(url => url.includes('/saml/slo?SAMLRequest='))
      t.equal(reached, name.startsWith('Corp'), `${name}: signing out reaches the provider where it can`)
      await page.goto(login)
      t.match(await page.title(), /Sign in/i, `${name}: and the user is asked again`)
      await context.close()
    }
  })
