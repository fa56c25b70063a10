import type { FastifyInstance } from 'fastify'
import type { DiscoveryAnswer } from '../core/discovery-answer.js'
import { type IdentityProvider, isSupported } from '../core/identity-provider.js'
import { Refusal } from '../core/refusal.js'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import { allPools, poolById, providersOf } from '../flows/directory/directory.js'
import { type FederatedSignIns, federatedSignIns } from '../flows/federation/federated-sign-ins.js'
import type { ProviderTypes, ReturnAddress } from '../flows/federation/provider-type.js'
import type { Service } from '../flows/service.js'
import { readBinding } from '../http/browser-binding.js'
import { endSignIn } from '../http/end-sign-in.js'
import { type Hosted, hostedRoute, queryStringOf } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import type { FetchSession } from '../http/own-origin-fetch.js'
import { formOf, queryOf } from '../http/parameters.js'
import { runDiscovery } from './oidc/discovery.js'
import { providerTypes } from './types.js'
import { upstreamCall } from './upstream-call.js'

export interface FederationOptions {
  readonly server: AuthorizationServer
  /** How other providers, our own pools among them, are reached. */
  readonly send: FetchSession['call']
  /** Takes a sentence for the operator: what is wrong, and how to mend it. */
  readonly warn: (sentence: string) => void
  /** Milliseconds that one call of a provider may take. */
  readonly timeoutMs?: number
  /** The types of providers, if others than those of `types.ts`. */
  readonly types?: ProviderTypes
}

export interface Federation extends UpstreamProviders {
  /** Prepares every provider for its first sign-in. A failure is a warning: the first sign-in tries again. */
  prepareAll(): Promise<void>
  /**
   * Prepares one provider.
   * @throws Refusal where that fails
   */
  prepare(provider: IdentityProvider): Promise<void>
  /** Asks an OpenID Connect issuer for what it says of itself. Nothing is kept. */
  discover(issuer: string): Promise<DiscoveryAnswer>
  /** Forgets what was fetched of providers in this process: the state is another one now. */
  forget(): void
}

/**
 * The identity providers that may vouch for the users of a pool: a folder a type, each an implementation of the port
 * `ProviderType`, and the table of them in `types.ts`. Here are the addresses at which browsers come back. What becomes
 * of the user is not decided here, but in `flows/federation`.
 */
export function federation(app: FastifyInstance, hosting: Hosting, options: FederationOptions): Federation {
  const { service } = hosting
  const { server, send, warn, timeoutMs = 5000 } = options
  const call = upstreamCall(service, { send, timeoutMs })
  const types = options.types ?? providerTypes(service, call)
  const signIns = federatedSignIns(service, types)
  const all = Object.values(types)
  for (const address of new Set(all.map(({ returnsTo }) => returnsTo)))
    returnRoute(app, hosting, { server, signIns, address })

  const prepare = async (provider: IdentityProvider): Promise<void> => {
    if (isSupported(provider.type)) await types[provider.type].prepare?.(provider)
  }
  return {
    begin: signIns.begin,
    prepare,
    prepareAll: () => prepareAll(service, prepare, warn),
    discover: issuer => runDiscovery(call, issuer),
    forget() {
      for (const type of all) type.forget?.()
    },
  }
}

/** Takes browsers back from providers at one address. */
function returnRoute(
  app: FastifyInstance,
  hosting: Hosting,
  {
    server,
    signIns,
    address,
  }: {
    readonly server: AuthorizationServer
    readonly signIns: FederatedSignIns
    readonly address: ReturnAddress
  },
): void {
  const { service } = hosting
  const { path, method, stateParameter } = address
  const answerOf = method === 'GET' ? queryOf : formOf
  hostedRoute(app, hosting, {
    method,
    path,
    caller: 'browser',
    poolOf: async request => {
      const left = await signIns.leftFrom(answerOf(request)[stateParameter])
      return left && poolById(service, left.poolId)
    },
    async handler(hosted, request, reply) {
      const home = await elsewhere(hosted, answerOf(request)[stateParameter])
      // 307 keeps the method, and with it a form that was posted.
      if (home !== undefined)
        return reply.redirect(`${home}${path}${queryStringOf(request)}`, method === 'GET' ? 302 : 307)
      const browser = readBinding(request, hosted)
      const arrival = { address, answer: answerOf(request), browser }
      const { asked, ...proven } = await signIns.comeBack(hosted.pool, arrival)
      return endSignIn({ service, server, hosted, request, reply, asked }, proven)
    },
  })

  /**
   * The address of the domain that the browser left from, where it is another: by host name, for instance. Providers know
   * one callback; the cookies, and the session that now begins, are where the app asked.
   */
  async function elsewhere({ pool, url }: Hosted, state: string | undefined): Promise<string | undefined> {
    const left = await signIns.leftFrom(state)
    return left?.poolId === pool.id && left.at !== url ? left.at : undefined
  }
}

async function prepareAll(
  service: Service,
  prepare: Federation['prepare'],
  warn: FederationOptions['warn'],
): Promise<void> {
  const pools = await allPools(service)
  const providers = (await Promise.all(pools.map(pool => providersOf(service, pool)))).flat()
  await Promise.all(
    providers.map(async provider => {
      try {
        await prepare(provider)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const { because, remedy } = error.explanation
        warn(`${because} ${remedy} It is tried again at the first sign-in.`)
      }
    }),
  )
}
