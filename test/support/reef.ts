import type { Test } from 'tap'
import type { RockpoolOptions } from '../../src/emulator.js'
import { aBrowser, type Browser } from './browser.js'
import { signingKeys } from './keys.js'
import { aClock, aRockpool, postForm } from './rockpool.js'

/**
 * Pools to sign in to. `reef` has people of its own, federates to `tide` for real, and to providers that are never
 * asked; `strict` federates too, and wants attributes of everybody; `dry` has no domain.
 */

export const callback = 'https://app.example/cb'
export const bye = 'https://app.example/bye'
export const password = 'Anemone-4-Marco!'
export const temporary = 'Welcome-2-Rockpool!'

/** Every character that a state may have (RFC 6749, appendix A.5), and some beyond. */
export const state = `${String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index))}äß€😀`
export const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }

const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  ClientId: `${ClientName}0id`,
  CallbackURLs: [callback, 'https://app.example/cb?kept=1', 'myapp://back'],
  LogoutURLs: [bye],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  SupportedIdentityProviders: ['COGNITO', 'Upstream'],
  ...more,
})

/** An upstream that is never asked: its endpoints are set by hand. */
const unasked = (ProviderName: string, IdpIdentifiers: string[] = []) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: `reef at ${ProviderName}`,
    client_secret: 's',
    authorize_scopes: 'openid email',
    attributes_request_method: 'GET',
    oidc_issuer: 'https://up.example',
    authorize_url: 'https://up.example/authorize',
    token_url: 'https://up.example/token',
    attributes_url: 'https://up.example/me',
    jwks_uri: 'https://up.example/keys',
  },
  IdpIdentifiers,
})

const tideSeenFrom = (pool: string) => ({
  ProviderName: 'Tide',
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: `${pool}attide0id`,
    client_secret: `\${pools.tide.clients.${pool}attide.secret}`,
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
    oidc_issuer: `\${pools.tide.issuer}`,
  },
  AttributeMapping: { email: 'email', given_name: 'given_name' },
})

const asTide = (pool: string) =>
  client(`${pool}attide`, {
    GenerateSecret: true,
    CallbackURLs: [`\${pools.${pool}.domain}/oauth2/idpresponse`],
    AllowedOAuthScopes: ['openid', 'email', 'profile'],
    SupportedIdentityProviders: ['COGNITO'],
  })

const user = (Username: string, more: object = {}) => ({
  Username,
  Password: password,
  UserAttributes: { email: `${Username}@reef.example`, email_verified: true },
  ...more,
})

const [keysOfReef, keysOfTide, keysOfStrict, keysOfDry] = await Promise.all(
  Array.from({ length: 4 }, () => signingKeys()),
)
const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Domain: 'reef',
      SigningKeys: keysOfReef,
      UsernameConfiguration: { CaseSensitive: false },
      AliasAttributes: ['email'],
      IdentityProviders: [
        unasked('Upstream', ['corp.example', 'staff']),
        unasked('Spare', ['spare.example']),
        tideSeenFrom('reef'),
      ],
      ResourceServers: [
        { Identifier: 'api', Name: 'api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'r' }] },
      ],
      Clients: [
        client('app'),
        client('second', { LogoutURLs: [bye, `\${pools.reef.domain}/login?client_id=app0id`] }),
        client('local', { SupportedIdentityProviders: ['COGNITO'], DefaultRedirectURI: callback }),
        client('federated', { SupportedIdentityProviders: ['Upstream'], DefaultRedirectURI: callback }),
        client('through', { SupportedIdentityProviders: ['COGNITO', 'Tide'], DefaultRedirectURI: callback }),
        client('implicit', { AllowedOAuthFlows: ['implicit'] }),
        client('closed', { AllowedOAuthFlowsUserPoolClient: false, AllowedOAuthFlows: [] }),
        client('scoped', {
          AllowedOAuthScopes: ['openid', 'email', 'api/read', 'aws.cognito.signin.user.admin'],
        }),
      ],
      Users: [
        user('marco'),
        user('ada', { UserAttributes: {} }),
        { Username: 'jane', TemporaryPassword: temporary, UserAttributes: {} },
        { Username: 'joan', TemporaryPassword: temporary, UserAttributes: {} },
      ],
    },
    {
      PoolName: 'tide',
      Domain: 'tide',
      SigningKeys: keysOfTide,
      Clients: [
        client('other', { SupportedIdentityProviders: ['COGNITO'] }),
        asTide('reef'),
        asTide('strict'),
      ],
      Users: [user('marco', { UserAttributes: { email: 'marco@tide.example', given_name: 'Marco' } })],
    },
    {
      PoolName: 'strict',
      Domain: 'strict',
      SigningKeys: keysOfStrict,
      Schema: [
        { Name: 'given_name', AttributeDataType: 'String', Required: true, Mutable: true },
        { Name: 'email', AttributeDataType: 'String', Required: true, Mutable: true },
      ],
      IdentityProviders: [tideSeenFrom('strict')],
      Clients: [client('demanding', { SupportedIdentityProviders: ['COGNITO', 'Tide'] })],
    },
    {
      PoolName: 'dry',
      SigningKeys: keysOfDry,
      Clients: [client('inland', { SupportedIdentityProviders: ['COGNITO'] })],
    },
  ],
}

