import { zooRecords } from '../../core/collections.js'
import { keyOf, put, remove } from '../../core/ports/store.js'
import type { UpstreamUser } from '../../core/upstream-provider.js'
import type { UpstreamQuirk } from '../../core/upstream-quirks.js'
import type { Service } from '../../flows/service.js'

/** What a built-in social provider remembers: codes, access tokens, and the scopes that each user has consented to. */

/** What a code or a token stands for. */
export interface Granted {
  readonly clientId: string
  readonly redirectUri: string
  readonly claims: UpstreamUser['claims']
  /** What the provider was made to do wrong, for this sign-in. */
  readonly quirks: readonly UpstreamQuirk[]
}

/** Milliseconds. */
const lifetimes = { code: 600_000, token: 3_600_000 }

export function codesOf({ store, clock, chance }: Service, provider: string) {
  const key = (what: string, id: string) => keyOf(provider, what, id)
  return {
    /** A new code or token that stands for what was granted. */
    async issue(what: keyof typeof lifetimes, granted: Granted, beginning = ''): Promise<string> {
      const id = beginning + chance.bytes(32).toString('base64url')
      const expiresAt = clock.now() + lifetimes[what]
      await store.commit(
        put(zooRecords, key(what, id), { provider, payload: { ...granted } as object }, { expiresAt }),
      )
      return id
    },

    /** What a token stands for. */
    async find(what: keyof typeof lifetimes, id: string): Promise<Granted | undefined> {
      const found = await store.get(zooRecords, key(what, id))
      return found && (found.record.payload as unknown as Granted)
    },

    /** What a code stands for, once. */
    async redeem(code: string): Promise<Granted | undefined> {
      const found = await store.get(zooRecords, key('code', code))
      if (found === undefined || !(await store.commit(remove(zooRecords, found)))) return undefined
      return found.record.payload as unknown as Granted
    },

    /** Whether this is the first time that a user lets a client know their name. */
    async consents(clientId: string, sub: string): Promise<boolean> {
      const id = key('consent', keyOf(clientId, sub))
      if ((await store.get(zooRecords, id)) !== undefined) return false
      return store.commit(put(zooRecords, id, { provider, payload: {} }))
    },
  }
}
