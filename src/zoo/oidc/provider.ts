import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Account, ClientMetadata, Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider'
import type { TokenClaims } from '../../core/claims.js'
import { type Clock, epochSeconds } from '../../core/ports/clock.js'
import { refusal } from '../../core/refusal.js'
import {
  type UpstreamClient,
  type UpstreamProvider,
  type UpstreamUser,
  upstreamIssuer,
  zooPath,
} from '../../core/upstream-provider.js'
import type { UpstreamQuirk } from '../../core/upstream-quirks.js'
import type { Service } from '../../flows/service.js'
import { signJwt, unverifiedClaims } from '../../tokens/jwt.js'
import type { SigningKey } from '../../tokens/signing-keys.js'
import { problemPage } from '../pages.js'
import { accountsOf } from './accounts.js'
import { importEngine } from './import-engine.js'
import { claimsByScope, knownClaims, oidcKindOf } from './kinds.js'
import { issuerPublished, issuerTold, type Keys, keysOf, subjectTold, toldOf } from './quirks.js'
import { engineAdapter } from './records.js'

/** An OpenID Provider that runs. */
export interface OidcProvider {
  readonly described: UpstreamProvider
  /** What its pages call it. */
  readonly title: string
  /** Answers a request of the protocol. `seen` is how the caller reached us, where a proxy is trusted to say so. */
  handle(request: IncomingMessage, response: ServerResponse, seen: SeenAs): Promise<void>
  /** The request that a sign-in is for; refused where this browser has none under way. */
  requestOf(request: IncomingMessage, response: ServerResponse): Promise<AskedAt>
  /** Signs a user in, or not. Answers where the browser goes on. */
  signIn(request: IncomingMessage, response: ServerResponse, outcome: Outcome): Promise<string>
}

/** What a client asked for. */
export interface AskedAt {
  readonly clientId: string
  readonly redirectUri: string
  readonly hasNonce: boolean
  readonly hasChallenge: boolean
}

/** How a sign-in at the provider ends: with a user and what is done wrong about them, or with an error. */
export type Outcome =
  | { readonly user: UpstreamUser; readonly quirks: readonly UpstreamQuirk[] }
  | { readonly error: string; readonly description: string }

export interface SeenAs {
  readonly protocol: string
  readonly host: string
}

/** Starts a provider: oidc-provider, certified and none of our making, with users and clients of the seed. */
export async function startOidcProvider(
  service: Service,
  described: UpstreamProvider,
  log: (line: string) => void,
): Promise<OidcProvider> {
  const { default: EngineProvider, errors } = await importEngine()
  const { name, kind } = described
  const prefix = `${zooPath}/${name}`
  // Its key is kept and shared like those of pools. No pool has an id like this.
  const { idToken: key, accessToken: foreign } = await service.keys.of(`zoo:${name}`)
  const accounts = accountsOf(service, described)
  const engine = new EngineProvider(upstreamIssuer(service.base, name), {
    ...configuration(described, prefix, key, accounts),
    adapter: engineAdapter(service, name),
  })
  const keys = keysOf(key, foreign)
  engine.proxy = true
  acceptCallbacks(engine)
  signAsTold(engine, { clock: service.clock, key, keys, known: knownClaims(described) })
  publishAsTold(engine, service, described, keys)
  engine.on('server_error', (_ctx, error) => log(`The provider ${name} failed: ${error.stack ?? error}`))
  const handle = engine.callback()

  return {
    described,
    title: oidcKindOf(kind).title,
    async handle(request, response, seen) {
      mount(request, prefix, seen)
      await handle(request, response)
    },
    requestOf: (request, response) =>
      underWay(name, errors, async () => {
        const { params } = await engine.interactionDetails(request, response)
        return {
          clientId: String(params.client_id),
          redirectUri: String(params.redirect_uri),
          hasNonce: params.nonce !== undefined,
          hasChallenge: params.code_challenge !== undefined,
        }
      }),
    async signIn(request, response, outcome) {
      const result =
        'error' in outcome
          ? { error: outcome.error, error_description: outcome.description }
          : {
              login: {
                accountId: await accounts.choose(outcome.user, outcome.quirks),
                remember: false,
              },
            }
      return underWay(name, errors, () => engine.interactionResult(request, response, result))
    },
  }
}

/** An account as the engine keeps it during a request. */
interface KnownAccount extends Account {
  readonly quirks: readonly UpstreamQuirk[]
}

