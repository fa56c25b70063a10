import type { Claims } from '../core/attribute-mapping.js'
import type { DiscoveryAnswer } from '../core/discovery-answer.js'
import type { IdentityProvider, KeptMetadata } from '../core/identity-provider.js'
import { Refusal } from '../core/refusal.js'
import { derivedDetails, socialTypes } from '../core/social-provider.js'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import { allPools, providersOfAll } from '../flows/directory/directory.js'
import { federatedSignIns } from '../flows/federation/federated-sign-ins.js'
import type { ProviderType, ProviderTypes, ReturnAddress } from '../flows/federation/provider-type.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import type { FetchSession } from '../http/own-origin-fetch.js'
import { runDiscovery } from './oidc/discovery.js'
import { returnRoute, signOutRoute } from './return-routes.js'
import { metadataOfProviders } from './saml/metadata.js'
import { providerTypes, type Reach } from './types.js'
import { upstreamCall } from './upstream-call.js'

export interface FederationOptions {
  readonly server: AuthorizationServer
  /** How other providers, our own pools among them, are reached. */
  readonly send: FetchSession['call']
  /** Takes a sentence for the operator: what is wrong, and how to mend it. */
  readonly warn: (sentence: string) => void
  /** Where social providers are reached: where Cognito reaches them, if absent. */
  readonly reach?: Reach
  /** Milliseconds that one call of a provider may take. */
  readonly timeoutMs?: number
  /** The types of providers, if others than those of `types.ts`. */
  readonly types?: ProviderTypes
}

export interface Federation extends UpstreamProviders {
  /** What domains answer to browsers that come back. */
  readonly answers: readonly HostedAnswer[]
  /**
   * Prepares every provider for its first sign-in. A failure is a warning: the first sign-in tries again.
   * @param isOver whether we end meanwhile: what fails then fails because of that, and is not worth a word
   */
  prepareAll(isOver?: () => boolean): Promise<void>
  /**
   * Prepares one provider.
   * @throws Refusal where that fails
   */
  prepare(provider: IdentityProvider): Promise<void>
  /** Asks an OpenID Connect issuer for what it says of itself. Nothing is kept. */
  discover(issuer: string): Promise<DiscoveryAnswer>
  /** Reads the metadata of a SAML provider. Nothing is kept. @throws Refusal where they are not to be had, or of no use */
  metadata(provider: IdentityProvider): Promise<KeptMetadata>
  /** What a SAML response says that somebody pasted, unproven; undefined where nothing in it can be read. */
  pastedClaims(text: string): Promise<Claims | undefined>
  /** Forgets what was fetched of providers in this process: the state is another one now. */
  forget(): void
}

/**
 * The identity providers that may vouch for the users of a pool: a folder a type, each an implementation of the port
 * `ProviderType`, and the table of them in `types.ts`. Here are the addresses at which browsers come back. What becomes
 * of the user is not decided here, but in `flows/federation`.
 */
export function federation(hosting: Hosting, options: FederationOptions): Federation {
  const { service } = hosting
  const { server, send, warn, timeoutMs = 5000, reach = (_type, url) => url } = options
  const call = upstreamCall(service, { send, timeoutMs })
  const types = options.types ?? providerTypes(service, call, reach)
  const signIns = federatedSignIns(service, types)
  const all = Object.values(types)
  const prepare = async (provider: IdentityProvider): Promise<void> => {
    await types[provider.type].prepare?.(provider)
  }
  return {
    answers: [
      ...returns(all).flatMap(([address, method]) =>
        returnRoute(hosting, { server, signIns, address, method }),
      ),
      ...all.flatMap(({ signOut }) => (signOut === undefined ? [] : signOutRoute(hosting, signOut))),
    ],
    begin: signIns.begin,
    signOut: signIns.signOut,
    prepare,
    async prepareAll(isOver = () => false) {
      const warnMeanwhile = (line: string) => isOver() || warn(line)
      const providers = await providersOfAll(service, await allPools(service))
      await prepareAll(providers, prepare, warnMeanwhile)
      for (const line of standIns(providers, reach)) warnMeanwhile(line)
    },
    discover: issuer => runDiscovery(call, issuer),
    metadata: metadataOfProviders(service, call).find,
    pastedClaims: async text => (await import('./saml/pasted.js')).claimsOfPasted(text),
    forget() {
      for (const type of all) type.forget?.()
    },
  }
}

/** The addresses, each with the methods that it takes: what is posted from another site is fetched by GET afterwards. */
function returns(types: readonly ProviderType[]): (readonly [ReturnAddress, 'GET' | 'POST'])[] {
  const addresses = [...new Set(types.map(({ returnsTo }) => returnsTo))]
  const byGet = new Set(addresses.filter(({ method }) => method === 'GET').map(({ path }) => path))
  return addresses.flatMap(address =>
    address.method === 'GET'
      ? [[address, 'GET'] as const]
      : [[address, 'POST'] as const, ...(byGet.has(address.path) ? [] : [[address, 'GET'] as const])],
  )
}

async function prepareAll(
  providers: readonly IdentityProvider[],
  prepare: Federation['prepare'],
  warn: (line: string) => void,
): Promise<void> {
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

/** Says which built-in provider stands in for which real one, so that nobody wonders why a real account does not work. */
function standIns(providers: readonly IdentityProvider[], reach: Reach): string[] {
  const types = providers.map(({ type }) => type)
  return socialTypes
    .filter(type => types.includes(type))
    .flatMap(type => {
      const { authorize_url: real = '' } = derivedDetails(type)
      const at = reach(type, real)
      return at === real
        ? []
        : [
            `A built-in provider answers in the place of ${type}, at ${new URL(at).origin}: start with --real-provider ${type} to ask the real one.`,
          ]
    })
}
