import t from 'tap'
import { aBrowser } from './support/browser.js'
import { aRockpool } from './support/rockpool.js'

/** What a newcomer mixes up in an address, and what the page says to do about it. */

const lines: string[] = []
const seed = {
  UserPools: [
    {
      Id: 'us-east-1_Lagoon',
      PoolName: 'lagoon',
      Domain: 'lagoon',
      Clients: [
        {
          ClientName: 'shop',
          ClientId: 'shopatlagoon',
          CallbackURLs: ['http://localhost:3000/'],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
    },
    {
      PoolName: 'creek',
      Domain: 'creek',
      Clients: [{ ClientName: 'desk', ClientId: 'deskatcreek', CallbackURLs: ['http://localhost:3000/'] }],
    },
    { PoolName: 'pond', Domain: 'pond' },
  ],
}
const { baseUrl } = await aRockpool(t, { seed, log: line => lines.push(line) })

/** An address, and what its page says in the place of Cognito's bare words. */
const addresses: readonly (readonly [name: string, path: string, says: RegExp])[] = [
  [
    'the name of a client for its id',
    '/lagoon/oauth2/authorize?client_id=shop',
    /&quot;shop&quot; is the name of a client\. Send its id, shopatlagoon\./,
  ],
  [
    'a client of another pool',
    '/lagoon/oauth2/authorize?client_id=deskatcreek',
    /belongs to creek: send the request to its domain, creek\./,
  ],
  ['a letter too many', '/lagoon/login?client_id=shopatlagoons', /Did you mean &quot;shopatlagoon&quot;\?/],
  ['an id like none', '/lagoon/login?client_id=x', /one of its clients: shopatlagoon \(shop\)\./],
  ['a pool without clients', '/pond/login?client_id=x', /Create a client: pond has none\./],
  ['a misspelt domain', '/lagon/login?client_id=shopatlagoon', /Did you mean &quot;lagoon&quot;\?/],
  ['a domain like none', '/qqqqqqqqq/login', /There are creek, lagoon, pond\./],
  [
    'the id of a pool for its domain',
    '/us-east-1_Lagoon/oauth2/authorize?client_id=shopatlagoon',
    /is the id of lagoon, .* Ask for http:\/\/localhost:\d+\/lagoon\./,
  ],
  [
    'an issuer, in a browser',
    '/us-east-1_Lagoon',
    /is the issuer of the user pool lagoon.*us-east-1_Lagoon\/\.well-known\/openid-configuration/s,
  ],
  [
    'an issuer with a slash at its end',
    '/us-east-1_Lagoon//.well-known/openid-configuration',
    /take the slash off the end of the issuer/,
  ],
  [
    'the domain of a pool for its issuer',
    '/lagoon/.well-known/openid-configuration',
    /is the domain of a user pool\. Its issuer has its id: http:\/\/localhost:\d+\/us-east-1_Lagoon\./,
  ],
  [
    'a misspelt id of a pool',
    '/us-east-1_Lagon/.well-known/openid-configuration',
    /Did you mean http:\/\/localhost:\d+\/us-east-1_Lagoon, the issuer of lagoon\?/,
  ],
  [
    'an issuer as Keycloak has it',
    '/realms/lagoon/.well-known/openid-configuration',
    /below the issuer of a pool: http:\/\/localhost:\d+\/.*\/\.well-known\/openid-configuration/,
  ],
  ['an endpoint in small letters', '/lagoon/oauth2/userinfo', /\/oauth2\/userInfo, letter by letter/],
  ['an endpoint as Keycloak has it', '/realms/lagoon/protocol/openid-connect/token', /is \/oauth2\/token/],
  ['an address that is none', '/_rockpool/nowhere', /GET \/_rockpool\/nowhere\..*The console is at/s],
  [
    'a sign-out as OpenID Connect has it',
    '/lagoon/logout?id_token_hint=a.b.c&post_logout_redirect_uri=http://localhost:3000/',
    /Cognito knows neither\..*\/logout with client_id and logout_uri yourself/s,
  ],
]

for (const [name, path, says] of addresses)
  t.test(`the page mends ${name}`, async t => {
    const ask: typeof fetch = (url, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('accept', 'text/html')
      return fetch(url, { ...init, headers })
    }
    const { page } = await aBrowser(ask).follow(`${baseUrl}${path}`, 'http://nowhere')
    t.ok(page?.status === 400 || page?.status === 404, `${page?.status}`)
    t.match(/<main[\s\S]*<\/main>/.exec(page?.text ?? '')?.[0], says)
  })

t.test('programs read the same sentences', async t => {
  const answer = await fetch(`${baseUrl}/us-east-1_Lagoon`)
  t.equal(answer.status, 404)
  t.match(await answer.json(), { error: 'not_found', message: /is the issuer of the user pool lagoon/ })
})

t.test('the log tells what the token endpoint keeps to itself', async t => {
  const answer = await fetch(`${baseUrl}/lagoon/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'shop' }),
  })
  t.strictSame(await answer.json(), { error: 'invalid_client' })
  t.match(lines.join('\n'), '"shop" is the name of a client. Send its id, shopatlagoon.')
})

/** Parameters of an authorization request, and what the log says to do about them. */
const requests: readonly (readonly [name: string, parameters: Record<string, string>, says: RegExp])[] = [
  [
    'https for http',
    { redirect_uri: 'https://localhost:3000/' },
    /Did you mean "http:\/\/localhost:3000\/"\?/,
  ],
  [
    'no slash at the end',
    { redirect_uri: 'http://localhost:3000' },
    /Did you mean "http:\/\/localhost:3000\/"\?/,
  ],
  [
    'another port',
    { redirect_uri: 'http://localhost:3001/' },
    /Add "http:\/\/localhost:3001\/" to CallbackURLs of client shop/,
  ],
  [
    'a URL that is encoded twice',
    { redirect_uri: 'http%3A%2F%2Flocalhost%3A3000%2F' },
    /encoded twice: give the library the URL as it is/,
  ],
  [
    'scopes with commas',
    { scope: 'openid,email' },
    /Put blanks between scopes, and nothing else: scope=openid email\./,
  ],
  [
    'a misspelt scope',
    { scope: 'openid emial' },
    /Add "emial" to AllowedOAuthScopes.*Did you mean "email"\?/,
  ],
  ['PKCE without its method', { code_challenge: 'x'.repeat(43) }, /Send code_challenge_method=S256/],
  ['a response type of OpenID Connect', { response_type: 'id_token' }, /Send response_type=code/],
  [
    'a provider in other letters',
    { identity_provider: 'deap' },
    /client shop offers \(case counts\).*COGNITO/,
  ],
]

for (const [name, parameters, says] of requests)
  t.test(`the log mends ${name}`, async t => {
    const before = lines.length
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'shopatlagoon',
      redirect_uri: 'http://localhost:3000/',
      scope: 'openid',
      ...parameters,
    })
    const answer = await fetch(`${baseUrl}/lagoon/oauth2/authorize?${query}`, { redirect: 'manual' })
    t.match(answer.headers.get('location'), /error|errorMessage/)
    t.match(lines.slice(before).join('\n'), says)
  })
