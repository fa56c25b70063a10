import * as openid from 'openid-client'
import t, { type Test } from 'tap'
import { SeedError } from '../src/config/seed/mistakes.js'
import { seedOf } from '../src/config/seed/read.js'
import { aBrowser, type Browser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { claimsOf } from './support/oauth-client.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient, postForm } from './support/rockpool.js'

const secret = 'a-secret-of-the-zoo'
const appCallback = 'https://app.example/cb'
const upstream = {
  Name: 'acme',
  Clients: [
    {
      ClientId: 'reef-at-acme',
      ClientSecret: secret,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
      RedirectUris: ['${pools.reef.domain}/oauth2/idpresponse'],
    },
    { ClientId: 'app-at-acme', RedirectUris: [appCallback] },
  ],
  Users: [
    {
      Username: 'ada',
      Claims: {
        sub: 'acme-1',
        email: 'ada@acme.example',
        email_verified: true,
        given_name: 'Ada',
        department: 'Diving',
      },
    },
    { Username: '<b>grace' },
  ],
}
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Domain: 'reef',
      SigningKeys: await signingKeys(),
      Schema: [{ Name: 'department', AttributeDataType: 'String', Mutable: true }],
      IdentityProviders: [
        {
          ProviderName: 'Acme',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: 'reef-at-acme',
            client_secret: secret,
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
            oidc_issuer: '${upstreams.acme.issuer}',
            authorize_scopes: 'openid email profile',
            attributes_request_method: 'GET',
          },
          AttributeMapping: {
            email: 'email',
            email_verified: 'email_verified',
            given_name: 'given_name',
            'custom:department': 'department',
          },
        },
      ],
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'appatreef',
          CallbackURLs: [appCallback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: ['COGNITO', 'Acme'],
          WriteAttributes: ['email', 'given_name', 'custom:department'],
        },
      ],
    },
  ],
  UpstreamProviders: [upstream],
}

/** Begins a sign-in of the pool's app through the provider, up to the provider's page. */
async function begin(
  t: Test,
  options: Omit<Parameters<typeof aRockpool>[1], 'seed'> = {},
  from: object = seed,
) {
  const rockpool = await aRockpool(t, { ...options, seed: from })
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  // It may still be starting, for longer than a sign-in waits where the machine is slow.
  await fetch(`${rockpool.baseUrl}/_rockpool/zoo/acme/jwks`)
  const browser = aBrowser()
  const query = authorizeQuery(client, { identity_provider: 'Acme', state: 'of-the-app' })
  const { url, page } = await browser.follow(`${pool.domainUrl}/oauth2/authorize?${query}`, appCallback)
  return { rockpool, pool, client, browser, url: url.href, page }
}

/** Sends the provider's form, and follows to the app. */
async function enter(browser: Browser, url: string, username: string) {
  const sent = await browser.post(url, { username })
  return browser.follow(new URL(sent.headers.get('location') ?? '', url).href, appCallback)
}

t.test('a pool federates to a built-in provider as to any other', async t => {
  const { rockpool, pool, client, browser, url, page } = await begin(t)
  t.match(url, `${rockpool.baseUrl}/_rockpool/zoo/acme/sign-in/`)
  t.equal(page?.status, 200)
  t.match(page?.text, /ada <small>ada@acme.example</)
  t.match(page?.text, 'reef-at-acme', 'who asks')
  t.match(page?.text, '&lt;b&gt;grace', 'names are escaped')
  t.notMatch(page?.text, '<b>grace')

  const nobody = await browser.post(url, { username: '' })
  t.equal(nobody.status, 400)
  t.match(await nobody.text(), 'Nobody was named.')

  const arrival = await enter(browser, url, 'ada')
  t.equal(arrival.url.searchParams.get('state'), 'of-the-app')
  const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: client.id,
    code: arrival.url.searchParams.get('code') ?? '',
    redirect_uri: appCallback,
  })
  t.match(claimsOf(((await answer.json()) as { id_token: string }).id_token), {
    'cognito:username': 'Acme_acme-1',
    email: 'ada@acme.example',
    email_verified: true,
    given_name: 'Ada',
    'custom:department': 'Diving',
    identities: [{ userId: 'acme-1', providerName: 'Acme', providerType: 'OIDC' }],
  })

  const over = await browser.get(url)
  t.equal(over.status, 400)
  t.match(await over.text(), 'This sign-in is over.', 'a sign-in is finished once')
  const elsewhere = await begin(t)
  const stranger = await aBrowser().post(elsewhere.url, { username: 'ada' })
  t.equal(stranger.status, 400, 'and only in the browser that began it')
})

