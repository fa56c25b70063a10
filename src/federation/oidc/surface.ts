import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { domainUrl, idpResponsePath } from '../../core/addresses.js'
import { type AppClient, providersOf as enabledAt } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure, Refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import {
  type AuthorizationRequest,
  authorizationRequest,
} from '../../flows/authorization/authorization-request.js'
import { answeringTo } from '../../flows/authorization/callback.js'
import type { AuthorizationServer, UpstreamProviders } from '../../flows/authorization/ports.js'
import { allPools, poolById, providerNamed, providersOf } from '../../flows/directory/directory.js'
import { signInThroughProvider } from '../../flows/federation/federated-sign-in.js'
import type { Service } from '../../flows/service.js'
import { readBinding } from '../../http/browser-binding.js'
import { endSignIn } from '../../http/end-sign-in.js'
import { type Hosted, hostedRoute } from '../../http/hosted.js'
import type { Hosting } from '../../http/hosted-refusals.js'
import type { Fetch } from '../../http/own-origin-fetch.js'
import { queryOf } from '../../http/parameters.js'
import { withQuery } from '../../lib/url.js'
import { endpointsOf } from './endpoints.js'
import { pendingSignInsOf } from './pending-sign-in.js'
import * as refusals from './refusals.js'
import { upstreamCall } from './upstream-call.js'
import { upstreamClaims } from './upstream-claims.js'

export interface OidcFederationOptions {
  readonly authorizationServer: AuthorizationServer
  /** How other providers, our own pools among them, are reached. */
  readonly fetch: Fetch
  /** Takes a sentence for the operator: what is wrong, and how to mend it. */
  readonly warn: (sentence: string) => void
  /** Milliseconds that one call of a provider may take. */
  readonly timeoutMs?: number
}

export interface OidcFederation extends UpstreamProviders {
  /** Discovers the endpoints of every provider that needs it. A failure is a warning: first use tries again. */
  discoverAll(): Promise<void>
  /** Discovers the endpoints of one; a refusal says why not. */
  discover(provider: IdentityProvider): Promise<void>
  /** Forgets which endpoints were discovered in this process: the state is another one now. */
  forget(): void
}

/**
 * Signs people in through other OIDC providers (oauth-and-federation.md §8): sends them there, takes them back at
 * `/oauth2/idpresponse`, and asks the provider who they are.
 */
export function oidcFederation(
  app: FastifyInstance,
  hosting: Hosting,
  { authorizationServer, fetch, warn, timeoutMs = 5000 }: OidcFederationOptions,
): OidcFederation {
  const { service } = hosting
  const call = upstreamCall(service, { fetch, timeoutMs })
  const { of: endpoints, forget } = endpointsOf(service, call)
  const pending = pendingSignInsOf(service)

  hostedRoute(app, hosting, {
    method: 'GET',
    path: idpResponsePath,
    caller: 'browser',
    poolOf: async request => {
      const id = await pending.poolIdOf(queryOf(request).state)
      return id === undefined ? undefined : poolById(service, id)
    },
    handler: comeBack,
  })

  const discover = async (provider: IdentityProvider): Promise<void> => {
    await endpoints(provider)
  }

  return { begin, discoverAll, discover, forget }

  /** Leg 1 (§8.2): no PKCE and no nonce go along. */
  async function begin(
    request: AuthorizationRequest,
    provider: IdentityProvider,
    { browser }: { readonly browser: string },
  ): Promise<string> {
    const { pool, client, parameters, prompts, loginHint } = request
    return answeringTo(request.callback, async () => {
      ensure(provider.type === 'OIDC', () => refusals.unsupportedType(provider))
      const { authorize_url } = await endpoints(provider)
      const state = await pending.leave(pool, {
        provider: provider.name,
        parameters,
        clientId: client.id,
        browser,
      })
      const forwarded = prompts.filter(prompt => prompt !== 'none')
      return withQuery(authorize_url, {
        client_id: provider.details.client_id,
        redirect_uri: ownCallback(service, pool),
        scope: provider.details.authorize_scopes,
        response_type: 'code',
        state,
        prompt: forwarded.length === 0 ? undefined : forwarded.join(' '),
        login_hint: loginHint,
      })
    })
  }

  /** Leg 2 (§8.3). Until the state proves to be ours, a refusal stays on the page; then the app is told. */
  async function comeBack(hosted: Hosted, http: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { pool } = hosted
    service.recorder.concerns({ pool })
    const answer = queryOf(http)
    const left = await pending.comeBack(pool, { state: answer.state, browser: readBinding(http, hosted) })
    const request = await authorizationRequest(service, pool, left.parameters)
    service.recorder.concerns({ client: request.client })
    return answeringTo(request.callback, async () => {
      const provider = await stillEnabled(service, pool, request.client, left.provider)
      const { code, error, error_description: description } = answer
      ensure(error === undefined, () => refusals.upstreamRefused(provider, error ?? '', description))
      ensure(code, () => refusals.codeMissing(provider))
      const claims = await upstreamClaims(service, call, {
        provider,
        endpoints: await endpoints(provider),
        code,
        redirectUri: ownCallback(service, pool),
      })
      const { sub } = await signInThroughProvider(service, { pool, client: request.client, provider, claims })
      // An interactive sign-in through a provider has a nonce of its own (fact O21).
      const nonce = service.chance.bytes(128).toString('base64url')
      const underWay = { service, server: authorizationServer, hosted, request: http, reply, asked: request }
      return endSignIn(underWay, { sub, provider: provider.name, nonce })
    })
  }

  async function discoverAll(): Promise<void> {
    const pools = await allPools(service)
    const providers = (await Promise.all(pools.map(pool => providersOf(service, pool)))).flat()
    await Promise.all(
      providers
        .filter(({ type }) => type === 'OIDC')
        .map(async provider => {
          try {
            await endpoints(provider)
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
            const { because, remedy } = error.explanation
            warn(`${because} ${remedy} It is tried again at the first sign-in.`)
          }
        }),
    )
  }
}

/** What providers must know as the pool's callback. Only a pool with a domain has sign-ins. */
const ownCallback = (service: Service, pool: UserPool): string =>
  `${domainUrl(service, pool) ?? service.base}${idpResponsePath}`

async function stillEnabled(
  service: Service,
  pool: UserPool,
  client: AppClient,
  name: string,
): Promise<IdentityProvider> {
  const provider = await providerNamed(service, pool, name)
  ensure(provider !== undefined && enabledAt(client).includes(name), () =>
    refusals.providerGone(name, client),
  )
  return provider
}
