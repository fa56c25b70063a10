import { domainUrl } from '../../core/addresses.js'
import { type AppClient, providersOf as enabledAt } from '../../core/app-client.js'
import { type IdentityProvider, isSupported, supportedTypes } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import {
  type AuthorizationRequest,
  authorizationRequest,
  type Parameters,
} from '../authorization/authorization-request.js'
import { answeringTo } from '../authorization/callback.js'
import type { Binding, Onward, UpstreamProviders } from '../authorization/ports.js'
import { providerNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import * as refusals from './federation-refusals.js'
import { afterInboundFederation } from './inbound-federation.js'
import { type PendingSignIns, pendingSignInsOf } from './pending-sign-ins.js'
import type { ProviderType, ProviderTypes, ReturnAddress } from './provider-type.js'
import { signInVouchedUser } from './vouched-user.js'

/** A browser that is back from a provider. */
export interface Arrival {
  readonly address: ReturnAddress
  /** The query, or the form, with which it came. */
  readonly answer: Parameters
  /** The secret that ties the sign-in to the browser, as far as the browser shows one. */
  readonly browser: string | undefined
}

/** A user whom a provider has vouched for, and the request of the app that awaits them. */
export interface Welcome {
  readonly asked: AuthorizationRequest
  readonly sub: string
  readonly provider: string
  /** For the ID token, where the app's request has none (fact O21). */
  readonly nonce: string
}

/** Sign-ins through other providers, whatever their type (docs/facts/oauth-and-federation.md §8). */
export interface FederatedSignIns extends UpstreamProviders {
  /** Signs in the user whom the provider vouches for. Refusals stay on the page until the state proves to be ours. */
  comeBack(pool: UserPool, arrival: Arrival): Promise<Welcome>
  /** The pool that a state belongs to, and the address of its domain that the browser left from. */
  leftFrom: PendingSignIns['leftFrom']
}

export function federatedSignIns(service: Service, types: ProviderTypes): FederatedSignIns {
  const pendingSignIns = pendingSignInsOf(service)
  return { begin, comeBack, leftFrom: pendingSignIns.leftFrom }

  async function begin(
    request: AuthorizationRequest,
    provider: IdentityProvider,
    binding: Binding,
  ): Promise<Onward> {
    return answeringTo(request.callback, async () => {
      const type = typeOf(provider)
      const state = await pendingSignIns.newState(request, provider)
      const callbackUrl = callbackOf(request.pool, type.returnsTo)
      const { onward, remembered = {} } = await type.begin({ provider, request, state, callbackUrl })
      await pendingSignIns.leave(state, request, { provider: provider.name, remembered, ...binding })
      return onward
    })
  }

  async function comeBack(pool: UserPool, { address, answer, browser }: Arrival): Promise<Welcome> {
    const { recorder, chance } = service
    const state = answer[address.stateParameter]
    const left = await pendingSignIns.comeBack(pool, address, { state, browser })
    const asked = await authorizationRequest(service, pool, left.parameters)
    const { client } = asked
    recorder.concerns({ client })
    return answeringTo(asked.callback, async () => {
      const provider = await stillEnabled(service, pool, client, left.provider)
      const { remembered } = left
      const callbackUrl = callbackOf(pool, address)
      const { claims, sources } = await typeOf(provider).finish({
        provider,
        pool,
        answer,
        callbackUrl,
        remembered,
      })
      const vouched = await afterInboundFederation(service, { pool, client, provider, claims }, sources)
      const { sub } = await signInVouchedUser(service, vouched)
      return { asked, sub, provider: provider.name, nonce: chance.bytes(128).toString('base64url') }
    })
  }

  function typeOf(provider: IdentityProvider): ProviderType {
    const { type } = provider
    ensure(isSupported(type), () => refusals.unsupportedType(provider, supportedTypes))
    return types[type]
  }

  /** What providers must know as the pool's callback. Only a pool with a domain has sign-ins. */
  function callbackOf(pool: UserPool, { path }: ReturnAddress): string {
    return `${domainUrl(service, pool) ?? service.base}${path}`
  }
}

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
