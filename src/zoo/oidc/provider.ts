import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { ClientMetadata, Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider'
import { type Clock, epochSeconds } from '../../core/ports/clock.js'
import { refusal } from '../../core/refusal.js'
import {
  type UpstreamClient,
  type UpstreamProvider,
  upstreamIssuer,
  zooPath,
} from '../../core/upstream-provider.js'
import type { Service } from '../../flows/service.js'
import { signJwt, unverifiedClaims } from '../../tokens/jwt.js'
import type { SigningKey } from '../../tokens/signing-keys.js'
import { problemPage } from '../pages.js'
import { importEngine } from './import-engine.js'
import { claimsByScope, oidcKindOf, oidcUsersOf } from './kinds.js'
import { engineAdapter } from './records.js'

/** An OpenID Provider that runs. */
export interface OidcProvider {
  readonly described: Pick<UpstreamProvider, 'name' | 'users'> & { readonly title: string }
  /** Answers a request of the protocol. `seen` is how the caller reached us, where a proxy is trusted to say so. */
  handle(request: IncomingMessage, response: ServerResponse, seen: SeenAs): Promise<void>
  /** The client that a sign-in is for; refused where this browser has none under way. */
  clientOfSignIn(request: IncomingMessage, response: ServerResponse): Promise<string>
  /** Signs a user in. Answers where the browser goes on; undefined if there is no user of this name. */
  signIn(request: IncomingMessage, response: ServerResponse, username: string): Promise<string | undefined>
}

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
  const { name } = described
  const users = oidcUsersOf(described)
  const prefix = `${zooPath}/${name}`
  // Its key is kept and shared like those of pools. No pool has an id like this.
  const { idToken: key } = await service.keys.of(`zoo:${name}`)
  const engine = new EngineProvider(upstreamIssuer(service.base, name), {
    ...configuration(described, prefix, key),
    adapter: engineAdapter(service, name),
  })
  engine.proxy = true
  acceptCallbacks(engine)
  tellOurTime(engine, service.clock, key)
  visitAtBase(engine, service)
  engine.on('server_error', (_ctx, error) => log(`The provider ${name} failed: ${error.stack ?? error}`))
  const handle = engine.callback()

  return {
    described: { name, users, title: oidcKindOf(described.kind).title },
    async handle(request, response, seen) {
      mount(request, prefix, seen)
      await handle(request, response)
    },
    clientOfSignIn: (request, response) =>
      underWay(name, errors, async () => {
        const { params } = await engine.interactionDetails(request, response)
        return String(params.client_id)
      }),
    async signIn(request, response, username) {
      const user = users.find(user => user.username === username)
      if (user === undefined) return undefined
      const login = { accountId: user.claims.sub, remember: false }
      return underWay(name, errors, () => engine.interactionResult(request, response, { login }))
    },
  }
}

function configuration(described: UpstreamProvider, prefix: string, key: SigningKey): Configuration {
  const { name, clients } = described
  const users = oidcUsersOf(described)
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
    findAccount(_ctx, accountId) {
      const user = users.find(({ claims }) => claims.sub === accountId)
      return user && { accountId, claims: async () => ({ ...user.claims }) }
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

/** The engine asks the system for the time; ours may be moved. Its ID tokens are told in ours, or nobody here took them. */
function tellOurTime(engine: Provider, clock: Clock, key: SigningKey): void {
  const Base = engine.IdToken
  const issue = Base.prototype.issue
  Object.defineProperty(engine, 'IdToken', {
    value: class IdToken extends Base {
      override async issue(how: { use: string }): Promise<string> {
        const token = await Reflect.apply(issue, this, [how])
        const { iat, exp, auth_time: authTime, ...claims } = unverifiedClaims(token) ?? {}
        const ahead = epochSeconds(clock) - Number(iat)
        if (how.use !== 'idtoken' || Math.abs(ahead) <= 1) return token
        return signJwt(key, {
          ...claims,
          ...(authTime === undefined ? {} : { auth_time: Number(authTime) + ahead }),
          iat: Number(iat) + ahead,
          exp: Number(exp) + ahead,
        })
      }
    },
  })
}

/** In its discovery document, what browsers visit is at the public base URL, as with pools. */
function visitAtBase(engine: Provider, { base }: Service): void {
  engine.use(async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'discovery' || typeof ctx.body !== 'object') return
    const document = ctx.body as Record<string, unknown>
    for (const member of ['authorization_endpoint', 'end_session_endpoint']) {
      const { pathname } = new URL(String(document[member]))
      document[member] = `${new URL(base).origin}${pathname}`
    }
  })
}

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
