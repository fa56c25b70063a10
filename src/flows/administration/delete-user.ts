import {
  devices,
  hostedSessions,
  memberships,
  passkeys,
  type UserRecord,
  users,
} from '../../core/collections.js'
import { keyOf, remove, type Store, type Stored, type Write } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { revokeAllGrants } from '../grants/sign-out.js'
import { ssoSessionsOf } from '../grants/user-sessions.js'
import { authEventRemoval } from '../history/auth-events.js'
import type { Service } from '../service.js'

/** Deletes a user with all that is theirs. */
export async function deleteUser(service: Service, pool: UserPool, user: Stored<UserRecord>): Promise<void> {
  await service.store.commit(...(await userRemoval(service, user)))
  const { sub } = user.record
  await revokeAllGrants(service, pool, sub)
  const browsers = await ssoSessionsOf(service, pool, sub)
  if (browsers.length > 0)
    await service.store.commit(...browsers.map(({ key }) => remove(hostedSessions, key)))
}

/** The writes that remove a user, and what is found by them. */
export async function userRemoval(
  { store }: { readonly store: Store },
  { key, record: { poolId, sub } }: Stored<UserRecord>,
): Promise<Write[]> {
  const theirs = keyOf(poolId, sub)
  const groups = await store.lookup(memberships, 'user', theirs)
  const theirDevices = await store.lookup(devices, 'user', theirs)
  const keys = await store.lookup(passkeys, 'user', theirs)
  return [
    remove(users, key),
    ...groups.map(group => remove(memberships, group.key)),
    ...keys.map(passkey => remove(passkeys, passkey.key)),
    ...theirDevices.map(device => remove(devices, device.key)),
    ...(await authEventRemoval(store, theirs)),
  ]
}