t.test('whatever time it is here, and whatever is closed to others', async t => {
  const clock = aClock(Date.parse('2031-01-01T00:00:00Z'))
  const { browser, url } = await begin(t, { clock, control: 'off' })
  clock.advance({ seconds: 30 })
  t.ok((await enter(browser, url, 'ada')).url.searchParams.get('code'), 'its ID token tells our time')
})

t.test('it remembers who signed in, until asked to forget', async t => {
  const { rockpool, browser, url, client, pool } = await begin(t)
  await enter(browser, url, '<b>grace')
  for (const name of [...browser.cookies.keys()]) if (name.includes('cognito')) browser.cookies.delete(name)
  const query = authorizeQuery(client, { identity_provider: 'Acme' })
  const again = await browser.follow(`${pool.domainUrl}/oauth2/authorize?${query}`, appCallback)
  t.ok(again.url.searchParams.get('code'), 'without a page')
  t.ok(
    [...browser.cookies.values()]
      .filter(({ name }) => name.startsWith('acme.'))
      .every(({ path }) => path.startsWith('/_rockpool/zoo/acme')),
    'its cookies are its own',
  )
  t.ok(rockpool.baseUrl)
})

t.test('a reset forgets its sessions, and the next sign-in goes on as the first', async t => {
  const { rockpool, browser, url, client, pool } = await begin(t)
  await enter(browser, url, 'ada')
  const snapshot = await fetch(`${rockpool.baseUrl}/_rockpool/snapshot`)
  t.equal(snapshot.status, 200, 'its key does not disturb a snapshot')
  t.equal((await fetch(`${rockpool.baseUrl}/_rockpool/reset`, { method: 'POST' })).status, 200)
  const query = authorizeQuery(client, { identity_provider: 'Acme' })
  const again = await browser.follow(`${pool.domainUrl}/oauth2/authorize?${query}`, appCallback)
  t.match(again.page?.text, 'Sign in to continue', 'the page again')
  t.ok((await enter(browser, again.url.href, 'ada')).url.searchParams.get('code'))
})

t.test('an app signs in at the provider itself', async t => {
  const rockpool = await aRockpool(t, { seed })
  const issuer = new URL(`${rockpool.baseUrl}/_rockpool/zoo/acme`)
  const config = await openid.discovery(issuer, 'app-at-acme', undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  })
  const metadata = config.serverMetadata()
  t.equal(metadata.issuer, issuer.href)
  for (const endpoint of [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri])
    t.match(endpoint, `${issuer.href}/`)
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const parameters = {
    redirect_uri: appCallback,
    scope: 'openid email',
    state: 's',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  }
  const browser = aBrowser()
  const { url } = await browser.follow(openid.buildAuthorizationUrl(config, parameters).href, appCallback)
  const back = await enter(browser, url.href, 'ada')
  const tokens = await openid.authorizationCodeGrant(config, back.url, {
    pkceCodeVerifier,
    expectedState: 's',
  })
  t.match(tokens.claims(), { sub: 'acme-1', iss: issuer.href, aud: 'app-at-acme' })
  const described = await openid.fetchUserInfo(config, tokens.access_token, 'acme-1')
  t.match(described, { email: 'ada@acme.example', department: 'Diving' })
  t.notOk(described.given_name, 'a scope that was not asked for')

  const wrong = await browser.get(
    openid.buildAuthorizationUrl(config, { ...parameters, redirect_uri: 'https://evil.example/<b>' }).href,
  )
  t.equal(wrong.status, 400)
  const text = await wrong.text()
  t.match(text, 'UpstreamProviders of the seed', 'a refusal says where to look')
  t.notMatch(text, '<b>')
})

