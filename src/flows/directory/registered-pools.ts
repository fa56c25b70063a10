import type { AppClient } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { Store } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { allPools, clientsOf, providersOf } from './directory.js'

/** A pool with the apps and identity providers that are registered with it. */
export interface RegisteredPool {
  readonly pool: UserPool
  readonly clients: readonly AppClient[]
  readonly providers: readonly IdentityProvider[]
}

/** All pools, in the order in which they were made. */
export async function registeredPools(from: { readonly store: Store }): Promise<RegisteredPool[]> {
  const pools = (await allPools(from)).toSorted((one, other) => one.createdAt - other.createdAt)
  return Promise.all(
    pools.map(async pool => {
      const [clients, providers] = await Promise.all([clientsOf(from, pool), providersOf(from, pool)])
      return { pool, clients, providers }
    }),
  )
}
