import { domainUrl } from '../../core/addresses.js'
import { type AppClient, providersOf as enabledAt } from '../../core/app-client.js'
import { type Level, type Method, vouchedAssurance } from '../../core/assurance.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { PendingSignIn, Remembered } from '../../core/pending-sign-in.js'
import { ensure, Refusal } from '../../core/refusal.js'
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
import type { ProviderType, ProviderTypes, ReturnAddress, Vouching } from './provider-type.js'
import { signOutsOf } from './sign-outs.js'
import { providerThatBegan, requestOf } from './unasked.js'
import { signInVouchedUser } from './vouched-user.js'

/** A browser that is back from a provider. */
export interface Arrival {
  readonly address: ReturnAddress
  /** The query, or the form, with which it came. */
  readonly answer: Parameters
  /** What stands for the state; it may be an empty text. */
  readonly state: string | undefined
  /** Whether it was posted. What is not may have been posted before, and parked. */
  readonly isPosted: boolean
  /** The secret that ties the sign-in to the browser, as far as the browser shows one. */
  readonly browser: string | undefined
}

/** A user whom a provider has vouched for, and the request of the app that awaits them. */
export interface Welcome {
  readonly asked: AuthorizationRequest
  readonly sub: string
  readonly provider: string
  /** What the provider's word is worth. */
  readonly methods: readonly Method[]
  readonly level: Level
  /** What it takes to sign the user out at the provider. */
  readonly atProvider?: Remembered
  /** For the ID token, where the app's request has none (fact O21). */
  readonly nonce: string
}

/** Sign-ins through other providers, whatever their type (docs/facts/oauth-and-federation.md §8). */
export interface FederatedSignIns extends UpstreamProviders {
  /** Signs in the user whom the provider vouches for. Refusals stay on the page until the state proves to be ours. */
  comeBack(pool: UserPool, arrival: Arrival): Promise<Welcome>
  /**
   * Keeps what was posted from another site: the browser did not bring its cookies. It comes for it by a redirect.
   * @returns whether it was kept
   */
  park: PendingSignIns['park']
  /** The pool that a state belongs to, and the address of its domain that the browser left from. */
  leftFrom: PendingSignIns['leftFrom']
  /** The parameters that a provider which began by itself asks for. */
  requestOf(address: ReturnAddress, state: string | undefined): Parameters
}

export function federatedSignIns(service: Service, types: ProviderTypes): FederatedSignIns {
  const pendingSignIns = pendingSignInsOf(service)
  const { park, leftFrom } = pendingSignIns
  return {
    begin,
    comeBack,
    park,
    leftFrom,
    requestOf: (address, state) => requestOf(types, address, state),
    signOut: signOutsOf(service, ({ type }) => types[type]).begin,
  }

  async function begin(
    request: AuthorizationRequest,
    provider: IdentityProvider,
    binding: Binding,
  ): Promise<Onward> {
    return answeringTo(request.callback, async () => {
      const type = types[provider.type]
      const state = await pendingSignIns.newState(request, provider)
      const callbackUrl = callbackOf(request.pool, type.returnsTo)
      const { onward, remembered = {} } = await type.begin({ provider, request, state, callbackUrl })
      await pendingSignIns.leave(state, request, { provider: provider.name, remembered, ...binding })
      return onward
    })
  }

  async function comeBack(pool: UserPool, arrival: Arrival): Promise<Welcome> {
    const { address, state, browser } = arrival
    const isUnasked = arrival.isPosted && state !== undefined && !(await pendingSignIns.isOurs(state))
    const began = isUnasked && (await providerThatBegan(service, types, pool, { address, state }))
    const left = began
      ? { provider: began.name, parameters: requestOf(types, address, state), remembered: undefined }
      : await pendingSignIns.comeBack(pool, address, { state, browser })
    const asked = await authorizationRequest(service, pool, left.parameters)
    const { client } = asked
    service.recorder.concerns({ client })
    return answeringTo(asked.callback, async () => {
      const provider = await stillEnabled(service, pool, client, left.provider)
      const type = types[provider.type]
      ensure(type.returnsTo.path === address.path, () =>
        refusals.otherAddress(address.told.elsewhere ?? address.told.invalid, provider, address.path),
      )
      // What has to be posted may have come before the browser did; in a query it counts for nothing.
      const isTaken = arrival.isPosted || type.returnsTo.method === 'GET'
      const answer = isTaken ? arrival.answer : (parkedIn(left) ?? {})
      const callbackUrl = callbackOf(pool, type.returnsTo)
      const { remembered } = left
      const proof = await type.finish({ provider, pool, answer, callbackUrl, remembered })
      return welcomed(service, type, { asked, provider, proof })
    })
  }

  /** What providers must know as the pool's callback. Only a pool with a domain has sign-ins. */
  function callbackOf(pool: UserPool, { path }: ReturnAddress): string {
    return `${domainUrl(service, pool) ?? service.base}${path}`
  }
}

/** What follows the proof: the user, as attributes and triggers have it. */
async function welcomed(
  service: Service,
  { refusalOf }: ProviderType,
  { asked, provider, proof }: Proof,
): Promise<Welcome> {
  const { pool, client } = asked
  const { claims, sources, issuer, session } = proof
  try {
    const about = { pool, client, provider, claims, ...(issuer === undefined ? {} : { issuer }) }
    const vouched = await afterInboundFederation(service, about, sources)
    const { sub } = await signInVouchedUser(service, vouched)
    const nonce = service.chance.bytes(128).toString('base64url')
    const atProvider = session === undefined ? {} : { atProvider: session }
    // Only OpenID Connect says by what a user was proven.
    const assurance = vouchedAssurance(provider, provider.type === 'OIDC' ? claims : {})
    return { asked, sub, provider: provider.name, nonce, ...atProvider, ...assurance }
  } catch (error) {
    throw error instanceof Refusal && refusalOf !== undefined ? refusalOf(error) : error
  }
}

/** A proven answer of a provider, and what it is the answer to. */
interface Proof {
  readonly asked: AuthorizationRequest
  readonly provider: IdentityProvider
  readonly proof: Vouching
}

const parkedIn = (left: { readonly answer?: PendingSignIn['answer'] } | object): Parameters | undefined =>
  'answer' in left ? left.answer : undefined

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
