import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { ClientMetadata, Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider'
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
import type { SigningKey } from '../../tokens/signing-keys.js'
import { problemPage } from '../pages.js'
import { accountsOf } from './accounts.js'
import { type KnownAccount, publishAsTold, signAsTold } from './engine-answers.js'
import { importEngine } from './import-engine.js'
import { claimsByScope, knownClaims, oidcKindOf } from './kinds.js'
import { keysOf, toldOf } from './quirks.js'
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