/** A Rockpool with those pools, a clock to move, and how a browser meets it. */
export async function aReef(t: Test, options: Pick<RockpoolOptions, 'baseUrl' | 'triggers'> = {}) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock, ...options })
  const domain = `${rockpool.baseUrl}/reef`

  /** Asks for authorization. */
  const authorize = (more: Asked = {}, browser: Browser = aBrowser()) =>
    browser.get(`${domain}/oauth2/authorize?${query(more)}`)
  /** Opens the sign-in page. */
  const login = (more: Asked = {}, browser: Browser = aBrowser()) =>
    browser.get(`${domain}/login?${query(more)}`)
  /** Fills in the form of the sign-in page. */
  async function submit(browser: Browser, username: string, secret: string, more: Asked = {}, at = domain) {
    const address = `${at}/login?${query(more)}`
    const _csrf = field(await (await browser.get(address)).text(), '_csrf')
    return browser.post(address, { _csrf, username, password: secret })
  }
  /** Signs in through `tide`, as its user marco. Back comes what the browser is told by `reef` in the end. */
  async function signInThroughTide(browser: Browser, more: Asked = {}, at = domain) {
    const begun = await browser.get(`${at}/oauth2/authorize?${query({ identity_provider: 'Tide', ...more })}`)
    const { page, url } = await browser.follow(locationOf(begun), `${at}/oauth2/idpresponse`)
    if (page === undefined) return browser.get(url.href)
    const _csrf = field(page.text, '_csrf')
    const signedIn = await browser.post(url.href, { _csrf, username: 'marco', password })
    return browser.get(locationOf(signedIn))
  }
  /** Exchanges the code that an app was told. */
  const exchange = (answer: Response, client_id = 'app0id', at = domain) =>
    postForm(`${at}/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id,
      redirect_uri: callback,
      code: told(answer).code ?? '',
    })
  /** The claims of the ID and the access token that a code is worth. */
  async function claimsOf(answer: Response, client_id?: string, at?: string) {
    const tokens = (await (await exchange(answer, client_id, at)).json()) as Record<string, string>
    return { id: claims(tokens.id_token), access: claims(tokens.access_token) }
  }
  /** Calls the user pools API. */
  const administer = async (operation: string, input: object): Promise<void> => {
    const answer = await fetch(rockpool.baseUrl, {
      method: 'POST',
      headers: {
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
      },
      body: JSON.stringify(input),
    })
    if (answer.status !== 200) throw new Error(`${operation}: ${await answer.text()}`)
  }
  const poolId = (name: string) => rockpool.pools.find(pool => pool.name === name)?.id ?? ''
  return {
    rockpool,
    clock,
    domain,
    authorize,
    login,
    submit,
    signInThroughTide,
    exchange,
    claimsOf,
    administer,
    poolId,
  }
}

/** Parameters of a request besides, or instead of, the usual ones; `undefined` leaves one out. */
export type Asked = Record<string, string | undefined>

/** The query of an authorize or login request of the client `app`, unless said otherwise. */
export const query = (more: Asked = {}): string =>
  new URLSearchParams(
    Object.entries({ client_id: 'app0id', response_type: 'code', redirect_uri: callback, ...more }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  ).toString()

/** The value of a hidden field of a page. */
export const field = (page: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? ''

export const locationOf = (answer: Response): string => answer.headers.get('location') ?? ''

/** What the app is told: the query of its callback, or the fragment. */
export function told(answer: Response): Record<string, string> {
  const url = new URL(locationOf(answer))
  return Object.fromEntries(new URLSearchParams(url.hash === '' ? url.search : url.hash.slice(1)))
}

/** A part of a token, read without a check. */
export const claims = (token = '', part: 'header' | 'payload' = 'payload'): Record<string, unknown> =>
  token === ''
    ? {}
    : JSON.parse(Buffer.from(token.split('.')[part === 'header' ? 0 : 1] ?? '', 'base64url').toString())
