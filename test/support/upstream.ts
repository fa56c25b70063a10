import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'
import type { Test } from 'tap'

/** Providers that somebody else might run: a sound one, and one that does whatever a test makes it do wrong. */

/** How our pool is known at the provider. */
export interface Registration {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
}

/** Listens on a free port until the test ends. */
async function listen(
  t: Test,
  port = 0,
): Promise<{ base: string; handle: (listener: RequestListener) => void }> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => listener(request, response))
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handle: next => {
      listener = next
    },
  }
}

export interface SoundUpstream {
  readonly issuer: string
  readonly endpoints: Readonly<Record<string, string>>
  /** The claims of the account that signs in next, `sub` among them. */
  account: Readonly<Record<string, unknown>> & { readonly sub: string }
  /** Takes our pool for a client; before that it answers nothing. */
  serve(registration: Registration): void
}

/** One pair for all providers of a file, each of which is alone with its pool: making one takes longer than a test. */
const rsaKeys = () => {
  made ??= generateKeyPair('RS256', { extractable: true })
  return made
}
let made: ReturnType<typeof generateKeyPair> | undefined

/** A plain `oidc-provider` whose users sign in without being asked. */
export async function soundUpstream(t: Test): Promise<SoundUpstream> {
  const { base, handle } = await listen(t)
  const { privateKey } = await rsaKeys()
  const jwk = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'sound' }
  const upstream: SoundUpstream = {
    issuer: base,
    endpoints: {
      authorize_url: `${base}/auth`,
      token_url: `${base}/token`,
      attributes_url: `${base}/me`,
      jwks_uri: `${base}/jwks`,
    },
    account: { sub: 'Ada-1' },
    serve: registration => handle(soundListener(upstream, registration, jwk)),
  }
  return upstream
}

function soundListener(
  upstream: SoundUpstream,
  { clientId, clientSecret, redirectUri }: Registration,
  jwk: JWK,
): RequestListener {
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['a-key-of-the-test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => false },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ ...upstream.account }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  }
  const provider = new Provider(upstream.issuer, configuration)
  const answer = provider.callback()
  return (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response)
    const login = { accountId: upstream.account.sub, remember: false }
    provider.interactionFinished(request, response, { login }).catch(error => response.destroy(error))
  }
}

/** What a hostile provider does. A test changes what it wants to go wrong; the rest is as it should be. */
export interface Behaviour {
  /** Claims of the ID token, from the right ones. */
  claims: (right: Record<string, unknown>) => Record<string, unknown>
  /** The header of the ID token, from the right one. */
  header: (right: JWTHeaderParameters) => JWTHeaderParameters
  /** How the token is signed in the end; by the published RSA key if undefined. */
  sign?: (signing: Signing) => Promise<string> | string
  /** What userInfo says. */
  userInfo: Record<string, unknown>
  /** What comes back from its sign-in page, besides the state. */
  authorized: Record<string, string>
  /** Endpoints that answer something else, by path. */
  instead: Record<string, (request: IncomingMessage, response: ServerResponse) => void>
}

export interface Signing {
  readonly header: JWTHeaderParameters
  readonly claims: Record<string, unknown>
  /** The published RSA key as the whole world has it: its public part as PEM. */
  readonly publicPem: string
  readonly clientSecret: string
}

/** A request that the provider got. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: URLSearchParams
}

export interface HostileUpstream {
  readonly issuer: string
  readonly endpoints: Readonly<Record<string, string>>
  behaviour: Behaviour
  /** Everything it was asked, in order, since it was last well-behaved. */
  readonly seen: Seen[]
  /** Makes it well-behaved again. */
  behave(changes?: Partial<Behaviour>): void
}

const wellBehaved: Behaviour = {
  claims: right => right,
  header: right => right,
  userInfo: { sub: 'Ada-1', email: 'ada@example.com', given_name: 'Ada' },
  authorized: { code: 'a-code' },
  instead: {},
}

/** A provider scripted by hand. `now` is in milliseconds since the epoch. */
export async function hostileUpstream(
  t: Test,
  { clientId, clientSecret, now }: { clientId: string; clientSecret: string; now: () => number },
): Promise<HostileUpstream> {
  const { base: issuer, handle } = await listen(t)
  const { privateKey, publicKey } = await rsaKeys()
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'good', use: 'sig', alg: 'RS256' }
  const ec = await generateKeyPair('ES256', { extractable: true })
  const ecJwk = { ...(await exportJWK(ec.publicKey)), kid: 'curve' }
  const publicPem = await exportSPKI(publicKey)
  const endpoints = {
    authorize_url: `${issuer}/authorize`,
    token_url: `${issuer}/token`,
    attributes_url: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
  }
  const upstream: HostileUpstream = {
    issuer,
    endpoints,
    behaviour: { ...wellBehaved },
    seen: [],
    behave(changes = {}) {
      upstream.behaviour = { ...wellBehaved, ...changes }
      upstream.seen.length = 0
    },
  }

  async function idToken(): Promise<string> {
    const { behaviour } = upstream
    const seconds = Math.floor(now() / 1000)
    const right = { iss: issuer, aud: clientId, sub: 'Ada-1', iat: seconds, exp: seconds + 300 }
    const signing: Signing = {
      claims: behaviour.claims(right),
      header: behaviour.header({ alg: 'RS256', kid: 'good' }),
      publicPem,
      clientSecret,
    }
    if (behaviour.sign !== undefined) return behaviour.sign(signing)
    const key = signing.header.alg.startsWith('ES') ? ec.privateKey : privateKey
    return new SignJWT(signing.claims).setProtectedHeader(signing.header).sign(key)
  }

  const routes: Record<string, (url: URL, request: Seen) => Promise<unknown> | unknown> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: endpoints.authorize_url,
      token_endpoint: endpoints.token_url,
      userinfo_endpoint: endpoints.attributes_url,
      jwks_uri: endpoints.jwks_uri,
    }),
    '/token': async (_url, { body }) =>
      body.get('client_secret') === clientSecret
        ? { token_type: 'Bearer', access_token: 'an-opaque-access-token', id_token: await idToken() }
        : { status: 401, error: 'invalid_client' },
    '/jwks': () => ({ keys: [publicJwk, ecJwk] }),
    '/userinfo': () => upstream.behaviour.userInfo,
  }

  handle(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    const seen: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      headers: request.headers,
      body: new URLSearchParams(await textOf(request)),
    }
    upstream.seen.push(seen)
    const other = upstream.behaviour.instead[url.pathname]
    if (other !== undefined) return other(request, response)
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? issuer)
      const state = url.searchParams.get('state') ?? ''
      back.search = new URLSearchParams({ ...upstream.behaviour.authorized, state }).toString()
      return response.writeHead(302, { location: back.href }).end()
    }
    const answer = (await routes[url.pathname]?.(url, seen)) ?? { status: 404 }
    const { status = 200 } = answer as { status?: number }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  return upstream
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** An address of this machine at which nothing listens. */
export async function deadEnd(): Promise<string> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return `http://127.0.0.1:${port}`
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** The first two parts of a token. */
export const unsigned = (header: unknown, { claims }: Signing) => `${base64url(header)}.${base64url(claims)}`
export const hmac = (key: string, input: string) =>
  createHmac('sha256', key).update(input).digest('base64url')
/** An endpoint that answers what it is told to. */
export const answering =
  (status: number, body: string) =>
  (_request: unknown, response: { writeHead(status: number): { end(body: string): void } }) =>
    response.writeHead(status).end(body)