function configuration(
  described: UpstreamProvider,
  prefix: string,
  key: SigningKey,
  accounts: ReturnType<typeof accountsOf>,
): Configuration {
  const { name, clients } = described
  const claims = claimsByScope(described)
  const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' })
  return {
    clients: clients.map(metadataOf),
    jwks: {
      keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: 'RS256', use: 'sig' } as JWK],
    },
    cookies: {
      keys: [createHash('sha256').update(pem).digest('base64url')],
      // Cookies know neither ports nor providers.
      names: { session: `${name}.session`, interaction: `${name}.sign-in`, resume: `${name}.resume` },
      long: { path: prefix },
    },
    claims,
    ttl: lifetimes,
    scopes: [...Object.keys(claims), 'offline_access'],
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    interactions: { url: (_ctx, { uid }) => `${prefix}/sign-in/${uid}` },
    // Pools send no PKCE (docs/facts/oauth-and-federation.md §8.2); a public client has nothing else.
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    async findAccount(_ctx, accountId): Promise<KnownAccount | undefined> {
      const known = await accounts.find(accountId)
      if (known === undefined) return undefined
      const { quirks } = known
      return { accountId, quirks, claims: async () => ({ ...toldOf(known.claims, quirks), sub: accountId }) }
    },
    loadExistingGrant: grantAll,
    renderError(ctx, { error, error_description: description = error }) {
      ctx.type = 'html'
      ctx.body = problemPage({
        told: description,
        explanation: {
          because: `The provider ${name} refused the request with "${error}".`,
          remedy: `Compare the request with the provider's entry in UpstreamProviders of the seed.`,
        },
      })
    },
  }
}

/** Seconds that what the provider gives out lasts. */
const lifetimes = {
  AccessToken: 3600,
  AuthorizationCode: 60,
  Grant: 14 * 86_400,
  IdToken: 3600,
  Interaction: 3600,
  RefreshToken: 14 * 86_400,
  Session: 14 * 86_400,
}

const metadataOf = ({ id, secret, redirectUris }: UpstreamClient): ClientMetadata => ({
  client_id: id,
  ...(secret === undefined ? {} : { client_secret: secret }),
  token_endpoint_auth_method: secret === undefined ? 'none' : 'client_secret_basic',
  redirect_uris: [...redirectUris],
  grant_types: ['authorization_code', 'refresh_token'],
})

/** Nobody is asked for consent: a client gets what it asks for. */
async function grantAll({ oidc }: KoaContextWithOIDC) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client?.clientId ?? '',
    accountId: oidc.session?.accountId ?? '',
  })
  grant.addOIDCScope(String(oidc.params?.scope ?? 'openid'))
  await grant.save()
  return grant
}

/** Callbacks are those of the seed, whatever their scheme and host: the engine's rules are for the open net. */
function acceptCallbacks(engine: Provider): void {
  const { Schema } = engine.Client as unknown as { Schema: { prototype: { redirectUris(): void } } }
  Schema.prototype.redirectUris = () => {}
}

interface Signing {
  readonly clock: Clock
  readonly key: SigningKey
  readonly keys: Keys
  /** The claims that the engine was told of at its start. */
  readonly known: ReadonlySet<string>
}

/**
 * The engine asks the system for the time; ours may be moved. Its ID tokens are told in ours, or nobody here took them. Claims of
 * users who were added later are told in ID tokens, since the engine does not know which scope they belong to; and a quirk may
 * want another issuer, time or signature.
 */
function signAsTold(engine: Provider, { clock, key, keys, known }: Signing): void {
  const Base = engine.IdToken
  const issue = Base.prototype.issue
  Object.defineProperty(engine, 'IdToken', {
    value: class IdToken extends Base {
      override async issue(how: { use: string }): Promise<string> {
        const token = await Reflect.apply(issue, this, [how])
        if (how.use !== 'idtoken') return token
        const { client, available } = this as unknown as Issuing
        const { quirks = [] } = (this.ctx.oidc.account as KnownAccount | undefined) ?? {}
        const claims = unverifiedClaims(token) ?? {}
        const ahead = epochSeconds(clock) - Number(claims.iat)
        const others = Object.fromEntries(Object.entries(available).filter(([name]) => !known.has(name)))
        if (quirks.length === 0 && Object.keys(others).length === 0 && Math.abs(ahead) <= 1) return token
        const whole = {
          ...others,
          ...timely(claims, ahead, quirks),
          iss: issuerTold(engine.issuer, quirks),
          sub: subjectTold(claims.sub, quirks, client.clientId),
          ...(quirks.includes('wrong-audience') ? { aud: 'another-client' } : {}),
        }
        return quirks.length === 0
          ? signJwt(key, whole as TokenClaims)
          : keys.sign(whole, quirks, client.clientSecret)
      }
    },
  })
}

