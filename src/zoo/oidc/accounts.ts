import { zooRecords } from '../../core/collections.js'
import { keyOf, put } from '../../core/ports/store.js'
import type { UpstreamProvider, UpstreamUser } from '../../core/upstream-provider.js'
import type { UpstreamQuirk } from '../../core/upstream-quirks.js'
import { peopleOf } from '../../flows/federation/upstream-people.js'
import type { Service } from '../../flows/service.js'
import { oidcUser } from './kinds.js'

/** The users that the engine knows, by an account id, which is the user's subject. */

/** A user's last sign-in: the claims of the form, and the quirks that were switched on for it. */
export interface ChosenAccount {
  readonly claims: UpstreamUser['claims']
  readonly quirks: readonly UpstreamQuirk[]
}

/** Milliseconds for which a choice is kept: as long as a session of the provider. */
const kept = 14 * 86_400_000

export function accountsOf(service: Service, provider: UpstreamProvider) {
  const { store, clock } = service
  const { name, kind, quirks } = provider
  const key = (id: string) => keyOf(name, 'chosen', id)
  return {
    /** Keeps what was chosen at the page. */
    async choose({ claims }: UpstreamUser, chosen: readonly UpstreamQuirk[]): Promise<string> {
      const payload: object = { claims, quirks: chosen }
      const expiresAt = clock.now() + kept
      await store.commit(put(zooRecords, key(claims.sub), { provider: name, payload }, { expiresAt }))
      return claims.sub
    },

    async find(id: string): Promise<ChosenAccount | undefined> {
      const chosen = (await store.get(zooRecords, key(id)))?.record.payload as ChosenAccount | undefined
      const user = chosen ?? (await peopleOf(service, provider)).find(({ claims }) => claims.sub === id)
      if (user === undefined) return undefined
      const { claims } = oidcUser(kind, { username: id, claims: user.claims })
      return { claims, quirks: chosen?.quirks ?? quirks }
    },
  }
}
