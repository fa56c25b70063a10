import { pendingSignOuts } from '../../core/collections.js'
import type { HostedSession } from '../../core/hosted-session.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { put, remove } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint } from '../../lib/secrets.js'
import { providerNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import * as refusals from './federation-refusals.js'
import type { ProviderType } from './provider-type.js'

/** Milliseconds that a provider has to send the browser back. */
const patience = 300_000

/**
 * Signing out at the provider that vouched for a user (docs/facts/saml-and-social.md §4). The user is signed out here before
 * the browser leaves: what comes back decides only where the browser goes on, and that was checked before.
 */
export interface SignOuts {
  /** Where to send the browser first; undefined where the provider is not to be asked. */
  begin(pool: UserPool, session: HostedSession | undefined, next: string): Promise<string | undefined>
  /**
   * The provider that a browser comes back from, and where it goes on. A state is good once.
   * @throws Refusal for the page
   */
  comeBack(
    state: string | undefined,
  ): Promise<{ readonly poolId: string; readonly provider: string; readonly next: string }>
}

export function signOutsOf(
  service: Service,
  typeOf: (provider: IdentityProvider) => Pick<ProviderType, 'signOut'>,
): SignOuts {
  const { store, chance, clock } = service
  return {
    async begin(pool, session, next) {
      if (session?.atProvider === undefined) return undefined
      const provider = await providerNamed(service, pool, session.provider)
      if (provider === undefined) return undefined
      const state = chance.bytes(48).toString('base64url')
      const url = await typeOf(provider).signOut?.begin({
        provider,
        pool,
        session: session.atProvider,
        state,
      })
      if (url === undefined) return undefined
      const pending = { poolId: pool.id, provider: provider.name, next }
      const expiresAt = clock.now() + patience
      await store.commit(put(pendingSignOuts, fingerprint(state), pending, { expiresAt }))
      return url
    },

    async comeBack(state) {
      const found = state === undefined ? undefined : await store.get(pendingSignOuts, fingerprint(state))
      ensure(found, refusals.signOutUnknown)
      await store.commit(remove(pendingSignOuts, found))
      return found.record
    },
  }
}