/** What an ID token is made of, as the engine has it. */
interface Issuing {
  readonly available: Readonly<Record<string, unknown>>
  readonly client: { readonly clientId: string; readonly clientSecret?: string }
}

function timely(claims: TokenClaims, ahead: number, quirks: readonly UpstreamQuirk[]): TokenClaims {
  const { iat, exp, auth_time: authTime, ...others } = claims
  const shift = ahead - (quirks.includes('expired') ? 7200 : 0)
  return {
    ...others,
    ...(authTime === undefined ? {} : { auth_time: Number(authTime) + shift }),
    iat: Number(iat) + shift,
    exp: Number(exp) + shift,
  } as TokenClaims
}

/**
 * In its discovery document, what browsers visit is at the public base URL, as with pools. Keys and answers of the token endpoint are
 * as the quirks have them.
 */
function publishAsTold(
  engine: Provider,
  { base }: Service,
  { name, quirks }: UpstreamProvider,
  keys: Keys,
): void {
  engine.use(async (given, next) => {
    await next()
    const ctx = given as unknown as KoaContextWithOIDC
    const document = ctx.body as Record<string, unknown>
    const route = ctx.oidc?.route
    if (route === 'discovery' && typeof document === 'object') {
      document.issuer = issuerPublished(engine.issuer, quirks)
      for (const member of ['authorization_endpoint', 'end_session_endpoint']) {
        const { pathname } = new URL(String(document[member]))
        document[member] = `${new URL(base).origin}${pathname}`
      }
    }
    if (route === 'jwks') ctx.body = { keys: keys.published(document.keys as object[]) }
    if (route === 'userinfo' && typeof document === 'object' && document.sub !== undefined) {
      const { account, client } = ctx.oidc
      const { quirks = [] } = (account as KnownAccount | undefined) ?? {}
      document.sub = subjectTold(document.sub, quirks, client?.clientId ?? '')
    }
    if (route === 'token') await spoilTokenAnswer(ctx, name)
  })
}

/** What a token endpoint does that is slow, or fails, or refuses how the client proves itself. */
async function spoilTokenAnswer(ctx: KoaContextWithOIDC, name: string): Promise<void> {
  const { quirks = [] } = (ctx.oidc.account as KnownAccount | undefined) ?? {}
  const isUnproven =
    quirks.includes('invalid-client') ||
    (quirks.includes('demands-basic') && ctx.headers.authorization === undefined)
  if (isUnproven) {
    ctx.status = 401
    ctx.body = { error: 'invalid_client', error_description: 'client authentication failed' }
  }
  if (quirks.includes('failing')) {
    ctx.status = 500
    ctx.body = `<h1>${name} is out of order</h1>`
  }
  if (quirks.includes('slow'))
    await new Promise(done => {
      ctx.res.once('close', done)
      setTimeout(done, longestSilence).unref()
    })
}

/** Milliseconds after which a caller who waits that long is answered after all. */
const longestSilence = 60_000

/** Makes a request look as if the provider were alone at its prefix. What the caller says of a proxy is overwritten. */
function mount(
  request: IncomingMessage & { baseUrl?: string; originalUrl?: string },
  prefix: string,
  seen: SeenAs,
) {
  request.baseUrl = prefix
  delete request.originalUrl
  request.url = (request.url ?? '').slice(prefix.length)
  request.headers['x-forwarded-proto'] = seen.protocol
  request.headers['x-forwarded-host'] = seen.host
}

async function underWay<T>(
  name: string,
  { SessionNotFound }: typeof import('oidc-provider').errors,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw error instanceof SessionNotFound ? signInOver(name) : error
  }
}

const signInOver = refusal('invalid_request', (name: string) => ({
  told: 'This sign-in is over.',
  because: `This browser has no sign-in at ${name} under way: it took too long, was finished before, or began in another browser.`,
  remedy: 'Begin again at the app.',
}))