t.test('a name that no provider has, and a Rockpool without providers', async t => {
  const rockpool = await aRockpool(t, { seed })
  const unknown = await fetch(`${rockpool.baseUrl}/_rockpool/zoo/acne/.well-known/openid-configuration`)
  t.equal(unknown.status, 404)
  t.match(await unknown.text(), 'no upstream provider')
  const { UpstreamProviders: _providers, ...plain } = { ...seed, UserPools: [] }
  const without = await aRockpool(t, { seed: plain })
  t.equal((await fetch(`${without.baseUrl}/_rockpool/zoo/acme/jwks`)).status, 404)
})

t.test('mistakes in a seed', async t => {
  const mistakes = (UpstreamProviders: object[], details = {}) => {
    try {
      seedOf({ UserPools: [], UpstreamProviders, ...details })
    } catch (error) {
      if (error instanceof SeedError)
        return error.mistakes.map(({ path, sentence, suggestion }) =>
          [path, sentence, ...(suggestion === undefined ? [] : [suggestion])].join(' | '),
        )
      throw error
    }
    return []
  }
  t.strictSame(mistakes([{ Name: 'Acme!' }]), [
    'UpstreamProviders[0].Name | "Acme!" does not have the form [a-z0-9]([a-z0-9-]*[a-z0-9])?.',
  ])
  t.strictSame(mistakes([{ Name: 'acme' }, { Name: 'acme' }]), [
    'UpstreamProviders[1].Name | This provider name is already used at UpstreamProviders[0].Name.',
  ])
  t.match(mistakes([{ Name: 'acme', Kind: 'odic' }]), [/"odic" is not one of "oidc", "saml", .* \| oidc$/])
  t.strictSame(
    mistakes([
      {
        Name: 'acme',
        Clients: [
          { ClientId: 'a', RedirectUris: ['nowhere'] },
          { ClientId: 'a', RedirectUris: [appCallback] },
        ],
        Users: [
          { Username: 'ada' },
          { Username: 'b', Claims: { sub: 'ada' } },
          { Username: 'c', Claims: { sub: 1 } },
        ],
      },
    ]).toSorted(),
    [
      'UpstreamProviders[0].Clients[0].RedirectUris[0] | "nowhere" is not a URL.',
      'UpstreamProviders[0].Clients[1].ClientId | This client id is already used at UpstreamProviders[0].Clients[0].ClientId.',
      'UpstreamProviders[0].Users[1].Username | This subject is already used at UpstreamProviders[0].Users[0].Username.',
      'UpstreamProviders[0].Users[2].Claims.sub | The subject must be a text.',
    ],
  )
  const [reference] = mistakes([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
    { Name: 'acme', Clients: [{ ClientId: 'a', RedirectUris: ['${upstreams.acne.issuer}'] }] },
  ])
  t.match(reference, 'upstreams.acme.issuer', 'the nearest name is offered')
})

t.test('the pages look like the rest of Rockpool', async t => {
  const { baseUrl } = await aRockpool(t, {
    seed: { UserPools: [], UpstreamProviders: [{ Name: 'corp', Kind: 'saml' }] },
  })
  const sheet = await fetch(`${baseUrl}/_rockpool/zoo/style.css`)
  t.equal(sheet.headers.get('content-type'), 'text/css; charset=utf-8')
  t.match(await sheet.text(), /prefers-color-scheme:dark/)
  const page = await fetch(`${baseUrl}/_rockpool/zoo/corp/saml/sso`)
  t.match(await page.text(), '<link rel="stylesheet" href="/_rockpool/zoo/style.css">')
})
