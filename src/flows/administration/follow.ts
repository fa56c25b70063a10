import { isDeepStrictEqual } from 'node:util'
import type { AppClient } from '../../core/app-client.js'
import { identityProviders, pools } from '../../core/collections.js'
import { type IdentityProvider, oidcEndpoints } from '../../core/identity-provider.js'
import {
  type Collection,
  insert,
  keyOf,
  replace,
  type Store,
  type Stored,
  type Write,
} from '../../core/ports/store.js'

import type { UserPool } from '../../core/user-pool.js'
import { changedTracking, untracked } from '../../core/user-session.js'

/** How the store is made to agree with a configuration: what agrees already is not written. */

/** A record as it will be, and the write that makes it so; none if it is so already. */
export interface Followed<R> {
  readonly record: R
  readonly write: readonly Write[]
}

/** Makes the stored record agree with the wanted one. The time of its creation is kept. */
export async function follow<R extends object>(
  store: Store,
  collection: Collection<R>,
  key: string,
  wanted: R,
): Promise<Followed<R>> {
  const stored = await store.get(collection, key)
  if (stored === undefined) return { record: wanted, write: [insert(collection, key, wanted)] }
  if (isDeepStrictEqual(timeless(stored.record), timeless(wanted)))
    return { record: stored.record, write: [] }
  const record = { ...wanted, ...creationOf(stored) }
  return { record, write: [replace(collection, stored, record)] }
}

const creationOf = ({ record }: Stored<object>) =>
  'createdAt' in record ? { createdAt: record.createdAt } : {}

/** A record without the times at which it was written. */
function timeless(record: object): object {
  const { createdAt: _created, modifiedAt: _modified, secrets, ...rest } = record as Partial<AppClient>
  return { ...rest, ...(secrets && { secrets: secrets.map(({ value }) => value) }) }
}

/** Makes a stored pool agree with the wanted one. The eras of its sessions go on. */
export async function followPool(store: Store, wanted: UserPool): Promise<Followed<UserPool>> {
  const before = (await store.get(pools, wanted.id))?.record.sessions
  const sessions = before && changedTracking(before, wanted.sessions ?? untracked)
  return follow(store, pools, wanted.id, sessions === undefined ? wanted : { ...wanted, sessions })
}

/**
 * Makes a stored provider agree with the wanted one. Endpoints that discovery found stay, as long as the issuer is the same
 * and the wanted provider names none.
 */
export async function followProvider(
  store: Store,
  wanted: IdentityProvider,
): Promise<Followed<IdentityProvider>> {
  const key = keyOf(wanted.poolId, wanted.name)
  const known = (await store.get(identityProviders, key))?.record.details ?? {}
  const isSameIssuer = known.oidc_issuer === wanted.details.oidc_issuer
  const found = oidcEndpoints.flatMap(name => (isSameIssuer && known[name] ? [[name, known[name]]] : []))
  const details = { ...Object.fromEntries(found), ...wanted.details }
  return follow(store, identityProviders, key, { ...wanted, details })
}
