import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Parameters } from '../authorization/authorization-request.js'
import { providerIdentifiedBy, providerNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import * as refusals from './federation-refusals.js'
import type { ProviderTypes, ReturnAddress } from './provider-type.js'

/** Sign-ins that nobody has asked for: a provider sends a user by itself, and says in the place of the state what for. */

/** The parameters that such a provider asks for. */
export function requestOf(
  types: ProviderTypes,
  address: ReturnAddress,
  state: string | undefined,
): Parameters {
  const type = Object.values(types).find(({ returnsTo }) => returnsTo === address)
  return state === undefined ? {} : (type?.requestOf?.(state) ?? {})
}

/**
 * The provider that sent the user; undefined where none of the pool can have.
 * @throws Refusal where the provider may not begin
 */
export async function providerThatBegan(
  service: Service,
  types: ProviderTypes,
  pool: UserPool,
  { address, state }: { readonly address: ReturnAddress; readonly state: string },
): Promise<IdentityProvider | undefined> {
  const { identity_provider: name, idp_identifier: identifier } = requestOf(types, address, state)
  const provider =
    name === undefined
      ? identifier && (await providerIdentifiedBy(service, pool, identifier))
      : await providerNamed(service, pool, name)
  if (!provider) return undefined
  const { returnsTo, beginsItself } = types[provider.type]
  if (returnsTo.path !== address.path || beginsItself === undefined) return undefined
  ensure(beginsItself(provider), () => refusals.mayNotBegin(address.told.invalid, provider))
  return provider
}
